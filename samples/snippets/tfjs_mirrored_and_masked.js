const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
tf.grad(x => tf.mirrorPad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], 'reflect').square().sum())(x).print();
tf.grad(x => tf.elu(x))(tf.tensor1d([-2, -0.5, 0, 0.5, 2])).print();
tf.grad(x => tf.elu(x).square())(tf.tensor1d([-2, -0.5, 0.25])).print();
tf.mirrorPad(tf.range(0, 9).reshape([3, 3]), [[1, 1], [2, 2]], 'symmetric').print();
const t = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);
async function main() {
  (await tf.booleanMaskAsync(t, tf.tensor2d([[true, false, true], [false, true, false]], [2, 3], 'bool'))).print();
  (await tf.booleanMaskAsync(t, tf.tensor1d([1, 0, 1], 'bool'), 1)).print();
  (await tf.booleanMaskAsync(t, tf.tensor1d([0, 1], 'bool'))).print();
  const [out, indices] = await tf.setdiff1dAsync([1, 2, 3, 4, 5, 6], [1, 3, 5]);
  out.print(); indices.print();
}
main();
