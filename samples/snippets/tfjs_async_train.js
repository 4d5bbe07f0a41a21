const w = tf.variable(tf.scalar(5), true, 'w');
const optimizer = tf.train.adam(0.5);

async function train(steps) {
  for (let i = 0; i < steps; i++) {
    const cost = optimizer.minimize(() => w.square(), true);
    const [value] = await cost.data();
    if (i % 2 === 0) {
      console.log(`step ${i}: loss ${value.toFixed(5)}`);
    }
  }
  return w.dataSync()[0];
}

async function main() {
  console.log('start');
  const result = await train(6);
  console.log('w', result.toFixed(4));
}

main().then(() => console.log('done'));
console.log('this comes first');
