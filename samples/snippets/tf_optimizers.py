import tensorflow as tf

v = tf.Variable([1.0, 2.0])
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
for i in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * v)
    grads = tape.gradient(loss, [v])
    opt.apply_gradients(zip(grads, [v]))
    print(i, loss.numpy(), v.numpy())

w = tf.Variable(5.0)
adam = tf.keras.optimizers.Adam(learning_rate=0.5)
for i in range(3):
    with tf.GradientTape() as tape:
        loss = (w - 1.0) ** 2
    adam.apply_gradients([(tape.gradient(loss, w), w)])
    print(f"{i} {loss.numpy():.4f} {w.numpy():.4f}")

m = tf.Variable(1.0)
mom = tf.optimizers.SGD(learning_rate=0.1, momentum=0.9)
for i in range(3):
    with tf.GradientTape() as tape:
        loss = m ** 2
    mom.apply_gradients([(tape.gradient(loss, m), m)])
print(f"{m.numpy():.5f}")
