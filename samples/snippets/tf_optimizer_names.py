import tensorflow as tf

for opt in [tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), tf.keras.optimizers.Adam(0.1)]:
    v = tf.Variable([1.0, -2.0])
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(v**2)
        opt.apply_gradients([(tape.gradient(loss, v), v)])
    print(opt.__class__.__name__, [round(float(x), 5) for x in v.numpy()])
z = tf.Variable(0.0)
with tf.GradientTape() as tape:
    y = tf.sqrt(z) * 0.0 + z  # a root whose gradient is 0 passes 0 on
print(tape.gradient(y, z))
