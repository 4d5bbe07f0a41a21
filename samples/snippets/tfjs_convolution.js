const x = tf.tensor4d([1,2,3,4,5,6,7,8,9], [1, 3, 3, 1]);
const filter = tf.tensor4d([1, 0, 0, -1], [2, 2, 1, 1]);
const y = tf.conv2d(x, filter, 1, 'valid');
y.print();
const [dx, df] = tf.grads((x, f) => tf.conv2d(x, f, 1, 'valid').sum())([x, filter]);
dx.reshape([3, 3]).print();
df.reshape([2, 2]).print();
tf.grad(x => tf.maxPool(x, 2, 1, 'valid').sum())(x).reshape([3, 3]).print();
tf.grad(x => tf.avgPool(x, 2, 1, 'valid').sum())(x).reshape([3, 3]).print();
