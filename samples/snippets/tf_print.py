import sys

import tensorflow as tf

x = tf.constant([[1.5, 2.0, 1e-5, 1234567.0], [3.0, 4.0, 1e10, 0.1]])
tf.print(x, output_stream=sys.stdout)
tf.print(
    "a",
    x[0, 0],
    [1, 2.5],
    {"b": x[0]},
    tf.constant([True, False]),
    tf.range(10),
    1.0,
    0.1,
    sep="|",
    end="!\n",
    output_stream=sys.stdout,
)
tf.print(tf.range(10.0), summarize=-1, output_stream=sys.stdout)
tf.print(tf.reshape(tf.range(100), [10, 10]), summarize=2, output_stream=sys.stdout)
tf.print("x:", tf.Variable(3.0), (x[0], 2), output_stream=sys.stdout)
tf.print(
    tf.constant(0.1),
    tf.constant(1 / 3),
    tf.constant(1e-7),
    tf.constant(123456789.0),
    tf.constant(0.1, tf.float64),
    tf.constant(1 / 3, tf.float64),
    tf.constant(float("nan")),
    tf.constant(float("inf")),
    output_stream=sys.stdout,
)
tf.print(tf.constant([0.1, 1 / 3, 1e-7, 123456789.0, float("nan")]), output_stream=sys.stdout)
tf.print(output_stream=sys.stdout)
tf.print(
    tf.constant([], tf.float32),
    tf.reshape(tf.range(24), [2, 3, 4]),
    None,
    True,
    "q",
    output_stream=sys.stdout,
)
tf.print({"a": 1, "b": [tf.constant(1.0), "z"]}, output_stream=sys.stdout)


@tf.function
def f(x):
    print("traced")
    tf.print("x =", x, output_stream=sys.stdout)
    return x * 2


f(tf.constant(1.0))
y = f(tf.constant(2.0))
print("standard error", file=sys.stderr)
print(y.numpy(), file=sys.stdout)
