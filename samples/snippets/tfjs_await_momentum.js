async function main() {
  const w = tf.variable(tf.scalar(0));
  const b = tf.variable(tf.scalar(0));
  const xs = tf.tensor1d([1, 2, 3, 4]);
  const ys = tf.tensor1d([3, 5, 7, 9]);
  const opt = tf.train.momentum(0.01, 0.9);
  for (let epoch = 0; epoch < 50; ++epoch) {
    const cost = opt.minimize(() => tf.losses.meanSquaredError(ys, xs.mul(w).add(b)), true, [w, b]);
    if (epoch % 10 === 0) {
      console.log(epoch, (await cost.data())[0].toFixed(3));
    }
    cost.dispose();
    await tf.nextFrame();
  }
  console.log((await w.data())[0].toFixed(2), (await b.array()).toFixed(2));
}
await main();
