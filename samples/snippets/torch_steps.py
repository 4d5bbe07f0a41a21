"""Training steps that are made alike, until they are not."""

import torch
import torch.nn as nn

X = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.5, -1.0]])
y = torch.tensor([[1.0], [1.0], [0.0], [0.0], [0.5]])
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
with torch.no_grad():
    for k, p in enumerate(model.parameters()):
        p.copy_((torch.arange(p.numel()).float() - 1.5).reshape(p.shape) / (k + 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.5)
weight = torch.tensor(1.0, requires_grad=True)

for epoch in range(70):
    optimizer.zero_grad()
    rows = slice(0, 5) if epoch % 10 else slice(1, 4)
    out = model(X[rows])
    loss = ((out - y[rows]) ** 2).mean()
    if epoch == 50:
        loss = loss + 0.01 * model[0].weight.abs().sum() * weight
    if epoch % 7 == 0:
        loss = loss * (1 + epoch / 100)
    loss.backward()
    if epoch == 60:
        nn.utils.clip_grad_norm_(model.parameters(), 0.001)
    optimizer.step()
    scheduler.step()
    if epoch % 10 == 9:
        print(f"{epoch}: {loss.item():.4f}")
print(weight.grad)
print(model[2].bias.grad is model[2].bias.grad, model[0].weight.grad.shape)
x = torch.tensor(0.3, requires_grad=True)
for step in range(40):
    z = x.sin() if step < 36 else x.cos()
    (g,) = torch.autograd.grad(z, x)
    with torch.no_grad():
        x += 0.1 * g
    if step > 33:
        print(f"{x.item():.5f} {g.item():.5f}")
