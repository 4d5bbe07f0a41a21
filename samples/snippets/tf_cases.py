import tensorflow as tf
x = tf.constant(1.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    i = tf.constant(0)
    c = lambda i, y: i < 5
    b = lambda i, y: (i + 1, y * (x + 1))
    _, y = tf.while_loop(c, b, [i, tf.constant(1.0)])
print(y, tape.gradient(y, x))
z = tf.Variable(2.0)
with tf.GradientTape() as tape:
    r = tf.cond(z > 1, lambda: z * z, lambda: z + 1)
print(tape.gradient(r, z))
with tf.GradientTape() as tape:
    r = tf.switch_case(tf.constant(1), [lambda: z, lambda: z ** 3])
print(tape.gradient(r, z))
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    r = tf.case([(x < 0, lambda: x), (x > 2, lambda: x**2)], default=lambda: x**3)
print(tape.gradient(r, x))
print(tf.switch_case(tf.constant(7), {0: lambda: 1.0, 1: lambda: 2.0}))
