# What an optimizer keeps is variables, shown by their paths
import tensorflow as tf

optimizer = tf.keras.optimizers.Adam(learning_rate=0.1)
x = tf.Variable([1.0, -2.0])
print(optimizer.learning_rate, optimizer.name)
optimizer.apply_gradients([(tf.constant([0.5, 1.0]), x)])
print(optimizer.iterations, int(optimizer.iterations) + 1)
optimizer.learning_rate.assign(optimizer.learning_rate * 0.5)
print(float(optimizer.learning_rate), optimizer.learning_rate.numpy())
optimizer.learning_rate = 0.25
print(repr(optimizer.learning_rate))
optimizer.apply_gradients([(tf.constant([0.5, 1.0]), x)])
print(x.numpy(), optimizer.iterations.numpy())
halving = tf.keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
descent = tf.keras.optimizers.SGD(halving, name="descent")
for _ in range(3):
    print(descent.learning_rate.numpy(), descent.iterations)
    descent.apply_gradients([(tf.ones(2), x)])
