import torch
v = torch.tensor([1., 2.], requires_grad=True)
opt = torch.optim.SGD([v], lr=0.1)
def optimizer_hook(parameter):
    opt.step()
    opt.zero_grad()
v.register_post_accumulate_grad_hook(optimizer_hook)
(v ** 2).sum().backward()
print(v, v.grad)
