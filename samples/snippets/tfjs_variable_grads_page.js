// geeksforgeeks tf.variableGrads
import * as tf from "@tensorflow/tfjs"
const p = tf.variable(tf.tensor1d([3.1, 5.2]));
const q = tf.variable(tf.tensor1d([4.4, 6.7]));
const r = tf.tensor1d([7.1, 3.2]);
const {val, grads} = tf.variableGrads(
  () => p.add(r.square()).mul(q.add(r)).sum());
Object.keys(grads).forEach(
  variable_Name => grads[variable_Name].print());
