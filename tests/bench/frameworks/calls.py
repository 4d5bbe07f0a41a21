"""Calls of a function: with arrays of several shapes, and with each argument of its signature."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.bench.frameworks.signatures import OPAQUE, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.frameworks.signatures import Parameter

    Shapes = tuple[tuple[int, ...], ...]


class Drawn(NamedTuple):
    """An argument that is an array with a name of its own."""

    name: str


class Call(NamedTuple):
    """A call as a program writes it, and its arrays."""

    text: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    arrays: dict[str, Any]

    def listed(self, tensor: Callable[[Any], Any]) -> Call:
        """The call with arrays in the place of lists."""

        def value(x: Any) -> Any:
            return tensor(x) if isinstance(x, list) else x

        keywords = {name: value(x) for name, x in self.keywords.items()}
        return self._replace(arguments=tuple(map(value, self.arguments)), keywords=keywords)

    def made_by(self, function: Any, arrays: Any) -> Any:
        """What the function gives for it."""

        def value(x: Any) -> Any:
            return arrays[x.name] if isinstance(x, Drawn) else x

        keywords = {name: value(x) for name, x in self.keywords.items()}
        return function(*map(value, self.arguments), **keywords)


DEFINITE = (-2, -2)
"""Stands for a matrix of two rows that is symmetric and positive definite."""

SHAPES: list[Shapes] = [
    ((2, 3),) * 4,
    ((3,),) * 4,
    ((),) * 4,
    ((1,),) * 4,
    ((0,),) * 4,
    ((3, 3),) * 4,
    ((2, 2, 2),) * 4,
    ((2, 3), (3,), (3,), (3,)),
    ((2, 1), (3,), (1, 3), (2, 3)),
    ((2, 3), (3, 2), (2, 2), (2, 2)),
    ((3, 3), (3,), (3,), (3,)),
    ((3, 3), (3, 2), (3, 2), (3, 2)),
    ((2, 2, 3), (2, 3, 2), (2, 2, 2), (2, 2, 2)),
    ((1, 2, 6), (2, 2, 3), (2,), (2,)),
    ((1, 2, 4, 4), (2, 2, 2, 2), (2,), (2,)),
    ((1, 1, 3, 3, 3), (1, 1, 2, 2, 2), (1,), (1,)),
    ((1, 6, 2), (3, 2, 2), (2,), (2,)),
    ((1, 4, 4, 2), (2, 2, 2, 2), (2,), (2,)),
    (DEFINITE,) * 4,
    (DEFINITE, (2,), (2,), (2,)),
]
"""Shapes of the arrays of a call, the first for the first; most functions take one of these."""

INTEGERS = {
    "k n dim axis num N M num_classes depth order dim0 axis1 p": [1, 2],
    "dim1 axis2 kernel_size": [1, 2],
    "dims axes perm": [(1, 0), 1, (0,)],
    "shape newshape size input_size reps repeats tile_dims sections": [(3, 2), 2, (2, 1), 1],
    "pad paddings pad_width padding": [((1, 0), (0, 1)), (1, 0), 1],
    "indices index idx i ind segment_ids": [[1, 0], [0, 1, 1], [[0, 1, 1], [1, 0, 1]]],
    "mask condition": [[True, False, True], [[True, False, True], [False, True, True]]],
    "shift shifts": [1, (1, 0)],
    "equation subscripts": ["ij->ji", "i->"],
    "start_indices begin": [(0, 1)],
    "limit_indices": [(2, 3)],
    "slice_sizes": [(1, 2)],
    "method": ["linear", "nearest", "cubic", "lanczos3"],
}
"""What required parameters that are no arrays may be."""

OPTIONS: dict[str, list[Any]] = {
    "axis dim dims axes": [0, -1, (0, 1)],
    "keepdims keepdim": [True],
    "ddof correction": [1, 0],
    "k offset diagonal n": [1, -1, 2],
    "ord p": [1, 2, "fro"],
    "reduction": ["sum", "none", "mean"],
    "approximate": ["tanh", True, False],
    "side": ["right"],
    "mode": ["same", "valid", "reflect", "wrap", "constant"],
    "method": ["lower", "midpoint", "hazen"],
    "indexing": ["ij"],
    "stride padding dilation strides": [2, 1],
    "where b weights weight aweights mask": [Drawn("w")],
    "initial left right fill_value beta alpha delta eps margin threshold value other": [0.5],
    "min a_min": [-0.5],
    "max a_max": [0.5],
    "lower upper reverse exclusive descending": [True, False],
    "trans": [1, "T"],
    "tol rtol atol rcond": [0.4],
    "type_ norm name dtype out casting subok device layout requires_grad": [],
}
"""What optional parameters may be, besides another value of their default's kind."""


def _choices(table: dict[str, list[Any]], name: str) -> list[Any] | None:
    return next((values for names, values in table.items() if name in names.split()), None)


