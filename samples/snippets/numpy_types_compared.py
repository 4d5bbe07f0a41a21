import numpy as np
x = np.zeros(2, np.float32)
print(x.dtype == np.float32, x.dtype == np.float64, np.float32 == x.dtype, x.dtype != np.float32, x.dtype == 'float32')
print(np.float32, [np.float64], np.float32 == np.float32)
print(np.dtype('float64'), np.dtype(np.float32), np.dtype(int), np.dtype('int32'), np.dtype(bool))
print(np.array([1, 2]).dtype == np.dtype(int), np.zeros(2).dtype == np.dtype('float64'), np.ones(2).dtype == np.dtype('f4'))
print(np.zeros(2, dtype=np.dtype('float32')), np.dtype('float32').name, np.dtype(np.float64).itemsize)
print(repr(np.dtype(float)), np.dtype('<f8'), np.dtype('i8').kind)
