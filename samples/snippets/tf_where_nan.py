import tensorflow as tf

x = tf.Variable([0.0, 4.0])
with tf.GradientTape() as tape:
    y = tf.where(x > 0.0, tf.sqrt(tf.where(x > 0.0, x, 1.0)), 0.0)
print(tape.gradient(y, x).numpy())

a = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape(persistent=True) as tape:
    d = tf.linalg.det(a)
    t = tf.linalg.trace(a @ a)
    m = tf.reduce_max(a)
    n = tf.norm(a[0])
print(d.numpy(), tape.gradient(d, a).numpy())
print(t.numpy(), tape.gradient(t, a).numpy())
print(m.numpy(), tape.gradient(m, a).numpy())
print(tape.gradient(n, a).numpy())
p = tf.nn.softmax(tf.constant([1.0, 2.0, 3.0]))
print(tf.reduce_sum(p).numpy(), tf.argmax(p).numpy())
