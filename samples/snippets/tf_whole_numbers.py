# Whole numbers stay whole where TensorFlow has them so, and quotients of them are doubles.
import tensorflow as tf

a = tf.constant([[3, 5], [4, 8]])
b = tf.constant([[1, 6], [2, 9]])
print(tf.math.add_n([a, b, a]), tf.add_n([a, b]).dtype, tf.math.squared_difference(a, b))
print(tf.divide(a, b), tf.math.divide(a, 2), tf.truediv(a, b).dtype, tf.divide(3, 2), tf.divide(3.0, 2))


@tf.numpy_function(Tout=tf.float32)
def doubled(x):
    return x * 2


print(doubled(tf.constant([1.5, 2.0])))
