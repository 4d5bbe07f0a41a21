import * as tf from '@tensorflow/tfjs';

const m = tf.variable(tf.scalar(0.2));
const b = tf.variable(tf.scalar(-0.1));

function predict(x) {
  return tf.tidy(() => {
    return m.mul(x).add(b);
  });
}

function loss(prediction, labels) {
  // Subtracts the two arrays & squares each element of the tensor then finds the mean.
  const error = prediction
    .sub(labels)
    .square()
    .mean();
  return error;
}

const learningRate = 0.1;
const optimizer = tf.train.sgd(learningRate);

function train(xs, ys, numIterations = 75) {
  const errors = [];
  for (let iter = 0; iter < numIterations; iter++) {
    const cost = optimizer.minimize(() => {
      const predsYs = predict(xs);
      const e = loss(predsYs, ys);
      errors.push(e.dataSync()[0]);
      return e;
    }, true);
    if (iter % 25 === 0) console.log(`step ${iter}: ${cost.dataSync()[0].toFixed(4)}`);
  }
  return errors;
}

const xs = tf.tensor1d([0.1, 0.2, 0.4, 0.6, 0.8, 1.0]);
const ys = xs.mul(3).add(0.5);
const errors = train(xs, ys);
console.log(errors.length, errors[0] > errors[errors.length - 1]);
console.log(`m = ${m.dataSync()[0].toFixed(2)}, b = ${b.dataSync()[0].toFixed(2)}`);
