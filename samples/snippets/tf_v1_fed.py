# Any tensor of a graph can be fed, not placeholders alone.
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
a = tf.add(2, 5)
b = tf.multiply(a, 3)
x = tf.placeholder(tf.float32, shape=[3])
y = x * 2
z = y + tf.reduce_sum(y)
g = tf.gradients(z, y)[0]
c = tf.constant(5.0, name="c")
d = tf.multiply(c, 6.0)
e = tf.square(d) - c
slopes = tf.gradients(e, [c, d])
with tf.Session() as sess:
    replace_dict = {a: 15}
    print(sess.run(b), sess.run(b, feed_dict=replace_dict))
    print(sess.run(z, {x: [1., 2., 3.]}), sess.run(z, {y: [1., 0., 0.]}))
    print(sess.run([y, g], {y: [1., 0., 0.]}))
    print(sess.run([e, slopes]), sess.run([e, slopes], {d: 2.0}), sess.run(slopes, {c: 1.0}))
    try:
        sess.run(z, {y: [1., 2.]})
    except ValueError as error:
        print(str(error)[:31])
