import torch
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]], requires_grad=True)
for f in (lambda v: v.max(dim=1).values, lambda v: v.sort(dim=1, descending=True)[0] * torch.tensor([1., 2., 3.]), lambda v: v.topk(2, dim=1)[0], lambda v: v.cumprod(dim=1), lambda v: v.std(dim=0), lambda v: F_(v), lambda v: v.unfold(1, 2, 1), lambda v: v.flip(0).roll(1, 1) * torch.arange(6.).view(2, 3), lambda v: torch.einsum('ij,kj->ik', v, v), lambda v: torch.cdist(v, v + 1), lambda v: v.clamp(2, 5), lambda v: torch.lerp(v, v * 2, 0.3), lambda v: v.logsumexp(1), lambda v: v.tril(), lambda v: torch.cat([v, v * 2]).chunk(2)[1]):
    F_ = lambda v: torch.nn.functional.normalize(v, dim=1)
    x.grad = None
    f(x).sum().backward()
    print(x.grad)
