"""More of selection: NaN replaced or ignored, choices among several, casts, clipping by norm."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import Elementwise, as_number
from gradcli.ir.shapes import broadcast_shapes
from gradcli.ops.compare import (
    EXTREME,
    TIE_SHARE,
    abs_,
    all_,
    choose,
    clip,
    eq,
    ge,
    isnan,
    le,
    logical_not,
    lt,
    maximum,
    trunc,
    truth,
)
from gradcli.ops.records import binary
from gradcli.ops.reduce import NORM
from gradcli.ops.shape import as_vector, concat, index, spread, stack

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Arrays, Axes, Flag, Numbers, Rest, Text, Type
    from gradcli.ir.node import Node

# --- the next number ------------------------------------------------------------------------------

nextafter = binary(
    "nextafter",
    np.nextafter,
    (1.0, 0.0),
    "The number next to x, on the way to y.",
    "nextafter(1, 2)",
)


@function(example="frac([1.25, -1.25])")
def frac(x: Array) -> Node:
    """x less its whole part, with the sign of x."""
    return x - trunc(x)


# --- nearly equal ---------------------------------------------------------------------------------


@function(
    example="isclose([1, 2], [1, 3])",
    signatures="math.isclose(a: x, b: y, *, rel_tol: rtol = 1e-09, abs_tol: atol = 0.0); \
        symmetric=True",
)
def isclose(
    x: Array,
    y: Array,
    rtol: Array | float = 1e-5,
    atol: Array | float = 1e-8,
    equal_nan: Flag = False,
    *,
    symmetric: Flag = False,
) -> Node:
    """Whether abs(x - y) <= atol + rtol*abs(y), or both are the same infinity.

    Where it is symmetric, as math.isclose is, the larger of atol and rtol times the larger size.
    """
    sizes = maximum(abs_(x), abs_(y)) if symmetric else abs_(y)
    bound = maximum(rtol * sizes, atol) if symmetric else atol + rtol * sizes
    near = le(abs_(x - y), bound) & lt(sizes, math.inf) | eq(x, y)
    return near | (isnan(x) & isnan(y)) if equal_nan else near


@function(example="allclose([1, 2], [1, 2])")
def allclose(
    x: Array,
    y: Array,
    rtol: Array | float = 1e-5,
    atol: Array | float = 1e-8,
    equal_nan: Flag = False,
) -> Node:
    """Whether all elements are close to one another, as isclose has it."""
    return all_(isclose(x, y, rtol, atol, equal_nan))


# --- NaN ------------------------------------------------------------------------------------------


def _share_beside_nan(x: Any, y: Any) -> Any:
    """How much of an extreme that ignores NaN is x; unknown where both are NaN."""
    share = np.greater(x, y) + 0.5 * np.equal(x, y) + np.isnan(y)
    both = np.isnan(x) & np.isnan(y)
    return np.where(both, np.nan, share).astype(np.result_type(x, y), copy=False)


_SHARE = Elementwise(
    "share_beside_nan",
    _share_beside_nan,
    *TIE_SHARE.partials,
    notation=TIE_SHARE.notation,
    special=TIE_SHARE.special,
    flat=True,
)


# fmt: off
fmax = binary("fmax", np.fmax, (lambda x, y, z: _SHARE(x, y), lambda x, y, z: _SHARE(y, x)),
              "The larger of x and y, or the one that is not NaN.", "fmax(1, nan)", **EXTREME,
              selects=(lambda x, y, z: ge(x, y) | isnan(y), lambda x, y, z: ge(y, x) | isnan(x)))
fmin = binary("fmin", np.fmin, (lambda x, y, z: _SHARE(-x, -y), lambda x, y, z: _SHARE(-y, -x)),
              "The smaller of x and y, or the one that is not NaN.", "fmin(1, nan)", **EXTREME,
              selects=(lambda x, y, z: le(x, y) | isnan(y), lambda x, y, z: le(y, x) | isnan(x)))
# fmt: on


@function(
    example="nan_to_num([1, nan, inf])",
    signatures="np.nan_to_num(x, copy=True, nan=None, posinf=None, neginf=None)",
)
def nan_to_num(
    x: Array, nan: Array | None = None, posinf: Array | None = None, neginf: Array | None = None
) -> Node:
    """x with other numbers for NaN (0) and the infinities (the largest numbers there are)."""
    largest = float(np.finfo(x.graph.dtype).max)
    finite = choose(eq(x, math.inf), largest if posinf is None else posinf, x)
    finite = choose(eq(x, -math.inf), -largest if neginf is None else neginf, finite)
    return choose(isnan(x), 0.0 if nan is None else nan, finite)


# --- choices among several ------------------------------------------------------------------------


@function(example="select([[true, false], [false, false]], [[1, 2], [3, 4]], 9)")
def select(condlist: Arrays, choicelist: Arrays, default: Array | None = None) -> Node:
    """For each element the choice whose condition is the first to hold, or a default (0)."""
    if len(condlist) != len(choicelist):
        raise ShapeError(f"{len(condlist)} conditions do not fit {len(choicelist)} choices")
    chosen: Node | float = 0.0 if default is None else default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = choose(truth(condition), choice, chosen)
    return chosen  # type: ignore[return-value]


@function(example="choose([1, 0], [[1, 2], [3, 4]])")
def choose_(a: Numbers, choices: Arrays, mode: Text = "raise") -> Node:
    """For each element the one of the choices that its number names; modes raise, clip, wrap."""
    if mode not in ("raise", "clip", "wrap"):
        raise ProgramTypeError(f"choose knows no mode {mode!r}", help='"raise", "clip" or "wrap"')
    numbers = np.asarray(a, float)
    shape = reduce(broadcast_shapes, [x.shape for x in choices], numbers.shape)
    table = stack([spread(as_number(x), shape) for x in choices])
    if mode != "raise":
        last = len(choices) - 1
        numbers = np.clip(numbers, 0, last) if mode == "clip" else numbers % len(choices)
    if not np.isin(numbers, range(len(choices))).all():
        raise ShapeError(f"choose needs whole numbers from 0 to {len(choices) - 1}")
    rows = np.broadcast_to(numbers.astype(int), shape)
    return index(table, rows, *np.ogrid[tuple(map(slice, shape))])


@function(
    example="piecewise(2, (false, true), (1, 4))",
    signatures="np.piecewise(x, condlist, funclist: values)",
)
def piecewise(x: Array, condlist: Arrays, values: Arrays) -> Node:
    """For each element the value whose condition is the last to hold; one more value is for none.

    The values are arrays or numbers: write -x for what NumPy takes as a function of x.
    """
    if len(values) not in (len(condlist), len(condlist) + 1):
        raise ShapeError(f"{len(condlist)} conditions do not fit {len(values)} values")
    chosen: Node | float = values[-1] if len(values) > len(condlist) else 0.0
    for condition, value in zip(condlist, values, strict=False):
        chosen = choose(truth(condition), value, chosen)
    z = x.graph.lifted((chosen,))[0]
    return spread(z, broadcast_shapes(x.shape, z.shape))


@function(example="Piecewise((1, false), (2, true))", name="Piecewise", aliases="case")
def first_of(pairs: Rest) -> Node:
    """The expression of the first pair (expression, condition) whose condition holds, else NaN."""
    chosen: Node | float = math.nan
    for pair in reversed(pairs):
        if not pair.shape or pair.shape[0] != 2:
            raise ProgramTypeError("a pair of an expression and a condition is needed here")
        chosen = choose(truth(pair[1]), pair[0], chosen)
    return chosen  # type: ignore[return-value]


@function(example="clamp_between(0, 3, 1)")
def clamp_between(lo: Array, x: Array, hi: Array) -> Node:
    """x held between two bounds, the lower bound first: JAX's lax.clamp."""
    return clip(x, lo, hi)


