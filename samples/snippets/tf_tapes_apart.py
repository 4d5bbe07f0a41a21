import tensorflow as tf
x = tf.Variable([1., 2.])
with tf.GradientTape(persistent=True) as t1:
    m = tf.reduce_mean(x)
    y = m * x
with tf.GradientTape(persistent=True) as t2:
    z = tf.reduce_sum(x * m + tf.reduce_mean(x))
print(t2.gradient(z, x))
print(t1.gradient(y, x), t2.gradient(y, x), t1.gradient(z, x))
with tf.GradientTape() as outer:
    a = x * x
    with tf.GradientTape() as inner:
        b = tf.reduce_sum(x * a) + tf.reduce_sum(x * x)
    g = inner.gradient(b, x)
print(g, outer.gradient(g, x))
with tf.GradientTape(persistent=True) as t:
    p = x * 2
    with t.stop_recording():
        q = x * 2
    r = tf.reduce_sum(p * q)
print(t.gradient(r, x), t.gradient(r, p), t.jacobian(p * 1., x), t.jacobian(r, x))
with tf.GradientTape() as t:
    t.watch(x)
    s = x ** 2
    w = tf.stop_gradient(s) * x
print(t.gradient(w, x))
c = tf.constant(3.0)
with tf.GradientTape() as g:
    g.watch(c)
    with tf.GradientTape() as gg:
        gg.watch(c)
        y = c * c
    dy_dx = gg.gradient(y, c)
print(g.gradient(dy_dx, c))
def double_vjp(f, x, v):
    u = tf.zeros_like(x)
    with tf.GradientTape() as t2:
        t2.watch(u)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = f(x)
        g = t1.gradient(y, x, output_gradients=u)
    return t2.gradient(g, u, output_gradients=v)
print(double_vjp(lambda x: x ** 3, tf.constant([1., 2.]), tf.constant([1., 0.5])))
