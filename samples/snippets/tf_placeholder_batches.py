import tensorflow.compat.v1 as tf
import numpy as np
tf.disable_eager_execution()
X = tf.placeholder(tf.float32, shape=[None, 2], name="X")
Y = tf.placeholder(tf.float32, shape=[None], name="Y")
W = tf.get_variable("W", initializer=tf.constant([[0.1], [-0.2]]))
b = tf.get_variable("b", initializer=tf.zeros([1]))
pred = tf.squeeze(tf.matmul(X, W) + b, axis=1)
loss = tf.reduce_mean(tf.abs(pred - Y)) + 0.1 * tf.nn.l2_loss(W)
optimizer = tf.train.AdamOptimizer(learning_rate=0.05)
grads_and_vars = optimizer.compute_gradients(loss)
clipped = [(tf.clip_by_norm(g, 0.5), v) for g, v in grads_and_vars]
train_op = optimizer.apply_gradients(clipped)
per_row = tf.gradients(pred, X)[0]
last = tf.gradients(tf.reduce_sum(pred ** 3), X)[0][-1, :]
hess = tf.hessians(loss, b)[0]
seen = tf.assign(b, tf.reduce_mean(X, axis=0)[:1])
xs = np.array([[1., 2.], [0., 1.], [3., -1.], [2., 2.], [0.5, 0.5]], dtype=np.float32)
ys = np.array([3., 1., 2., 4., 1.], dtype=np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(3):
        for start in range(0, len(xs), 2):
            batch = {X: xs[start:start + 2], Y: ys[start:start + 2]}
            _, value = sess.run([train_op, loss], feed_dict=batch)
            print(epoch, start, "%.5f" % value)
        print("all:", sess.run(loss, feed_dict={X: xs, Y: ys}))
    print(sess.run(per_row, {X: xs[:3]}))
    print(sess.run(last, {X: xs[:1]}), last.eval({X: xs}))
    print(sess.run([W, b, hess], {X: xs, Y: ys}))
    print(sess.run(seen, {X: xs}), sess.run(b))
    print(sess.run(seen, {X: xs[:2]}), sess.run(b))
    try:
        sess.run(pred, {X: xs[:, :1]})
    except ValueError as e:
        print(e)
