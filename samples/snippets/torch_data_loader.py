import torch
from torch.utils.data import TensorDataset, DataLoader
import torch.nn as nn
torch.manual_seed(0)
X = torch.linspace(-1, 1, 8).unsqueeze(1); y = 2 * X + 1
dl = DataLoader(TensorDataset(X, y), batch_size=4, shuffle=False)
model = nn.Linear(1, 1)
print(model.weight, model.bias)
loss_fn = nn.MSELoss(); opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for xb, yb in dl:
        pred = model(xb); loss = loss_fn(pred, yb)
        loss.backward(); opt.step(); opt.zero_grad()
print(model.weight.item(), model.bias.item(), round(loss.item(), 5))
with torch.no_grad():
    print(model(torch.tensor([[2.0]])))
