const tf = require('@tensorflow/tfjs');
class LinearModel {
  constructor(lr = 0.1) {
    this.w = tf.variable(tf.scalar(0));
    this.b = tf.variable(tf.scalar(0));
    this.optimizer = tf.train.momentum(lr, 0.9);
  }
  predict(x) { return tf.tidy(() => x.mul(this.w).add(this.b)); }
  loss(pred, label) { return pred.sub(label).square().mean(); }
  train(xs, ys, n) {
    for (let i = 0; i < n; i++) {
      const cost = this.optimizer.minimize(() => this.loss(this.predict(xs), ys), true, [this.w, this.b]);
      if (i % 4 === 0) console.log(i, cost.dataSync()[0]);
    }
  }
  get params() { return [this.w, this.b].map(v => v.dataSync()[0]); }
  static create(...args) { return new LinearModel(...args); }
}
const m = LinearModel.create(0.01);
m.train(tf.tensor1d([1, 2, 3]), tf.tensor1d([3, 5, 7]), 9);
console.log(m.params.map(p => p.toFixed(3)).join(', '));
outer: for (let i = 0; i < 3; i++) {
  for (let j = 0; j < 3; j++) {
    if (j === 2) continue outer;
    if (i === 2) break outer;
    console.log(i, j);
  }
}
const opts = { lr: .1, ...{ decay: .5 }, name: 'a' };
const { lr, ...rest } = opts;
console.log(lr, rest, opts?.foo?.bar ?? 'none');
let k = 0; do { k++; } while (k < 3); console.log(k, k ** 2, k % 2, k === 3 ? 'yes' : 'no');
switch (k) { case 3: console.log('three'); break; default: console.log('other'); }
