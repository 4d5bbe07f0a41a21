const data = { xs: [[0.1, 0.2], [0.4, 0.4], [0.9, 0.1]], ys: [0, 1, 1] };
let { xs, ys } = data;
xs = tf.tensor2d(xs); ys = tf.tensor1d(ys);
const theta = tf.variable(tf.tensor1d([0, 0]));
const logits = () => tf.dot(xs, theta);
const loss = () => tf.losses.sigmoidCrossEntropy(ys, logits());
const opt = tf.train.sgd(1.0);
const losses = [];
for (const i of [...Array(5).keys()]) {
  const l = opt.minimize(loss, true, [theta]);
  losses.push(l.arraySync());
}
console.log(losses.map(l => l.toFixed(5)));
console.log(theta.arraySync());
console.log(logits().sigmoid().greater(0.5).dataSync());
