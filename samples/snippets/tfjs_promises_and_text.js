// node issues / SO style
const tf = require('@tensorflow/tfjs');
const xs = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
const ys = tf.tensor2d([[0], [1], [1], [1]]);
const W = tf.variable(tf.tensor2d([[0.1], [0.2]])), b = tf.variable(tf.tensor1d([0]));
const predict = x => tf.tidy(() => tf.sigmoid(x.matMul(W).add(b)));
const loss = (p, l) => tf.losses.sigmoidCrossEntropy(l, p);
const optimizer = tf.train.adam(0.1);
let history = [];
for (let i = 0; i < 50; i++) {
  const l = optimizer.minimize(() => tf.losses.logLoss(ys, predict(xs)).asScalar(), true);
  history.push(l.dataSync()[0]);
  l.dispose();
}
console.log(history[0].toFixed(4), history[history.length - 1].toFixed(4));
console.log(predict(xs).dataSync().map(v => Math.round(v)));
console.log(Array.from(predict(xs).dataSync(), v => v > 0.5 ? 1 : 0).join());
const before = tf.memory().numTensors;
tf.tidy(() => { const t = tf.zeros([100]); t.square(); });
console.log(tf.memory().numTensors === before);
const g = tf.grads((a, b) => tf.tidy(() => a.mul(b).sum()));
const [ga, gb] = g([tf.tensor1d([1, 2]), tf.tensor1d([3, 4])]);
console.log(ga.dataSync(), gb.arraySync());
(async () => {
  for await (const v of [1, 2]) console.log(v);
  const data = await ga.data(); console.log(data instanceof Float32Array, data.length);
  try { await Promise.reject(new Error('bad')); } catch (e) { console.log(e.message, e instanceof Error); } finally { console.log('fin'); }
  const results = await Promise.all([gb.data(), Promise.resolve(3)]); console.log(results[1]);
})();
const obj = { lr: 0.1, half() { return this.lr / 2; } };
obj.lr = 0.4; console.log(obj.half(), Object.values({ a: 1 }), 'lr' in obj, delete obj.lr, obj.lr);
console.log([1, 2, 3].map(x => x ** 2).filter(x => x > 1).reduce((s, x) => s + x), [3, 1].concat([2]).sort(), [..."ab"].reverse().join(''), 'a-b'.split('-'), "%s is %d", 'x', 5);
console.log(String(1.0), 1e-7, 123456789012345680000, (0.000001234).toString(), (1234.5).toExponential(2), Number.MAX_SAFE_INTEGER, 0.1 * 3, 5 / 0, -1 % 3, 2 ** 0.5);
console.log(`${[1, 2]} ${{}} ${null} ${undefined}`);
console.table ? console.log('t') : 0; console.error('err'); console.info('info'); console.warn('w');
var hoisted = typeof later; function later() {} console.log(hoisted, typeof undefined, typeof null, typeof NaN, typeof 'a', typeof {}, typeof tf.grad);
console.log(new Float32Array([1.5, 2]), [1, 2, 3].at(-1), Object.assign({}, { a: 1 }, { b: 2 }));
