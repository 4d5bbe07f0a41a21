import torch
import torch.distributions as D
t=torch.tensor
mu=t([0.5,1.0],requires_grad=True); s=t(2.0,requires_grad=True); x=t([1.0,-1.0])
p=t([0.2,0.7],requires_grad=True); w=t([0.2,0.3,0.5],requires_grad=True); lo=t([0.2,-1.,3.],requires_grad=True)
def show(d,v):
    print(d)
    lp=d.log_prob(v); print(lp)
    if not isinstance(d, D.Categorical):
        print(d.mean, d.stddev, d.variance)
    for ask in (lambda: d.entropy(), lambda: d.cdf(v)):
        try:
            print(ask())
        except NotImplementedError:
            print('not there')
    ps=[q for q in (mu,s,p,w,lo) if q.requires_grad]
    g=torch.autograd.grad(lp.sum(), ps, allow_unused=True)
    print([q for q in g if q is not None])
    print(d.batch_shape, d.event_shape)
show(D.Normal(mu,s),x)
show(D.Normal(0.,1.),x.clone()*mu)
show(D.Bernoulli(p),t([1.,0.]))
show(D.Bernoulli(logits=p),t([1.,0.]))
show(D.Categorical(w),t(2))
show(D.Categorical(logits=lo),t([0,2]))
show(D.Exponential(s),t([1.,3.]))
show(D.Uniform(mu-2,s+3),x)
show(D.Laplace(mu,s),x)
show(D.Poisson(s),t([1.,3.]))
print(D.kl_divergence(D.Normal(mu,s),D.Normal(0.,1.)), D.kl.kl_divergence(D.Bernoulli(p),D.Bernoulli(t(.5))),D.kl_divergence(D.Categorical(w),D.Categorical(logits=lo)))
torch.manual_seed(0)
print(D.Normal(mu,s).sample(), D.Normal(mu,s).rsample((2,)), D.Normal(0.,1.).sample((3,)))
print(D.Bernoulli(p).sample(), D.Uniform(0.,1.).sample((2,)))
print(D.Gamma(mu.detach(), s.detach()).log_prob(t([1., 3.])))
try:
    D.Normal(0., -1.)
except ValueError as e:
    print(e)
