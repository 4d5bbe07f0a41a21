import tensorflow as tf
for n in (3, 8, 9, 13, 16, 20):
    z = tf.Variable(tf.linspace(-1.3, 2.1, n))
    w = tf.linspace(0.3, 1.7, n)
    with tf.GradientTape() as t2:
        with tf.GradientTape(persistent=True) as t:
            p = tf.sigmoid(z)
            l = tf.reduce_sum(w * p)
        g = t.gradient(l, z)
        s = tf.reduce_sum(g * w)
    print(n, g.numpy().tolist(), t2.gradient(s, z).shape)
z = tf.Variable(tf.linspace(-1., 1., 5, ) + tf.zeros([3, 5]))
with tf.GradientTape() as t:
    l = tf.reduce_mean(tf.sigmoid(tf.cast(z, tf.float64) @ tf.ones([5, 2], tf.float64)))
print(t.gradient(l, z))
