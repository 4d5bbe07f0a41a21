import tensorflow as tf
import numpy as np
x = tf.constant(np.array([1.0, 2.0]), dtype=tf.float32)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = tf.reduce_sum(tf.exp(-x) * tf.sin(x))
print("%.5f" % tape.gradient(y, x).numpy()[0])
class Dense(tf.Module):
    def __init__(self, in_features, out_features, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.ones([in_features, out_features]) * 0.5, name='w')
        self.b = tf.Variable(tf.zeros([out_features]), name='b')
    def __call__(self, x):
        return tf.nn.relu(tf.matmul(x, self.w) + self.b)
layer = Dense(3, 2)
x = tf.constant([[1., 2., 3.]])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(layer(x) ** 2)
grad = tape.gradient(loss, layer.trainable_variables)
for var, g in zip(layer.trainable_variables, grad):
    print(f'{var.name}, shape: {g.shape}')
print(grad[0])
X = tf.constant([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
Y = tf.constant([[0.], [1.], [1.], [1.]])
W = tf.Variable(tf.zeros([2, 1])); b = tf.Variable(tf.zeros([1]))
for i in range(50):
    with tf.GradientTape() as t:
        logits = X @ W + b
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=logits))
    dW, db = t.gradient(loss, [W, b])
    W.assign_sub(1.0 * dW); b.assign_sub(1.0 * db)
print(f"{loss.numpy():.4f}", tf.round(tf.sigmoid(X @ W + b)).numpy().ravel())
with tf.GradientTape(persistent=True) as t:
    a = tf.Variable(3.0)
    c = a * a
    d = tf.cast(c, tf.int32)
    e = tf.cast(d, tf.float32) * 2.0
print(t.gradient(e, a), t.gradient(c, a))
