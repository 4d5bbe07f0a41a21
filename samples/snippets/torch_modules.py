import torch
import torch.nn as nn
import torch.nn.functional as F

# backward with inputs, autograd.backward
a = torch.tensor(2.0, requires_grad=True); b = torch.tensor(3.0, requires_grad=True)
y = a * b
y.backward(inputs=[a], retain_graph=True)
print(a.grad, b.grad)
torch.autograd.backward([y], grad_tensors=[torch.tensor(2.0)])
print(a.grad, b.grad)
# batched grads
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = x ** 2
g = torch.autograd.grad(y, x, grad_outputs=torch.eye(3), is_grads_batched=True)
print(g)
# jacobian by loop
y = x ** 2
J = torch.stack([torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(3)])
print(J)
# grad of norm, clip
w = torch.tensor([3.0, 4.0], requires_grad=True)
(w ** 2).sum().backward()
total = torch.nn.utils.clip_grad_norm_([w], max_norm=1.0)
print(total, w.grad)
# param groups
m = nn.Linear(1, 1)
with torch.no_grad():
    m.weight.fill_(2.0); m.bias.zero_()
opt = torch.optim.SGD([{'params': [m.weight]}, {'params': [m.bias], 'lr': 0.5}], lr=0.1)
loss = F.mse_loss(m(torch.tensor([[1.0]])), torch.tensor([[0.0]]))
loss.backward(); opt.step()
print(m.weight, m.bias)
print(m.state_dict())
for p in m.parameters():
    print(p.grad)
m.zero_grad()
print([p.grad for p in m.parameters()])
m.requires_grad_(False)
print(m(torch.tensor([[1.0]])).requires_grad)
# freeze
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
for p in net[0].parameters():
    p.requires_grad = False
print([n for n, p in net.named_parameters() if p.requires_grad])
# detach vs clone
t = torch.tensor([1.0, 2.0], requires_grad=True)
c = t.clone()
d = t.detach().clone()
d[0] = 100
print(c, d, t)
print(torch.is_tensor(t))
