import tensorflow as tf
# optimizers & minimise
x = tf.Variable(10.0)
y = tf.Variable(-3.0)
for name in ["SGD", "Adam", "RMSprop", "Adagrad", "Adamax", "Nadam", "Adadelta", "Ftrl"]:
    x.assign(10.0)
    opt = getattr(tf.keras.optimizers, name)(learning_rate=0.1)
    for i in range(5):
        with tf.GradientTape() as tape:
            loss = x ** 2 + 3 * x
        grads = tape.gradient(loss, [x])
        opt.apply_gradients(zip(grads, [x]))
    print(name, f"{x.numpy():.5f}")
opt = tf.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True)
x.assign(1.0)
for _ in range(3):
    with tf.GradientTape() as t:
        l = (x - 5) ** 2
    opt.apply_gradients([(t.gradient(l, x), x)])
    print(x.numpy())
print(opt.iterations.numpy())
lr = tf.keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
print(lr(5).numpy())
opt = tf.keras.optimizers.Adam(lr)
x.assign(1.0)
for _ in range(3):
    with tf.GradientTape() as t:
        l = (x - 5) ** 2
    opt.apply_gradients([(t.gradient(l, x), x)])
print(x.numpy())
g, norm = tf.clip_by_global_norm([tf.constant([3., 4.])], 1.0)
print(g, norm)
