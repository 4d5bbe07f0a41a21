// What functions give of whole numbers: many cut their results to whole numbers
const i = tf.tensor1d([1, 4, 9], 'int32');
const names = ['sqrt','square','exp','log','abs','neg','relu','sign','floor','ceil','round','sin','cos','tan','tanh','sigmoid','reciprocal','rsqrt','log1p','expm1','step','cumsum','cumprod','elu','selu','relu6','softplus','erf','logSigmoid','asin','acos','atanh','acosh','asinh','atan','sinh','cosh','mean','sum','max','min','prod','argMax','logSumExp','zerosLike','onesLike','isNaN','leakyRelu','clone','cast' ];
for (const n of names) {
  try { const r = n === 'cast' ? tf.cast(i, 'bool') : tf[n](i); console.log(n, r.dtype, r.arraySync()); } catch (e) { console.log(n, 'error'); }
}
for (const n of ['add','sub','mul','div','floorDiv','pow','maximum','minimum','mod','squaredDifference','atan2','less','prelu']) {
  try { const r = tf[n](i, tf.tensor1d([2, 2, 2], 'int32')); console.log(n, r.dtype, r.arraySync()); } catch (e) { console.log(n, 'error'); }
}
try { console.log(tf.clipByValue(i, 2, 5).dtype, tf.clipByValue(i, 2, 5).arraySync()); } catch (e) { console.log('clip error'); }
tf.tensor1d([NaN, Infinity, -2.7, 3.9]).toInt().print();
tf.grad(x => x.toInt().toFloat().mul(3).sum())(tf.tensor1d([1.5, 2])).print();
