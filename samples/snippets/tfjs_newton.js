// Newton's method for the root of f, and for a minimum, with derivatives of derivatives.
const f = x => x.pow(3).sub(x.mul(2)).sub(5);
const df = tf.grad(f);
let x = tf.scalar(2);
for (let i = 0; i < 5; i++) {
  x = x.sub(f(x).div(df(x)));
}
console.log(`root: ${x.dataSync()[0].toFixed(5)}`);

const g = x => x.pow(4).sub(x.mul(3));
const dg = tf.grad(g), d2g = tf.grad(x => tf.grad(g)(x).sum());
let y = tf.scalar(1);
do {
  var step = dg(y).div(d2g(y));
  y = y.sub(step);
} while (Math.abs(step.dataSync()[0]) > 1e-5);
console.log(`minimum: ${y.dataSync()[0].toFixed(4)}, (3/4)^(1/3) = ${Math.cbrt(0.75).toFixed(4)}`);
