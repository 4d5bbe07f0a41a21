import torch
import torch.nn as nn
torch.manual_seed(0)
for cls in (nn.RNN, nn.GRU, nn.LSTM):
    net = cls(2, 3, num_layers=2, batch_first=True)
    print(net)
    x = torch.linspace(-1, 1, 8).reshape(1, 4, 2)
    out, h = net(x)
    print(out.shape, out[:, -1])
    out.sum().backward()
    print(net.weight_ih_l0.grad.shape, net.bias_hh_l1.grad)
    print([n for n, _ in net.named_parameters()])
net = nn.LSTM(2, 2)
out, (h, c) = net(torch.ones(3, 2))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 4)
        self.fc = nn.Linear(4, 1)
    def forward(self, x, h0):
        o, h = self.rnn(x, h0)
        return self.fc(o[-1])
n = Net()
print(n(torch.ones(5, 2, 1), torch.zeros(1, 2, 4)))
