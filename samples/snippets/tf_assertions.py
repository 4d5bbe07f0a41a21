import tensorflow as tf
x = tf.constant([1.0, 2.0])
tf.debugging.assert_near(x, x + 1e-9)
try:
    tf.debugging.assert_near(x, x + 1.0)
    print("no error")
except tf.errors.InvalidArgumentError as e:
    print("differs")
tf.debugging.assert_equal(x, [1.0, 2.0])
try:
    tf.debugging.assert_equal(x, [1.0, 3.0])
    print("no error")
except tf.errors.InvalidArgumentError:
    print("unequal")
with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.0])) as acc:
    y = x * x
print(acc.jvp(y))
