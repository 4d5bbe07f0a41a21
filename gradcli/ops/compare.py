"""Comparisons, truth values and selection: what picks elements rather than computing them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.function import function
from gradcli.ir.kinds import EDGE, JUMP, KINK, Ties, at, at_zero, either
from gradcli.ir.op import Elementwise, as_number, nothing, spell
from gradcli.ops.records import binary, folding, reduction, unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Flag, Function, Int
    from gradcli.ir.node import Node
    from gradcli.ir.op import Reduction

# --- truth values ---------------------------------------------------------------------------


def _comparison(name: str, kernel: Any, sign: str, aliases: str) -> Function:
    return binary(
        name,
        kernel,
        (nothing, nothing),
        f"Where x {sign} y.",
        f"{name}(1, 2)",
        aliases,
        word="a comparison",
        notation=(f"{{0:5}} {sign} {{1:5}}", 4),
        special=at(EDGE, lambda x, y, z: x == y),
        flat=True,
        result_bool=True,
    )


lt = _comparison("lt", np.less, "<", "less less_strict")
le = _comparison("le", np.less_equal, "<=", "less_equal")
gt = _comparison("gt", np.greater, ">", "greater")
ge = _comparison("ge", np.greater_equal, ">=", "greater_equal")
eq = _comparison("eq", np.equal, "==", "equal")
ne = _comparison("ne", np.not_equal, "!=", "not_equal")


def truth(x: Node) -> Node:
    """The node as truth values: a number is true where it is not 0."""
    return x if x.is_bool else ne(x, 0.0)


_TRUTHS: Any = {"flat": True, "result_bool": True, "keeps_bool": True}


def _logical(name: str, kernel: Any, doc: str, **more: Any) -> Function:
    op = Elementwise(name, kernel, nothing, nothing, **_TRUTHS, **more)

    @function(name=f"logical_{name}", doc=doc, example=f"logical_{name}(true, false)")
    def logical(x: Array, y: Array) -> Node:
        return op(truth(x), truth(y))

    logical.op = op
    return logical


# fmt: off
logical_and = _logical("and", np.logical_and, "Where both x and y are true.",
                       notation=("{0:3} and {1:3}", 2))
logical_or = _logical("or", np.logical_or, "Where x or y is true, or both.",
                      notation=("{0:2} or {1:2}", 1))
logical_xor = _logical("xor", np.logical_xor, "Where one of x and y is true, and not both.")
# fmt: on
_NOT = Elementwise("not", np.logical_not, nothing, notation=("not {0:4}", 3), **_TRUTHS)


@function(example="logical_not(true)")
def logical_not(x: Array) -> Node:
    """Where x is not true."""
    return _NOT(truth(x))


def masking(neutral: float, combine: Callable[[Any, Any], Node]) -> Any:
    """How calls of a reduction build nodes, of which some leave elements out or bring one more."""

    def masked(op: Reduction) -> Callable[..., Node]:
        def build(
            x: Node,
            axis: Any = None,
            keepdims: bool = False,
            *,
            where: Node | None = None,
            initial: Node | None = None,
        ) -> Node:
            whole = op(x if where is None else choose(truth(where), x, neutral), axis, keepdims)
            return whole if initial is None else combine(whole, initial)

        return build

    return masked


_PLAIN: Any = {"flat": True, "result_bool": True}

# fmt: off
isnan = unary("isnan", np.isnan, nothing, "Where x is NaN.", "is_nan isNaN", **_PLAIN)
isinf = unary("isinf", np.isinf, nothing, "Where x is infinite.", "is_inf", **_PLAIN)
isfinite = unary("isfinite", np.isfinite, nothing,
                 "Where x is neither infinite nor NaN.", "is_finite", **_PLAIN)
signbit = unary("signbit", np.signbit, nothing, "Where the sign of x is minus, -0 included.",
                special=at_zero(EDGE), **_PLAIN)
all_ = reduction("all", folding(np.logical_and), nothing, "Whether all elements are true.",
                 "all([true, false])", "reduce_all", **_PLAIN,
                 masked=masking(1.0, logical_and),
                 signatures="np.all(a, axis=None, out=None, keepdims=False, *, where=None)")
any_ = reduction("any", folding(np.logical_or), nothing, "Whether any element is true.",
                 "any([true, false])", "reduce_any", **_PLAIN,
                 masked=masking(0.0, logical_or),
                 signatures="np.any(a, axis=None, out=None, keepdims=False, *, where=None)")
# fmt: on


@function(
    example="array_equal([1, 2], [1, 2])",
    signatures="np.array_equal(a1: x, a2: y, equal_nan=False)",
)
def array_equal(x: Array, y: Array, *, equal_nan: Flag = False) -> Node:
    """Whether two arrays have one shape and the same elements, NaNs too with `equal_nan`."""
    if x.shape != y.shape:
        return ne(x.graph.constant(0.0), 0.0)
    same = eq(x, y)
    return all_(logical_or(same, logical_and(ne(x, x), ne(y, y))) if equal_nan else same)


# --- selection ------------------------------------------------------------------------------


WHERE = Elementwise(
    "where",
    np.where,
    nothing,
    1,
    1,
    selects=(None, lambda c, x, y, z: c, lambda c, x, y, z: _NOT(c)),
    rewrite=lambda c, x, y: x if x is y and x.shape == c.shape else None,
    word="a comparison",
    keeps_bool=True,
    analytic=True,
)


def choose(c: Node, x: Node | float, y: Node | float) -> Node:
    """`x` where the truth value c holds, else `y`; numbers count in the working dtype."""
    graph = c.graph
    return WHERE(c, as_number(graph.lift(x)), as_number(graph.lift(y)))


@function(
    example="where([1, -1] > 0, 10, 20)",
    aliases="where_v2",
    signatures="""
        x.where(x, condition, y); method=True
        torch.Tensor.where(self: x, condition, other: y); method=True
        tfjs.Tensor.where(x, condition, b: y); method=True
    """,
)
def where(condition: Array, x: Array, y: Array, *, method: Flag = False) -> Node:
    """`x` where the condition holds, else `y`; what is not selected has no part in the gradient.

    As a method, `x.where(condition, y)`, or `condition.where(x, y)`.
    """
    if method and x.is_bool and not condition.is_bool:
        condition, x = x, condition
    return choose(truth(condition), x, y)


GATE = Elementwise(
    "gate",
    lambda c, x: np.where(c, x, x.dtype.type(0)),
    nothing,
    1,
    selects=(None, lambda c, x, z: c),
    notation=("({0})*{1:6}", 6),
    keeps_bool=True,
    analytic=True,
)
"""A product with a truth value: a selection, which drops what it does not take."""


def _tie_share(x: Any, y: Any) -> Any:
    share = np.greater(x, y) + 0.5 * np.equal(x, y)
    unknown = np.isnan(x) | np.isnan(y)
    return np.where(unknown, np.nan, share).astype(np.result_type(x, y), copy=False)


TIE_SHARE = Elementwise(
    "tie_share",
    _tie_share,
    nothing,
    nothing,
    notation=("where({0} == {1}, 0.5, {0} > {1})", 10),
    special=at(JUMP, lambda x, y, z: x == y),
    flat=True,
)
"""How much of `maximum(x, y)` is x: 1, 0, or one half where they are equal."""

EXTREME: Any = {
    "rewrite": lambda x, y: x if x is y else None,
    "points": ((1.0, 1.0),),
    "special": Ties(lambda x, y, z: 1 + np.equal(x, y)),
}
"""What is the same of all operations whose result is one of two operands."""

# fmt: off
maximum = binary("maximum", np.maximum,
                 (lambda x, y, z: TIE_SHARE(x, y), lambda x, y, z: TIE_SHARE(y, x)),
                 "The larger of x and y; where they are equal the gradient is shared equally.",
                 "maximum([1, 5], 3)", **EXTREME,
                 selects=(lambda x, y, z: _NOT(lt(x, y)), lambda x, y, z: _NOT(lt(y, x))))
minimum = binary("minimum", np.minimum,
                 (lambda x, y, z: TIE_SHARE(y, x), lambda x, y, z: TIE_SHARE(x, y)),
                 "The smaller of x and y; where they are equal the gradient is shared equally.",
                 "minimum([1, 5], 3)", **EXTREME,
                 selects=(lambda x, y, z: _NOT(lt(y, x)), lambda x, y, z: _NOT(lt(x, y))))
# fmt: on


def nowhere(mask: Any) -> bool:
    """Whether a mask holds for no element: for a number that is asked at once."""
    return not (mask if mask.ndim == 0 else mask.any())


def repaired(result: Any, mask: Any, value: Any) -> Any:
    """A kernel's result with another value at special points, which are seldom there at all."""
    if nowhere(mask):
        return result
    return np.where(mask, value, result).astype(result.dtype, copy=False)


