import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self, n_in=2, n_hidden=3):
        super(Net, self).__init__()
        self.conv = nn.Conv2d(1, 2, 2)
        self.fc1 = nn.Linear(8, n_hidden)
        self.bn = nn.BatchNorm1d(n_hidden)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(n_hidden, 1)
    def forward(self, x):
        x = nn.functional.relu(self.conv(x))
        x = x.view(-1, self.num_flat_features(x))
        x = self.drop(self.bn(self.fc1(x)))
        return self.out(torch.relu(x))
    def num_flat_features(self, x):
        size = x.size()[1:]
        n = 1
        for s in size:
            n *= s
        return n
net = Net()
print(net)
for p in net.parameters():
    nn.init.constant_(p, 0.1)
net.eval()
x = torch.arange(18.).view(2, 1, 3, 3)
out = net(x)
print(out)
loss = out.pow(2).mean()
net.zero_grad()
loss.backward()
print(net.fc1.weight.grad)
print(net.conv.bias.grad)
print(len(list(net.parameters())))
emb = nn.Embedding(3, 2)
emb.weight.data = torch.arange(6.).view(3, 2)
e = emb(torch.tensor([0, 2, 2]))
print(e)
e.sum().backward()
print(emb.weight.grad)
