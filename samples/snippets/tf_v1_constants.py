# A gradient by a constant of a graph is not that by an equal number
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
x = tf.placeholder(tf.float32)
y = tf.constant(2.0)
z = 2.0 * x * y + x**2 * y + y**2
slopes = tf.gradients(z, [x, y])
with tf.Session() as session:
    print(session.run(slopes, {x: 3.0}))
    print(session.run([z, y], feed_dict={x: 0.5}))
