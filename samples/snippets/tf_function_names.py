import tensorflow as tf


@tf.function(input_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32),))
def next_collatz(x):
    print("Tracing with", x)
    return tf.where(x % 2 == 0, x // 2, 3 * x + 1)


print(next_collatz(tf.constant([1, 2])), next_collatz([3, 4, 5]))
for a in (tf.constant([[1, 2], [3, 4]]), tf.constant([1.0, 2.0])):
    try:
        next_collatz(a)
    except TypeError as e:
        print(e)


@tf.function(input_signature=[tf.TensorSpec([], tf.float32), tf.TensorSpec([2, None], tf.float32)])
def f(a, b):
    print(a, b, [b])
    return a * b


print(f(2, [[1.0], [2.0]]), f(3.0, tf.ones([2, 2])))


@tf.function
def h(x):
    print(x)
    return x


h(x=tf.constant(1))
h(tf.constant(1))
h(x=tf.constant(2))


@tf.function
def g(x, y=2.0, *, z):
    print(x, y, z)
    return x


g(tf.constant(1.0), z=tf.constant([1]))
print(tf.TensorSpec([None, 3]), tf.TensorSpec(shape=None, dtype=tf.int32))


class M:
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, x):
        print("Tracing", x)
        return tf.reduce_sum(x)


m = M()
print(m(tf.ones([2])), m(tf.ones([3])))


@tf.function
def f(x):
    y = x * 2 + 1
    print(y)
    z = tf.square(y)
    print("z is", z, tf.reduce_sum(z), tf.constant(3))
    return z


f(tf.constant([1.0, 2.0]))
f(tf.constant([3.0, 2.0]))
v = tf.Variable(1.0)


@tf.function
def g(x):
    print(v, v * x)
    return v + x


print(g(tf.constant(1.0)))


@tf.function
def inner(x):
    y = x**2
    print("inner", y)
    return y


@tf.function
def outer(x):
    y = inner(x * 3)
    print("outer", x.shape, x.dtype, x.name)
    return y + inner(x * 3)


print(outer(tf.constant(2.0)))


@tf.function
def loop(n):
    s = tf.constant(0)
    for i in tf.range(n):
        s += i
    print("done", s.shape)
    return s


print(loop(tf.constant(4)))


class M(tf.Module):
    def __init__(self):
        self.w = tf.Variable(2.0, name="w")

    @tf.function
    def __call__(self, x):
        y = self.w * x
        print("called", y, self.w)
        return y


m = M()
with tf.GradientTape() as t:
    out = m(tf.constant([1.0, 2.0]))
print(out, t.gradient(out, m.w))


@tf.function
def lst(d):
    print(d, [d["a"]], d["b"][0])
    return d["a"] + d["b"][0]


print(lst({"a": tf.constant(1.0), "b": (tf.constant(2.0),)}))
c = tf.constant([1.0, 2.0])


@tf.function
def cap(x):
    print(c, c * x)
    return x * c


cap(tf.constant(2.0))


@tf.function
def py(x):
    tf.py_function(lambda v: print("py", v), [x], [])
    return x


@tf.function
def a(x):
    y = x + 1
    if x > 0:
        z = x + y
        print("pos", z)
    else:
        z = x - y
    if y > 0:
        z = z * y
        w = z + 1
        print("second", z, w)
    return z


a(tf.constant(1.0))


@tf.function
def b(n):
    s = tf.constant(0.0)
    for i in tf.range(n):
        s = s + tf.cast(i, tf.float32)
        print("in loop", s)
    k = tf.constant(0)
    while k < n:
        k += 1
        print("k", k)
    return s


print(b(tf.constant(3)))
print(py(tf.constant(2.0)))
