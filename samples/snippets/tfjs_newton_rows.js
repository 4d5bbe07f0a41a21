// Newton's method & hessian
const f = x => x.pow(4).sub(x.square().mul(3)).add(2);
const df = tf.grad(f);
const d2f = tf.grad(x => df(x));
let x = tf.scalar(2);
for (let i = 0; i < 5; i++) {
  x = x.sub(df(x).div(d2f(x)));
}
console.log(x.dataSync()[0].toFixed(5));
const h = (v) => v.slice([0], [1]).square().mul(v.slice([1], [1])).sum();
const grad = tf.grad(h);
const rows = [0, 1].map(i => tf.grad(v => grad(v).slice([i], [1]).sum())(tf.tensor1d([1, 2])));
tf.stack(rows).print();
