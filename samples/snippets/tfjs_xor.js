// XOR by hand
const X = tf.tensor2d([[0,0],[0,1],[1,0],[1,1]]);
const Y = tf.tensor2d([[0],[1],[1],[0]]);
const w1 = tf.variable(tf.tensor2d([[0.5, -0.4, 0.3], [0.2, 0.6, -0.7]]), true, 'w1');
const b1 = tf.variable(tf.zeros([3]), true, 'b1');
const w2 = tf.variable(tf.tensor2d([[0.1], [-0.3], [0.8]]), true, 'w2');
const b2 = tf.variable(tf.zeros([1]), true, 'b2');
function predict(x) {
  return tf.tidy(() => x.matMul(w1).add(b1).tanh().matMul(w2).add(b2).sigmoid());
}
const loss = () => tf.losses.logLoss(Y, predict(X));
const optimizer = tf.train.rmsprop(0.05);
for (let i = 0; i <= 30; i++) {
  const c = optimizer.minimize(loss, true);
  if (i % 10 == 0) console.log(`step ${i}: loss ${c.dataSync()[0].toFixed(3)}`);
}
const {value, grads} = tf.variableGrads(loss, [w2, b2]);
for (const name of Object.keys(grads)) console.log(name, grads[name].shape);
for (const [k, v] of Object.entries(grads)) { console.log(k); }
