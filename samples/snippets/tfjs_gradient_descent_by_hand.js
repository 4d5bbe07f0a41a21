const f = (x, y) => x.square().add(y.square().mul(10));
const grads = tf.grads(f);
let point = [tf.scalar(3), tf.scalar(1)];
const rate = tf.scalar(0.04);
for (let step = 0; step < 50; ++step) {
  point = tf.tidy(() => {
    const [dx, dy] = grads(point);
    return [point[0].sub(dx.mul(rate)), point[1].sub(dy.mul(rate))];
  });
  if (step % 10 == 0) {
    const [x, y] = point.map(p => p.dataSync()[0]);
    console.log(`${step}: (${x.toFixed(3)}, ${y.toExponential(2)})`);
  }
}
