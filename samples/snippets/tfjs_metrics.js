// The examples of the API's page of metrics, and losses of rows that are differentiated.
const show = (name, x) => { console.log(name); x.print(); };
const x = tf.tensor2d([[1, 1, 1, 1], [0, 0, 0, 0]], [2, 4]);
const y = tf.tensor2d([[1, 0, 1, 0], [0, 0, 0, 1]], [2, 4]);
show('binaryAccuracy', tf.metrics.binaryAccuracy(x, y));
show('precision', tf.metrics.precision(tf.tensor2d([[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]]),
    tf.tensor2d([[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 0]])));
show('recall', tf.metrics.recall(x, y));
show('r2Score', tf.metrics.r2Score(tf.tensor2d([[0, 1], [3, 4]]), tf.tensor2d([[0, 1], [-3, -4]])));
show('binaryCrossentropy', tf.metrics.binaryCrossentropy(tf.tensor2d([[0], [1], [1], [1]]), tf.tensor2d([[0], [0], [0.5], [1]])));
show('sparse', tf.metrics.sparseCategoricalAccuracy(tf.tensor1d([1, 1, 2, 2, 0]),
    tf.tensor2d([[0, 1, 0], [1, 0, 0], [0, 0.4, 0.6], [0, 0.6, 0.4], [0.7, 0.3, 0]])));
show('categoricalAccuracy', tf.metrics.categoricalAccuracy(tf.tensor2d([[0, 0, 0, 1], [0, 0, 0, 1]]), tf.tensor2d([[0.1, 0.8, 0.05, 0.05], [0.1, 0.05, 0.05, 0.8]])));
const p = tf.tensor2d([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]]);
const t = tf.tensor2d([[0, 1, 0], [1, 0, 0]]);
for (const name of ['meanSquaredError', 'meanAbsoluteError', 'categoricalCrossentropy', 'cosineProximity', 'binaryCrossentropy', 'mape']) {
  const { value, grad } = tf.valueAndGrad(p => tf.metrics[name](t, p))(p);
  show(name, value);
  grad.print();
}
const w = tf.variable(tf.scalar(0.5));
const optimizer = tf.train.sgd(0.1);
for (let i = 0; i < 3; i++) {
  optimizer.minimize(() => tf.metrics.meanSquaredError(tf.tensor2d([[1, 2]]), tf.tensor2d([[2, 1]]).mul(w)).mean());
}
w.print();