def _others(default: Any) -> list[Any]:
    """Values of the kind of a default, but not it."""
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, int):
        return [default + 1]
    return [default * 2 + 0.25] if isinstance(default, float) else []


def written(value: Any) -> str:
    """An argument as a program writes it."""
    if isinstance(value, Drawn):
        return value.name
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(written, value))
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"({inner}{comma})" if isinstance(value, tuple) else f"[{inner}]"
    return str(value)


def array(domain: tuple[float, float], shape: tuple[int, ...], which: int) -> Any:
    """Numbers of a domain, rounded so that they read well."""
    if shape == DEFINITE:
        return positive_definite(which)
    steps = np.random.default_rng([which, *shape]).uniform(0.05, 0.95, shape)
    low, high = domain
    return np.round(low + (high - low) * steps, 2)


def positive_definite(which: int) -> Any:
    """A symmetric matrix that has a Cholesky factor."""
    factor = np.random.default_rng(which).uniform(-1, 1, (2, 2))
    return np.round(factor @ factor.T + np.eye(2), 2)


CLASSES = ("Tensor", "ndarray")
"""Names of arrays' classes, which stand before those of their methods."""


def made(
    name: str, values: Sequence[Any], keywords: dict[str, Any], arrays: dict[str, Any]
) -> Call:
    """A call from its arguments."""
    texts = [*map(written, values), *(f"{key}={written(x)}" for key, x in keywords.items())]
    text = f"{name}({', '.join(texts)})"
    prefix, kind, method = name.rsplit(".", 2) if name.count(".") == 2 else ("", "", "")
    if kind in CLASSES and values:
        text = f"{prefix}.asarray({texts[0]}).{method}({', '.join(texts[1:])})"
    used = {x.name: arrays[x.name] for x in (*values, *keywords.values()) if isinstance(x, Drawn)}
    return Call(text, tuple(values), keywords, used)


def bases(
    name: str, parameters: Sequence[Parameter], domains: Sequence[tuple[float, float]]
) -> Iterator[Call]:
    """Calls with what is required, arrays of each shape, and numbers for what may be none."""
    needed = [p for p in parameters if p.default is REQUIRED]
    is_of_keras = name.startswith(("tf.keras.losses", "tf.keras.metrics"))
    numbers = [1.5] if is_of_keras else [1, 2, (2, 3)]  # Keras cuts arrays beside a whole one
    for shapes in SHAPES if needed else SHAPES[:1]:
        names = "xyzuvw"
        arrays = {
            n: array(domains[min(i, len(domains) - 1)], shape, i)
            for i, (n, shape) in enumerate(zip(names, (*shapes, *shapes[-1:] * 2), strict=True))
        }
        arrays["w"] = array((0.2, 1.0), shapes[0], 5)
        free = iter(names)
        pools = []
        for p in needed:
            own = _choices(INTEGERS, p.name)
            drawn = [] if own is not None and pools else [Drawn(next(free, "w"))]
            pools.append([*drawn, *(own or (numbers if pools else []))])
        if not needed and parameters:
            pools = [[1, 2, (2, 3)]]
        for values in itertools.islice(itertools.product(*pools), 60):
            yield made(name, values, {}, arrays)


def variants(
    name: str, base: Call, parameters: Sequence[Parameter], domain: tuple[float, float], pairs: bool
) -> Iterator[Call]:
    """The call with each further argument, by name and by position, or with two of them."""
    shape = np.shape(next(iter(base.arrays.values()), 0.0))
    arrays = {"w": array((0.2, 1.0), shape, 5)} | base.arrays
    given = len(base.arguments)
    if parameters[:given] and base.arguments and parameters[0].name != "self":
        first = {parameters[0].name: base.arguments[0]}
        rest = {p.name: a for p, a in zip(parameters[1:], base.arguments[1:], strict=False)}
        yield made(name, (), first | rest, arrays)
    between: list[Any] = []
    for p in parameters[given:]:
        for value in _values(p):
            yield made(name, base.arguments, {p.name: value}, arrays)
            if p.positional and OPAQUE not in between:
                yield made(name, (*base.arguments, *between, value), {}, arrays)
        between.append(
            p.default if isinstance(p.default, (type(None), bool, int, float, str)) else OPAQUE
        )
    if pairs:
        for p, q in itertools.combinations(parameters[given:], 2):
            for x, y in itertools.product(_values(p), _values(q)):
                yield made(name, base.arguments, {p.name: x, q.name: y}, arrays)


def _values(parameter: Parameter) -> list[Any]:
    """What an optional parameter may be, besides its default."""
    stated = _choices(OPTIONS, parameter.name)
    values = _others(parameter.default) if stated is None else stated or _others(parameter.default)
    return [x for x in values if x != parameter.default]
