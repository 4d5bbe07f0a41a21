"""A variable's `eval` takes the session first, a tensor's what is fed."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
v = tf.Variable(3.0, name="v")
p = tf.placeholder(tf.float32, [])
y = v * v * p
g = tf.gradients(y, v)[0]
sess = tf.Session()
sess.run(tf.global_variables_initializer())
print(v.eval(sess), v.eval(session=sess))
print(g.eval({p: 2.0}, sess), g.eval(feed_dict={p: 3.0}, session=sess))
with sess.as_default():
    print(v.eval(), y.eval({p: 1.0}))
