import torch, random
def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    for i in range(0, num_examples, batch_size):
        batch_indices = torch.tensor(indices[i:min(i + batch_size, num_examples)])
        yield features[batch_indices], labels[batch_indices]
X = torch.arange(12.).reshape(6, 2); y = X @ torch.tensor([2., -3.4]) + 4.2
w = torch.zeros(2, requires_grad=True); b = torch.zeros(1, requires_grad=True)
for epoch in range(3):
    for xb, yb in data_iter(4, X, y):
        l = ((xb @ w + b - yb) ** 2 / 2).sum()
        l.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.001 * p.grad / 4
                p.grad.zero_()
    print(f'epoch {epoch + 1}, loss {float(((X @ w + b - y) ** 2 / 2).mean()):.3f}')
def count(n):
    i = 0
    while i < n:
        got = yield i
        i += got or 1
    return 'end'
g = count(5)
print(next(g), g.send(2), next(g), list(g))
try:
    next(g)
except StopIteration:
    print('stop')
def both():
    r = yield from count(2)
    print('r', r)
    yield from [7, 8]
    return
print(list(both()), sum(count(4)), [a * b for a, b in zip(count(3), both())])
gen = (i * i for i in range(3))
print(next(gen), sum(gen), type(count(1)).__name__)
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
import itertools
print(list(itertools.islice(fib(), 10)))
for v in fib():
    if v > 20: break
print(v)
def err():
    yield 1
    raise ValueError('inside')
try:
    for v in err(): print(v)
except ValueError as e:
    print(e)
print(max(count(5)), dict(enumerate(count(2))), *count(3))
class Loader:
    def __init__(self, n): self.n = n
    def __iter__(self):
        for i in range(self.n):
            yield i
    def __len__(self): return self.n
print(list(Loader(3)), len(Loader(2)), [i for i in Loader(2)])
