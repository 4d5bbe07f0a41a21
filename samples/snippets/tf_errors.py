import tensorflow as tf

x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
    z = y * y
print(tape.gradient(z, x))
try:
    tape.gradient(y, x)
except RuntimeError as e:
    print(e)

try:
    tf.constant([1.0, 2.0]) + tf.constant([1.0, 2.0, 3.0])
except tf.errors.InvalidArgumentError as e:
    print(type(e).__name__)

try:
    tf.constant(1.0) * tf.constant(1)
except Exception as e:
    print(type(e).__name__)

try:
    c = tf.constant([1.0, 2.0])
    c[0] = 3.0
except TypeError as e:
    print(e)
