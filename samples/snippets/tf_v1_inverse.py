import tensorflow as tf
g = tf.Graph()
with g.as_default():
    a = tf.constant([[1., 2.], [3., 4.]])
    b = tf.linalg.inv(a)
    d = tf.gradients(tf.reduce_sum(b), a)[0]
with tf.compat.v1.Session(graph=g) as s:
    print(s.run(b)); print(s.run(d))
