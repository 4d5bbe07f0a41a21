import tensorflow as tf
ds = tf.data.Dataset.from_tensor_slices(([1., 2., 3., 4., 5.], [[1], [2], [3], [4], [5]])).batch(2)
for x, y in ds:
    print(x.numpy(), y.shape)
for i, x in enumerate(tf.data.Dataset.from_tensor_slices([8, 3, 0]).map(lambda v: v * 2)):
    print(i, x)
for step, (x, y) in ds.take(2).enumerate():
    print(step.numpy(), x)
print(len(ds), list(tf.data.Dataset.range(5).as_numpy_iterator()))
d = tf.data.Dataset.from_tensor_slices({'a': [1, 2], 'b': [3., 4.]})
for e in d: print(e)
for e in tf.data.Dataset.range(3).repeat(2).batch(4, drop_remainder=True): print(e)
tf.debugging.assert_less(1.0, 2.0)
x = tf.constant([1., float('nan')])
try: tf.debugging.check_numerics(x, "bad x")
except tf.errors.InvalidArgumentError as e: print("caught")
it = iter(ds)
print(next(it))
emb = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.gather(emb, [0, 2]) ** 2)
grad = tape.gradient(loss, emb)
print(isinstance(grad, tf.IndexedSlices), isinstance(tf.convert_to_tensor(grad), tf.IndexedSlices))
if isinstance(grad, tf.IndexedSlices):
    print(grad.values, grad.indices)
ds = tf.data.Dataset.range(8)
print([e.numpy() for e in ds.map(lambda x: x * x).filter(lambda x: x > 3)])
print([int(e) for e in ds.filter(lambda x: x % 2 == 0).batch(2).unbatch()])
print(ds.reduce(tf.constant(0, tf.int64), lambda state, value: state + value))
pairs = tf.data.Dataset.from_tensor_slices(([1., 2., 3.], [2., 3., 1.]))
print([(a.numpy(), b.numpy()) for a, b in pairs.filter(lambda a, b: a < b)])
print(pairs.reduce(0., lambda s, p: s + p[0] * p[1]).numpy())
