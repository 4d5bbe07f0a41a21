const a = tf.tensor2d([[1, 2, 3]]);
const b = tf.tensor2d([[1, 2]]);
a.matMul(b).print();
