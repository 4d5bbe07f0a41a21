import tensorflow as tf
x = tf.Variable([[2.0, -1.0, 0.5], [0.1, 0.2, 3.0]], dtype=tf.float64)
with tf.GradientTape() as t2:
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(labels=[[1., 0., 0.], [0., 0.5, 0.5]], logits=x))
    g = t.gradient(y, x)
print(y.numpy(), g.numpy().round(6), t2.gradient(g, x).numpy().round(6))
with tf.GradientTape() as t:
    z = tf.reduce_sum(tf.nn.log_softmax(x, axis=0)[0])
print(t.gradient(z, x).numpy().round(6))
with tf.GradientTape() as t:
    z = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=x))
print(t.jacobian(z, x).numpy().round(6))
