"""Rules for derivatives as TensorFlow.js writes them, where ours round otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.making import record
from gradcli.snippets.arrays.transforms import custom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Array

    Rule = Callable[[Any, Array, Sequence[Array], Array], list[Array]]


def _div(o: Any, dy: Array, xs: Sequence[Array], _y: Array) -> list[Array]:
    a, b = xs
    second = o.of("div", o.summed(o.of("mul", dy, a), b), o.of("square", b))
    return [o.summed(o.of("div", dy, b), a), o.of("neg", second)]


def _atan2(o: Any, dy: Array, xs: Sequence[Array], _y: Array) -> list[Array]:
    a, b = xs
    size = o.of("add", o.of("square", a), o.of("square", b))
    second = o.of("neg", o.of("mul", dy, o.of("div", a, size)))
    return [o.summed(o.of("mul", dy, o.of("div", b, size)), a), o.summed(second, b)]


def _over(divisor: Callable[[Any, Array, Array], Array], sign: str = "") -> Rule:
    """The rule that divides by something."""

    def rule(o: Any, dy: Array, xs: Sequence[Array], y: Array) -> list[Array]:
        part = o.of("div", dy, divisor(o, xs[0], y))
        return [o.of("neg", part) if sign else part]

    return rule


def _tanh(o: Any, dy: Array, _xs: Sequence[Array], y: Array) -> list[Array]:
    return [o.of("mul", o.of("sub", 1.0, o.of("square", y)), dy)]


def _sigmoid(o: Any, dy: Array, _xs: Sequence[Array], y: Array) -> list[Array]:
    return [o.of("mul", dy, o.of("mul", y, o.of("sub", 1.0, y)))]


def _elu(o: Any, dy: Array, _xs: Sequence[Array], y: Array) -> list[Array]:
    below = o.of("mul", dy, o.of("add", y, 1.0))
    return [o.of("where", o.of("greaterEqual", y, 0.0), dy, below)]


def _root(o: Any, x: Array, _y: Array) -> Array:
    return o.of("sqrt", o.of("sub", 1.0, o.of("square", x)))


OF_RESULTS = frozenset({"tanh", "sigmoid"})
"""Operations whose rule takes the result, of which TensorFlow.js saves a copy."""

RULES: dict[str, Rule] = {
    "div": _div,
    "floordiv": _div,
    "atan2": _atan2,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "elu": _elu,
    "log": _over(lambda o, x, y: x),
    "log1p": _over(lambda o, x, y: o.of("add", x, 1.0)),
    "sqrt": _over(lambda o, x, y: o.of("mul", o.of("sqrt", x), 2.0)),
    "rsqrt": _over(lambda o, x, y: o.of("mul", o.of("pow", x, 1.5), 2.0), "-"),
    "tan": _over(lambda o, x, y: o.of("square", o.of("cos", x))),
    "reciprocal": _over(lambda o, x, y: o.of("neg", o.of("square", x))),
    "atan": _over(lambda o, x, y: o.of("add", o.of("square", x), 1.0)),
    "asin": _over(_root),
    "acos": _over(_root, "-"),
    "asinh": _over(lambda o, x, y: o.of("sqrt", o.of("add", 1.0, o.of("square", x)))),
    "acosh": _over(lambda o, x, y: o.of("sqrt", o.of("sub", o.of("square", x), 1.0))),
    "atanh": _over(lambda o, x, y: o.of("sub", 1.0, o.of("square", x))),
}
"""The cotangents of the operands, by our names of the operations."""


def with_rule(home: Any, name: str, y: Array, xs: list[Array]) -> Array:
    """A result with the rule of its operation."""
    rule, operations = RULES[name], home.composites
    home.recorder.use(y.dtype)
    plain = home.made(record("stop_gradient")(y.node), y.dtype)
    own, nodes = home.made(home.recorder.mark(y.node), y.dtype), [x.node for x in xs]
    if name in OF_RESULTS:
        home.gradients.saved.add(own.node)

    def cotangents(primals: list[Array], given: list[Array], value: Array) -> list[Array]:
        is_own = [x.node for x in primals] == nodes
        return rule(operations, given[0], primals, own if is_own else value)

    result: Array = custom(home, name, plain, xs, cotangents, key=("tfjs", name))
    return result
