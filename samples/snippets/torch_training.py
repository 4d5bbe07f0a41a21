import torch
from torch import nn, optim
torch.manual_seed(42)
X = torch.randn(20, 3)
true_w = torch.tensor([1.5, -2.0, 0.5])
y = X @ true_w + 0.1 * torch.randn(20)
model = nn.Linear(3, 1)
opt = optim.Adam(model.parameters(), lr=0.1)
loss_fn = nn.MSELoss()
for epoch in range(100):
    opt.zero_grad()
    loss = loss_fn(model(X).squeeze(), y)
    loss.backward()
    opt.step()
print(f"{loss.item():.4f}")
print(model.weight.data.numpy().round(2), model.bias.item() < 0.2)
class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.act = nn.ReLU()
    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self.layers) - 1:
                x = self.act(x)
        return x
net = MLP([3, 5, 1])
print(net)
print(sum(p.numel() for p in net.parameters() if p.requires_grad))
out = net(X[:2])
print(out.shape, out)
out.sum().backward()
print({n: tuple(p.grad.shape) for n, p in net.named_parameters()})
xor_x = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
xor_y = torch.tensor([[0.], [1.], [1.], [0.]])
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
opt = optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
for i in range(300):
    opt.zero_grad()
    l = nn.functional.binary_cross_entropy(net(xor_x), xor_y)
    l.backward()
    opt.step()
print((net(xor_x) > 0.5).int().flatten().tolist(), f"{l.item():.3f}")
x = torch.linspace(0, 1, 3, requires_grad=True)
y = torch.exp(x)
grads = torch.autograd.grad(outputs=y, inputs=x, grad_outputs=torch.ones_like(y))
print(grads)
t = torch.tensor([[1., 2.], [3., 4.]])
t.requires_grad_()
print((t.mm(t)).sum().backward(), t.grad)
print(torch.ones(2, 3).sum(dim=1, keepdim=True), t.detach().numpy(), t.tolist())
emb = nn.Embedding(4, 2) if False else None
print(torch.cuda.is_available(), torch.device('cpu'))
device = 'cuda' if torch.cuda.is_available() else 'cpu'
z = torch.ones(2, device=device).to(device)
print(z)
