import tensorflow as tf
# Gather -> IndexedSlices
v = tf.Variable([1., 2., 3., 4.])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(tf.gather(v, [0, 2, 2]) ** 2)
g = tape.gradient(y, v)
print(type(g).__name__)
print(tf.convert_to_tensor(g))
print(g.indices, g.values)
emb = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
with tf.GradientTape() as tape:
    e = tf.nn.embedding_lookup(emb, [1, 1, 0])
    loss = tf.reduce_sum(e * e)
g = tape.gradient(loss, emb)
print(g)
x = tf.constant([1., 2., 3.])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.gather(x, [0, 1])
print(tape.gradient(y, x))
