import tensorflow as tf

x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

# Functions that give whole numbers, of the type that is usual or asked for.
print(tf.argmax(x, axis=1, output_type=tf.int32), tf.argmin(x, 1))
print(tf.shape(x, out_type=tf.int64), tf.size(x))
print(tf.searchsorted([1.0, 2.0, 3.0], [2.0, 2.5], side="right"))
print(tf.searchsorted([1.0, 2.0, 3.0], [2.0, 2.5], out_type=tf.int64))
print(
    tf.math.bincount([1, 1, 3], minlength=6), tf.math.bincount([1, 1, 3], weights=[0.5, 0.5, 1.0])
)
print(tf.histogram_fixed_width([0.0, 1.0, 2.0, 3.0], [0.0, 3.0], nbins=3))
print(tf.unique([1, 1, 2, 3], out_idx=tf.int64).idx)
print(tf.math.confusion_matrix([0, 1], [1, 1], num_classes=3, weights=[2, 3], dtype=tf.float32))
print(tf.zeros_like(x, dtype=tf.int32), tf.ones_like([1, 2], dtype=tf.float64))
print(tf.eye(2, num_columns=3, dtype=tf.float64), tf.eye(2, batch_shape=[1]))
print(tf.sequence_mask([1, 3], maxlen=4, dtype=tf.float32))
print(tf.linalg.matrix_rank(x, tol=3.0))

# Losses: how samples are weighed, and what is made of them.
losses = tf.keras.losses
y = tf.constant([[0.0, 1.0], [1.0, 0.0]])
p = tf.constant([[0.2, 0.7], [0.6, 0.3]])
for reduction in ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", None]:
    loss = losses.MeanSquaredError(reduction=reduction)
    print(reduction, loss(y, p).numpy(), loss(y, p, sample_weight=[[1.0], [3.0]]).numpy())
for kind in [losses.SquaredHinge, losses.CategoricalHinge, losses.MeanAbsolutePercentageError]:
    print(kind()(y, p).numpy())
print(losses.MSE(y, p), losses.MAE(y, p), losses.categorical_hinge(y, p))
try:
    losses.MeanSquaredError(reduction="average")
except ValueError as error:
    print("ValueError")

# The eigenvalues of a symmetric matrix are those of its lower triangle, and so are their slopes.
a = tf.constant([[2.0, 1.0], [1.0, 2.0]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(a)
    smallest = tf.linalg.eigh(a)[0][0]
    largest = tf.reduce_max(tf.linalg.eigvalsh(a))
print(tf.round(tape.gradient(smallest, a) * 1000).numpy())
print(tf.round(tape.gradient(largest, a) * 1000).numpy())
