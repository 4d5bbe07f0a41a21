import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d((2, 2))
        self.norm = nn.GroupNorm(1, 2)
        self.act = nn.PReLU()
        self.fc = nn.Linear(8, 2)
    def forward(self, x):
        x = self.act(self.norm(self.conv(x)))
        x = self.pool(x)
        x = torch.flatten(x, 1)
        return self.fc(x)
net = Net()
with torch.no_grad():
    for p in net.parameters():
        p.copy_(torch.linspace(-0.3, 0.4, p.numel()).view_as(p))
x = torch.arange(16.).reshape(1, 1, 4, 4) / 8
out = net(x)
print(out)
loss = nn.functional.cross_entropy(out, torch.tensor([1]))
loss.backward()
print(net.fc.bias.grad)
print(net.act.weight.grad)
print(sum(p.numel() for p in net.parameters()))
print(net)
