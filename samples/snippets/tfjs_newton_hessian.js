// Newton and Hessian
const f = x => { const [a, b] = tf.split(x, 2); return a.square().mul(b).add(b.pow(3)).sum(); };
const grad = tf.grad(f);
const x = tf.tensor1d([1, 2]);
const hess = tf.stack([0, 1].map(i => tf.grad(x => grad(x).slice([i], [1]).sum())(x)));
hess.print();
grad(x).print();
let x0 = tf.scalar(3);
const h = x => x.pow(2).sub(2);
for (let i = 0; i < 4; ++i) {
  x0 = x0.sub(h(x0).div(tf.grad(h)(x0)));
  console.log(x0.dataSync()[0]);
}
