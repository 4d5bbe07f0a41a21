import tensorflow as tf
import numpy as np
x = tf.constant([1.]); v = tf.Variable(2.)
print(type(x), type(v), type(x).__name__, type(v).__name__)
print(type(x.numpy()), type(v.numpy()))
print(isinstance(x, tf.Tensor), isinstance(v, tf.Tensor))
with tf.GradientTape() as t:
    y = v * v
print(type(t), type(t.gradient(y, v)))
print(type(tf.keras.optimizers.SGD()).__name__, type(None), type(1), type([]))
