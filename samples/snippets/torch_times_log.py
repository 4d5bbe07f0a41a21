import torch
for dtype in (torch.float32, torch.float64):
    x=torch.tensor([0.,0.,1.,2., 0.],dtype=dtype,requires_grad=True)
    y=torch.tensor([-1.,0.,2.,-1., float('nan')],dtype=dtype,requires_grad=True)
    z=torch.xlogy(x,y)
    print(z)
    z.sum().backward()
    print(x.grad,y.grad)
    x.grad=y.grad=None
    y=torch.tensor([-2.,-1.,2.,-3., float('nan')],dtype=dtype,requires_grad=True)
    z=torch.special.xlog1py(x,y)
    print(z)
    z.sum().backward()
    print(x.grad,y.grad)
print(torch.xlogy(0, torch.tensor(-1.)), torch.special.xlogy(torch.tensor(0.), 0))
