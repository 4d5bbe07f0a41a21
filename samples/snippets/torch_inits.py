import torch, torch.nn as nn
torch.manual_seed(1)
w = torch.empty(3, 4)
for f in (nn.init.xavier_uniform_, nn.init.xavier_normal_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_, nn.init.normal_, nn.init.eye_):
    print(f(w))
print(nn.init.kaiming_uniform_(w, mode='fan_out', nonlinearity='relu'))
print(nn.init.kaiming_normal_(w, a=0.1))
