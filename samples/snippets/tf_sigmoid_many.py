import tensorflow as tf
x = tf.linspace(-10.0, 10.0, 9)

with tf.GradientTape() as tape:
  tape.watch(x)
  y = tf.nn.sigmoid(x)

dy_dx = tape.gradient(y, x)
print(dy_dx)
