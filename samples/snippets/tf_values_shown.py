import tensorflow as tf
x = tf.constant([[1., 2.], [3., 4.]])
print(x)
print(x.shape, x.dtype, tf.shape(x), tf.rank(x).numpy(), tf.size(x))
v = tf.Variable(x)
print(v)
print(v.numpy(), v[0], v.assign_add(tf.ones((2, 2))))
print(tf.Variable(1, name='n'), tf.Variable([True, False]))
print(tf.reduce_sum(x, axis=0, keepdims=True), tf.argmax(x, axis=1), tf.norm(x))
print(tf.constant(3), tf.constant("a") if False else '', tf.constant([1, 2]) / 2)
print(repr(x), x.numpy().tolist())
print(f"{tf.constant(1.5)} {x[0]:}" if False else f"{tf.constant(1.5)}")
print(tf.cast(x, tf.int32) // 2, x > 2., tf.zeros([2, 0]).shape)
a = tf.Variable(2.)
b = tf.Variable(3.)
with tf.GradientTape(persistent=True) as t:
    c = a * b
    d = tf.sqrt(c) + tf.math.log(a)
    e = tf.stack([c, d])
print(t.gradient(d, [a, b]))
print(t.gradient(e, a, output_gradients=tf.constant([1., 0.])))
print(t.gradient(c, (a, b)))
try:
    tf.constant([1., 2.]) + tf.constant([1, 2])
except Exception as ex:
    print(type(ex).__name__)
with tf.GradientTape() as t:
    y = a * a
t.gradient(y, a)
try:
    t.gradient(y, a)
except RuntimeError as ex:
    print(ex)
try:
    x[0, 0] = 5.
except TypeError as ex:
    print(ex)
params = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
with tf.GradientTape() as t:
    out = tf.reduce_sum(tf.gather(params, [0, 2, 0]) ** 2)
g = t.gradient(out, params)
print(type(g).__name__)
print(tf.convert_to_tensor(g))
