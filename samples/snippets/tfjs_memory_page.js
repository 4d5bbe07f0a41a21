const y = tf.tidy(() => {
  const one = tf.scalar(1);
  const a = tf.scalar(2);
  const b = tf.keep(a.square());
  console.log('numTensors (in tidy): ' + tf.memory().numTensors);
  return b.add(one);
});
console.log('numTensors (outside tidy): ' + tf.memory().numTensors);
y.print();
y.dispose();
console.log(y.isDisposed);
console.log('numTensors: ' + tf.memory().numTensors);
