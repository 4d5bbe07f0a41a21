import tensorflow as tf
S=tf.keras.optimizers.schedules
for s in (S.ExponentialDecay(0.1,3,0.7),S.ExponentialDecay(0.1,3,0.7,staircase=True),S.InverseTimeDecay(0.1,3,0.7),S.PolynomialDecay(0.1,7,0.01,power=0.5),S.PolynomialDecay(0.1,7,0.01,power=2.,cycle=True),S.CosineDecay(0.1,7,0.2),S.CosineDecay(0.0,7,warmup_target=0.1,warmup_steps=3),S.CosineDecayRestarts(0.1,3),S.PiecewiseConstantDecay([2,4],[.5,.1,.05])):
    print([s(i).numpy().item() for i in range(9)])
print(tf.math.top_k([1.,3.,2.],k=2))
v,i=tf.nn.top_k(tf.constant([[1.,3.,2.]]),k=2); print(v,i)
print(tf.linalg.slogdet([[2.,0.],[0.,3.]]), tf.linalg.eigh([[2.,0.],[0.,3.]])[0])
print(tf.nn.moments(tf.constant([1.,2.,4.]),0))
for opt in (tf.keras.optimizers.RMSprop(0.1,centered=True,momentum=.5),tf.keras.optimizers.Adam(0.1,amsgrad=True),tf.keras.optimizers.SGD(.1,weight_decay=.1),tf.keras.optimizers.Adam(.1,weight_decay=.01)):
  w = tf.Variable([1.0, -2.0])
  for _ in range(5):
    with tf.GradientTape() as tape:
      loss = tf.reduce_sum(w ** 2) + w[0] * w[1]
    grads = tape.gradient(loss, [w])
    opt.apply_gradients(zip(grads, [w]))
  print(type(opt).__name__, w.numpy(), int(opt.iterations))
