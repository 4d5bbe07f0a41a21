const w = tf.variable(tf.tensor2d([[1, 2], [3, 4]]), true, 'weights');
const b = tf.variable(tf.tensor1d([0.5, -0.5]), true, 'bias');
const frozen = tf.variable(tf.scalar(2), false, 'frozen');

const x = tf.tensor2d([[1, 2], [0, -1], [2, 2]]);
const f = () => x.matMul(w).add(b).mul(frozen).sum();

const {value, grads} = tf.variableGrads(f);
console.log('loss', value.arraySync(), Object.keys(grads));
grads.weights.print();
grads.bias.print();

const optimizer = tf.train.sgd(0.1);
optimizer.applyGradients(grads);
w.print();
b.print();

// by hand
b.assign(b.sub(grads['bias'].mul(0.01)));
b.print();
console.log(w.name, b.name, w.trainable, frozen.trainable, b.shape, b.dtype);
