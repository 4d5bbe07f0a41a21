import torch
def rosenbrock(x, y):
    return (1 - x)**2 + 100 * (y - x**2)**2
x = torch.tensor([-1.0], requires_grad=True)
y = torch.tensor([2.0], requires_grad=True)
opt = torch.optim.LBFGS([x, y], lr=1, max_iter=20, line_search_fn='strong_wolfe')
def closure():
    opt.zero_grad()
    loss = rosenbrock(x, y)
    loss.backward()
    return loss
for i in range(3):
    opt.step(closure)
print(f'{x.item():.4f} {y.item():.4f}')
xs = torch.tensor([1.5, -0.5], requires_grad=True)
opt = torch.optim.Adam([xs], lr=0.1)
for step in range(5):
    opt.zero_grad()
    loss = (xs ** 4 - 3 * xs ** 2).sum()
    loss.backward()
    opt.step()
    print(step, loss.item(), xs.tolist())
