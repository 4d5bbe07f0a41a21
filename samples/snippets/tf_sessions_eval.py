import tensorflow.compat.v1 as tf
tf.disable_eager_execution()
x = tf.placeholder(tf.float32, shape=[3])
w = tf.Variable([1., 2., 3.])
y = tf.reduce_sum(w * x ** 2)
g = tf.gradients(y, [x, w])
opt = tf.train.GradientDescentOptimizer(0.1).minimize(y)
init = tf.global_variables_initializer()
with tf.Session() as sess:
    sess.run(init)
    print(sess.run(y, feed_dict={x: [1., 1., 1.]}))
    print(sess.run(g, feed_dict={x: [1., 2., 3.]}))
    for _ in range(2): sess.run(opt, feed_dict={x: [1., 1., 1.]})
    print(sess.run(w))
    print(tf.hessians if False else 'h')
a = tf.constant(2.0); b = a ** 3; c = tf.gradients(tf.gradients(b, a)[0], a)[0]
with tf.Session() as s: print(s.run(c), c.eval())
