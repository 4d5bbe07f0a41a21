import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, [None, 1], name='x')
y_ = tf.placeholder(tf.float32, [None, 1])
W = tf.Variable(tf.zeros([1, 1]))
b = tf.Variable(tf.zeros([1]))
n = tf.shape(x)[0]
y = tf.matmul(x, W) + b
ones = tf.ones([n, 1])
cost = tf.reduce_mean(tf.square(y_ - y * ones))
train_step = tf.train.GradientDescentOptimizer(0.01).minimize(cost)
gx, = tf.gradients(cost, [x])
first = tf.to_float(n) + x[0] * 2 - (-y)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(50):
        xs = [[float(i % 5)]]
        ys = [[2.0 * (i % 5)]]
        feed = {x: xs, y_: ys}
        sess.run(train_step, feed_dict=feed)
        if i % 10 == 0:
            print("After %d iteration:" % i)
            print(sess.run(W), sess.run(b))
    print(sess.run(cost, feed_dict={x: [[1.], [2.]], y_: [[2.], [4.]]}))
    print(sess.run([y, gx, n], feed_dict={x: [[1.], [2.], [3.]], y_: [[2.], [4.], [1.]]}))
    _, c = sess.run([train_step, cost], {x: [[1.], [2.], [3.]], y_: [[2.], [4.], [1.]]})
    print(c, first.eval({x: [[1.], [2.]]}))
    try:
        sess.run(y, {x: [1., 2.]})
    except ValueError as e:
        print(e)
