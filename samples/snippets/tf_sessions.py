import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, name='x')
y = x ** 2 + 3 * x
grad = tf.gradients(y, x)
w = tf.Variable(2.0)
loss = tf.square(w - 5.0)
g = tf.gradients(loss, [w])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(grad, feed_dict={x: 3.0}))
    print(sess.run([y, loss], feed_dict={x: 1.0}))
    print(sess.run(g))
