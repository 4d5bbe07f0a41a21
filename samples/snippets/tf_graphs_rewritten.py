# In a graph TensorFlow computes some things otherwise than one by one, and their digits show it
import tensorflow as tf

x = tf.Variable([0.3, -1.2, 2.7, 0.9, -0.4])


@tf.function
def rewritten():
    return {
        "quotient": x / 3.0,
        "quotients": (x / 3.0) / 7.0,
        "products": 2.1 * (3.3 * x),
        "mixed": (2.1 * x) / 3.3,
        "sums": x + 1.1 + 2.2,
        "differences": 1.1 - (x - 2.2),
        "square": x**2,
        "cube": x**3,
        "root": tf.abs(x) ** 0.5,
        "log1p": tf.math.log(1 + tf.exp(x)),
        "expm1": tf.exp(x) - 1.0,
        "mean": tf.reduce_mean(x),
        "sum": tf.reduce_sum(tf.square(x)) / (2 * 5),
    }


for name, value in rewritten().items():
    print(name, value.numpy())


@tf.function
def as_written():
    y = 2.1 * x
    return 3.3 * y, y


for value in as_written():
    print(value.numpy())



@tf.function
def by_argument(x, scale):
    return x / scale, tf.sigmoid(x * scale + 1.0) / 3.0


for value in by_argument(x, tf.constant(3.0)):
    print(value.numpy())
for value in by_argument(x, 3.0):
    print(value.numpy())

inputs = tf.constant([[0.5, 1.2], [1.5, -0.3], [-0.7, 0.8]])
labels = tf.constant([[1.0], [1.0], [0.0]])
w = tf.Variable([[0.3, -0.4, 0.1], [0.2, 0.7, -0.6]])
b = tf.Variable([0.1, -0.2, 0.0])
v = tf.Variable([[0.5], [-0.9], [0.4]])
c = tf.Variable([0.05])


@tf.function
def step(inputs, labels):
    with tf.GradientTape() as tape:
        hidden = tf.tanh(inputs @ w + b)
        found = tf.sigmoid(tf.matmul(hidden, v) + c)
        loss = tf.reduce_mean((found - labels) ** 2)
    slopes = tape.gradient(loss, [w, b, v, c])
    for variable, slope in zip([w, b, v, c], slopes):
        variable.assign_sub(0.5 * slope)
    return loss


for _ in range(5):
    print(step(inputs, labels).numpy())
print(w.numpy(), b.numpy(), v.numpy(), c.numpy(), sep="\n")
print(tf.sigmoid(inputs @ w + b).numpy())
