import tensorflow as tf

x = tf.constant([-2.3, -0.7, 0.4, 0.9, 1.7])
functions = {
    "softsign": tf.nn.softsign,
    "selu": tf.nn.selu,
    "silu": tf.nn.silu,
    "log_sigmoid": tf.math.log_sigmoid,
    "gelu": lambda x: tf.nn.gelu(x, approximate=True),
    "tan": tf.tan,
    "atan": tf.atan,
    "reciprocal": tf.math.reciprocal,
    "log1p": lambda x: tf.math.log1p(tf.abs(x[:3]) * 0.5),
    "log": lambda x: 3.0 * tf.math.log(tf.abs(x)),
}
for name, f in functions.items():
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    print(name, y.numpy(), tape.gradient(y, x).numpy())

with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.nn.elu(x)
print(tape.gradient(y, x).numpy(), tf.nn.swish(x, beta=2.0).numpy())

grads = [tf.constant([60.0, 80.0]), None, tf.constant([[3.3, 1.2], [0.1, 7.7]])]
clipped, norm = tf.clip_by_global_norm(grads, 5.0)
print(clipped[0].numpy(), clipped[1], clipped[2].numpy(), norm.numpy())

labels = tf.constant([[1.0, 0.0], [0.0, 1.0]])
logits = tf.Variable([[0.3, 0.15], [0.06, -0.3]])
losses = {
    "weighted": lambda: tf.nn.weighted_cross_entropy_with_logits(labels, logits, 2.0),
    "classes": lambda: tf.keras.losses.CategoricalCrossentropy(from_logits=True)(labels, logits),
    "truths": lambda: tf.keras.losses.binary_crossentropy(labels, logits, from_logits=True),
}
for name, loss in losses.items():
    with tf.GradientTape() as tape:
        value = loss()
    print(name, value.numpy(), tape.gradient(value, logits).numpy().tolist())

v = tf.Variable(3.0)
optimizer = tf.keras.optimizers.Adagrad(learning_rate=0.5)
optimizer.build([v])
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = v**2
    optimizer.apply([tape.gradient(loss, v)])
    print(v.numpy())
