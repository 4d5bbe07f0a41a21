const w = tf.variable(tf.randomNormal([2]));
w.square().print();
