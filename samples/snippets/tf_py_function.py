import tensorflow as tf
import numpy as np
def huber(x, delta):
    if tf.abs(x) <= delta:
        return x ** 2 / 2
    return delta * (tf.abs(x) - delta / 2)
x = tf.constant(2.0)
with tf.GradientTape() as t:
    t.watch(x)
    y = tf.py_function(func=huber, inp=[x, 1.0], Tout=tf.float32)
print(y.numpy(), t.gradient(y, x).numpy())
with tf.GradientTape() as t:
    t.watch(x)
    y = tf.numpy_function(lambda v: np.sin(v), [x], tf.float32)
print(round(float(y), 4), t.gradient(y, x))