def _undefined(v: Any, z: Any) -> Any:
    unknown = z != z  # NaN, and quicker than to ask by name
    if not nowhere(unknown):
        return np.where(unknown, np.nan, v).astype(np.result_type(v, z), copy=False)
    if v.shape == z.shape:
        return v
    return np.broadcast_to(v, np.broadcast_shapes(v.shape, z.shape))


def _undefined_into(v: Any, z: Any, out: Any) -> None:
    np.copyto(out, v)
    np.copyto(out, np.nan, where=np.isnan(z))


TAINT = Elementwise(
    "taint",
    _undefined,
    lambda v, z, r: TAINT(1.0, z),
    nothing,
    notation=("{0}", 10),
    into=_undefined_into,
    word="a slope that is constant here",
)
"""The slope `v`, but NaN where the value `z` is: beside an undefined value stands no slope."""


CLIP = Elementwise(
    "clip",
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    *(lambda x, low, high, z: TAINT(1.0, z),) * 3,
    selects=(
        lambda x, low, high, z: _NOT(lt(x, low) | gt(x, high) | gt(low, high)),
        lambda x, low, high, z: _NOT(ge(x, low) | gt(low, high)),
        lambda x, low, high, z: _NOT(le(x, high) & le(low, high)),
    ),
    special=at(
        KINK, lambda x, low, high, z: ((x == low) & (low <= high)) | (np.maximum(x, low) == high)
    ),
)


