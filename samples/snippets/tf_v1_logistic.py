import tensorflow.compat.v1 as tf
import numpy as np
tf.disable_v2_behavior()
# logistic regression with feed dict and accuracy
x = tf.placeholder(tf.float32, [None, 2])
y = tf.placeholder(tf.float32, [None, 2])
W = tf.Variable(tf.zeros([2, 2]))
b = tf.Variable(tf.zeros([2]))
pred = tf.nn.softmax(tf.matmul(x, W) + b)
cost = tf.reduce_mean(-tf.reduce_sum(y * tf.log(pred), reduction_indices=1))
optimizer = tf.train.GradientDescentOptimizer(0.5).minimize(cost)
correct_prediction = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
xs = np.array([[0., 1.], [1., 0.], [0.2, 0.9], [0.8, 0.3]]); ys = np.array([[1, 0], [0, 1], [1, 0], [0, 1]])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(3):
        avg_cost = 0.
        for i in range(2):
            _, c = sess.run([optimizer, cost], feed_dict={x: xs[2*i:2*i+2], y: ys[2*i:2*i+2]})
            avg_cost += c / 2
        print("Epoch:", '%04d' % (epoch+1), "cost=", "{:.9f}".format(avg_cost))
    print("Accuracy:", accuracy.eval({x: xs, y: ys}))
