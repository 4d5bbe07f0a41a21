import torch
import torch.nn.functional as F
# functional losses & activations
x = torch.tensor([[-1.5, 0.2, 0.7], [2.0, -0.3, 1.1]], requires_grad=True)
t = torch.tensor([2, 0])
for name in ["relu", "relu6", "elu", "selu", "celu", "leaky_relu", "gelu", "silu", "mish", "softplus", "hardtanh", "hardsigmoid", "hardswish", "logsigmoid", "tanhshrink", "softsign", "softshrink", "hardshrink"]:
    x.grad = None
    y = getattr(F, name)(x)
    y.sum().backward()
    print(name, y.grad_fn.name(), x.grad)
losses = {
 "cross_entropy": lambda: F.cross_entropy(x, t),
 "ce_smooth": lambda: F.cross_entropy(x, t, label_smoothing=0.1),
 "ce_weight": lambda: F.cross_entropy(x, t, weight=torch.tensor([1., 2., 3.]), reduction='sum'),
 "nll": lambda: F.nll_loss(F.log_softmax(x, dim=1), t),
 "mse": lambda: F.mse_loss(x, torch.zeros_like(x)),
 "l1": lambda: F.l1_loss(x, torch.zeros_like(x), reduction='sum'),
 "smooth": lambda: F.smooth_l1_loss(x, torch.zeros_like(x), beta=0.5),
 "huber": lambda: F.huber_loss(x, torch.zeros_like(x), delta=0.5),
 "bcel": lambda: F.binary_cross_entropy_with_logits(x, torch.ones_like(x), pos_weight=torch.tensor([1., 2., 3.])),
 "kl": lambda: F.kl_div(F.log_softmax(x, 1), torch.full_like(x, 1/3), reduction='batchmean'),
 "hinge": lambda: F.hinge_embedding_loss(x, torch.tensor([[1., -1., 1.], [-1., 1., -1.]])),
 "margin": lambda: F.multi_margin_loss(x, t),
 "softmargin": lambda: F.soft_margin_loss(x, torch.ones_like(x)),
 "poisson": lambda: F.poisson_nll_loss(x, torch.ones_like(x)),
 "gauss": lambda: F.gaussian_nll_loss(x, torch.ones_like(x), torch.full_like(x, 2.)),
 "cos": lambda: F.cosine_embedding_loss(x, torch.ones_like(x), torch.tensor([1., -1.])),
 "triplet": lambda: F.triplet_margin_loss(x, torch.ones_like(x), torch.zeros_like(x)),
 "mrl": lambda: F.margin_ranking_loss(x[:, 0], x[:, 1], torch.tensor([1., -1.])),
}
for name, f in losses.items():
    x.grad = None
    l = f()
    l.backward()
    print(name, l, x.grad)
