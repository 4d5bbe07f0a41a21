import tensorflow as tf
@tf.function
def f(x):
  print("Tracing with", x)
  return x ** 2
print(f(tf.constant(3.0)))
print(f(tf.constant(4.0)))
@tf.function
def train_step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * x)
    g = tape.gradient(loss, w)
    w.assign_sub(.1 * g)
    return loss
w = tf.Variable([1., 2.])
for i in range(3):
    tf.print(train_step(tf.constant([1., 1.])))
print(w)
@tf.function
def sum_even(items):
  s = 0
  for c in items:
    if c % 2 > 0:
      continue
    s += c
  return s
print(sum_even(tf.constant([10, 12, 15, 20])).numpy())
@tf.function
def power(x, n):
    r = tf.ones_like(x)
    for i in tf.range(n):
        r *= x
    return r
x = tf.constant(2.)
with tf.GradientTape() as t:
    t.watch(x)
    y = power(x, 3)
print(y.numpy(), t.gradient(y, x).numpy())
@tf.function
def collatz(n):
    c = 0
    while n != 1:
        n = tf.where(n % 2 == 0, n // 2, 3 * n + 1)
        c += 1
    return c
print(collatz(tf.constant(6)).numpy())
tf.print("values:", w, tf.constant(1.5), [1, 2], sep=' ')
tf.print(tf.constant([[1.0, 2.5], [1/3, 1e-7]]), tf.range(10), tf.constant(True))
tf.print(tf.linspace(0., 1., 4), tf.constant(1e10), tf.constant(123456.789), tf.constant(0.1, tf.float64))
