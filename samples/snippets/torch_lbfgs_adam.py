import torch

def rosen(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

x = torch.tensor([-1.0, 1.0], dtype=torch.double, requires_grad=True)
opt = torch.optim.LBFGS([x], lr=0.5, max_iter=10)
def closure():
    opt.zero_grad()
    loss = rosen(x)
    loss.backward()
    return loss
for i in range(6):
    loss = opt.step(closure)
    print(i, f"{loss.item():.6f}")
print(x)

w = torch.tensor([1.0, -1.0], requires_grad=True)
opt = torch.optim.Adam([w], lr=0.1)
for i in range(5):
    opt.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    opt.step()
    print(i, f"{loss.item():.4f}", w.detach())
sched_w = torch.tensor(1.0, requires_grad=True)
opt = torch.optim.SGD([sched_w], lr=1.0)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
for i in range(4):
    opt.zero_grad(); (sched_w * 2).backward(); opt.step(); sched.step()
    print(round(opt.param_groups[0]["lr"], 6), round(sched_w.item(), 4))
