const tf = require('@tensorflow/tfjs');
function* batches(xs, ys, size) {
  for (let i = 0; i < xs.length; i += size) {
    yield { x: tf.tensor1d(xs.slice(i, i + size)), y: tf.tensor1d(ys.slice(i, i + size)) };
  }
}
const w = tf.variable(tf.scalar(0));
const opt = tf.train.sgd(0.05);
for (let epoch = 0; epoch < 3; epoch++) {
  for (const { x, y } of batches([1, 2, 3, 4], [2, 4, 6, 8], 2)) {
    const cost = opt.minimize(() => x.mul(w).sub(y).square().mean(), true);
    console.log(epoch, cost.dataSync()[0].toFixed(4));
  }
}
const gen = function* () { const a = yield 1; console.log('got', a); yield* [a * 2, 3]; return 'end'; };
const g = gen();
console.log(g.next(), g.next(5), g.next(), g.next(), g.next());
console.log([...gen()].length, Array.from(batches([1], [1], 1)).length, Math.max(...(function* () { yield 4; yield 7; })()));
const [first, second] = (function* () { yield 'a'; yield 'b'; })();
console.log(first, second);
