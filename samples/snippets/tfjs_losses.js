const labels = tf.tensor2d([[1, 0, 0], [0, 1, 0]]);
const predictions = tf.tensor2d([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]);
const names = ['absoluteDifference', 'meanSquaredError', 'hingeLoss', 'huberLoss', 'logLoss'];
for (const name of names) {
  const f = p => tf.losses[name](labels, p);
  const {value, grad} = tf.valueAndGrad(f)(predictions);
  console.log(name, value.dataSync()[0].toFixed(5));
  grad.print();
}
const soft = tf.valueAndGrad(p => tf.losses.softmaxCrossEntropy(labels, p))(predictions);
soft.value.print();
soft.grad.print();
tf.losses.cosineDistance(labels, predictions, 1).print();
tf.losses.meanSquaredError(labels, predictions, undefined, tf.Reduction.SUM).print();
