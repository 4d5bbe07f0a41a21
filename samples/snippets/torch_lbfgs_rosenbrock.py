import torch
from torch import optim

def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

x_lbfgs = 10 * torch.ones(2, 1)
x_lbfgs.requires_grad = True
lbfgs = optim.LBFGS([x_lbfgs], history_size=10, max_iter=4, line_search_fn="strong_wolfe")
history_lbfgs = []
for i in range(15):
    history_lbfgs.append(rosenbrock(x_lbfgs).item())
    def closure():
        lbfgs.zero_grad()
        objective = rosenbrock(x_lbfgs)
        objective.backward()
        return objective
    lbfgs.step(closure)
print(["%.3f" % h for h in history_lbfgs[:6]])
print(x_lbfgs.detach().squeeze().numpy().round(2))
