"""`python -m tests.bench.frameworks.programs [COUNT [SEED]]`: random programs, here and elsewhere.

A program is one text that gradcli, PyTorch and JAX all run; value, gradients and the product of the
Hessian with ones are compared in double precision. What differs is printed with what each of the
three answers.
"""

from __future__ import annotations

import random
import re
import sys
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.api import Program
from tests.bench.frameworks.words import jax_answer, second, torch_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    Shape = tuple[int, ...]

INPUTS: dict[str, Shape] = {
    "s": (),
    "t": (),
    "v": (3,),
    "w": (3,),
    "u": (4,),
    "r": (1, 4),
    "c": (3, 1),
    "A": (3, 4),
    "B": (4, 3),
    "S": (3, 3),
    "D": (2, 3, 4),
    "E": (2, 4),
}
LENGTHS = (2, 3, 4)
EVERY = 10
"""JAX, which compiles each program, is asked for one in so many, and where PyTorch differs."""

NEAR = 1e-8
"""Relative to the largest number of an answer: gradients may cancel."""

ELEMENTWISE = """
sin({x}) cos({x}) tanh({x}) sigmoid({x}) softplus({x}) relu({x}) abs({x}) square({x}) arctan({x})
sinh({x}) cosh(tanh({x})) expm1({x}) log1p(square({x})) erf({x}) erfc({x}) silu({x}) gelu({x})
elu({x}) selu({x}) leaky_relu({x}) log_sigmoid({x}) sign({x})*{x} floor({x})*{x} sinc({x})
lgamma(1.3+square({x})) digamma(1.3+square({x})) logit(0.1+0.8*sigmoid({x})) exp(tanh({x}))
exp(-square({x})) 1/(1+square({x})) sqrt(1.5+sin({x})) log(abs({x})+0.3) arcsin(0.9*tanh({x}))
arccosh(1.5+square({x})) arcsinh({x}) arctanh(0.9*sin({x})) rsqrt(0.5+square({x})) {x}**2 {x}**3
(0.2+square({x}))**0.3 relu6(3*{x}) hard_tanh({x}) softsign({x}) clip({x},-0.8,1.1) exp2({x})
log(1+exp({x})) log(1-exp(-0.1-square({x}))) sqrt(square({x})) sin({x})/{x} (exp({x})-1)/{x}
round({x})+{x} trunc({x})*2-{x} log2(2+{x}**2) i0({x}) -{x} 1-cos({x})
nan_to_num({x}) tan(0.7*sin({x})) where({x}>0,{x}**2,-{x}) where(abs({x})<1,{x},exp(-{x}**2))
mod({x},0.7) log(sigmoid({x})) {x}*sigmoid({x}) erfinv(0.8*tanh({x})) hard_sigmoid({x})
""".split()
PAIRS = """
{x}+{y} {x}-{y} {x}*{y} {x}/(1.5+square({y})) maximum({x},{y}) minimum({x},{y}) arctan2({x},{y})
hypot({x},{y}) logaddexp({x},{y}) (0.3+square({x}))**{y} where({x}>{y},sin({x}),{y})
{x}*relu({y}) copysign({x},{y}) xlogy({x},0.2+square({y})) sin({x}*{y}) square({x}-{y})
where(logical_and({x}>0,{y}<0.5),{x}*{y},{x}-{y}) where(logical_or({x}<{y},{x}>1),{y},{x})
mod({x},0.4+square({y})) sqrt(square({x})+square({y})) exp({x}-maximum({x},{y}))
log(exp({x})+exp({y})) clip({x},{y}-1,{y}+1)
""".split()
REDUCTIONS = "sum mean max min prod std var logsumexp norm".split()
ALONG = "cumsum cumprod softmax log_softmax sort flip cummax logcumsumexp".split()
SEVERAL = "sum mean max min var logsumexp".split()


