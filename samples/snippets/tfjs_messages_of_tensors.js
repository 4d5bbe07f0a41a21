const told = f => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.message);
  }
};
told(() => tf.tensor2d([[1, 2, 3], [4, 5, 6]], [3, 2]));
told(() => tf.tensor3d([1, 2, 3, 4]));
told(() => tf.tensor2d([1, 2, 3, 4]));
told(() => tf.zeros([2, 3]).squeeze([1]));
told(() => tf.zeros([2, 3]).sum(2));
told(() => tf.zeros([2, 3]).argMax(-3));
told(() => tf.tidy());
told(() => tf.tidy(3, () => tf.scalar(1)));
told(() => tf.tidy('name', 'function'));
const t = tf.scalar(1);
t.dispose();
t.dispose();
told(() => t.square());
const optimizer = tf.train.rmsprop(0.1, 0.95, 0.1, 1e-8, true);
const x = tf.tensor1d([1, 2]).variable();
optimizer.minimize(() => x.square().sum());
console.log(tf.memory().numTensors);
optimizer.dispose();
console.log(tf.memory().numTensors);
const momentum = tf.train.momentum(0.1, 0.5);
momentum.minimize(() => x.square().sum());
momentum.dispose();
console.log(tf.memory().numTensors);
