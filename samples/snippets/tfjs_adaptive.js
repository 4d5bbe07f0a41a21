const w = tf.variable(tf.tensor1d([5, -3]));
const opts = {adagrad: tf.train.adagrad(0.5), rmsprop: tf.train.rmsprop(0.1), adam: tf.train.adam(0.1, 0.8, 0.99), adadelta: tf.train.adadelta(0.1), adamax: tf.train.adamax(0.1)};
for (const [name, opt] of Object.entries(opts)) {
  w.assign(tf.tensor1d([5, -3]));
  for (let i = 0; i < 3; ++i) {
    const {grads} = tf.variableGrads(() => w.square().sum());
    opt.applyGradients(grads);
  }
  console.log(name, w.arraySync().map(v => v.toFixed(4)));
}
