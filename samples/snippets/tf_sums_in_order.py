# Sums and products of matrices, to the last digit: Eigen adds up eight numbers at once, oneDNN sixteen
import tensorflow as tf

x = tf.linspace(0.0, 3.0, 40)
y = 3.0 * x + 2.0
w, b = tf.Variable(16.0), tf.Variable(10.0)
for _ in range(4):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(w * x + b - y))
    dw, db = tape.gradient(loss, [w, b])
    print(loss.numpy(), dw.numpy(), db.numpy())
    w.assign_sub(0.1 * dw)
    b.assign_sub(0.1 * db)

a = tf.reshape((tf.range(60.0) - 30.0) / 7.0, [20, 3])
print(tf.reduce_sum(a, axis=0), tf.reduce_sum(a, 1)[:4], tf.reduce_sum(a))
v = tf.Variable(tf.reshape((tf.range(30.0) - 14.0) / 11.0, [3, 10]))
u = tf.Variable(tf.reshape((tf.range(10.0) - 4.0) / 3.0, [10, 1]))
with tf.GradientTape() as tape:
    tape.watch(a)
    rows = tf.matmul(tf.tanh(tf.matmul(a, v)), u)
    loss = tf.reduce_sum(tf.square(rows))
print(rows[:3, 0], loss)
for gradient in tape.gradient(loss, [v, u, a]):
    print(gradient[:2])
