import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
print('start')
x = tf.placeholder(tf.float32)
y = x ** 2 + 3 * x
g = tf.gradients(y, x)
with tf.Session() as sess:
    print(sess.run([y, g[0]], feed_dict={x: [1., 2., 3.]}))
X = tf.placeholder(tf.float32, [None, 2], name='X')
Y = tf.placeholder(tf.float32, [None, 1], name='Y')
W = tf.Variable(tf.ones([2, 1]) * 0.5, name='W')
b = tf.Variable(0.0)
out = tf.matmul(X, W) + b
loss = tf.reduce_mean(tf.square(out - Y))
opt = tf.train.GradientDescentOptimizer(0.1)
gv = opt.compute_gradients(loss)
train = opt.apply_gradients(gv)
init = tf.global_variables_initializer()
feed = {X: np.array([[1., 2.], [3., 4.], [0., 1.]]), Y: [[1.], [2.], [3.]]}
with tf.Session() as sess:
    sess.run(init)
    print([gr for gr in sess.run([a for a, _ in gv], feed)])
    for i in range(3):
        _, l = sess.run([train, loss], feed_dict=feed)
        print(i, l)
    print(W.eval(), b.eval(session=sess))
    for name, o in (('mom', tf.train.MomentumOptimizer(0.01, 0.9)), ('adam', tf.train.AdamOptimizer(0.1)), ('ada', tf.train.AdagradOptimizer(0.1)), ('rms', tf.train.RMSPropOptimizer(0.01))):
        step = o.minimize(loss)
        sess.run(tf.global_variables_initializer())
        for i in range(4):
            sess.run(step, feed_dict=feed)
        print(name, sess.run([W, b]), sess.run(loss, feed))
