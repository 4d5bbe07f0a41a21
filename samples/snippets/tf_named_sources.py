import tensorflow as tf
import collections
State = collections.namedtuple('State', ['pos', 'vel'])
def energy(s):
    return 0.5 * tf.reduce_sum(s.vel ** 2) + tf.reduce_sum(1 - tf.cos(s.pos))
s = State(tf.constant([0.1, 1.0]), tf.constant([0.0, -0.5]))
with tf.GradientTape() as t:
    t.watch(s)
    e = energy(s)
g = t.gradient(e, s)
print(e.numpy(), g.pos.numpy(), g.vel.numpy())
print(type(g).__name__)
print(tf.nest.map_structure(lambda x: x.numpy().sum(), g))
