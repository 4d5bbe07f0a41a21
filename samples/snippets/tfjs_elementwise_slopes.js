const values = tf.tensor1d([1, 2, 3]);
const f = x => tf.sin(x).add(tf.cos(x)).mul(tf.exp(x.neg()));
const df = tf.grad(f);
df(values).print();
const dfArr = df(values).arraySync().map(v => Number(v.toFixed(3)));
console.log(dfArr);
const fns = {sin: tf.sin, cos: tf.cos, tanh: tf.tanh, sigmoid: tf.sigmoid, softplus: tf.softplus, elu: tf.elu, selu: tf.selu, relu: tf.relu, leakyRelu: tf.leakyRelu, sqrt: tf.sqrt, log: tf.log, log1p: tf.log1p, expm1: tf.expm1, erf: tf.erf, asinh: tf.asinh, atan: tf.atan, rsqrt: tf.rsqrt, reciprocal: tf.reciprocal, square: tf.square, abs: tf.abs, logSigmoid: tf.logSigmoid, sinh: tf.sinh, cosh: tf.cosh, acosh: tf.acosh, tan: tf.tan};
for (const name in fns) {
  console.log(name, Array.from(tf.grad(fns[name])(tf.tensor1d([1.25, 2.5])).dataSync()).map(x => x.toFixed(3)).join(' '));
}
