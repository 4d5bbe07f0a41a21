import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
x = tf.placeholder(tf.float32, shape=(None, 2), name="x")
w = tf.get_variable("w", initializer=[[0.5], [0.5]])
print(x.shape, x.get_shape().as_list(), x.shape[1], x.shape.num_elements(), x.shape.is_fully_defined())
print(w.shape, w.get_shape().as_list(), w.shape.num_elements(), w.shape.is_fully_defined())
y = tf.matmul(x, w)
loss = tf.reduce_mean(tf.square(y - 1.0))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([loss, tf.gradients(loss, w)[0]], {x: [[1., 2.], [-1., 0.5], [0., 1.]]}))
