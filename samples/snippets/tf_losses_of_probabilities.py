import tensorflow as tf
L = tf.keras.losses
p = tf.Variable([[0.2, 0.7, 0.1], [0.05, 0.3, 0.6], [0.9, 0.02, 0.08]])
z = tf.Variable([[0.2, 0.7, -0.1], [1.5, 0.3, 0.6], [0.9, -2.2, 0.08]])
y = tf.constant([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
def show(name, f, v):
    with tf.GradientTape() as t:
        l = f(v)
    print(name, l.numpy().tolist(), t.gradient(l, v).numpy().tolist())
show('bce', lambda p: L.binary_crossentropy(y, p), p)
show('bce1', lambda p: L.BinaryCrossentropy()(y, p), p)
show('bces', lambda p: L.BinaryCrossentropy(label_smoothing=0.1)(y, p), p)
show('cce', lambda p: L.categorical_crossentropy(y, p), p)
show('ccez', lambda p: L.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)(y, p), z)
show('scce', lambda p: L.SparseCategoricalCrossentropy()(tf.constant([1, 2, 0]), p), p)
show('ax', lambda p: L.categorical_crossentropy(y, p, axis=-1), p)
show('mixed', lambda p: L.binary_crossentropy([[0.], [1.], [1.]], p[:, :1]), p)
