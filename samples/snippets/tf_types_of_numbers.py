"""What a type of numbers tells of itself, of which there is one only."""

import tensorflow as tf

x = tf.constant([1.0, 2.0])
i = tf.constant([1, 2])
for t in (x, i, tf.constant([True]), tf.constant(1.0, tf.float64), tf.cast(i, tf.uint8)):
    d = t.dtype
    print(d.name, d.size, d.is_floating, d.is_integer, d.is_bool, d.is_unsigned, d.base_dtype)
print(x.dtype.max, x.dtype.min, i.dtype.max, i.dtype.min)
print(x.dtype is tf.float32, x.dtype == "float32", {tf.float32: "f", tf.int32: "i"}[i.dtype])
print([x.dtype, i.dtype], type(x.dtype))

mask = tf.constant([True, False])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.nn.softmax(tf.where(mask, x, x.dtype.min)) * x)
print(tape.gradient(y, x))
try:
    print(x.dtype.named)
except AttributeError as error:
    print(error)
