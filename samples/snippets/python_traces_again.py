import jax, jax.numpy as jnp, tensorflow as tf
@jax.jit
def f(x, y): return x - 2 * y
print(f(x=1., y=2.), f(y=1., x=2.), f(y=5., x=0.))
@tf.function
def g(x, y): return x - 2. * y
print(g(y=tf.constant(1.), x=tf.constant(2.)).numpy(), g(x=tf.constant(1.), y=tf.constant(2.)).numpy(), g(y=tf.constant(5.), x=tf.constant(0.)).numpy())
v = tf.Variable(2.)
@tf.function
def h(d): return d['b'] * v + d['a']
print(h({'b': tf.constant(1.), 'a': tf.constant(3.)}).numpy())
v.assign(10.)
with tf.GradientTape() as t:
    y = h({'a': tf.constant(1.), 'b': tf.constant(4.)})
print(y.numpy(), t.gradient(y, v).numpy())
w = tf.constant(3.)
for _ in range(2):
    with tf.GradientTape() as t:
        t.watch(w); y = g(w, w * w)
    print(t.gradient(y, w).numpy())
k = jax.jit(lambda p: {'s': p['a'] * p['b'][0], 't': 1})
print(k({'a': 2., 'b': [3., 4.]}), k({'b': [5., 4.], 'a': 1.}))
print(jax.grad(lambda p: k(p)['s'])({'a': 2., 'b': [3., 4.]}), jax.vmap(f)(jnp.arange(3.), jnp.ones(3)))
