import tensorflow as tf
M=tf.keras.metrics
m = M.Mean(name='loss')
m.update_state([1, 3, 5, 7]); print(m.result(), m.name)
m.reset_state()
m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0]); print(m.result().numpy())
print(m(10.0).numpy(), float(m.result()), M.Mean().result())
a = M.SparseCategoricalAccuracy()
a.update_state([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]); print(a.result().numpy(), a.name)
a.update_state([2, 1], [[0.1, 0.3, 0.6], [0.05, 0.95, 0]]); print(a.result().numpy())
for c, args in ((M.MeanSquaredError, ([[0, 1], [0, 0]], [[1., 1.], [0.3, 0.]])), (M.RootMeanSquaredError, ([[0, 1], [0, 0]], [[1., 1.], [0.3, 0.]])), (M.MeanAbsoluteError, ([[0, 1], [0, 0]], [[1., 1.], [0.3, 0.]])), (M.Accuracy, ([1, 2, 3, 4], [0, 2, 3, 4])), (M.BinaryAccuracy, ([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])), (M.CategoricalAccuracy, ([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])), (M.Sum, ([1., 2.5],))):
    s = c(); s.update_state(*args); print(s.name, s.result().numpy())
