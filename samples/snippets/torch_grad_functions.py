import torch, torch.nn.functional as F
x=torch.tensor([1.,2.],requires_grad=True); y=torch.tensor([1.,3.],requires_grad=True); c=torch.tensor([1.,3.]); W=torch.ones(2,2,requires_grad=True)
def nf(t): return [None if f is None else type(f).__name__ for f,_ in t.grad_fn.next_functions]
for n,t in dict(addc=x+1,addt=x+c,cadd=c+x,mulc=x*2,rmul=2*x,sub=x-1,rsub=1-x,div=x/2,pow=x**2,powt=x**y,rpow=2**x,neg=-x,sum=x.sum(),mean=x.mean(),xx=x*x,mm=W@W,mv=W@x,dot=x@y,sin=x.sin(),cat=torch.cat([x,y]),stack=torch.stack([x,c]),idx=x[0],where=torch.where(x>0,x,c),relu=torch.relu(x),view=W.view(4),t=W.t(),exp=x.exp(),max=torch.max(x,y),mse=F.mse_loss(x,c),mse2=F.mse_loss(x,y), clamp=x.clamp(0,1), bce=F.binary_cross_entropy_with_logits(x,c)).items():
    print(n, t.grad_fn.name(), nf(t))
print(x.sum().grad_fn(torch.tensor(1.)), (x*c).grad_fn(torch.ones(2)))
print((x+c).grad_fn.next_functions[0][0].name(), (x+c).grad_fn.next_functions[0][0].variable is x)
m=torch.nn.Sequential(torch.nn.ReLU(),torch.nn.Tanh()); m[0]=torch.nn.Sigmoid(); print(m, m[:1], m[-1])
print(torch.nn.CrossEntropyLoss(weight=torch.ones(2)), torch.nn.CosineSimilarity(dim=1), torch.nn.TripletMarginLoss(margin=2.), torch.nn.KLDivLoss(reduction='sum'), torch.nn.Softmax(dim=1), torch.nn.PairwiseDistance())
x = torch.tensor([0., 1.])
print(torch.sin_(x), x)
m[1] = torch.nn.Linear(1, 1)
print(len(m), [type(layer).__name__ for layer in m])
