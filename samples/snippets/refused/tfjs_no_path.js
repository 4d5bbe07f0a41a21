const x = tf.scalar(3);
const y = x.square();
// y was made outside of the function
tf.grad(x => y.add(1))(x).print();
