// What the tests of tfjs-core ask of gradients: truth values, whole numbers, powers, zeros.
const show = (name, x) => console.log(name, x.dtype, x.shape, Array.from(x.dataSync()));
const flags = tf.tensor1d([true, true], 'bool');
const others = tf.tensor1d([false, true], 'bool');
show('sum of flags', tf.grad(a => {
  // Logical has no gradients, but it is irrelevant.
  a.logicalAnd(others);
  return a.sum();
})(flags));
try {
  tf.grad(a => a.logicalAnd(others))(flags);
} catch (e) {
  console.log(e.message);
}
const [da, db] = tf.grads((a, b) => tf.div(a.toInt(), b))(
    [tf.tensor1d([true, false, true], 'bool'), tf.tensor1d([1, 2, 3], 'int32')],
    tf.tensor1d([1, 19, 20]));
show('by flags', da);
show('by whole numbers', db);
show('greaterEqual', tf.grad(a => tf.greaterEqual(a, 2))(tf.tensor1d([3, 1])));
show('isNaN', tf.grad(a => tf.isNaN(a))(tf.scalar(NaN), tf.scalar(3)));
show('onesLike', tf.grad(x => tf.onesLike(x))(tf.tensor2d([[0, 1, 2], [4, 5, 6]])));
show('zerosLike', tf.grad(x => x.zerosLike())(tf.tensor1d([1, 2])));
const [dx, dn] = tf.grads((a, b) => tf.pow(a, b))(
    [tf.tensor1d([-1, .5, 2]), tf.tensor1d([3, 2, -1], 'int32')], tf.tensor1d([1, 5, 10]));
show('base', dx);
show('exponent', dn);
const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
const [dimage, dfilter] = tf.grads((x, f) => x.conv2d(f, 1, 0, 'NCHW'))(
    [x, tf.ones([2, 2, 1, 1])], tf.tensor4d([3, 1, 2, 0], [1, 1, 2, 2]));
show('image', dimage);
show('filter', dfilter);
const y = tf.losses.huberLoss(
    tf.tensor1d([1, 2, 3]), tf.tensor1d([0.3, -0.6, -0.1]), undefined, undefined, tf.Reduction.NONE);
show('losses', y);
show('row', tf.scalar(4, 'int32').reshape([1, 1]).squeeze([]));
