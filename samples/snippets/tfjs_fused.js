// Products and convolutions with a bias and an activation in one call, and their gradients.
const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
const b = tf.tensor2d([0, 1, -3, 2, 2, 1], [3, 2]);
const bias = tf.tensor1d([1, -2]);
for (const activation of ['linear', 'relu', 'elu', 'relu6', 'leakyrelu', 'sigmoid']) {
  console.log(activation);
  tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.5 }).print();
}
tf.fused.matMul({ a, b: a, transposeB: true }).print();
const [da, db, dbias] = tf.grads((a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }))(
    [a, b, bias], tf.tensor2d([1, 10, 20, 0], [2, 2]));
da.print();
db.print();
dbias.print();
const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
const filter = tf.tensor4d([-1, 1, -2, 0.5], [2, 2, 1, 1]);
const convolve = (x, filter, bias) =>
    tf.fused.conv2d({ x, filter, strides: 1, pad: 'valid', bias, activation: 'elu' });
convolve(x, filter, tf.scalar(8)).squeeze().print();
tf.grads(convolve)([x, filter, tf.scalar(8)]).forEach(g => g.squeeze().print());
try {
  tf.fused.matMul({ a, b, activation: 'tanh' });
} catch (e) {
  console.log(e.message);
}
