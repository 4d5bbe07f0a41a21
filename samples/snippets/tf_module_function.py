import tensorflow as tf


class Dense(tf.Module):
    def __init__(self, in_features, out_features, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.ones([in_features, out_features]), name="w")
        self.b = tf.Variable(tf.zeros([out_features]), name="b")

    @tf.function
    def __call__(self, x):
        return tf.nn.relu(tf.matmul(x, self.w) + self.b)


layer = Dense(3, 2, name="dense")
with tf.GradientTape() as tape:
    y = tf.reduce_sum(layer(tf.constant([[1.0, 2.0, 3.0]])))
print(y)
for g, v in zip(tape.gradient(y, layer.trainable_variables), layer.trainable_variables):
    print(f"{v.name}, shape: {g.shape}")
    print(g.numpy())
