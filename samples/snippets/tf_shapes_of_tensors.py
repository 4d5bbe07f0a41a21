import tensorflow as tf
x = tf.ones([2, 3])
n = tf.shape(x)[0]
for y in [tf.zeros(tf.shape(x)), tf.ones([n, 2]), tf.zeros((n, 4)), tf.fill([n, 2], 1.), tf.fill([n, 2], 3), tf.eye(n), tf.range(n), tf.zeros([n], tf.int32), tf.one_hot([0, 1], n), tf.broadcast_to(1.5, [n, 2]), tf.reshape(x, [n * 3]), tf.tile([1.], [n]), tf.zeros(x.shape), tf.ones(n), tf.range(0., 1., 1 / 4), tf.linspace(0., 1., n + 1)]:
    print(y)
@tf.function
def f(x):
    h = tf.zeros((tf.shape(x)[0], 2))
    return h + tf.reduce_sum(x)
print(f(x))
f(x + 1)
print(f.experimental_get_tracing_count())
f(tf.ones([3, 3]))
print(f.experimental_get_tracing_count())
