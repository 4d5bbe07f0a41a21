// The second argument weighs the elements of the value.
const f = x => x.square();
const x = tf.tensor1d([1, 2, 3]);
tf.grad(f)(x, tf.tensor1d([1, 0, 10])).print();
const [da, db] = tf.grads((a, b) => a.mul(b))([x, x], tf.tensor1d([0, 1, 0]));
da.print();
db.print();
// rows of a Jacobian
const g = x => tf.stack([x.sum(), x.prod(), x.norm()]);
const rows = [0, 1, 2].map(i => tf.grad(g)(x, tf.oneHot(tf.scalar(i, 'int32'), 3).toFloat()));
tf.stack(rows).print();
