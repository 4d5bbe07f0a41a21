# Within tf.function a branch not taken has the gradient zero: the graph has both
import tensorflow as tf

x, v0, v1 = tf.constant(1.0), tf.Variable(2.0), tf.Variable([3.0, 4.0])


def branch(x):
    if x > 0.0:
        return v0 * 2.0
    return tf.reduce_sum(v1**2)


for function in (branch, tf.function(branch)):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x) + 1.0
    print(tape.gradient(y, [x, v0, v1]))


@tf.function
def powers(x, n):
    product = tf.constant(1.0)
    for _ in tf.range(n):
        product *= x
    return product


for n in (0, 2):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = powers(x * 3.0, tf.constant(n))
    print(y.numpy(), tape.gradient(y, x))


class Switch(tf.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = tf.Variable(1.0), tf.Variable(-1.0)

    @tf.function
    def __call__(self, x):
        return tf.cond(x > 0, lambda: x * self.up, lambda: x * self.down)


switch = Switch()
with tf.GradientTape() as tape:
    y = switch(tf.constant(-2.0))
print([g.numpy() for g in tape.gradient(y, switch.trainable_variables)])
