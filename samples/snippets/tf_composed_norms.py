import tensorflow as tf
x = tf.constant([[2., 3., 4.], [0.5, -1.5, 2.5]])
def show(f):
    with tf.GradientTape() as t:
        t.watch(x)
        y = f(x)
    print(y.numpy(), t.gradient(y, x).numpy())
show(tf.reduce_logsumexp)
show(lambda x: tf.reduce_logsumexp(x, axis=1))
show(lambda x: tf.math.reduce_logsumexp(x, axis=-1, keepdims=True))
show(tf.norm)
show(lambda x: tf.norm(x, axis=1))
show(lambda x: tf.norm(x, ord=1))
show(lambda x: tf.norm(x, ord=2, axis=0, keepdims=True))
show(lambda x: tf.linalg.norm(x, ord='fro', axis=[0, 1]))
show(tf.math.l2_normalize)
show(lambda x: tf.nn.l2_normalize(x, axis=1))
