import autograd.numpy as np
from autograd import grad, elementwise_grad as egrad, hessian, jacobian, value_and_grad
def taylor_sine(x):
    ans = currterm = x
    i = 0
    while np.abs(currterm) > 0.001:
        currterm = -currterm * x**2 / ((2 * i + 3) * (2 * i + 2))
        ans = ans + currterm
        i += 1
    return ans
for v in (np.pi, 0.5, 1.3, 2.0): print(grad(taylor_sine)(v))
def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)
for v in (1.0, 0.3, 2.0): print(grad(tanh)(v), grad(grad(tanh))(v), grad(grad(grad(tanh)))(v))
x = np.linspace(-7, 7, 5)
def t2(x): return (1.0 - np.exp(-x)) / (1.0 + np.exp(-x))
print(egrad(t2)(x), egrad(egrad(t2))(x), egrad(egrad(egrad(t2)))(x), egrad(egrad(egrad(egrad(t2))))(x))
def rosen(x): return np.sum(100.0*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)
z=np.array([1.2,0.7,-0.3])
print(grad(rosen)(z), hessian(rosen)(z))
f=lambda p: np.sum(np.log(1+np.exp(-np.dot(A,p)))) + 0.1*np.sum(p**2)
A=np.array([[0.52,1.12,0.77],[0.88,-1.08,0.15],[0.52,0.06,-1.3]])
print(grad(f)(z), hessian(f)(z))
g=lambda x: np.sin(x)*np.exp(x/3)/(1+x**4)**0.5
for v in (0.3,1.7): print(grad(g)(v))
import autograd.scipy.stats as sps
import autograd.scipy.special as special
print(grad(lambda m,s,d: np.sum(sps.norm.logpdf(d,m,np.exp(s))),(0,1))(1.,.1,np.array([1.2,.7,2.3])), grad(special.expit)(0.3), grad(special.gammaln)(3.5))
print(grad(np.sqrt)(2.3), grad(np.log1p)(.3), grad(lambda x: x**3.3)(1.7), grad(np.tan)(.4), grad(np.arctan)(.4), grad(np.sinh)(.4),grad(np.expm1)(.4),grad(lambda x:1/x)(.3),grad(np.cosh)(.3),grad(np.arcsin)(.3),grad(np.square)(1.3),grad(lambda x:np.logaddexp(x,.2))(.3),grad(lambda x: np.prod(x))(z),grad(np.std)(z),grad(np.var)(z),grad(np.linalg.norm)(z))
