// Places of a tensor that hold no number
tf.tensor1d([9.5, -20.5, null]).print();
tf.tensor1d([null, 1, undefined]).print();
tf.tensor2d([[1, null], [NaN, true]]).print();
tf.tensor1d([1, null, 2.7], 'int32').print();
tf.tensor1d([1, null, true], 'bool').print();
tf.tensor1d([NaN, undefined, 3], 'int32').print();
tf.tensor1d([true, 2, null]).print();
try { tf.scalar(null) } catch (e) { console.log(e.message); }
try { tf.tensor(undefined) } catch (e) { console.log(e.message); }
try { tf.tensor(null) } catch (e) { console.log(e.message); }
try { tf.tensor({a: 1}) } catch (e) { console.log(e.message); }
