const f = tf.scalar(2);
const df = tf.grad(f);
