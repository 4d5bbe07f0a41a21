"""NumPy: value and gradients written out from the graph, by the functions that NumPy has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import INPUT
from gradcli.translation.forms import PLAIN, at_point
from gradcli.translation.names import PYTHON, Naming
from gradcli.translation.notes import Notes, Step
from gradcli.translation.python import comments, indented, nested
from gradcli.translation.steps import SPELLED, Lines
from gradcli.translation.target import Target
from gradcli.translation.work import without

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node
    from gradcli.translation.work import Work

# fmt: off
OPERATORS: dict[Any, tuple[str, float]] = {
    np.add: ("{0:5} + {1:6}", 5), np.subtract: ("{0:5} - {1:6}", 5),
    np.multiply: ("{0:6}*{1:7}", 6), np.divide: ("{0:6}/{1:7}", 6),
    np.floor_divide: ("{0:6}//{1:7}", 6), np.remainder: ("{0:6} % {1:7}", 6),
    np.matmul: ("{0:6} @ {1:7}", 6), np.power: ("{0:9}**{1:7}", 8), np.square: ("{0:9}**2", 8),
    np.negative: ("-{0:8}", 7), np.positive: ("{0}", 0), np.reciprocal: ("1/{0:7}", 6),
    np.less: ("{0:5} < {1:5}", 4), np.less_equal: ("{0:5} <= {1:5}", 4),
    np.greater: ("{0:5} > {1:5}", 4), np.greater_equal: ("{0:5} >= {1:5}", 4),
    np.equal: ("{0:5} == {1:5}", 4), np.not_equal: ("{0:5} != {1:5}", 4),
    np.bitwise_and: ("{0:5} & {1:5}", 4.5), np.bitwise_or: ("{0:5} | {1:5}", 4.2),
    np.logical_and: ("{0:5} & {1:5}", 4.5), np.logical_or: ("{0:5} | {1:5}", 4.2),
    np.logical_not: ("~{0:7}", 7), np.invert: ("~{0:7}", 7),
}
# fmt: on
"""NumPy's functions that are written as operators."""


def _folded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction, without what need not be said of it."""

    def folded(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
        more: dict[str, Any] = {"keepdims": True} if keepdims else {}
        if len(axes) < x.ndim or keepdims:
            more["axis"] = axes[0] if len(axes) == 1 else axes
        return function(x, **more)

    return folded


def _norm(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    return np.sqrt(_folded(np.sum)(np.square(x), axes, keepdims))


def _raised(x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """exp(x - shift), and the shift, with which it is at most 1."""
    top = _folded(np.max)(x, axes, True)
    shift = np.where(np.isfinite(top), top, 0)
    return np.exp(x - shift), shift


def _softmax(x: Any, axes: tuple[int, ...]) -> Any:
    raised, _ = _raised(x, axes)
    return raised / _folded(np.sum)(raised, axes, True)


def _logsumexp(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    raised, shift = _raised(x, axes)
    total = np.log(_folded(np.sum)(raised, axes, True)) + shift
    return total if keepdims else np.squeeze(total, axes)


def _place_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where the largest or smallest element stands, of all or along an axis."""

    def place(x: Any, axis: int | None, keepdims: bool) -> Any:
        more: dict[str, Any] = {"keepdims": True} if keepdims else {}
        return function(x, **more) if axis is None else function(x, axis, **more)

    return place


def _triangular(a: Any, b: Any, lower: bool, unit: bool) -> Any:
    if unit:
        raise TypeError("NumPy solves no system whose diagonal is not read")
    return np.linalg.solve(np.tril(a) if lower else np.triu(a), b)


FORMS: dict[str, Callable[..., Any]] = {
    **PLAIN,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "sum": _folded(np.sum),
    "prod": _folded(np.prod),
    "max": _folded(np.max),
    "min": _folded(np.min),
    "all": _folded(np.all),
    "any": _folded(np.any),
    "norm": _norm,
    "pow": np.power,
    "transpose": lambda x, order: (
        x.T if order == tuple(range(x.ndim))[::-1] else np.transpose(x, order)
    ),
    "argsort": lambda x, axis: np.argsort(x, axis, kind="stable"),
    "argmax": _place_of(np.argmax),
    "argmin": _place_of(np.argmin),
    "einsum": lambda *arrays: np.einsum(arrays[-1], *arrays[:-1]),
    "take": lambda x, order, axis, n: np.take(x, order.astype(int), axis),
    "take_along_axis": lambda x, order, axis, n: np.take_along_axis(x, order.astype(int), axis),
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "cofactors": lambda a: np.linalg.det(a) * np.linalg.inv(a).T,
    "solve": np.linalg.solve,
    "solve_triangular": _triangular,
    "cholesky": np.linalg.cholesky,
    "log_abs_det": lambda a: np.log(np.abs(np.linalg.det(a))),
    "sign_det": lambda a: np.sign(np.linalg.det(a)),
}
"""Records whose kernel is put better, or does more than NumPy's functions can be noted of."""