# --- casts ----------------------------------------------------------------------------------------


@function(example='cast(2.7, "int32")', aliases="astype convert_element_type to")
def cast(x: Array, dtype: Type) -> Node:
    """x as whole numbers ("int32" …: cut off, slope 0) or truth values ("bool").

    There is one numeric type at a time, so a cast to any floating type is x itself.
    """
    kind = str(dtype).lower()
    if "bool" in kind:
        return as_number(truth(x))
    x = as_number(x)
    if "int" in kind or "long" in kind:
        return trunc(x)
    if any(word in kind for word in ("float", "double", "half", "real")):
        return x
    raise ProgramTypeError(f"there is no type {dtype!r}", help='"float64", "int32" or "bool"')


# --- clipping by norm -----------------------------------------------------------------------------


def _shrunk(x: Node, size: Node, limit: Node) -> Node:
    """x, divided by its size and times the limit where the size is above it."""
    outside = logical_not(le(size, limit))
    return choose(outside, x * (limit / choose(outside, size, 1.0)), x)


@function(example="clip_by_norm([3, 4], 1)")
def clip_by_norm(x: Array, clip_norm: Array, axes: Axes = None) -> Node:
    """x, scaled down to a norm where its norm, over all axes or some, is larger."""
    return _shrunk(x, NORM(x, axes, True), clip(clip_norm, 0.0))


@function(example="clip_by_global_norm(([3, 0], [0, 4]), 1)")
def clip_by_global_norm(arrays: Arrays, clip_norm: Array) -> tuple[tuple[Node, ...], Node]:
    """Several arrays, scaled down together to a common norm if theirs is larger; and theirs."""
    parts = [NORM(x) for x in arrays]
    size = parts[0]
    if len(parts) > 1:
        size = NORM(concat([as_vector(part) for part in parts]))
    return tuple(_shrunk(x, size, clip_norm) for x in arrays), size
