// Gradients that are cut to [-1, 1] on their way back.
const clipGrad = tf.customGrad(x => ({
  value: x.clone(),
  gradFunc: dy => dy.clipByValue(-1, 1),
}));
const f = x => clipGrad(x).square().mul(5).sum();
const g = tf.grad(f);
g(tf.tensor1d([-2, 0.05, 0.5])).print();

// straight-through: rounds on the way forward, the gradient passes
const ste = tf.customGrad(x => ({value: tf.round(x), gradFunc: dy => dy}));
const {value, grad} = tf.valueAndGrad(x => ste(x).mul(3).sum())(tf.tensor1d([0.2, 1.7, 2.4]));
value.print();
grad.print();
