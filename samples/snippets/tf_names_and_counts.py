import tensorflow as tf
init = tf.ones_initializer()
print(init(shape=[2, 2]))
print(tf.zeros_initializer()([3]), tf.constant_initializer(2.5)([2]).numpy())
print(tf.keras.initializers.Constant(3.)(shape=(2,)), tf.initializers.Ones()((1, 2)))
print(tf.initializers.Identity(2.)(shape=(2, 2)).numpy())
v = tf.Variable(initial_value=tf.zeros_initializer()(shape=(2,), dtype='float32'), trainable=True)
print(v)
x = tf.Variable(1.0, name="x")
z = tf.Variable(3.0, name="z")
with tf.GradientTape() as tape:
    y = tf.grad_pass_through(x.assign)(z**2)
print(y.numpy(), tape.gradient(y, z).numpy())
with tf.name_scope('scope'):
    with tf.GradientTape() as t:
        r = tf.where(tf.constant([1., -1.]) > 0)
print(r)
u, idx = tf.unique(tf.constant([1, 1, 2, 4]))
print(u, idx)
with tf.device('/CPU:0'):
    a = tf.constant([[1., 2.], [3., 4.]])
print(tf.reshape(a, [-1]), a.shape.as_list(), a.get_shape().rank)
with tf.control_dependencies([a]):
    b = tf.identity(a)
print(b.numpy().tolist())
@tf.function
def f(x):
    tf.debugging.assert_rank(x, 1)
    return tf.reduce_sum(x)
print(f(tf.constant([1., 2.])))
s = tf.Variable([1., 2., 3.])
s[1].assign(10.)
print(s.numpy())
w = tf.Variable([[1., 2.], [3., 4.]])
w.scatter_nd_add([[0], [1]], [[1., 1.], [2., 2.]])
print(w.numpy())
s.scatter_nd_update([[0]], [5.])
s[1].assign(10.)
print(s.numpy())
parts = tf.dynamic_partition(tf.constant([1., 2., 3.]), [0, 1, 0], 2)
print([p.numpy().tolist() for p in parts])
print(tf.math.zero_fraction(tf.constant([0., 1.])).numpy(), tf.math.in_top_k([0, 1], [[.9, .1], [.8, .2]], 1).numpy())
print(tf.math.reciprocal_no_nan([2., 0.]).numpy(), tf.math.confusion_matrix([0, 1, 1], [0, 1, 0]).numpy())
