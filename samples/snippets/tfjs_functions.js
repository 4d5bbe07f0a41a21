const x = tf.tensor1d([0.5, 1, 2]);
const functions = {
  sin: x => x.sin(), exp: x => tf.exp(x), log: x => x.log(), sqrt: x => x.sqrt(),
  tanh: tf.tanh, sigmoid: tf.sigmoid, softplus: tf.softplus, relu: x => x.relu(),
  elu: tf.elu, reciprocal: x => x.reciprocal(), rsqrt: tf.rsqrt, erf: tf.erf,
  square: tf.square, softmax: x => x.softmax(), logSumExp: x => x.logSumExp(),
  atan: tf.atan, cumsum: x => x.cumsum(), prod: x => tf.prod(x), norm: x => x.norm(),
  mean: x => x.mean(), max: x => x.max(), log1p: tf.log1p, leakyRelu: x => tf.leakyRelu(x, 0.1),
};
Object.keys(functions).forEach(name => {
  const f = functions[name];
  const g = tf.grad(x => f(x).square().sum());
  const numbers = Array.from(g(x).dataSync()).map(v => v.toFixed(4));
  console.log(`${name}: ${numbers.join(', ')}`);
});
