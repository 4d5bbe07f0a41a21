const a = tf.tensor1d([1, 2, 3, 4, 5]);
tf.grad(x => tf.slice1d(x, 1, 2))(a, tf.tensor1d([10, 100])).print();
const m = tf.tensor2d([1, 2, 3, 4], [2, 2]);
tf.slice2d(m, [0, 1], [2, 1]).print();
tf.reverse2d(m, 1).print();
tf.reverse1d(a).print();
tf.concat1d([a, tf.tensor1d([9])]).print();
tf.concat2d([m, m], 1).print();
const buffer = tf.buffer([2, 2]);
buffer.set(3, 0, 0);
buffer.set(5, 1, 0);
console.log(buffer.get(0, 0), buffer.get(1, 1), buffer.shape, buffer.size, buffer.rank, buffer.dtype, buffer.values);
buffer.toTensor().print();
console.log(a.bufferSync().get(2));
m.buffer().then(b => console.log(b.get(1, 0)));
(async () => {
  const coords = await tf.whereAsync(a.greater(3));
  coords.print();
  console.log(coords.dtype, coords.shape);
  const {values, indices} = tf.unique(tf.tensor1d([1, 1, 2, 4, 4, 4, 7, 8, 8]));
  values.print();
  indices.print();
  tf.unique(tf.tensor1d([5, 1, 5])).values.print();
  try { tf.slice1d(m, 0, 1); } catch (e) { console.log(e.message); }
  try { tf.reverse1d(m); } catch (e) { console.log(e.message); }
  try { buffer.get(0); } catch (e) { console.log(e.message); }
  try { buffer.get(5, 1); } catch (e) { console.log(e.message); }
})();
tf.grads((x, y) => tf.concat2d([x, y], 0).mul(tf.tensor2d([[1], [2], [3], [4]])).sum())([m, m]).forEach(g => g.print());
tf.buffer([2], 'int32', [1, 2]).toTensor().print();
