// The gradient of avgPool counts the padding, its value does not; a logarithm divides
const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
tf.avgPool(x, 2, 1, 'same').reshape([3, 3]).print();
tf.grad(x => tf.avgPool(x, 2, 1, 'same').sum())(x).reshape([3, 3]).print();
tf.grad(x => x.avgPool([2, 2], 2, 'valid').square().sum())(x).reshape([3, 3]).print();
const p = tf.tensor1d([0.9, 0.2, 0.6]);
tf.grad(p => tf.losses.logLoss(tf.tensor1d([1, 0, 1]), p))(p).print();
tf.grad(p => p.log().add(p.log1p()).sum())(p).print();
