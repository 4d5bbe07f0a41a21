# Without resource variables, a variable is fetched with what the same run has assigned to it
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
w = tf.Variable(3.0, name="w")
loss = tf.square(w - 1.0)
train = tf.train.GradientDescentOptimizer(0.25).minimize(loss)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(3):
        _, value, now, before = session.run([train, loss, w, w * 1.0])
        print(step, value, now, before)
    print(session.run(w), session.run(loss))
