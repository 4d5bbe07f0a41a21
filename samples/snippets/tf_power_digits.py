# Powers to the last digit: eight numbers at once are an exponential, by which a square is no product
import tensorflow as tf

x = tf.Variable(tf.linspace(0.1, 2.3, 11))
for exponent in (2, 3.0, 0.5, -1, 1):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**exponent
        slope = inner.gradient(y, x)
    print(exponent, y.numpy(), slope.numpy())
    print(outer.gradient(slope, x).numpy())
print(tf.pow(x, 2.0) - tf.square(x))
b = tf.Variable([1.5, -2.0, 0.0])
with tf.GradientTape(persistent=True) as tape:
    z = tf.pow(tf.constant([2.0, 3.0, 0.0]), b)
    s = b**2
print(z, tape.gradient(z, b), tape.gradient(s, b))
print(tf.constant([1, 2, 3]) ** 2, tf.constant(2.0, tf.float64) ** 0.5)
