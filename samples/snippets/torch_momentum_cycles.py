# Schedules that take the momentum along.
import torch
w=torch.tensor([1.,-2.],requires_grad=True)
for make,sch in ((lambda: torch.optim.SGD([w],lr=0.1,momentum=0.9), lambda o: torch.optim.lr_scheduler.OneCycleLR(o,max_lr=0.1,total_steps=8)),
  (lambda: torch.optim.Adam([w],lr=0.1), lambda o: torch.optim.lr_scheduler.OneCycleLR(o,max_lr=0.1,epochs=2,steps_per_epoch=4,anneal_strategy='linear')),
  (lambda: torch.optim.SGD([w],lr=0.1,momentum=0.9), lambda o: torch.optim.lr_scheduler.CyclicLR(o,0.01,0.1,step_size_up=3)),
  (lambda: torch.optim.SGD([w],lr=0.1), lambda o: torch.optim.lr_scheduler.CyclicLR(o,0.01,0.1,2,3,mode='triangular2',cycle_momentum=False)),
  (lambda: torch.optim.SGD([w],lr=0.1), lambda o: torch.optim.lr_scheduler.CyclicLR(o,0.01,0.1,2,mode='exp_range',gamma=0.9,cycle_momentum=False))):
    with torch.no_grad(): w.copy_(torch.tensor([1.,-2.]))
    o=make(); s=sch(o)
    for i in range(7):
        o.zero_grad(); (w**2).sum().backward(); o.step(); s.step()
        g=o.param_groups[0]
        print([round(v,8) for v in s.get_last_lr()], round(g['momentum'],6) if 'momentum' in g else [round(b,6) for b in g['betas']])
    print(w)
try: torch.optim.lr_scheduler.CyclicLR(torch.optim.Adagrad([w]),0.01,0.1)
except ValueError as e: print(e)
