const tf = require('@tensorflow/tfjs');
// Stack Overflow style: gradient descent for a quadratic with classes
class Model {
  #lr = 0.1;
  static count = 0;
  constructor({ w = 0, b = 0 } = {}) {
    this.w = tf.variable(tf.scalar(w));
    this.b = tf.variable(tf.scalar(b));
    Model.count++;
  }
  get params() { return [this.w, this.b]; }
  predict(x) { return tf.tidy(() => x.mul(this.w).add(this.b)); }
  step(x, y) {
    const f = () => this.predict(x).sub(y).square().mean();
    const { value, grads } = tf.variableGrads(f, this.params);
    this.params.forEach(p => p.assign(p.sub(grads[p.name].mul(this.#lr))));
    return value.dataSync()[0];
  }
}
const m = new Model({ w: 0.5 });
const x = tf.tensor1d([1, 2, 3]), y = tf.tensor1d([2, 4, 6]);
let losses = [];
for (let i = 0; i < 5; ++i) losses.push(m.step(x, y));
console.log(losses.map(l => l.toFixed(4)).join(', '));
console.log(`w=${m.w.dataSync()[0].toFixed(3)} ${Model.count}`);
const history = { loss: losses, n: losses.length };
console.log(Object.entries(history).map(([k, v]) => `${k}:${Array.isArray(v) ? v.length : v}`));
console.log(JSON.stringify({ a: [1, 2.5], b: { c: null } }), typeof m, m instanceof Model);
const sum = losses.reduce((a, b) => a + b, 0);
console.log(Math.round(sum * 100) / 100, Math.max(...losses) === losses[0]);
const { w, ...rest } = { w: 1, p: 2, q: 3 };
console.log(w, rest, rest?.p ?? 0, rest.z?.y);
function* gen() { yield 1; yield 2; }
console.log([...gen()]);
switch (losses.length) { case 5: console.log('five'); break; default: console.log('other'); }
const map = new Map([['a', 1]]); map.set('b', 2);
for (const [k, v] of map) console.log(k, v);
console.log([3, 1, 2].sort((a, b) => a - b), [1, 2, 3].includes(2), 'abc'.toUpperCase(), [..."hi"]);
console.log(new Array(3).fill(0), Array.from({ length: 3 }, (_, i) => i * 2), [1, [2, [3]]].flat(2));
console.log(0.1 + 0.2, 1 / 3, 1e21, -0, [undefined, null], { x: 1, 'y-z': 'str' });
console.log(parseInt('12px'), Number('3.5'), (255).toString(16), isNaN(NaN), (1234.5678).toFixed(2), 5 % 3, 2 ** 10);
