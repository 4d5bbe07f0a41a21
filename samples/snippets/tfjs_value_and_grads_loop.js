const lossHistory = [];
const rate = 0.1;
let w = tf.scalar(0), b = tf.scalar(0);
const xs = tf.tensor1d([1, 2, 3]), ys = tf.tensor1d([2, 4, 6]);
const lossFn = (w, b) => w.mul(xs).add(b).sub(ys).square().mean();
const gf = tf.valueAndGrads(lossFn);
let n = 0;
do {
  const {value, grads: [dw, db]} = gf([w, b]);
  lossHistory.push(+value.dataSync()[0].toFixed(5));
  w = w.sub(dw.mul(rate)); b = b.sub(db.mul(rate));
} while (++n < 5);
console.log(lossHistory);
console.log(`w=${w.dataSync()[0].toPrecision(4)} b=${b.arraySync().toPrecision(4)}`);
console.table && console.log(lossHistory.reduce((a, b) => Math.min(a, b), Infinity));
