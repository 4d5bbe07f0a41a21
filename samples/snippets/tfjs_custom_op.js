const customOp = tf.customGrad((x, save) => {
  save([x]);
  return {
    value: x.square(),
    gradFunc: (dy, saved) => [dy.mul(saved[0].abs())]
  };
});
const x = tf.tensor1d([-1, -2, 3]);
const dx = tf.grad(x => customOp(x));
console.log(`f(x):`);
customOp(x).print();
console.log(`f'(x):`);
dx(x).print();
