const attempts = {
  'no path': () => tf.grad(x => tf.scalar(3))(tf.scalar(1)),
  'no function': () => tf.grad(3),
  'no tensor': () => tf.grad(x => 3)(tf.scalar(1)),
  'no scalar': () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    return tf.variableGrads(() => v.square());
  },
  'no list': () => tf.grads((a, b) => a.mul(b))(tf.scalar(1), tf.scalar(2)),
  'shapes': () => tf.tensor1d([1, 2, 3]).add(tf.tensor1d([1, 2])),
  'values': () => tf.tensor([1, 2, 3], [2, 2]),
  'disposed': () => {
    const a = tf.scalar(1);
    a.dispose();
    return a.add(1);
  },
  'constant': () => {
    const a = 1;
    a = 2;
  },
  'no name': () => missing + 1,
  'own': () => { throw new RangeError('out of range'); },
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    console.log(name, 'works');
  } catch (error) {
    console.log(`${name}: ${error.name}: ${error.message}`);
  } finally {
    if (name === 'own') console.log('finished');
  }
}
