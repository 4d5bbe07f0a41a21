import tensorflow as tf

@tf.function
def f(x, n):
    y = x
    for i in range(n):
        y = y * x
    return y

x = tf.constant(2.0)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = f(x, 3)
print(y.numpy(), tape.gradient(y, x).numpy())

@tf.function
def relu_like(x):
    if tf.reduce_sum(x) > 0:
        return x * x
    else:
        return -x

v = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    out = relu_like(v)
print(tape.gradient(out, v).numpy())

@tf.function
def traced(a):
    print("tracing")
    return a * a

print(traced(tf.constant(2.0)))
print(traced(tf.constant(3.0)))