class Maker:
    """Makes expressions of a shape from inputs and names that the program has so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.inputs = dict(INPUTS)
        self.names = dict(INPUTS)
        self.ways: list[Callable[[Shape, int], str]] = [
            self.elementwise,
            self.elementwise,
            self.pair,
            self.pair,
            self.reduced,
            self.along,
            self.moved,
            self.indexed,
            self.joined,
            self.product,
            self.matrix,
            self.spread,
        ]

    def program(self) -> str:
        """Some assignments, then a number."""
        statements = []
        for i in range(self.random.randrange(4)):
            name, shape = f"z{i}", self.random.choice(list(self.names.values()))
            statements.append(f"{name} = {self.made(shape, 2)}")
            self.names[name] = shape
        total = self.made(self.random.choice([(), (3,), (3, 4), (2, 3, 4)]), 3)
        return "; ".join([*statements, f"sum({total}*1.3)"])

    def made(self, shape: Shape, depth: int) -> str:
        """An expression of this shape."""
        if depth <= 0:
            return self.leaf(shape)
        return self.random.choice(self.ways)(shape, depth - 1)

    def leaf(self, shape: Shape) -> str:
        """A name of this shape; of a new input, if there is none."""
        fitting = [name for name, own in self.names.items() if own == shape]
        if fitting and self.random.random() < 0.95:
            return self.random.choice(fitting)
        name = f"a{len(self.inputs)}"
        self.names[name] = self.inputs[name] = shape
        return name

    def elementwise(self, shape: Shape, depth: int) -> str:
        """A function of one number; small functions are of names alone, where they say it twice."""
        pattern = self.random.choice(ELEMENTWISE)
        x = self.made(shape, depth)
        return f"({pattern.format(x=f'({x})' if not x.isalnum() else x)})"

    def pair(self, shape: Shape, depth: int) -> str:
        """A function of two numbers, one of them spread."""
        y_shape = tuple(n if self.random.random() < 0.8 else 1 for n in shape)
        y_shape = y_shape[self.random.choice([0, 0, len(shape) // 2]) :]
        x, y = self.made(shape, depth), self.made(y_shape, depth)
        return f"({self.random.choice(PAIRS).format(x=f'({x})', y=f'({y})')})"

    def reduced(self, shape: Shape, depth: int) -> str:
        """A larger array without some of its axes."""
        word, n = self.random.choice(REDUCTIONS), self.random.choice(LENGTHS)
        if len(shape) > 2:
            return self.along(shape, depth)
        if shape == () and self.random.random() < 0.4:
            whole = self.random.choice(list(INPUTS.values())[2:])
            return f"{self.random.choice(SEVERAL)}({self.made(whole, depth)})"
        if len(shape) == 1 and self.random.random() < 0.3:
            inner = self.made((2, *shape, 4), depth)
            return f"{self.random.choice(SEVERAL)}({inner}, axis=(0, 2))"
        at = self.random.randrange(len(shape) + 1)
        inner = self.made((*shape[:at], n, *shape[at:]), depth)
        return f"{word}({inner}, axis={self.axis(at, len(shape) + 1)})"

    def axis(self, at: int, ndim: int) -> int:
        """The axis, counted from either end."""
        return self.random.choice([at, at - ndim])

    def along(self, shape: Shape, depth: int) -> str:
        """An array of the same shape: sums, shares, orders along an axis."""
        if not shape:
            return self.elementwise(shape, depth)
        at = self.random.randrange(len(shape))
        axis = self.axis(at, len(shape))
        x, words = self.made(shape, depth), [*ALONG, "roll", "kept"]
        word = self.random.choice(words)
        if word == "roll":
            return f"roll({x}, {self.random.choice([1, -1, 2])}, axis={axis})"
        if word == "kept":
            kept = self.random.choice(REDUCTIONS)
            return f"({x} - {kept}({x}, axis={axis}, keepdims=True))"
        return f"{word}({x}, axis={axis})"

    def moved(self, shape: Shape, depth: int) -> str:
        """An array with its axes in another order, or its elements in other rows."""
        if len(shape) == 2 and self.random.random() < 0.5:
            x = self.made(shape[::-1], depth)
            return self.random.choice([f"({x}).T", f"transpose({x}, (1, 0))"])
        if len(shape) == 3:
            return f"transpose({self.made((shape[1], shape[2], shape[0]), depth)}, (2, 0, 1))"
        if len(shape) == 1 and shape[0] == 4:
            return f"reshape({self.made((2, 2), depth)}, (4,))"
        if len(shape) == 1:
            return f"expand_dims({self.made(shape, depth)}, 0)[0]"
        return self.elementwise(shape, depth)

    def indexed(self, shape: Shape, depth: int) -> str:
        """A part of an array."""
        if not shape:
            whole = self.random.choice([(3,), (4,), (3, 4)])
            index = ", ".join(str(self.random.randrange(-n, n)) for n in whole)
            return f"({self.made(whole, depth)})[{index}]"
        n, rest = shape[0], shape[1:]
        x = f"({self.made((n + 1, *rest), depth)})"
        picks = [self.random.randrange(n + 1) for _ in range(n)]
        ways = [f"{x}[1:]", f"{x}[:-1]", f"{x}[array({picks})]", f"diff({x}, axis=0)"]
        if len(shape) < 3:
            ways.append(f"({self.made((*shape, 2), depth)})[..., {self.random.choice([0, -1])}]")
            ways.append(f"({self.made((2, *shape), depth)})[{self.random.choice([0, -1])}]")
            ways.append(f"take({x}, array({picks}), axis=0)")
        return self.random.choice(ways)

    def joined(self, shape: Shape, depth: int) -> str:
        """An array of several."""
        if not shape or shape[0] < 2:
            return self.elementwise(shape, depth)
        n, rest = shape[0], shape[1:]
        if self.random.random() < 0.4:
            parts = [self.made(rest, depth) for _ in range(n)]
            return f"stack([{', '.join(parts)}], axis=0)"
        parts = [self.made((1, *rest), depth), self.made((n - 1, *rest), depth)]
        return f"concatenate([{', '.join(parts)}], axis=0)"

    def product(self, shape: Shape, depth: int) -> str:
        """A product of arrays."""
        n = self.random.choice(LENGTHS)
        if not shape:
            return f"({self.made((n,), depth)} @ {self.made((n,), depth)})"
        if len(shape) == 1:
            m = shape[0]
            left, right = self.made((m, n), depth), self.made((n,), depth)
            return self.random.choice(
                [f"({left} @ {right})", f'einsum("ij,j->i", {left}, {right})']
            )
        *batch, m, k = shape
        left = self.made((*batch, m, n), depth)
        right = self.made((n, k), depth)
        ways = [f"({left} @ {right})", f"matmul({left}, {right})"]
        if not batch:
            ways.append(f'einsum("ij,jk->ik", {left}, {right})')
            ways.append(f"outer({self.made((m,), depth)}, {self.made((k,), depth)})")
        return self.random.choice(ways)

    def matrix(self, shape: Shape, depth: int) -> str:
        """Linear algebra with a matrix that can be inverted."""
        n = shape[0] if shape else 3
        if len(shape) > 2 or (len(shape) == 2 and shape[0] != shape[1]):
            return self.along(shape, depth)
        x = f"tanh({self.made((n, n), depth)})"
        good = f"({x} @ ({x}).T + 2*eye({n}))"
        if not shape:
            ways = [f"det({good})", f"trace({x})", f"logdet({good})", f"sum(diag({x}))"]
        elif len(shape) == 1:
            ways = [f"solve({good}, {self.made((n,), depth)})", f"diag({x})"]
        else:
            ways = [f"inv({good})", f"cholesky({good})", f"tril({x})", f"triu({x}, 1)"]
        return self.random.choice(ways)

    def spread(self, shape: Shape, depth: int) -> str:
        """A smaller array, spread."""
        if len(shape) < 2:
            return self.elementwise(shape, depth)
        return f"broadcast_to({self.made(shape[1:], depth)}, {shape})"


class Answer(NamedTuple):
    """A value, its gradients, and the slopes of these along ones."""

    value: Any
    gradients: dict[str, Any]

    def agrees(self, other: Answer) -> bool:
        """Whether the two are equal, to rounding."""
        pairs = [(x, other.gradients[name]) for name, x in self.gradients.items()]
        return all(near(mine, theirs) for mine, theirs in [(self.value, other.value), *pairs])


def near(x: Any, y: Any) -> bool:
    """Whether arrays are equal beside the larger of their numbers."""
    x, y = np.asarray(x), np.asarray(y)
    finite = np.abs(y[np.isfinite(y)])
    size = float(finite.max()) if finite.size else 0.0
    return x.shape == y.shape and np.allclose(x, y, NEAR, NEAR * max(size, 1e-3), equal_nan=True)


def arrays(seed: int, inputs: dict[str, Shape]) -> dict[str, Any]:
    """The inputs of a program."""
    numbers = np.random.default_rng(seed)
    return {name: np.round(numbers.normal(0, 1.2, shape), 6) for name, shape in inputs.items()}


def gradcli_answer(text: str, values: dict[str, Any]) -> Answer:
    """What gradcli answers; an input that does not matter has gradient 0."""
    program = Program(text)
    own = {name: values[name] for name in program.inputs}
    value, gradients = program.value_and_grads(own)
    seconds = program.hvp(own, tangent={name: np.ones_like(x) for name, x in own.items()})
    gradients = {**gradients, **{second(name): x for name, x in seconds.items()}}
    zeros = {key: np.zeros_like(x) for name, x in values.items() for key in (name, second(name))}
    return Answer(value, zeros | {n: g for n, g in gradients.items() if g is not None})


def kind(seed: int) -> str:
    """Whether the three agree on a program; what they answer is printed where they do not."""
    maker = Maker(seed)
    text = maker.program()
    used = {name: shape for name, shape in maker.inputs.items() if re.search(rf"\b{name}\b", text)}
    values = arrays(seed, used)
    try:
        ours = gradcli_answer(text, values)
    except Exception as error:
        print(f"--- {seed}: {text}\n    {error}", flush=True)
        return "refused"
    theirs: dict[str, Answer] = {}
    for name, answer in (("PyTorch", torch_answer), ("JAX", jax_answer)):
        if name == "JAX" and seed % EVERY and theirs["PyTorch"].agrees(ours):
            continue
        try:
            theirs[name] = Answer(*answer(text, values))
        except Exception as error:
            print(f"--- {seed}: {text}\n    {name}: {error}", flush=True)
            return f"refused by {name}"
    unlike = [name for name, answer in theirs.items() if not answer.agrees(ours)]
    if unlike:
        print(f"--- {seed}: {text}")
        for name, answer in theirs.items():
            print(f"  {name}: {answer.value}, not {ours.value}")
            for key, gradient in answer.gradients.items():
                mine = ours.gradients[key]
                if not near(gradient, mine):
                    print(f"    {key}: {gradient.tolist()},\n        not {mine.tolist()}")
    return f"unlike {' and '.join(unlike)}" if unlike else "agreed"


def main(count: int = 3000, first: int = 0) -> None:
    """Compares so many programs, and counts."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    print(Counter(kind(seed) for seed in range(first, first + count)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
