import tensorflow as tf
@tf.function
def slope(x):
    if tf.reduce_sum(x) > 0:
        y = x ** 2
    else:
        y = -x
    return tf.gradients(y, x)[0]
print(slope(tf.constant([1., 2.])), slope(tf.constant([-1., -2.])))
@tf.function
def loop(x):
    y = x
    for _ in tf.range(3):
        y = y * x
    return tf.gradients(y, [x])
print(loop(tf.constant(2.0)))
v = tf.Variable(3.0)
@tf.function
def both(x):
    y = v * x + tf.constant(1.0)
    return y, tf.gradients(y, [x, v])
y, g = both(tf.constant(2.0))
print(y, g)
y, g = both(tf.constant(5.0))
print(y, [t.numpy() for t in g])
@tf.function
def second(x):
    g, = tf.gradients(tf.sin(x), x)
    h, = tf.gradients(g, x)
    print("tracing")
    return g, h
print(second(tf.constant(0.5)))
print(second(tf.constant(1.5)))
@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x ** 3 + 2 * x
    dy = tape.gradient(y, x)
    return y, dy
y, dy = train_step(tf.constant([1., 2., 3.]))
print(y, dy, sep='\n')
@tf.function
def hess(x):
    return tf.hessians(tf.reduce_sum(x ** 3), x)[0]
print(hess(tf.constant([1., 2.])))
@tf.function
def g(x):
    y = x * x
    return tf.gradients(y, x, grad_ys=tf.constant([1., 10.]))
print(g(tf.constant([3., 4.])))