@function(example="clip([-1, 0.5, 2], 0, 1)", aliases="clamp clip_by_value")
def clip(x: Array, lo: Array | None = None, hi: Array | None = None) -> Node:
    """x held between two bounds; at a bound the gradient is x's. A bound may be None."""
    graph = x.graph
    return CLIP(
        x,
        graph.constant(-math.inf) if lo is None else lo,
        graph.constant(math.inf) if hi is None else hi,
    )


@function(example="clamp_min([-1, 2], 0)")
def clamp_min(x: Array, min: Array) -> Node:
    """x, or a bound where x is below it; at the bound the gradient is x's."""
    return clip(x, min, None)


@function(example="clamp_max([-1, 2], 0)")
def clamp_max(x: Array, max: Array) -> Node:
    """x, or a bound where x is above it; at the bound the gradient is x's."""
    return clip(x, None, max)


def flat(name: str, kernel: Any, doc: str, aliases: str = "", **more: Any) -> Function:
    """A piecewise constant function of one array: slope 0, and NaN where it is NaN itself."""
    unknown: Any = {"select": lambda x, z: isnan(z), "flat": True}
    return unary(name, kernel, lambda x, z: math.nan, doc, aliases, **unknown, **more)


_WHOLE = at(JUMP, lambda x, z: x == np.floor(x))
_HALF = at(JUMP, lambda x, z: np.abs(x - np.floor(x)) == 0.5)
_WHOLE_BUT_ZERO = at(JUMP, lambda x, z: (x == np.floor(x)) & (x != 0))

# fmt: off
sign = flat("sign", np.sign, "-1, 0 or 1: the sign of x.", "sgn",
            special=at_zero(JUMP), points=(0.0,))
floor = flat("floor", np.floor, "The largest whole number not above x.", special=_WHOLE)
ceil = flat("ceil", np.ceil, "The smallest whole number not below x.", special=_WHOLE)
rint = flat("rint", np.rint, "x rounded to a whole number, halves to the even one.",
            special=_HALF, word="round")
trunc = flat("trunc", np.trunc, "x without its digits behind the point.", "fix",
             special=_WHOLE_BUT_ZERO)
# fmt: on


@function(example="round_away(2.5)")
def round_away(x: Array) -> Node:
    """x rounded to a whole number, halves away from zero."""
    return sign(x) * floor(abs_(x) + 0.5)


@function(example="nearest_remainder(5, 3)", domain=((-3.0, 3.0), (0.3, 3.0)))
def nearest_remainder(x: Array, y: Array) -> Node:
    """x - y * round(x / y): what is left nearest to 0, the remainder of IEEE 754."""
    return x - y * rint(x / y)


@function(example="round([1.4, 2.5])", aliases="around", signatures="tfjs.round(x)")
def round_(x: Array, decimals: Int = 0) -> Node:
    """x rounded to whole numbers, or to a number of decimals; halves go to the even digit."""
    if abs(decimals) > 300:
        raise DomainError(f"round knows 300 decimals at most, and not {decimals}")
    return rint(x) if decimals == 0 else rint(x * 10.0**decimals) / 10.0**decimals


abs_ = unary(
    "abs",
    np.abs,
    lambda x, z: sign(x),
    select=lambda x, z: ne(x, 0.0),
    special=at_zero(KINK),
    doc="The absolute value of x; the gradient at 0 is 0.",
    aliases="absolute fabs",
    points=(0.0,),
)


@function(
    example="step([-1, 0, 2])",
    aliases="heaviside",
    signatures="scipy.signal.step(system, X0=None, T=None, N=None)",
)
def step(x: Array, zero: Array | None = None) -> Node:
    """0 below 0 and 1 above it; at 0 the second argument, or 0."""
    at_zero = 0.0 if zero is None else zero
    inner = choose(gt(x, 0.0), 1.0, choose(eq(x, 0.0), at_zero, 0.0))
    return TAINT(inner, x)


copysign = binary(
    "copysign",
    np.copysign,
    (lambda x, y, z: sign(x) * copysign(1.0, y), nothing),
    selects=(lambda x, y, z: ne(x, 0.0), None),
    special=either(at(KINK, lambda x, y, z: x == 0), at(JUMP, lambda x, y, z: y == 0, by=1)),
    doc="The size of x with the sign of y.",
    example="copysign(3, -1)",
)

_RECORDS = {
    "and": logical_and,
    "or": logical_or,
    "not": logical_not,
    **{record.name: record for record in (lt, le, gt, ge, eq, ne, isnan)},
}
_WORDS = {name: record.build for name, record in _RECORDS.items()}
spell(_WORDS | {"where": choose, "gate": GATE, "any": any_.op})
