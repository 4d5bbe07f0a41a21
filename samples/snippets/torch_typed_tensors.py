import torch
from torch.autograd import Variable
dtype = torch.FloatTensor
# dtype = torch.cuda.FloatTensor # Uncomment this to run on GPU
N, D_in, H, D_out = 2, 3, 4, 1
x = Variable(torch.linspace(-1, 1, N * D_in).view(N, D_in).type(dtype), requires_grad=False)
y = Variable(torch.ones(N, D_out).type(dtype), requires_grad=False)
w1 = Variable(torch.linspace(0, 1, D_in * H).view(D_in, H).type(dtype), requires_grad=True)
w2 = Variable(torch.linspace(-1, 1, H * D_out).view(H, D_out).type(dtype), requires_grad=True)
learning_rate = 1e-1
for t in range(3):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    loss = (y_pred - y).pow(2).sum()
    print(t, loss.item())
    loss.backward()
    w1.data -= learning_rate * w1.grad.data
    w2.data -= learning_rate * w2.grad.data
    w1.grad.data.zero_()
    w2.grad.data.zero_()
print(dtype, isinstance(x, torch.FloatTensor), isinstance(x, torch.LongTensor), x.type())
print(torch.IntTensor([1, 2]), torch.BoolTensor([True, False]), torch.ones(2).type(torch.LongTensor), torch.DoubleTensor([1]).dtype)
print(torch.ones(2).type('torch.DoubleTensor'), torch.FloatTensor(2, 2).zero_(), torch.tensor([1.5]).type(torch.int))
