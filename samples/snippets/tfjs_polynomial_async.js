// After the tutorial that fits a cubic polynomial.
const a = tf.variable(tf.scalar(0.1));
const b = tf.variable(tf.scalar(0.2));
const c = tf.variable(tf.scalar(0.3));
const d = tf.variable(tf.scalar(0.4));

const numIterations = 40;
const learningRate = 0.5;
const optimizer = tf.train.sgd(learningRate);

function predict(x) {
  // y = a * x ^ 3 + b * x ^ 2 + c * x + d
  return tf.tidy(() => a.mul(x.pow(tf.scalar(3, 'int32')))
    .add(b.mul(x.square()))
    .add(c.mul(x))
    .add(d));
}

function loss(prediction, labels) {
  const error = prediction.sub(labels).square().mean();
  return error;
}

async function train(xs, ys, numIterations) {
  for (let iter = 0; iter < numIterations; iter++) {
    optimizer.minimize(() => loss(predict(xs), ys));
    await tf.nextFrame();
  }
}

async function learnCoefficients() {
  const xs = tf.linspace(-1, 1, 21);
  const ys = tf.tidy(() => xs.pow(3).mul(-0.8).sub(xs.square().mul(0.2)).add(xs.mul(0.9)).add(0.5));
  console.log('before', [a, b, c, d].map(v => v.dataSync()[0].toFixed(2)));
  await train(xs, ys, numIterations);
  console.log('after', [a, b, c, d].map(v => v.dataSync()[0].toFixed(2)));
  const error = loss(predict(xs), ys);
  console.log(`loss ${(await error.data())[0].toFixed(3)}`);
}

learnCoefficients();
