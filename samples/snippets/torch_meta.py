import torch
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x ** 3, x ** 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, = inputs
        result, sq = output
        ctx.save_for_backward(x, sq)
    @staticmethod
    def backward(ctx, grad_output, grad_sq):
        x, sq = ctx.saved_tensors
        return 3 * sq * grad_output + 2 * x * grad_sq
    @staticmethod
    def jvp(ctx, x_t):
        x, sq = ctx.saved_tensors
        return 3 * sq * x_t, 2 * x * x_t
def my_cube(x):
    result, _ = Cube.apply(x)
    return result
x = torch.tensor([2.0, 3.0], requires_grad=True)
my_cube(x).sum().backward()
print(x.grad)
gg = torch.func.grad(torch.func.grad(my_cube))(torch.tensor(2.0))
print(gg)
# MAML inner loop
w = torch.tensor([0.5, -0.5], requires_grad=True)
x = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
y = torch.tensor([1., 2., 3.])
def loss_fn(w):
    return ((x @ w - y) ** 2).mean()
inner_lr = 0.01
fast = w
for _ in range(3):
    g, = torch.autograd.grad(loss_fn(fast), fast, create_graph=True)
    fast = fast - inner_lr * g
outer = loss_fn(fast)
outer.backward()
print(outer)
print(w.grad)
