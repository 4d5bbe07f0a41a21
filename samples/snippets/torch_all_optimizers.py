import torch
# micrograd-like, MAML, newton, jacobian of MLP, forum answers
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x ** 2
for i in range(3):
    g = torch.autograd.grad(y[i], x, retain_graph=True)[0]
    print(g)
J = torch.stack([torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(3)])
print(J)
print(torch.autograd.grad(y, x, torch.eye(3), is_grads_batched=True)[0])
w = torch.tensor([2.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True)
for _ in range(3):
    opt.zero_grad(); l = (w - 1).pow(2).sum(); l.backward(); opt.step(); print(w.item())
for O, kw in [(torch.optim.Adam, dict(lr=0.1, amsgrad=True)), (torch.optim.AdamW, dict(lr=0.1)), (torch.optim.RMSprop, dict(lr=0.01, momentum=0.5)), (torch.optim.Adagrad, dict(lr=0.1)), (torch.optim.Adadelta, {}), (torch.optim.Adamax, {}), (torch.optim.NAdam, {}), (torch.optim.RAdam, {}), (torch.optim.Rprop, {}), (torch.optim.ASGD, {})]:
    w = torch.tensor([2.0], requires_grad=True); opt = O([w], **kw)
    for _ in range(3):
        opt.zero_grad(); ((w - 1) ** 2).sum().backward(); opt.step()
    print(O.__name__, round(w.item(), 5))
theta = torch.tensor(1.0, requires_grad=True)
inner = (theta - 3) ** 2
g, = torch.autograd.grad(inner, theta, create_graph=True)
fast = theta - 0.1 * g
outer = (fast - 5) ** 2
outer.backward()
print(theta.grad)
a = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
out = (a @ a.T).diagonal().sum(); out.backward(); print(a.grad)
print(torch.autograd.grad((a.sum() ** 2), a)[0])
b = a.detach().numpy(); print(b)
m = torch.nn.Linear(2, 2); print(m.weight.shape, sum(p.numel() for p in m.parameters()))
t = torch.arange(6).reshape(2, 3); print(t, t.float().mean(), t.sum(dim=0), t.max(), t.view(-1), t.dtype)
print(torch.cat([t, t], dim=1).shape, t[1, :], t.T, t.unsqueeze(0).shape, t.numel())
s = torch.tensor(3.0, requires_grad=True); z = s.sin() * s.exp(); z.backward(); print(s.grad, z)
print(torch.tensor([1, 2]) / 2, torch.tensor(5) // 2, torch.tensor([1e-5, 1.]), torch.tensor([1e6, 1.5]), torch.tensor([100000., 0.001]), torch.tensor([float('nan'), float('inf')]))
lr_s = torch.optim.lr_scheduler.ExponentialLR(opt, 0.9); lr_s.step(); print(opt.param_groups[0]['lr'], lr_s.get_last_lr())
