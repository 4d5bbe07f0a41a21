const f = x => {
  const [a, b] = x.unstack();
  return a.pow(2).mul(b).add(b.sin());
};
const gradient = tf.grad(f);
const x = tf.tensor1d([1.5, 0.5]);
gradient(x).print();
const hessian = tf.stack([0, 1].map(i =>
  tf.grad(x => gradient(x).gather(tf.tensor1d([i], 'int32')).sum())(x)));
hessian.print();
// product with a vector, without the matrix
const v = tf.tensor1d([1, -1]);
tf.grad(x => gradient(x).mul(v).sum())(x).print();
