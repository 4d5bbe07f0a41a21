// f(x) = x ^ 3 , f'(x) = 3x^2, f''(x)=6x
const f = x => x.pow(tf.scalar(3, 'int32'));
const g = tf.grad(f);
const gg = tf.grad(g);
const x = tf.tensor1d([2, 3]);
g(x).print();
gg(x).print();
const h = tf.valueAndGrad(f);
const {value, grad} = h(x);
console.log('value'); value.print();
console.log('grad'); grad.print();
const {value: v2, grad: g2} = h(x, tf.tensor1d([1, 10]));
g2.print();
