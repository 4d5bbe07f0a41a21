import torch
# pytorch tutorials: "PyTorch: Tensors", "nn", "optim", "Control Flow + Weight Sharing"
import math, random
class DynamicNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(0.1)); self.b = torch.nn.Parameter(torch.tensor(0.2))
        self.c = torch.nn.Parameter(torch.tensor(0.3)); self.d = torch.nn.Parameter(torch.tensor(0.4)); self.e = torch.nn.Parameter(torch.tensor(0.5))
    def forward(self, x):
        y = self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x ** exp
        return y
    def string(self):
        return f'y = {self.a.item():.3f} + {self.b.item():.3f} x + {self.c.item():.3f} x^2 + {self.d.item():.3f} x^3 + {self.e.item():.3f} x^4 ? + {self.e.item():.3f} x^5 ?'
random.seed(3)
x = torch.linspace(-1, 1, 50); y = torch.sin(x)
model = DynamicNet()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
for t in range(60):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 20 == 19: print(t, f'{loss.item():.4f}')
    optimizer.zero_grad(); loss.backward(); optimizer.step()
print(f'Result: {model.string()}')
p = torch.tensor([1, 2, 3]); xx = x.unsqueeze(-1).pow(p); print(xx.shape)
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
linear_layer = model[0]; print(linear_layer.weight.shape, linear_layer.bias.shape, model(xx).shape)
model.zero_grad()
loss = torch.nn.MSELoss(reduction='sum')(model(xx), y); loss.backward()
with torch.no_grad():
    for param in model.parameters(): param -= 1e-6 * param.grad
print(type(param).__name__, param.grad is not None)
for name, child in model.named_children(): print(name, child)
@torch.no_grad()
def evaluate(m): return m(xx).shape
print(evaluate(model), model.training, model.eval().training)
