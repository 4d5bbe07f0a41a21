import tensorflow as tf
import numpy as np
# text of the guides: Introduction to gradients: intermediate, jacobian of vectors, errors
x = tf.constant(3.0)
with tf.GradientTape() as tape:
  tape.watch(x)
  y = x * x
  z = y * y
print(tape.gradient(z, y).numpy())
try: tape.gradient(z, x)
except RuntimeError as e: print(type(e).__name__, str(e)[:40])
x = tf.linspace(-1.0, 1.0, 5)
with tf.GradientTape() as tape:
  tape.watch(x)
  y = tf.nn.sigmoid(x)
print(tape.gradient(y, x).numpy().round(5))
v = tf.Variable([1., 2.])
with tf.GradientTape(watch_accessed_variables=False) as tape:
  tape.watch(v); y = v ** 2
print(tape.gradient(y, [v]), tape.watched_variables()[0].numpy())
with tf.GradientTape(persistent=True) as t:
  a = v * 2; b = tf.reduce_sum(a ** 2)
print(t.gradient(b, a), t.gradient(b, {'v': v, 'a': a})['v'], t.jacobian(a, v))
with tf.GradientTape() as t:
  y = tf.stack([v[0] ** 2, v[0] * v[1]])
print(t.jacobian(y, v))
X = tf.constant(np.arange(6).reshape(3, 2), dtype=tf.float32)
with tf.GradientTape() as t:
  t.watch(X); y = X ** 2
print(t.batch_jacobian(y, X).shape)
opt = tf.keras.optimizers.Adam(0.1)
w = tf.Variable([1.0, -1.0])
for _ in range(5):
  with tf.GradientTape() as t: l = tf.reduce_sum((w - 3.) ** 2)
  opt.apply_gradients(zip(t.gradient(l, [w]), [w]))
print(w.numpy(), l.numpy())
print(tf.function(lambda q: q ** 2)(tf.constant(3.)).numpy(), tf.Variable(2.) * 3, tf.constant([1, 2]) + 1)
m = tf.Variable(tf.ones((2, 2))); m[0, 1].assign(5.); print(m.numpy())
with tf.GradientTape() as t:
  s = tf.reduce_sum(tf.where(m > 2, m ** 2, m))
print(t.gradient(s, m).numpy())
with tf.GradientTape() as t: s = tf.norm(m)
print(t.gradient(s, m).numpy().round(4))
with tf.GradientTape() as t: s = tf.reduce_logsumexp(m)
print(t.gradient(s, m).numpy().round(4))
c = tf.constant(2.0)
with tf.GradientTape() as t:
  t.watch(c); r = tf.cond(c > 1, lambda: c ** 2, lambda: c)
print(t.gradient(r, c))
@tf.function
def step(x):
  for i in tf.range(3):
    x = x * 2.
    if x > 5.: break
  return x
print(step(tf.constant(1.0)))
try: tf.Variable([1., 2.]).assign([1.])
except ValueError as e: print('ValueError')
try: tf.constant([1., 2.]) + tf.constant([1., 2., 3.])
except tf.errors.InvalidArgumentError as e: print('Invalid')
