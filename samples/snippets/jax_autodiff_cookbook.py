import jax
import jax.numpy as jnp
from jax import grad, jit, vmap, jacfwd, jacrev, jvp, vjp

def sigmoid(x):
    return 0.5 * (jnp.tanh(x / 2) + 1)

# Outputs probability of a label being true.
def predict(W, b, inputs):
    return sigmoid(jnp.dot(inputs, W) + b)

inputs = jnp.array([[0.5, 1.0, 0.75], [1.0, -1.0, 0.25], [0.5, 0.0, -1.0]])
W = jnp.array([0.5, 0.25, 1.0])
b = 0.5

f = lambda W: predict(W, b, inputs)
J = jacfwd(f)(W)
print("jacfwd result, with shape", J.shape)
J = jacrev(f)(W)
print("jacrev result, with shape", J.shape)

def predict_dict(params, inputs):
    return predict(params['W'], params['b'], inputs)

J_dict = jacrev(predict_dict)({'W': W, 'b': b}, inputs)
for k, v in J_dict.items():
    print("Jacobian from {} to logits has shape".format(k), v.shape)

def hessian(f):
    return jacfwd(jacrev(f))

H = hessian(f)(W)
print("hessian, with shape", H.shape)

# Push forward the vector `v` along `f` evaluated at `W`
v = jnp.array([1.0, 2.0, 3.0])
y, u = jvp(lambda x: x ** 2, (W,), (v,))
print(y, u)
y, vjp_fun = vjp(lambda x: x ** 2, W)
print(vjp_fun(v))

def hvp(f, primals, tangents):
    return jvp(grad(f), primals, tangents)[1]
def g(X):
    return jnp.sum(jnp.tanh(X) ** 2)
X = jnp.ones((3, 4))
print(hvp(g, (X,), (X,)).shape)
print(hvp(lambda x: jnp.sum(x ** 3), (W,), (v,)))

def vmjp(f, x, M):
    y, vjp_fun = vjp(f, x)
    outs, = vmap(vjp_fun)(M)
    return outs
print(vmjp(lambda x: x ** 2, W, jnp.eye(3)))
