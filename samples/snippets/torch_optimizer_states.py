import torch
import torch.optim as O
for cls in (O.SGD, O.Adam, O.RMSprop, O.NAdam, O.Rprop):
    p=torch.nn.Parameter(torch.tensor([1.,2.])); o=cls([p],lr=0.1)
    def cl():
        o.zero_grad(); l=(p**2).sum(); l.backward(); return l
    o.step(cl); print(cls.__name__, o.state_dict())
    o2=cls([p],lr=0.5); o2.load_state_dict(o.state_dict()); o2.step(); print(p); print(o2)
o=O.SGD([p],lr=.1,momentum=.9); print(o.state_dict()); o.step(); print(o.state_dict())
o=O.SGD([p],lr=.1); o.step(); print(o.state_dict()); print(o.param_groups)
s=torch.optim.lr_scheduler.StepLR(o,2); print(s.last_epoch, o.param_groups); print(o)
print(type(s).__name__, isinstance(s, torch.optim.lr_scheduler.StepLR))
