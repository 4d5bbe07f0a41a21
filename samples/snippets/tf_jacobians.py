import tensorflow as tf

x = tf.linspace(-10.0, 10.0, 5)
delta = tf.Variable(0.0)

with tf.GradientTape() as tape:
    y = tf.nn.sigmoid(x+delta)

dy_dx = tape.jacobian(y, delta)
print(y.shape)
print(dy_dx.shape)

x = tf.constant([[1., 2., 3.], [4., 5., 6.]])
kernel = tf.Variable([[1., -1.], [0.5, 2.], [0., 1.]])
with tf.GradientTape(persistent=True) as tape:
    y = x @ kernel
j = tape.jacobian(y, kernel)
print(j.shape)
g = tape.gradient(y, kernel)
j_sum = tf.reduce_sum(j, axis=[0, 1])
delta = tf.reduce_max(abs(g - j_sum)).numpy()
print('delta:', delta)

v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        loss = tf.reduce_sum(v**3) + v[0] * v[1]
    g = t1.gradient(loss, v)
h = t2.jacobian(g, v)
print(h)

x = tf.constant([[1., 2.], [3., 4.]])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
print(tape.batch_jacobian(y, x))
