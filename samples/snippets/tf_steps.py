"""Steps of a training under a tape: the same ones, and some that differ."""

import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
y = tf.constant([[1.0], [0.0], [1.0]])
w = tf.Variable([[0.1], [-0.2]])
b = tf.Variable(tf.zeros([1]))
table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
optimizer = tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9)

for step in range(60):
    with tf.GradientTape() as tape:
        p = tf.sigmoid(x @ w + b)
        loss = tf.reduce_mean(-(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p)))
        if step % 25 == 24:
            loss += 0.1 * tf.reduce_sum(w**2)
    grads = tape.gradient(loss, [w, b])
    optimizer.apply_gradients(zip(grads, [w, b]))
    if step % 20 == 19:
        print(step, f"{float(loss):.4f}")

for step in range(3):
    with tf.GradientTape() as tape:
        rows = tf.gather(table, [0, 2, 0])
        loss = tf.reduce_sum(rows**2)
    g = tape.gradient(loss, table)
    print(type(g).__name__, tf.convert_to_tensor(g).numpy())

v = tf.Variable(2.0)
for step in range(5):
    with tf.GradientTape(persistent=True) as tape:
        a = v * v * v
        c = a * v
    print(tape.gradient(a, v).numpy(), tape.gradient(c, v).numpy(), tape.gradient(c, w))
    v.assign_sub(0.1)
