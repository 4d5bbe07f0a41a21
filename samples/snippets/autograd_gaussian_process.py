from __future__ import absolute_import, print_function
import autograd.numpy as np
from autograd import grad
# Gaussian process / logistic / RNN style
def rbf(x1, x2, params):
    s, l = np.exp(params)
    d = (x1[:, None] - x2[None, :]) / l
    return s * np.exp(-0.5 * d ** 2)
x = np.linspace(0, 1, 5); y = np.sin(6 * x)
def nll(params):
    K = rbf(x, x, params[:2]) + np.exp(params[2]) * np.eye(5)
    L = np.linalg.cholesky(K)
    a = np.linalg.solve(L, y)
    return 0.5 * np.dot(a, a) + np.sum(np.log(np.diag(L))) + 2.5 * np.log(2 * np.pi)
p = np.array([0.1, -0.5, -2.0])
print(round(nll(p), 12), grad(nll)(p))
def concat_and_multiply(weights, *args):
    cat_state = np.hstack(args + (np.ones((args[0].shape[0], 1)),))
    return np.dot(cat_state, weights)
def rnn_predict(params, inputs):
    def update_rnn(input, hiddens):
        return np.tanh(concat_and_multiply(params['change'], input, hiddens))
    def hiddens_to_output_probs(hiddens):
        output = concat_and_multiply(params['predict'], hiddens)
        return output - np.log(np.sum(np.exp(output), axis=1, keepdims=True))
    num_sequences = inputs.shape[1]
    hiddens = np.repeat(params['init hiddens'], num_sequences, axis=0)
    output = [hiddens_to_output_probs(hiddens)]
    for input in inputs:
        hiddens = update_rnn(input, hiddens)
        output.append(hiddens_to_output_probs(hiddens))
    return output
params = {'init hiddens': np.ones((1, 2)) * 0.1, 'change': np.linspace(-0.5, 0.5, 10).reshape(5, 2), 'predict': np.linspace(-1, 1, 6).reshape(3, 2)}
inputs = np.linspace(0, 1, 12).reshape(3, 2, 2)
def loss(params):
    return -sum(np.sum(o[:, 0]) for o in rnn_predict(params, inputs))
print(loss(params)); g = grad(loss)(params)
for k in sorted(g): print(k, g[k])
