import tensorflow as tf
v = tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = v * 3
    v.assign_add(1.0)
    z = y * v
print(tape.gradient(z, v))
v = tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    y = v * v
v.assign_add(1.0)
print(tape.gradient(y, v))
print(tape.jacobian(y, v))
w = tf.Variable([1.0, 2.0])
for step in range(2):
    with tf.GradientTape(persistent=True) as tape:
        a = tf.reduce_sum(w ** 2)
        b = tf.reduce_sum(w ** 3)
    w.assign_sub(0.1 * tape.gradient(a, w))
    w.assign_sub(0.1 * tape.gradient(b, w))
    print(w.numpy())
x = tf.Variable(1.0)
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        y = x ** 3
    d = t1.gradient(y, x)
    x.assign(5.0)
print(t2.gradient(d, x))
u = tf.Variable(3.0)
with tf.GradientTape() as tape:
    loss = (u - 1.0) ** 2
u.assign(10.0)
with tf.GradientTape(watch_accessed_variables=False) as t3:
    t3.watch(u)
    r = u * u
print(tape.gradient(loss, u), t3.gradient(r, u))
n = tf.Variable(0.0, trainable=False)
with tf.GradientTape() as tape:
    y = u * 2.0 + n
    n.assign_add(1.0)
    print([q.name for q in tape.watched_variables()])
print(tape.gradient(y, [u, n]))
