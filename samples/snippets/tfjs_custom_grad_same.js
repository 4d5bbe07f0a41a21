// A rule whose value is its argument itself adds to what flows there
const stop = tf.customGrad(x => ({ value: x, gradFunc: () => tf.zerosLike(x) }));
tf.grad(x => x.mul(stop(x)))(tf.scalar(5)).print();
tf.grad(x => stop(x).square())(tf.scalar(5)).print();
const rev = tf.customGrad(x => ({ value: x, gradFunc: dy => dy.neg() }));
tf.grad(x => rev(x).square())(tf.scalar(3)).print();
tf.grad(x => rev(x.mul(2)).square())(tf.scalar(3)).print();
const clip = tf.customGrad(x => ({ value: x, gradFunc: dy => dy.clipByValue(-1, 1) }));
tf.grad(x => clip(x).mul(7).sum())(tf.tensor1d([3, 4])).print();
const c2 = tf.customGrad(x => ({ value: x.clone(), gradFunc: dy => dy.clipByValue(-1, 1) }));
tf.grad(x => c2(x).mul(7).sum())(tf.tensor1d([3, 4])).print();
const pick = tf.customGrad((a, b) => ({ value: a, gradFunc: dy => [dy, dy.mul(2)] }));
tf.grads((a, b) => pick(a, b).mul(3))([tf.scalar(1), tf.scalar(2)]).forEach(g => g.print());
const inner = tf.customGrad(x => { const y = x.mul(2); return { value: y, gradFunc: dy => dy.mul(10) }; });
tf.grad(x => inner(x).square())(tf.scalar(3)).print();
const g2 = tf.grad(x => tf.grad(z => rev(z).pow(3))(x)); g2(tf.scalar(2)).print();
