# What products with derivatives are remembered by.
import torch
from torch.autograd.functional import hvp, vhp, jvp, vjp
nm=lambda t: t.grad_fn.name() if t.grad_fn else None
x=torch.tensor([[0.5,0.2],[0.3,0.9]]); v=torch.ones(2,2)
A=torch.tensor([[1.,2.],[0.5,3.]])
fs={'pow3':lambda x:x.pow(3).sum(),'exp':lambda x:x.exp().sum(),'sin':lambda x:x.sin().sum(),'x*x':lambda x:(x*x).sum(),'mean':lambda x:(x**3).mean(),'div':lambda x:(1/x).sum(),'prod':lambda x:(x[0]*x[1]).sum(),'x0^2x1':lambda x:(x[0]**2*x[1]).sum()}
for k,f in fs.items():
    print(k, nm(hvp(f,x,v,create_graph=True)[1]), nm(vhp(f,x,v,create_graph=True)[1]))
gs={'exp.sum1':lambda x:x.exp().sum(dim=1),'sin':lambda x:x.sin(),'x*x':lambda x:x*x,'pow3':lambda x:x**3,'mm':lambda x:x@A,'2x':lambda x:2*x,'x+1':lambda x:x+1,'sum1':lambda x:x.sum(1),'row':lambda x:x[0]*2}
for k,f in gs.items():
    y=f(x); w=torch.ones_like(y)
    a,b=jvp(f,x,v,create_graph=True); c,d=vjp(f,x,w,create_graph=True)
    print(k, nm(a),nm(b),nm(d))
