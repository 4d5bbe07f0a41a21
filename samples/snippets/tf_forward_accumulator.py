import tensorflow as tf
x = tf.Variable([2.0, 3.0])
with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as acc:
  with tf.GradientTape() as tape:
    y = tf.reduce_sum(x ** 3.0)
  g = tape.gradient(y, x)
print(g.numpy())
print(acc.jvp(g).numpy())
primal = tf.constant(1.1)
with tf.autodiff.ForwardAccumulator(primal, tf.constant(1.0)) as acc:
  out = tf.sin(primal) * tf.exp(primal)
print(acc.jvp(out))
dense_w = tf.constant([[2.0], [3.0]])
inputs = tf.constant([[2.0, 0.0], [1.0, 4.0]])
with tf.autodiff.ForwardAccumulator(primals=dense_w, tangents=tf.constant([[1.0], [0.0]])) as acc:
  loss = tf.reduce_sum((inputs @ dense_w - tf.constant([[1.0], [-1.0]])) ** 2.0)
print(acc.jvp(loss))
print(acc.jvp(tf.constant(2.0)))
v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
  l = tf.reduce_sum(v[0] * v[1])
print(tape.gradient(l, v))
weights = tf.Variable([2.0, 3.0])
@tf.custom_gradient
def linear_poly(x):
  poly = weights[1] * x + weights[0]
  def grad_fn(dpoly, variables):
    grad_xs = dpoly * weights[1]
    grad_vars = [tf.stack([tf.reduce_sum(dpoly), tf.reduce_sum(dpoly * x)])]
    return grad_xs, grad_vars
  return poly, grad_fn
x = tf.constant([1.0, 2.0, 3.0])
with tf.GradientTape(persistent=True) as tape:
  tape.watch(x)
  poly = linear_poly(x)
print(poly)
print(tape.gradient(poly, x))
print(tape.gradient(poly, weights))
g, n = tf.clip_by_global_norm([tf.constant([3.0, 4.0]), tf.constant([12.0])], 6.5)
print(g, n)
