# What TensorFlow says of tapes, and of gradients of one's own, that are used otherwise than meant.
import tensorflow as tf

x = tf.Variable([1.0, 2.0])
w = tf.Variable(3.0)


def told(act):
    try:
        print(act())
    except (RuntimeError, ValueError, TypeError) as error:
        print(type(error).__name__, error)


def rows(kind, **options):
    z = tf.reshape(x, (2, 1))
    with tf.GradientTape(**options) as tape:
        tape.watch(z)
        y = z * z
    return getattr(tape, kind)(y, z, experimental_use_pfor=False)


for kind in ("jacobian", "batch_jacobian"):
    told(lambda: rows(kind))
    told(lambda: rows(kind, persistent=True).shape)


def batched():
    with tf.GradientTape() as tape:
        y = x * 2
    return tape.batch_jacobian(y, x)


told(batched)


def entered_twice():
    with tf.GradientTape() as tape:
        with tape:
            pass


told(entered_twice)


def paused_late():
    with tf.GradientTape() as tape:
        y = x * 2
    with tape.stop_recording():
        return y


told(paused_late)


@tf.custom_gradient
def of_two(a, b):
    return a * b, lambda dy: dy


@tf.custom_gradient
def of_one(a):
    return a * 2.0, lambda dy: (dy, dy)


@tf.custom_gradient
def of_variable(a):
    return a * w, lambda dy: dy


@tf.custom_gradient
def clipped(y, low, high, times):
    def backward(dy):
        return tf.clip_by_value(times * dy, low, high), None, None, None

    return y * 1.0, backward


def slope(f, *args):
    with tf.GradientTape() as tape:
        y = f(x * 1.0, *args)
    return tape.gradient(y, x)


told(lambda: slope(of_two, x))
told(lambda: slope(of_one))
told(lambda: slope(of_variable))
told(lambda: slope(clipped, -1, 2.5, 3))
told(lambda: tf.custom_gradient(lambda a: a * 2.0)(x))
