import tensorflow as tf
x = tf.Variable([1.0, 2.0, 3.0])
with tf.GradientTape() as t:
    y = x[0] * x[1] + tf.reduce_prod(x)
print(t.gradient(y, x))
with tf.GradientTape(persistent=True) as t:
    y = x * 2
    z = tf.reduce_sum(y ** 2)
print(t.gradient(z, [x, y]))
print(t.gradient(y, x, output_gradients=tf.constant([1.0, 0.0, -1.0])))
print(t.jacobian(y, x))
a = tf.constant([[1., 2.], [3., 4.]])
with tf.GradientTape() as t:
    t.watch(a)
    l = tf.nn.softmax_cross_entropy_with_logits(labels=[[0., 1.], [1., 0.]], logits=a)
print(["%.4f" % v for v in l.numpy()], t.gradient(l, a).shape)
mse = tf.keras.losses.MeanSquaredError()
print(mse([1.0, 2.0], [1.5, 2.5]).numpy())
with tf.GradientTape() as t:
    t.watch(a)
    out = tf.reduce_mean(tf.square(tf.matmul(a, a) - tf.eye(2)))
print(out, t.gradient(out, a))
print(tf.one_hot([0, 2], 3), tf.concat([[1], [2]], 0), tf.stack([1., 2.]), tf.expand_dims(tf.constant([1.]), 0))
print(tf.math.log(2.0), tf.exp(1.0), tf.sin(0.5), tf.pow(2.0, 3.0), tf.abs(-1.0), tf.maximum(1.0, 2.0), tf.square([1., 2.]))
for row in a: print(row)
print(len(a), a.shape[0], a.ndim, a.dtype, tf.size(a), tf.shape(a), a[0, 1], a[:, 0], tf.transpose(a))
w = tf.Variable(2.0)
@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = (w * 3.0 - 1.0) ** 2
    g = tape.gradient(loss, w)
    w.assign_sub(0.01 * g)
    return loss
for _ in range(3):
    print(step().numpy(), w.numpy())
v = tf.Variable(3)
with tf.GradientTape() as t:
    y = v * v
print(t.gradient(y, v))
c = tf.constant(5.0)
with tf.GradientTape() as g1:
    g1.watch(c)
    with tf.GradientTape() as g2:
        g2.watch(c)
        y = c * c * c
    d = g2.gradient(y, c)
print(d, g1.gradient(d, c))
@tf.custom_gradient
def f(x, y):
    def grad(dy):
        return dy * y, dy * x
    return x * y, grad
p, q = tf.Variable(2.0), tf.Variable(5.0)
with tf.GradientTape() as t:
    r = f(p, q)
print(t.gradient(r, [p, q]))
