# micrograd style Value class + topological sort, plain python autodiff from blog posts
import math
class Value:
    def __init__(self, data, _children=(), _op='', label=''):
        self.data = data; self.grad = 0.0; self._backward = lambda: None; self._prev = set(_children); self._op = _op; self.label = label
    def __repr__(self): return f"Value(data={self.data})"
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')
        def _backward():
            self.grad += 1.0 * out.grad; other.grad += 1.0 * out.grad
        out._backward = _backward
        return out
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), '*')
        def _backward():
            self.grad += other.data * out.grad; other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only supporting int/float powers for now"
        out = Value(self.data ** other, (self,), f'**{other}')
        def _backward(): self.grad += other * (self.data ** (other - 1)) * out.grad
        out._backward = _backward
        return out
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other ** -1
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __radd__(self, other): return self + other
    def tanh(self):
        x = self.data; t = (math.exp(2*x) - 1) / (math.exp(2*x) + 1)
        out = Value(t, (self,), 'tanh')
        def _backward(): self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo = []; visited = set()
        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev: build_topo(child)
                topo.append(v)
        build_topo(self)
        self.grad = 1.0
        for node in reversed(topo): node._backward()
x1 = Value(2.0, label='x1'); x2 = Value(0.0); w1 = Value(-3.0); w2 = Value(1.0); b = Value(6.8813735870195432)
n = x1*w1 + x2*w2 + b; o = n.tanh(); o.backward()
print(o, x1.grad, w1.grad, x2.grad, w2.grad)
class Dual:
    __slots__ = ('r', 'e')
    def __init__(self, r, e=0.): self.r, self.e = r, e
    def __mul__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.r * o.r, self.r * o.e + self.e * o.r)
    __rmul__ = __mul__
    def __add__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.r + o.r, self.e + o.e)
    __radd__ = __add__
    def __str__(self): return f'{self.r}+{self.e}e'
    def __eq__(self, o): return self.r == o.r
    def __lt__(self, o): return self.r < o.r
    def __getattr__(self, name): raise AttributeError(name)
f = lambda x: 3 * x * x + 2 * x + 1
print(f(Dual(2., 1.)), f(Dual(2., 1.)).e, Dual(1.) < Dual(2.), sorted([Dual(3.), Dual(1.)])[0].r)
def derivative(f, x, h=1e-5): return (f(x + h) - f(x - h)) / (2 * h)
print(round(derivative(math.sin, 0.5), 6), f"{derivative(lambda t: t ** 3, 2.0):.4f}")
x, lr = 5.0, 0.1
for step in range(1, 6):
    g = 2 * (x - 2); x -= lr * g
    print(f"step {step}: x={x:.4f}, grad={g:+.3f}", end='\n' if step % 2 else ' | ')
print()
from collections import defaultdict, namedtuple
P = namedtuple('P', 'a b'); d = defaultdict(list); d['k'].append(P(1, 2)); print(dict(d), d['k'][0].a, *map(lambda t: t[1], d['k']))
try: {}['x']
except KeyError as e: print('KeyError', e)
print([*zip(*[[1, 2], [3, 4]])], {k: v for k, v in enumerate('ab')}, sum(x * y for x, y in zip([1, 2], [3, 4])), any(i > 2 for i in range(4)), "{:>6.2f}|{:<5}|{:^5}".format(3.14159, 'a', 'b'), '%5.1f%%' % 12.34, round(2.5), round(-1.567, 2), divmod(7, 3), 10 // 3, -10 // 3, 2 ** 10, abs(-3), pow(2, 3, 5), int('12'), float('1e3'), str(1.0), bool([]), 1_000, 0x10, 1e16, 1e-5, 123456789.123)
