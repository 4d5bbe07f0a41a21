import tensorflow as tf
import numpy as np
import tensorflow.keras.backend as K
from tensorflow.keras import backend
tf.get_logger().setLevel('ERROR')
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
tf.autograph.set_verbosity(0)
print("Num GPUs Available: ", len(tf.config.list_physical_devices('GPU')))
print(tf.config.experimental.list_physical_devices('GPU'), tf.test.is_gpu_available(), tf.test.is_built_with_cuda(), repr(tf.test.gpu_device_name()))
for gpu in tf.config.list_physical_devices('GPU'):
    tf.config.experimental.set_memory_growth(gpu, True)
tf.keras.utils.set_random_seed(0)
tf.config.experimental.enable_op_determinism()
print(tf.keras.utils.to_categorical([0, 2, 1], num_classes=4))
print(tf.keras.utils.to_categorical(np.array([1, 0])))
print(tf.as_dtype('float32'), tf.TensorShape([2, None, 3]), tf.TensorShape([2, 3]).num_elements())
with tf.autodiff.GradientTape() as tape:
    v = tf.Variable([1.0, -2.0])
    y = K.mean(K.square(v)) + K.sum(K.abs(v)) + K.max(v) + K.epsilon() * K.sum(v)
print(y, tape.gradient(y, v))
def custom_loss(y_true, y_pred):
    return K.mean(K.square(y_pred - y_true), axis=-1)
print(custom_loss(tf.constant([[1., 2.]]), tf.constant([[3., 5.]])))
print(K.clip(v, 0.0, 0.5), K.dot(tf.ones((1, 2)), tf.ones((2, 1))), K.flatten(tf.ones((2, 2))), K.concatenate([tf.ones((1, 2)), tf.zeros((1, 2))]))
print(K.binary_crossentropy(tf.constant([1., 0.]), tf.constant([0.8, 0.3])), K.sigmoid(v), K.pow(v, 2), K.log(K.abs(v)), K.exp(v), K.sqrt(K.abs(v)))
print(K.get_value(K.std(v)), K.var(v).numpy(), K.int_shape(v), K.ndim(v), K.floatx(), K.cast(v, 'int32'), K.maximum(v, 0.), K.relu(v), K.softmax(tf.reshape(v, (1, 2))))
print(K.eval(K.switch(v > 0, v, -v)), backend.equal(v, 1.0), K.expand_dims(v), K.transpose(tf.ones((1, 2))).shape)
reg = tf.keras.regularizers.l2(0.01)
print(reg(v), tf.keras.regularizers.L1(0.1)(v), tf.keras.regularizers.l1_l2(l1=0.01, l2=0.02)(v))
with tf.GradientTape() as tape:
    l = tf.keras.regularizers.L2(0.5)(v)
print(tape.gradient(l, v))
print(tf.nn.compute_average_loss(tf.constant([1., 2., 3.]), global_batch_size=6), tf.nn.zero_fraction(tf.constant([0., 1.])))
theoretical, numerical = tf.test.compute_gradient(lambda x: x * x, [1.0])
print(theoretical, numerical)
def f(x, w): return tf.matmul(x, w)
th, nu = tf.test.compute_gradient(f, [tf.constant([[1., 2.]]), tf.constant([[3.], [4.]])])
print(th); print(nu)
print(max(np.abs(a - b).max() for a, b in zip(th, nu)) < 1e-2)
print(tf.keras.metrics.binary_accuracy(tf.constant([[1.], [0.]]), tf.constant([[0.8], [0.6]])), tf.keras.metrics.sparse_categorical_accuracy([1, 0], [[0.1, 0.9], [0.2, 0.8]]), tf.keras.metrics.categorical_accuracy([[0., 1.]], [[0.2, 0.8]]))
