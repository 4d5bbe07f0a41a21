# Sines of eight numbers at once, and slopes of products that relu lets through in part
import tensorflow as tf

x = tf.Variable([0.3, -1.2, 2.7, 0.9, -0.4, 1.7, -2.1, 0.6, 31.5, -4000.0])
with tf.GradientTape(persistent=True) as tape:
    y = tf.sin(x)
    z = x * tf.cos(2 * x)
print(y, tape.gradient(y, x), sep="\n")
print(z, tape.gradient(z, x), sep="\n")

inputs = tf.constant([[0.3, -1.2, 2.7], [0.9, -0.4, 1.7], [-2.1, 0.6, 1.1], [0.2, 0.4, 0.7]])
w1 = tf.Variable([[0.8, -0.2], [1.9, 0.4], [-1.1, 1.6]])
w2 = tf.Variable([[0.7], [0.3]])
with tf.GradientTape() as tape:
    hidden = tf.nn.relu(inputs @ w1)
    loss = tf.reduce_mean((hidden @ w2 - 1.0) ** 2)
for slope in tape.gradient(loss, [w1, w2]):
    print(slope)