HELPERS = {
    "digamma": """
@np.vectorize
def digamma(x):
    total = 0.0
    if x <= 0:
        return digamma(1 - x) - math.pi/math.tan(math.pi*x)
    while x < 12:
        total -= 1/x
        x += 1
    z = 1/(x*x)
    series = z*(1/12 - z*(1/120 - z*(1/252 - z*(1/240 - z*(1/132 - z*(691/32760 - z/12))))))
    return total + math.log(x) - 0.5/x - series
""",
    "ndtr": """
ndtr = np.vectorize(lambda x: 0.5*math.erfc(-x*math.sqrt(0.5)), otypes=[float])
""",
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "erfc": "erfc = np.vectorize(math.erfc, otypes=[float])",
    "gamma": "gamma = np.vectorize(math.gamma, otypes=[float])",
    "lgamma": "lgamma = np.vectorize(math.lgamma, otypes=[float])",
    "put": '''
def put(g, order, axis, n):
    """Zeros of length n along an axis, with g added at indices."""
    order = np.asarray(order, int)
    moved = np.moveaxis(g, range(axis, axis + order.ndim), range(order.ndim))
    array = np.zeros((n, *moved.shape[order.ndim:]))
    np.add.at(array, order, moved)
    return np.moveaxis(array, 0, axis)
''',
    "put_along_axis": '''
def put_along_axis(g, order, axis, n):
    """Zeros of length n along an axis, with g added at indices in each row."""
    array = np.zeros((*g.shape[:axis], n, *g.shape[axis + 1:]))
    grid = list(np.indices(g.shape))
    grid[axis] = np.asarray(order, int)
    np.add.at(array, tuple(grid), g)
    return array
''',
    "place": '''
def place(g, key, shape):
    """Zeros with g added at some elements."""
    array = np.zeros(shape)
    np.add.at(array, key, g)
    return array
''',
}
"""Records that are a function of a few lines in the file."""

ARGUMENTS: dict[str, Callable[..., tuple[Any, ...]]] = {
    "place": lambda key, shape: (tuple(key.key), shape)
}
"""What such a function takes behind its arrays, if not what the record does."""


@cache
def _functions() -> dict[Any, str]:
    """What NumPy calls its functions, the shortest name last."""
    names = [
        (item, f"{prefix}.{name}")
        for prefix, module in {"np": np, "np.linalg": np.linalg}.items()
        for name, item in vars(module).items()
        if callable(item) and type(item).__hash__ is not None
    ]
    return dict(sorted(names, key=lambda pair: -len(pair[1])))


HEAD = "import numpy as np"
SHOW = """for name, array in [("value", value), *grads.items()]:
    print(name, *(repr(x).removesuffix(".0") for x in np.ravel(array).tolist()), sep="\\t")"""


def write(work: Work) -> str:
    """The file of a program: what computes value and gradients, and a call with what is given."""
    work.refuse_decisions("NumPy")
    naming = Naming(PYTHON | {"np", "name", "array", *HELPERS})
    naming.keep(work.inputs)
    notes = _noted(work)
    body, outputs = _body(work, notes, naming)
    helpers = [HELPERS[name].strip("\n") for name in notes.helped]
    imports = ["import math", ""] * any("math." in text for text in helpers) + [HEAD]
    parameters = ", ".join(naming(name) for name in work.inputs)
    value, *slopes = outputs
    result = [f'"{name}": {slope},' for name, slope in zip(work.slopes, slopes, strict=True)]
    function = [
        f"def value_and_grads({parameters}):",
        *indented([*body, f"return {value}, {{", *indented(result), "}"]),
    ]
    head = comments(["The value and the gradients of", *indented([work.source.text])])
    parts = [[*head, *comments(naming.changed()), *imports], *([x] for x in helpers), function]
    return "\n\n\n".join("\n".join(part) for part in [*parts, _call(work, naming)] if part) + "\n"


def _noted(work: Work) -> Notes:
    """The steps of value and gradients."""

    def refuse(node: Node, _error: Exception) -> Exception:
        return without("NumPy", node)

    notes = Notes(at_point(FORMS, work.met()), HELPERS, ARGUMENTS, refuse)
    moving, still = work.parts()
    notes.given(work.inputs.values(), still, work.array)
    notes.of(moving)
    return notes


def _body(work: Work, notes: Notes, naming: Naming) -> tuple[list[str], list[str]]:
    """The lines of the function, and what it gives."""
    steps = notes.steps
    named = {
        steps[node]: naming(name)
        for name, node in work.named.items()
        if node in steps and isinstance(steps[node], Step) and node.op is not INPUT
    }
    lines = Lines(OPERATORS, _functions(), named, lambda: naming.new("v"))
    lines.given({steps[node]: naming(name) for name, node in work.inputs.items()})
    outputs = lines.write([steps[work.value], *[steps[x] for x in work.slopes.values()]])
    return lines.lines, outputs


def _call(work: Work, naming: Naming) -> list[str]:
    """The call with the values that are given, and what prints the answer."""
    lines = [f"{naming(name)} = {_value(array)}" for name, array in work.values.items()]
    names = ", ".join(naming(name) for name in work.inputs)
    call = [f"value, grads = value_and_grads({names})", SHOW] if work.is_given else []
    return [*lines, *call]


def _value(array: Any) -> str:
    text = nested(array, SPELLED)
    return f"np.array({text})" if np.ndim(array) else f"np.float64({text})"


TARGET = Target("NumPy", write, goes_one_way=True)
