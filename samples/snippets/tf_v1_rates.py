import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, [None, 2])
lr = tf.placeholder(tf.float32, shape=[])
W = tf.Variable([[0.5], [-0.25]])
b = tf.Variable(0.1, name='b')
step = tf.Variable(0, trainable=False)
out = tf.matmul(x, W) + b
loss = tf.reduce_sum(tf.reduce_mean(tf.square(out), reduction_indices=1, keep_dims=True))
decayed = tf.train.exponential_decay(0.1, step, 2, 0.5, staircase=True)
by_feed = tf.train.GradientDescentOptimizer(lr).minimize(loss, global_step=step)
by_steps = tf.train.MomentumOptimizer(decayed, 0.9).minimize(loss, global_step=step, var_list=[b])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(4):
        data = [[1., 2.], [3., -1.]][: 1 + i % 2]
        _, value, n = sess.run([by_feed, loss, step], {x: data, lr: 0.1 / (i + 1)})
        sess.run(by_steps, {x: data})
        print(value, n, sess.run([step, decayed, W, b]))
