import torch
from torch.optim import lr_scheduler as S
def run(make, n=8, **k):
    w = torch.nn.Parameter(torch.tensor([1.0]))
    opt = torch.optim.SGD([w], lr=0.1)
    s = make(opt)
    out = []
    for i in range(n):
        opt.step()
        s.step(**k) if not k else s.step(1.0)
        out.append(opt.param_groups[0]['lr'])
    print(out)
run(lambda o: S.StepLR(o, step_size=3, gamma=0.5))
run(lambda o: S.MultiStepLR(o, milestones=[2, 5], gamma=0.3))
run(lambda o: S.ExponentialLR(o, gamma=0.9))
run(lambda o: S.CosineAnnealingLR(o, T_max=5))
run(lambda o: S.LinearLR(o, total_iters=4))
run(lambda o: S.LambdaLR(o, lr_lambda=lambda e: 0.95 ** e))
run(lambda o: S.ConstantLR(o, factor=0.5, total_iters=3))
run(lambda o: S.PolynomialLR(o, total_iters=4, power=2.0))
run(lambda o: S.CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2))
run(lambda o: S.MultiplicativeLR(o, lr_lambda=lambda e: 0.9))
run(lambda o: S.ReduceLROnPlateau(o, 'min', patience=2), n=8, metrics=1)
