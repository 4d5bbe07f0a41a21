import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
W = tf.Variable([0.3])
b = tf.Variable([-0.3])
c = tf.Variable(1.0, name="c")
d = tf.Variable(2.0, name="c")
x = tf.placeholder(tf.float32)
y = tf.placeholder(tf.float32)
loss = tf.reduce_sum(tf.square(W * x + b - y))
optimizer = tf.train.GradientDescentOptimizer(0.01)
pairs = optimizer.compute_gradients(loss, [W, b])
print([v.name for _, v in pairs], c.name, d.name)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
print(sess.run([g for g, _ in pairs], {x: [1, 2, 3, 4], y: [0, -1, -2, -3]}))
node1 = tf.constant(3.0, dtype=tf.float32)
node2 = tf.constant(4.0)
print(node1, node2)
node3 = tf.add(node1, node2)
print("node3:", node3)
print(
    node1 + node2,
    node1 - node2,
    node1 * node2,
    node1 / node2,
    -node1,
    node1**2,
    node1 + 1.0,
    2 * node1,
    node1 % 2,
    node1 > 1,
)
m = tf.constant([[1.0, 2.0], [3.0, 4.0]], name="m")
print(m, tf.matmul(m, m), m @ m)
for f in (
    tf.square,
    tf.sqrt,
    tf.exp,
    tf.log,
    tf.sigmoid,
    tf.tanh,
    tf.nn.relu,
    tf.nn.softmax,
    tf.negative,
    tf.abs,
    tf.sin,
    tf.cos,
    tf.identity,
    tf.stop_gradient,
    tf.reduce_sum,
    tf.reduce_mean,
    tf.reduce_max,
    tf.transpose,
    tf.zeros_like,
    tf.ones_like,
    tf.nn.softplus,
    tf.nn.sigmoid,
    tf.nn.elu,
    tf.math.log,
    tf.reduce_prod,
    tf.squeeze,
):
    print(f(m))
print(
    tf.reduce_sum(m, axis=1),
    tf.subtract(node1, node2),
    tf.multiply(node1, node2),
    tf.divide(node1, node2),
    tf.pow(m, 2.0),
    tf.cast(m, tf.int32),
    tf.reshape(m, [4]),
    tf.zeros([2]),
    tf.ones([3]),
    tf.maximum(node1, node2),
    tf.argmax(m, 1),
    tf.expand_dims(m, 0),
    tf.add_n([m, m]),
    tf.concat([m, m], 0),
    tf.stack([m, m]),
    tf.fill([2], 1.0),
    tf.range(3),
    tf.one_hot([0], 2),
    tf.minimum(node1, node2),
    tf.div(node1, node2),
)
x = tf.placeholder(tf.float32)
x2 = tf.placeholder(tf.float32, shape=(None, 3), name="inp")
x3 = tf.placeholder(tf.int32, [2])
print(x, x2, x3)
v = tf.Variable(1.0, name="v")
print(v, v * 2)
print(repr(node1), [node1], f"{node3}", node3.name, node3.shape, node3.dtype)
with tf.name_scope("s"):
    print(tf.constant(1), tf.constant(2) + 1, tf.add(node1, node2, name="sum"))
print(tf.get_variable("weights", initializer=[1.0, 2.0]), tf.constant([1, 2]))
print(tf.nn.l2_loss(m))
