import tensorflow as tf
for rows, labels in [([[2.0, -1.0, 0.5], [0.1, 0.2, 3.0]], [0, 2]), ([[1.0, 2.0, 3.0, 4.0]], [1]), ([[0.3, -0.2], [1.5, 2.5], [-0.7, 0.9]], [1, 0, 1])]:
    x = tf.constant(rows)
    hot = tf.one_hot(labels, len(rows[0]))
    with tf.GradientTape(persistent=True) as t:
        t.watch(x)
        a = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x)
        b = tf.nn.softmax_cross_entropy_with_logits(labels=hot, logits=x)
        c = tf.nn.log_softmax(x)
        d = tf.reduce_mean(a)
    for y in (a, b, d):
        print(y.numpy(), t.gradient(y, x).numpy())
