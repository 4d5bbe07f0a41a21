import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
w = tf.Variable(2.0, name="w")
slope = tf.gradients(w**2, w)
with tf.Session() as sess:
    print(sess.run(slope))
