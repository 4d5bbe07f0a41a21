async function train() {
  await tf.nextFrame();
  throw new Error('no data');
}
train();
console.log('started');
