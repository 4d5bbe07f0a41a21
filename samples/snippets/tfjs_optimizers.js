const target = tf.tensor1d([1, -2, 3]);
const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  nesterov: () => tf.train.momentum(0.1, 0.9, true),
  adagrad: () => tf.train.adagrad(0.5),
  rmsprop: () => tf.train.rmsprop(0.05, 0.9, 0.5),
  centered: () => tf.train.rmsprop(0.05, 0.9, 0, 1e-6, true),
  adam: () => tf.train.adam(0.1),
  adamax: () => tf.train.adamax(0.1),
  adadelta: () => tf.train.adadelta(0.5),
};

for (const [name, make] of Object.entries(optimizers)) {
  const w = tf.variable(tf.zeros([3]));
  const optimizer = make();
  let cost;
  for (let i = 0; i < 5; i++) {
    cost = optimizer.minimize(() => w.sub(target).square().sum(), true, [w]);
  }
  console.log(name.padEnd(9), cost.dataSync()[0].toFixed(3), Array.from(w.dataSync(), v => v.toFixed(4)).join(' '));
}
