import tensorflow as tf

x = tf.Variable(1.0)
ones = tf.ones
for question in [
    lambda: tf.matmul(ones([2, 3]), ones([2, 3])),
    lambda: ones([5, 2, 3]) @ ones([5, 2, 3]),
    lambda: tf.add(ones([2]), ones([3])),
    lambda: ones([2, 2]) * ones([3]),
    lambda: tf.maximum(ones([2]), ones([3])),
    lambda: tf.keras.optimizers.SGD(0.1).apply_gradients([(None, x)]),
]:
    try:
        question()
    except (tf.errors.InvalidArgumentError, ValueError) as error:
        print(type(error).__name__, "|", error)

for question in [
    lambda: tf.linalg.inv(tf.zeros([2, 2])),
    lambda: tf.linalg.solve(tf.ones([2, 2]), ones([2, 1])),
]:
    try:
        question()
    except tf.errors.InvalidArgumentError as error:
        print(error)
