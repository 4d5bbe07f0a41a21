# tf.nest: structures taken apart and put together again
import tensorflow as tf

model = {"w": [tf.Variable([1.0, 2.0]), tf.Variable(3.0)], "b": (tf.Variable(0.5), None)}
flat = tf.nest.flatten(model)
print([None if v is None else tuple(v.shape) for v in flat])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(model["w"][0]) * model["w"][1] + model["b"][0] ** 2
gradients = tape.gradient(loss, model["w"])
step = tf.nest.map_structure(lambda v, g: (v - 0.1 * g).numpy(), model["w"], gradients)
print(step)
print(tf.nest.pack_sequence_as({"b": 0, "a": [0, 0]}, [1, 2, 3]))
