import tensorflow as tf

e = tf.constant([1.0, 2.0, 3.0])
print(
    tf.scan(lambda a, x: (a[0] + x, a[1] * x), e, initializer=(tf.constant(0.0), tf.constant(1.0)))
)
print(tf.scan(lambda a, x: {"s": a["s"] + x}, e, initializer={"s": 0.0}))
print(
    tf.foldl(lambda a, x: a + x[0] * x[1], (e, e), initializer=0.0), tf.foldr(lambda a, x: a - x, e)
)
print(tf.map_fn(lambda x: [x, 2 * x], e, fn_output_signature=[tf.float32, tf.float32]))
print(tf.map_fn(lambda d: d["a"] * d["b"], {"a": e, "b": e}, fn_output_signature=tf.float32))
print(tf.map_fn(lambda x: {"y": x}, e, fn_output_signature={"y": tf.float32}))
print(tf.map_fn(lambda x: x > 2, e, fn_output_signature=tf.bool))
print(tf.map_fn(lambda x: tf.cast(x, tf.int32), e, dtype=tf.int32))
print(tf.map_fn(lambda t: t[0] + t[1], (e, e), dtype=tf.float32))
print(tf.vectorized_map(lambda t: t[0] + t[1], (e, e)))
print(tf.vectorized_map(lambda t: (t, t * 2), e))
print(
    tf.scan(lambda a, x: a * 2 + x, e, reverse=True),
    tf.scan(lambda a, x: a * 2 + x, e, 1.0, reverse=True),
)
print(tf.foldr(lambda a, x: a * 2 + x, e, 1.0), tf.foldr(lambda a, x: a * 2 + x, e))

# A loop stops after so many turns, and gives what its body gives.
print(tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, [s[0] + 1.0, s[1]]), (0, [1.0, 2.0])))
print(tf.while_loop(lambda i: i < 30, lambda i: (i + 1,), (0,), maximum_iterations=4))


@tf.function
def in_a_graph():
    return tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * 2.0), [0, 1.0])


print(in_a_graph())
try:
    tf.map_fn(lambda x: x > 2, e)
except tf.errors.InvalidArgumentError as error:
    print(error)
