import tensorflow as tf
x = tf.Variable([1., 2., 3.]); y = tf.Variable([[1.], [2.]])
zero = tf.UnconnectedGradients.ZERO
with tf.GradientTape(persistent=True) as t:
    t.watch([x, y])
    z = tf.reduce_sum(y, axis=1) ** 2
    s = tf.stop_gradient(x) * 2.
print(t.jacobian(z, [x, y], unconnected_gradients=zero))
print(t.jacobian(z, x), t.jacobian(s, x), t.jacobian(tf.round(x), x))
print(t.gradient(z, x, unconnected_gradients=zero))
