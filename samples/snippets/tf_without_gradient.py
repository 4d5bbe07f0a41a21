import tensorflow as tf
x = tf.Variable(2.5)
for f in [tf.floor, tf.sign, tf.round, lambda x: tf.cast(x, tf.int32), tf.stop_gradient, lambda x: tf.cast(x > 2, tf.float32), tf.zeros_like, lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), lambda x: x - tf.stop_gradient(x)]:
    with tf.GradientTape() as t:
        y = f(x)
    print(t.gradient(y, x))
@tf.function
def g(x):
    return [tf.gradients(f(x), x)[0] for f in [tf.floor, tf.sign, tf.round, tf.stop_gradient, lambda x: tf.cast(x > 2, tf.float32), tf.zeros_like, lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), lambda x: x - tf.stop_gradient(x)]]
print(g(tf.constant(2.5)))

x = [1.0, 2.0, 3.0]
with tf.GradientTape() as tape:
    t = tf.convert_to_tensor(x)
    y = tf.reduce_sum(t * t)
print(tape.gradient(y, t))
with tf.GradientTape() as tape:
    tape.watch(t)
    y = tf.reduce_sum(t * t)
print(tape.gradient(y, t))
with tf.GradientTape() as tape:
    tape.watch(t)
    y = tf.cast(tf.argmax(t), tf.float32)
print(tape.gradient(y, t))
with tf.GradientTape() as tape:
    tape.watch(t)
    y = tf.reduce_sum(tf.round(t * 1.5))
print(tape.gradient(y, t))
with tf.GradientTape() as tape:
    tape.watch(t)
    y = tf.reduce_sum(tf.cast(t > 1.5, tf.float32) * t)
print(tape.gradient(y, t))
