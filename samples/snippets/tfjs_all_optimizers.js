const opts = {
  sgd: tf.train.sgd(0.1), momentum: tf.train.momentum(0.1, 0.9), nesterov: tf.train.momentum(0.1, 0.9, true),
  adagrad: tf.train.adagrad(0.1), adadelta: tf.train.adadelta(0.1), adam: tf.train.adam(0.1), adamax: tf.train.adamax(0.1), rmsprop: tf.train.rmsprop(0.1), rms2: tf.train.rmsprop(0.1, 0.9, 0.5, 1e-8, true)
};
for (const [name, opt] of Object.entries(opts)) {
  const x = tf.variable(tf.tensor1d([5, -3]));
  for (let i = 0; i < 5; i++) opt.minimize(() => x.square().sum(), false, [x]);
  console.log(name.padEnd(10), x.arraySync().map(v => v.toFixed(4)).join(', '));
  x.dispose();
}
