# Logarithms and what is made of them to the last digit, eight numbers at once and alone
import tensorflow as tf

x = tf.linspace(0.1, 3.9, 11)
print(tf.math.log(x), tf.math.log1p(x), tf.nn.softplus(x - 2.0))
print(tf.nn.softplus([-20.0, 20.0, 0.5]), tf.math.squared_difference(x, 1.7))
labels = tf.constant([0.0, 1.0, 1.0, 0.0, 0.5, 1.0, 0.0, 1.0, 1.0, 0.0, 0.3])
logits = tf.Variable(x - 1.5)
loss = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
print(loss, tf.reduce_mean(loss))
zeros = tf.Variable(tf.zeros(3))
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0, 0.5], logits=zeros)
    slope = inner.gradient(loss, zeros)
print(slope, outer.gradient(slope, zeros))
