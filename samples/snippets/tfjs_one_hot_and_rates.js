const labels = tf.oneHot(tf.tensor1d([0, 2, 1], 'int32'), 3);
console.log(labels.dtype, labels.shape, labels.dataSync());
labels.print();
tf.oneHot([1, 0], 2, 0.9, 0.1, 'float32').print();
console.log(tf.tensor1d([0, 1], 'int32').oneHot(2).mul(0.5).dtype, tf.oneHot([0], 2, 5, 3).arraySync());
tf.grad(x => tf.oneHot(x, 3).toFloat().mul(2).sum())(tf.tensor1d([0, 1], 'int32')).print();
try {
  tf.oneHot([0], 1);
} catch (e) {
  console.log(e.message);
}
tf.grad(z => tf.losses.softmaxCrossEntropy(labels, z))(tf.zeros([3, 3])).print();
// The rate of an optimizer, changed from step to step.
const x = tf.variable(tf.scalar(4));
for (const optimizer of [tf.train.sgd(0.25), tf.train.momentum(0.25, 0.5), tf.train.adam(0.5)]) {
  x.assign(tf.scalar(4));
  const path = [];
  for (let i = 0; i < 3; i++) {
    optimizer.minimize(() => x.square(), false, [x]);
    optimizer.learningRate = optimizer.learningRate * 0.5;
    path.push(x.dataSync()[0].toFixed(4));
  }
  console.log(optimizer.getClassName(), optimizer.learningRate, path);
}
const sgd = tf.train.sgd(0.25);
sgd.setLearningRate(0.125);
sgd.minimize(() => x.square());
x.print();
