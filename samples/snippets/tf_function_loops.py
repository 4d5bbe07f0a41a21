import tensorflow as tf
# tf.function guide + autograph
@tf.function
def f(x):
    if x > 0:
        return x * x
    else:
        return -x
x = tf.Variable(3.0)
with tf.GradientTape() as t:
    y = f(x)
print(t.gradient(y, x))
@tf.function
def g(x):
    print("Tracing with", x.dtype)
    s = tf.constant(0.0)
    for i in tf.range(3):
        s += x ** tf.cast(i, tf.float32)
    return s
print(g(tf.constant(2.0)))
print(g(tf.constant(3.0)))
@tf.function
def h(n):
    i = tf.constant(0)
    while i < n:
        tf.print(i)
        i += 1
    return i
print(h(tf.constant(3)))
@tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.float32)])
def k(v):
    return tf.reduce_sum(v)
print(k(tf.constant([1., 2.])))
class Counter(tf.Module):
    def __init__(self):
        self.count = tf.Variable(0)
    @tf.function
    def __call__(self):
        return self.count.assign_add(1)
c = Counter()
print(c().numpy(), c().numpy())
fib = tf.TensorArray(tf.int32, size=0, dynamic_size=True, clear_after_read=False)
fib = fib.write(0, 0); fib = fib.write(1, 1)
for i in range(2, 8):
    fib = fib.write(i, fib.read(i-1) + fib.read(i-2))
print(fib.stack())
print(tf.cond(tf.constant(True), lambda: 1, lambda: 2))
print(tf.while_loop(lambda i: i < 10, lambda i: [i * 2], [1]))
print(tf.map_fn(lambda x: x * x, tf.constant([1., 2., 3.])))
print(tf.scan(lambda a, x: a + x, tf.constant([1., 2., 3.])))
print(tf.vectorized_map(lambda x: x + 1, tf.constant([1., 2.])))
print(tf.foldl(lambda a, x: a * x, tf.constant([1., 2., 3.])))
print(f.pretty_printed_concrete_signatures() if False else "done")
