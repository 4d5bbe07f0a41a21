import torch
# https://stackoverflow.com/questions: gradient of a non-leaf
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2
z = y.mean()
y.retain_grad()
z.backward()
print("x.grad:", x.grad)
print("y.grad:", y.grad)
print("z.grad_fn:", type(z.grad_fn).__name__)
inp = torch.tensor([[1., 2., 3.]], requires_grad=True)
net = torch.nn.Linear(3, 2)
net.weight.data = torch.tensor([[1., 0., -1.], [.5, .5, .5]])
net.bias.data.zero_()
out = net(inp)
out[0, out.argmax()].backward()
print(inp.grad, out.argmax().item())
saliency, idx = inp.grad.abs().max(dim=1)
print(saliency, idx)
J = []
for i in range(2):
    g, = torch.autograd.grad(net(inp)[0, i], inp)
    J.append(g)
print(torch.cat(J))
