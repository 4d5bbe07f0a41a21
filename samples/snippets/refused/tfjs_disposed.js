let inner;
tf.tidy(() => {
  inner = tf.tensor1d([1, 2]);
});
console.log('still runs');
inner.add(1).print();
