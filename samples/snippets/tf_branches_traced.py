import tensorflow as tf


@tf.function
def f(x):
    print("traced f")
    if x > 0:
        print("positive")
        y = x * 2
    else:
        print("negative")
        y = -x
    if x > 5:
        print("large")
        return y * 10
    print("behind")
    return y


print(f(tf.constant(1.0)), f(tf.constant(-1.0)), f(tf.constant(7.0)))


@tf.function
def g(x):
    if x > 5:
        print("large")
        return x * 10
    print("behind")
    return x


print(g(tf.constant(7.0)), g(tf.constant(1.0)))


@tf.function
def h(x, n):
    while tf.reduce_sum(x) > 1:
        print("body")
        x = tf.tanh(x)
    for i in range(2):
        print("python", i)
    for i in tf.range(n):
        print("loop")
        x += 1.0
        if not (i > 1 and i < 0):
            print("inner")
    return x


print(h(tf.constant([0.9, 0.8, 0.7, 0.3, 0.2]), tf.constant(3)))
print(h(tf.constant([0.1, 0.2]), tf.constant(0)))


@tf.function
def k(x, training):
    if training:
        print("training")
    else:
        print("not training")
    return x


k(tf.constant(1.0), True)
k(tf.constant(1.0), False)
k(tf.constant(2.0), True)
print(tf.constant(0))
