const v = tf.variable(tf.tensor1d([1, 2]));
const optimizer = tf.train.sgd(0.1);
optimizer.minimize(() => v.square());
