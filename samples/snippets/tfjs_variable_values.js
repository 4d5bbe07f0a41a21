const v = tf.variable(tf.tensor1d([1, 2, 3]));
v.print();
v.assign(tf.tensor1d([4, 5, 6]));
v.print();
console.log(v.name, v.trainable, v.shape, v instanceof tf.Variable, v instanceof tf.Tensor);
const w = tf.variable(tf.scalar(2), false, 'frozen');
const {value, grads} = tf.variableGrads(() => v.mul(w).sum(), [v]);
console.log(Object.keys(grads).length);
value.print();
try { v.assign(tf.tensor1d([1, 2])); } catch (e) { console.log(e.message); }
try { tf.variable(tf.scalar(2), true, 'frozen'); } catch (e) { console.log(e.message); }
console.log(v.toString());
console.log(tf.memory().numTensors, tf.memory().numBytes);
