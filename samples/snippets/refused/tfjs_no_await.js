const x = tf.tensor1d([1, 2]);
const g = tf.grad(x => x.square())(x);
console.log(g.data()[0]);
console.log(g.data().map(v => v * 2));
