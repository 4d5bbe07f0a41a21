# Of one tensor concat gives that tensor, of a list what is in it
import tensorflow as tf
A=tf.constant([[1.,2.],[3.,4.]])
print(tf.concat(A,0))
print(tf.concat(A,axis=0))
print(tf.stack(A,0), tf.stack(A, axis=1))
print(tf.add_n([A,A]))
v=tf.Variable([1.,2.])
with tf.GradientTape() as t:
    t.watch(A)
    y=tf.concat(A,0)*2
print(y)
print(tf.concat([A],0))
print(tf.concat([[1.,2.],[3.,4.]],0))
print(tf.concat(tf.constant([[1,2],[3,4],[5,6]]),0))
