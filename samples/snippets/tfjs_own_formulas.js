const x = tf.tensor2d([[1.5, -2.25, 0.75], [3.5, 2.25, 1.25]]);

// Norms are roots of sums of squares.
for (const f of [x => x.norm(), x => tf.norm(x, 2, 0), x => x.norm('euclidean', 1, true), x => tf.norm(x, 1), x => tf.norm(x, Infinity, 1), x => tf.norm(x, 'euclidean', [1])]) {
  f(x).print();
  tf.grad(f)(x).print();
}

// Gradients are handed on through what is cast, and through whole quotients as through quotients.
tf.grad(x => x.cast('int32').cast('float32').mul(x))(x).print();
tf.grad(x => x.toInt().toFloat().sum())(x).print();
tf.grads((a, b) => tf.floorDiv(a, b))([x, tf.scalar(2)]).forEach(t => t.print());
tf.grad(x => x.mul(x.greaterEqual(1).toFloat()))(x).print();
tf.erf(x).print();
tf.grad(tf.erf)(tf.scalar(0.5)).print();

// Of as many columns as rows the last is turned over, too.
for (const rows of [[[4, 1], [2, 3]], [[1, 2], [3, 4], [5, 6]]]) {
  for (const part of tf.linalg.qr(tf.tensor2d(rows))) {
    console.log(part.arraySync().map(row => row.map(v => Math.abs(v) < 1e-6 ? '0' : v.toFixed(3)).join(' ')));
  }
}
