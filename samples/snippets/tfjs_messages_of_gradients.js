const tf = require('@tensorflow/tfjs');
const f = (x, y) => x.square().mul(y).add(x.exp());
const g = tf.grads(f);
const [dx, dy] = g([tf.scalar(1), tf.scalar(3)]);
dx.print(); dy.print();
const {value, grads} = tf.valueAndGrads(f)([tf.scalar(2), tf.scalar(0.5)]);
console.log('value'); value.print();
console.log('grads'); grads.forEach(t => t.print());
const x = tf.tensor1d([1, 2, 3]);
tf.grad(x => x.pow(3))(x).print();
tf.grad(x => x.pow(tf.scalar(3, 'int32')))(x, tf.tensor1d([1, 10, 100])).print();
const h = tf.grad(tf.grad(x => x.pow(tf.scalar(4))));
h(tf.scalar(2)).print();
const vg = tf.valueAndGrad(x => x.sigmoid().sum());
const r = vg(x);
r.value.print(); r.grad.print();
const w = tf.variable(tf.tensor1d([1, -1]), true, 'w');
const bias = tf.variable(tf.scalar(0.5), true, 'b');
const frozen = tf.variable(tf.scalar(2), false, 'frozen');
const out = tf.variableGrads(() => w.mul(frozen).add(bias).square().sum());
console.log(Object.keys(out.grads));
for (const name in out.grads) { console.log(name); out.grads[name].print(); }
out.value.print();
const only = tf.variableGrads(() => w.mul(bias).sum(), [bias]);
console.log(Object.keys(only.grads));
only.grads['b'].print();
const customOp = tf.customGrad((x, save) => {
  save([x]);
  return {value: x.square(), gradFunc: (dy, saved) => [dy.mul(saved[0].abs())]};
});
const xx = tf.tensor1d([-1, -2, 3]);
const dxx = tf.grad(x => customOp(x));
console.log(`f(x):`);
customOp(xx).print();
console.log(`f'(x):`);
dxx(xx).print();
try { tf.grad(x => 3)(tf.scalar(1)); } catch (e) { console.log(e.message); }
try { tf.grads((a, b) => a.mul(2))([tf.scalar(1), tf.scalar(2)]); } catch (e) { console.log(e.message); }
try { tf.variableGrads(() => w.mul(2)); } catch (e) { console.log(e.message); }
try { tf.variableGrads(() => tf.scalar(1)); } catch (e) { console.log(e.message); }
try { tf.variableGrads(() => frozen.square()); } catch (e) { console.log(e.message); }
try { tf.grad(x => x.square())(2); } catch (e) { console.log(e.message); }
try { tf.tensor([1, 2, 3], [2, 2]); } catch (e) { console.log(e.message); }
try { tf.tensor1d([1, 2]).add(tf.tensor1d([1, 2, 3])); } catch (e) { console.log(e.message); }
try { tf.tensor2d([[1,2]]).matMul(tf.tensor2d([[1,2]])); } catch (e) { console.log(e.message); }
try { tf.scalar([1]); } catch (e) { console.log(e.message); }
try { w.assign(tf.scalar(1)); } catch (e) { console.log(e.message); }
try { const t = tf.scalar(1); t.dispose(); t.print(); } catch (e) { console.log(e.message); }
