// Whole numbers, truth values, and what is too much.
const A = tf.tensor2d([[3, -5], [4, 8]], [2, 2], 'int32');
const B = tf.tensor2d([[1, 6], [2, 0]], [2, 2], 'int32');
const X = tf.tensor2d([[0.5, -1.25], [2, 0.75]]);
const show = (name, f) => {
  try {
    const x = f();
    console.log(name, x.dtype, x.shape, x.arraySync());
  } catch (e) {
    console.log(name, e.message);
  }
};
show('div', () => A.div(B));
show('divNoNan', () => tf.divNoNan(A, B));
show('floorDiv', () => tf.floorDiv(X, 2));
show('div by a number', () => A.div(2));
show('by whole numbers', () => tf.grad(a => a.div(tf.scalar(3, 'int32')).sum())(A));
for (const name of ['sqrt', 'log', 'sin', 'tanh', 'sigmoid', 'floor', 'elu', 'exp', 'square']) {
  show(name, () => tf[name](A).mul(0).add(1));
}
show('logicalAnd', () => A.logicalAnd(B));
show('logicalNot', () => tf.logicalNot(X));
show('any', () => X.any());
show('all', () => X.greater(-2).all());
show('oneHot', () => tf.oneHot(tf.tensor1d([0, 1]), 2));
console.log([X, X.neg()].map(tf.square).map(tf.round).map(x => x.arraySync()));
console.log([1.4, 2.6].map(tf.round).map(x => x.dataSync()[0]), tf.softplus(X, 2, 3).sum().arraySync().toFixed(4));
[tf.scalar(1), tf.scalar(2)].forEach(tf.dispose);
show('slice', () => tf.slice(X, 1));
show('slice too far', () => tf.slice(X, [0, 1], [1, 2]));
show('reverse', () => tf.reverse(X, 1));
show('concat', () => tf.concat([A, B], 1));
