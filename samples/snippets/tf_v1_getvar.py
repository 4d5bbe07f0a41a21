import tensorflow.compat.v1 as tf
tf.disable_eager_execution()
tf.reset_default_graph()
with tf.variable_scope('model'):
    w = tf.get_variable('w', shape=[2], initializer=tf.constant_initializer(2.0))
    v = tf.get_variable('v', initializer=tf.constant([1.0, 3.0]))
y = tf.reduce_sum(w ** 2 * v)
g = tf.gradients(y, [w, v])
h = tf.hessians(y, w)[0]
print([x.name for x in tf.trainable_variables()])
step = tf.assign(w, w - 0.1 * g[0])
sub = tf.assign_sub(v, [1.0, 1.0])
init = tf.global_variables_initializer()
with tf.Session() as sess:
    sess.run(init)
    print(sess.run(g))
    print(sess.run(h))
    sess.run(step)
    print(sess.run(w))
    sess.run(sub)
    print(w.eval(), v.eval(session=sess))
    opt = tf.train.GradientDescentOptimizer(0.5)
    gvs = opt.compute_gradients(y, [w, v])
    capped = [(tf.clip_by_value(gr, -1., 1.), var) for gr, var in gvs]
    train = opt.apply_gradients(capped)
    sess.run(train)
    print(sess.run([w, v]))
