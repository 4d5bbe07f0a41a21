const customOp = tf.customGrad((x, save) => {
  // Save x to make sure it's available later for the gradient.
  save([x]);
  // Override gradient of our custom x ^ 2 op to be dy * abs(x);
  return {
    value: x.square(),
    // Note `saved.x` which points to the `x` we saved earlier.
    gradFunc: (dy, saved) => [dy.mul(saved[0].abs())]
  };
});

const x = tf.tensor1d([-1, -2, 3]);
const dx = tf.grad(x => customOp(x));

console.log(`f(x):`);
customOp(x).print();
console.log(`f'(x):`);
dx(x).print();
