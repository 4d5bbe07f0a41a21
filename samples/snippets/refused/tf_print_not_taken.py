import tensorflow as tf


@tf.function
def f(x):
    if x > 0:
        y = x * 2
    else:
        print("not taken:", x)
        y = -x
    return y


print(f(tf.constant(1.0)))
