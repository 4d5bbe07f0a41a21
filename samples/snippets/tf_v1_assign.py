import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
import numpy as np
X = tf.placeholder(tf.float32, [None, 2], name='X')
Y = tf.placeholder(tf.float32, [None, 1], name='Y')
W = tf.Variable(tf.zeros([2, 1]), name='W')
b = tf.Variable(0.5, name='b')
pred = tf.matmul(X, W) + b
cost = tf.reduce_mean(tf.square(pred - Y))
grad_W, grad_b = tf.gradients(xs=[W, b], ys=cost)
learning_rate = 0.1
new_W = W.assign(W - learning_rate * grad_W)
new_b = b.assign(b - learning_rate * grad_b)
x = np.array([[1., 2.], [3., 4.]])
y = np.array([[1.], [0.]])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(3):
        _, _, c = sess.run([new_W, new_b, cost], feed_dict={X: x, Y: y})
        print(epoch, round(float(c), 5))
    print(sess.run(W), sess.run(b))
