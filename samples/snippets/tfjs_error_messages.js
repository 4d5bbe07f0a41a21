try {
  const g = tf.grad(x => tf.tensor1d([1, 2]));
  g(tf.tensor1d([1, 2]));
} catch (e) { console.log(e.message); }
try {
  tf.variableGrads(() => tf.tensor1d([1,2]));
} catch (e) { console.log(e.message); }
try {
  const v = tf.variable(tf.tensor1d([1,2]));
  tf.variableGrads(() => v.square());
} catch (e) { console.log(e.message); }
try {
  tf.tensor1d([1, 2]).add(tf.tensor1d([1, 2, 3]));
} catch (e) { console.log(e.message); }
try {
  tf.tensor2d([1, 2, 3], [2, 2]);
} catch (e) { console.log(e.message); }
try {
  tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]));
} catch (e) { console.log(e.message); }
try {
  tf.grad(3);
} catch (e) { console.log(e.message); }
