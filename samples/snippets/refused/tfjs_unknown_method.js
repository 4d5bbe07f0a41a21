const x = tf.tensor1d([1, 2]);
x.sqaure().print();
