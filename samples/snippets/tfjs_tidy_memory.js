const y = tf.tidy(() => {
  // a, b, and one will be cleaned up when the tidy ends.
  const one = tf.scalar(1);
  const a = tf.scalar(2);
  const b = a.square();

  console.log('numTensors (in tidy): ' + tf.memory().numTensors);
  return b.add(one);
});
console.log('numTensors (outside tidy): ' + tf.memory().numTensors);
y.print();

let kept;
tf.tidy(() => {
  const x = tf.tensor1d([1, 2, 3]);
  kept = tf.keep(x.mul(2));
});
kept.print();
console.log(tf.memory().numTensors, kept.isDisposed);
tf.dispose([kept, y]);
console.log(tf.memory().numTensors, kept.isDisposed);
