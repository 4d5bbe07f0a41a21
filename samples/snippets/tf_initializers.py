import tensorflow as tf
class Dense(tf.Module):
    def __init__(self, n_in, n_out, name=None):
        super().__init__(name=name)
        init = tf.ones_initializer()
        self.w = tf.Variable(init(shape=[n_in, n_out], dtype=tf.float32), name='w')
        self.b = tf.Variable(tf.zeros_initializer()(shape=[n_out]), name='b')
    def __call__(self, x):
        return tf.nn.relu(x @ self.w + self.b)
d = Dense(2, 3)
x = tf.constant([[1., -2.], [3., 1.]])
with tf.GradientTape() as t:
    loss = tf.reduce_sum(d(x) ** 2)
gs = t.gradient(loss, d.trainable_variables)
for v, g in zip(d.trainable_variables, gs):
    print(v.name, v.shape, g.numpy().tolist())
print(d.variables)
