const tf = require('@tensorflow/tfjs');
const x = tf.variable(tf.scalar(2));
console.log(tf.memory().numTensors);
const names = ['sgd', 'momentum', 'adagrad', 'adadelta', 'adam', 'adamax', 'rmsprop'];
for (const n of names) {
  const o = n === 'momentum' ? tf.train.momentum(0.1, 0.9) : tf.train[n](0.1);
  const made = tf.memory().numTensors;
  o.minimize(() => x.square());
  const once = tf.memory().numTensors;
  o.minimize(() => x.square());
  console.log(n, made, once, tf.memory().numTensors);
}
