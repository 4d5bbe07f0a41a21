// Logistic regression with losses of the library.
const xs = tf.tensor2d([[0.5, 1], [1, 1.5], [2, 0.5], [3, 3]]);
const labels = tf.tensor2d([[0], [0], [1], [1]]);
const w = tf.variable(tf.zeros([2, 1]));
const b = tf.variable(tf.zeros([1]));

const logits = () => xs.matMul(w).add(b);
const loss = () => tf.losses.sigmoidCrossEntropy(labels, logits());

const optimizer = tf.train.adam(0.1);
for (let epoch = 1; epoch <= 30; epoch++) {
  const cost = optimizer.minimize(loss, true);
  if (epoch % 10 === 0) {
    console.log(`epoch ${epoch}: ${cost.dataSync()[0].toFixed(4)}`);
  }
}
const p = logits().sigmoid();
console.log(p.arraySync().map(([v]) => v.toFixed(3)));
console.log(p.greater(0.5).arraySync());
