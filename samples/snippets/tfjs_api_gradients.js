// The gradients of the API's documentation, one after the other.

// f(x) = x ^ 2
const f = x => x.square();
// f'(x) = 2x
const g = tf.grad(f);

const x = tf.tensor1d([2, 3]);
g(x).print();

// f(x) = x ^ 3, f''(x) = 6x, f'''(x) = 6
const cube = x => x.pow(tf.scalar(3, 'int32'));
tf.grad(cube)(x).print();
tf.grad(tf.grad(cube))(x).print();
tf.grad(tf.grad(tf.grad(cube)))(x).print();

// f(a, b) = a * b
const h = (a, b) => a.mul(b);
const hg = tf.grads(h);
const a = tf.tensor1d([2, 3]);
const b = tf.tensor1d([-2, -3]);
const [da, db] = hg([a, b]);
console.log('da');
da.print();
console.log('db');
db.print();

// value and gradient
const {value, grad} = tf.valueAndGrad(f)(x);
console.log('value');
value.print();
console.log('grad');
grad.print();

// value and gradients
const both = tf.valueAndGrads(h)([a, b]);
console.log('value');
both.value.print();
console.log('da');
both.grads[0].print();
console.log('db');
both.grads[1].print();
