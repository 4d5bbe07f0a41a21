import tensorflow as tf
x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
y = tf.Variable([[2.0, 0.5, 1.0], [0.3, 3.0, 0.7], [1.1, -0.4, 1.9]])
b = tf.constant([[1.0], [2.0], [0.7]])
s = tf.matmul(y, y, transpose_a=True)
with tf.GradientTape(persistent=True) as t:
    i, j = tf.linalg.inv(x), tf.linalg.inv(y)
    d, e = tf.linalg.det(x), tf.linalg.det(y)
    u = tf.linalg.solve(y, b)


    sd = tf.linalg.slogdet(x)[1]
    q = tf.reduce_sum(j * y) ** 2
for z, v in [(i, x), (j, y), (d, x), (e, y), (u, y), (sd, x), (q, y)]:
    print(z.numpy(), t.gradient(z, v).numpy())
print(tf.linalg.inv([[[1., 2.], [3., 5.]], [[2., 1.], [0., 1.]]]), tf.linalg.det([[[1., 2.], [3., 5.]], [[2., 1.], [0., 1.]]]))
try:
    tf.linalg.inv(tf.zeros([2, 2]))
except tf.errors.InvalidArgumentError as error:
    print('not invertible')
