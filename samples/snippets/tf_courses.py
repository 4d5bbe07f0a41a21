import tensorflow as tf
# d2l / SO style in TensorFlow
x = tf.Variable(tf.range(4, dtype=tf.float32))
with tf.GradientTape() as t:
    y = 2 * tf.tensordot(x, x, axes=1)
print(y)
x_grad = t.gradient(y, x)
print(x_grad, x_grad == 4 * x)
with tf.GradientTape() as t:
    y = tf.reduce_sum(x)
print(t.gradient(y, x))
with tf.GradientTape(persistent=True) as t:
    y = x * x
    u = tf.stop_gradient(y)
    z = u * x
x_grad = t.gradient(z, x)
print(x_grad == u, t.gradient(y, x) == 2 * x)
def f(a):
    b = a * 2
    while tf.norm(b) < 1000:
        b = b * 2
    if tf.reduce_sum(b) > 0:
        c = b
    else:
        c = 100 * b
    return c
a = tf.Variable(0.7)
with tf.GradientTape() as t:
    d = f(a)
d_grad = t.gradient(d, a)
print(d_grad, d_grad == d / a)
w = tf.Variable(tf.constant([[1.], [2.]])); b = tf.Variable(0.)
X = tf.constant([[1., 2.], [3., 4.], [5., 6.]]); Y = tf.constant([[5.], [11.], [17.]])
def linreg(X, w, b): return tf.matmul(X, w) + b
def squared_loss(y_hat, y): return (y_hat - tf.reshape(y, y_hat.shape)) ** 2 / 2
def sgd(params, grads, lr, batch_size):
    for param, grad in zip(params, grads):
        param.assign_sub(lr * grad / batch_size)
w.assign(tf.zeros((2, 1)))
for epoch in range(3):
    with tf.GradientTape() as g:
        l = squared_loss(linreg(X, w, b), Y)
    dw, db = g.gradient(l, [w, b])
    sgd([w, b], [dw, db], 0.03, 3)
    print(f'epoch {epoch + 1}, loss {float(tf.reduce_mean(l)):f}')
x = tf.Variable(2.0)
with tf.GradientTape() as t3:
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = x ** 4
        d1 = t1.gradient(y, x)
    d2 = t2.gradient(d1, x)
d3 = t3.gradient(d2, x)
print(d1.numpy(), d2.numpy(), d3.numpy())
class Dense(tf.Module):
    def __init__(self, in_features, out_features, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.ones([in_features, out_features]) * 0.5, name='w')
        self.b = tf.Variable(tf.zeros([out_features]), name='b')
    def __call__(self, x):
        return tf.nn.relu(tf.matmul(x, self.w) + self.b)
class Seq(tf.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.dense_1 = Dense(in_features=3, out_features=3)
        self.dense_2 = Dense(in_features=3, out_features=2)
    def __call__(self, x):
        return self.dense_2(self.dense_1(x))
m = Seq(name="the_model")
print(m(tf.constant([[2.0, 2.0, 2.0]])))
with tf.GradientTape() as t:
    l = tf.reduce_sum(m(tf.constant([[1., 2., 3.]])) ** 2)
gs = t.gradient(l, m.trainable_variables)
print([g.shape for g in gs], gs[0])
for v in m.variables: print(v.name, v.shape)
@tf.function
def train(x, y):
    with tf.GradientTape() as tape:
        l = tf.reduce_mean((x * a - y) ** 2)
    g = tape.gradient(l, a)
    a.assign_sub(0.1 * g)
    return l
for i in range(3): print(train(tf.constant([1., 2.]), tf.constant([2., 4.])).numpy())
@tf.custom_gradient
def log1pexp(x):
    e = tf.exp(x)
    def grad(upstream): return upstream * (1 - 1 / (1 + e))
    return tf.math.log(1 + e), grad
x = tf.constant(100.)
with tf.GradientTape() as g:
    g.watch(x); y = log1pexp(x)
print(g.gradient(y, x))
foo = 1
@tf.function
def buggy_add(): return 1 + foo
@tf.function
def variable_add(): return 1 + vfoo
print(buggy_add()); foo = 100; print(buggy_add())
vfoo = tf.Variable(1); print(variable_add()); vfoo.assign(100); print(variable_add())
