"""Functions of the C library as code that stands in the loop, where vectors can multiply and add.

A call empties all registers, and nothing goes on beside it: in the loop these take half as long or
less. Each is within two units in the last place (`tanh` and `1/cosh` within three) over its whole
domain, zeros, infinities and what is no number included.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled.instructions import MAGIC
from gradcli.exec.compiled.machine import fuses, is_longest, symbol
from gradcli.ir.polynomials import COS, SIN
from gradcli.ir.scalar import BOOL, DOUBLE, SHORT, Code, Instruction, Scalar, fma, in_halves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# fmt: off
_EXP = (
    0.5, 0.1666666666666667, 0.04166666666666667, 0.008333333333326112, 0.001388888888888373,
    0.0001984126987490126, 2.4801587325605324e-05, 2.7557255297969643e-06, 2.755727357010214e-07,
    2.5105259538448494e-08, 2.0914717341716378e-09,
)
"""(exp(x) - 1 - x)/x^2 for |x| <= ln(2)/2, a Chebyshev fit."""

_NEAR_EXP = (
    0.5, 0.16666666665301144, 0.041666666664959766, 0.008333449724528355, 0.0013889034377693012,
)
"""The same for |x| <= ln(2)/32."""

_LOG = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
    2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
    1.479819860511658591e-01,
)
"""What log((1 + s)/(1 - s)) is beyond 2 s, over s^3, in powers of s^2: those of fdlibm."""

_ATAN = (
    -3.33333333333329318027e-01, 1.99999999998764832476e-01, -1.42857142725034663711e-01,
    1.11111104054623557880e-01, -9.09088713343650656196e-02, 7.69187620504482999495e-02,
    -6.66107313738753120669e-02, 5.83357013379057348645e-02, -4.97687799461593236017e-02,
    3.65315727442169155270e-02, -1.62858201153657823623e-02,
)
"""(atan(t) - t)/t^3 in powers of t^2, for |t| < 7/16: those of fdlibm."""

_SHORT_EXP = (
    0.5000000001619882, 0.1666657318901665, 0.041666534021496386, 0.008363805334108129,
    0.0013928688695037297,
)
_SHORT_LOG = 0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841
_SHORT_SIN = -0.16666664539989612, 0.008332724732630293, -0.0001958285585078999
_SHORT_COS = 0.04166666453694609, -0.0013888279449649538, 2.454289633694463e-05
_SHORT_ATAN = -0.333329491539, 0.199777106478, -0.138776856032, 0.0805374449538
"""The same for numbers of 24 bits."""
# fmt: on

_ONE = (1.0).hex()

_EIGHTH = 0.41421356237309503
"""The tangent of an eighth of half a turn."""

_SIXTEENTHS = tuple([(2.0 ** (k / 16)).hex() for k in range(16)])
"""Powers of two."""


class Kind(NamedTuple):
    """What hangs on how long numbers are; added to one, `magic` leaves the next whole one behind.

    `log_2` is ln 2 in two parts, `short_log_2` too, the first part so short that its multiples are
    exact, and `quarter` a quarter of a turn in three. exp is neither infinite nor 0 only within
    `range`, expm1 not -1 within `range_1`; tanh is 1 from `far_tanh` multiples of ln 2 on. The
    library takes arguments of sin and cos beyond `far`. Below `least` there are fewer digits, which
    so many `doublings` bring back; what is below `even` is its own expm1.
    """

    magic: float
    log_2: tuple[float, float]
    short_log_2: tuple[float, float]
    quarter: tuple[float, float, float]
    range: tuple[float, float]
    range_1: tuple[float, float]
    far_tanh: float
    far: float
    least: float
    doublings: float
    even: float
    exp: Sequence[float]
    log: Sequence[float]
    sin: Sequence[float]
    cos: Sequence[float]
    atan: Sequence[float]


KINDS = {
    DOUBLE: Kind(
        MAGIC[DOUBLE],
        (0.6931471805599453, 2.3190468138462996e-17),
        (6.93147180369123816490e-01, 1.90821492927058770002e-10),
        (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33),
        (-746.0, 711.0),
        (-45.0, 710.0),
        30.0,
        1e8,
        2.0**-1022,
        54.0,
        2.0**-54,
        _EXP,
        _LOG,
        SIN,
        COS,
        _ATAN,
    ),
    SHORT: Kind(
        MAGIC[SHORT],
        (0.693147182464599609375, -1.904654323148236e-09),
        (0.693359375, -0.00021219444005469058),
        (1.57079637050628662109375, -4.37113882867379e-08, -1.7151245100058819e-15),
        (-104.0, 90.0),
        (-18.0, 89.0),
        13.0,
        1e5,
        2.0**-126,
        25.0,
        2.0**-25,
        _SHORT_EXP,
        _SHORT_LOG,
        _SHORT_SIN,
        _SHORT_COS,
        _SHORT_ATAN,
    ),
}


def _power_of_2(start: float, whole: Any) -> Any:
    """A power of two times another one, whose exponent is in the last bits of a number."""
    return whole.code.add("scale", (whole.code.constant(start, whole.dtype), whole), whole.dtype)


def _between(x: Any, bounds: tuple[float, float]) -> Any:
    """x, but no further than that: an instruction each on x86, which leave NaN alone."""
    low, high = [x.code.constant(bound, x.dtype) for bound in bounds]
    return _above(x.code.add("smaller", (high, x), x.dtype), low)


def _above(x: Any, low: Any) -> Any:
    return x.code.add("larger", (low, x), x.dtype)


def _reduced(x: Any) -> tuple[Any, Any, Any]:
    """How often ln 2 is in x, as `magic` holds it and by itself, and expm1 of what is left of x."""
    kind = KINDS[x.dtype]
    held = fma(x, 1 / math.log(2), kind.magic)
    whole = held - kind.magic
    rest = fma(whole, -kind.log_2[1], fma(whole, -kind.log_2[0], x))
    return held, whole, fma(rest * rest, in_halves(rest, kind.exp), rest)


def _exp(x: Any, more: float = 0.0) -> Any:
    """exp(x), times two to so `more`."""
    held, whole, above = _reduced(_between(x, KINDS[x.dtype].range))
    if more:
        held, whole = held + more, whole + more
    return x.code.add("scalef", (1.0 + above, whole, held), x.dtype)


def _exp_by_table(x: Any) -> Any:
    """The same where powers of two by sixteenths are at hand, and scaling rounds its power down.

    So much is taken of x in sixteenths of ln 2, whose number is in the last bits of what is held.
    """
    if x.dtype != DOUBLE:
        return _exp(x)
    kind = KINDS[DOUBLE]
    near = _between(x, kind.range)
    held = fma(near, 1 / math.log(2), kind.magic / 16)
    whole = held - kind.magic / 16
    rest = fma(whole, -kind.log_2[1], fma(whole, -kind.log_2[0], near))
    above = fma(rest * rest, in_halves(rest, _NEAR_EXP), rest)
    power = x.code.add("table", (held,), DOUBLE, _SIXTEENTHS)
    return x.code.add("scalef", (fma(power, above, power), whole, held), DOUBLE)


def _cosh(x: Any) -> Any:
    half = _exp(np.abs(x), -1.0)
    return half + 0.25 / half


def _expm1(x: Any) -> Any:
    kind = KINDS[x.dtype]
    held, _, above = _reduced(_between(x, kind.range_1))
    half = _power_of_2(0.5, held)
    return np.where(np.less(np.abs(x), kind.even), x, fma(half, above, half - 0.5) * 2.0)


def _falling(x: Any) -> tuple[Any, Any, Any]:
    """2 exp(-|x|) as its power of two and the rest, expm1(-2 |x|), and one over 2 more than that.

    tanh and sech are products of these: code that needs both shares them.
    """
    kind = KINDS[x.dtype]
    low = x.code.constant(kind.range[0] - 1.0, x.dtype)
    held, whole, above = _reduced(_above(-np.abs(x), low))
    least = x.code.constant(kind.magic - 2.0 * kind.far_tanh, x.dtype)
    power = _power_of_2(1.0, _above(held + whole, least))
    less = fma(power, fma(above, above, 2.0 * above), power - 1.0)
    raised = x.code.add("scalef", (1.0 + above, whole + 1.0, held + 1.0), x.dtype)
    return raised, less, 1.0 / (less + 2.0)


def _tanh(x: Any) -> Any:
    _, less, over = _falling(x)
    return np.copysign(less * over, x)


def _sech(x: Any) -> Any:
    raised, _, over = _falling(x)
    return raised * over


def _logarithm(x: Any, doublings: Any = None, lost: Any = None) -> Any:
    """log(x) of normal numbers, of which so many `doublings` are taken back, and of what is `lost`.

    That is less than a digit of x: of what it is divided by, the first terms of a series do.
    """
    kind = KINDS[x.dtype]
    held = x.code.add("exponent", (x,), x.dtype)
    whole, back = held - kind.magic, 2 * kind.magic - held
    f: Any = x.code.add("scale", (x, back), x.dtype) - 1.0
    s = f / (2.0 + f)
    half = 0.5 * f * f
    square = s * s
    if doublings is not None:
        whole = whole - doublings
    low = whole * kind.short_log_2[1]
    if lost is not None:
        over = x.code.add("scale", (fma(f, f - 1.0, 1.0), back), x.dtype)
        low = low + np.where(np.less(x, 1 / kind.even), lost * over, 0.0).astype(x.dtype)
    low = fma(s, fma(square, in_halves(square, kind.log), half), low)
    return whole * kind.short_log_2[0] - ((half - low) - f)


def _log(x: Any) -> Any:
    kind = KINDS[x.dtype]
    tiny = np.less(x, kind.least)
    near = np.where(tiny, x * 2.0**kind.doublings, x)
    value = _logarithm(near, np.where(tiny, kind.doublings, 0.0).astype(x.dtype))
    beyond = np.where(np.equal(x, 0.0), -math.inf, np.where(np.less(x, 0.0), math.nan, x))
    return np.where(np.greater(x, 0.0) & np.less(x, math.inf), value, beyond)


def _log1p(x: Any) -> Any:
    """log(1 + x), with what the rounding of the sum has lost, which a difference says."""
    raised = 1.0 + x
    value = np.copysign(_logarithm(raised, lost=x - (raised - 1.0)), x)
    beyond = np.where(np.equal(x, -1.0), -math.inf, np.where(np.less(x, -1.0), math.nan, x))
    return np.where(np.greater(x, -1.0) & np.less(x, math.inf), value, beyond)


def _atan(x: Any) -> Any:
    """Of an eighth of a turn to either side of 0, of a half and of a whole quarter."""
    kind = KINDS[x.dtype]
    size = np.abs(x)
    is_low, is_high = np.less(size, _EIGHTH), np.greater(size, 1.0 / _EIGHTH)
    over: Any = np.where(is_low, size, np.where(is_high, -1.0, size - 1.0))
    under = np.where(is_low, 1.0, np.where(is_high, size, size + 1.0))
    t = over / under
    square = t * t
    high, rest = kind.quarter[:2]
    parts = [
        np.where(is_low, 0.0, np.where(is_high, part, 0.5 * part)).astype(x.dtype)
        for part in (high, rest)
    ]
    value = parts[0] + (fma(t * square, in_halves(square, kind.atan), parts[1]) + t)
    return np.copysign(value, x)


def _turning(name: str, quarters: float) -> Callable[[Any], Any]:
    """The sine of an argument that so many quarters of a turn are added to."""

    def form(x: Any) -> Any:
        kind = KINDS[x.dtype]
        held = fma(x, 2 / math.pi, kind.magic)
        whole = held - kind.magic
        rest = x
        for part in kind.quarter:  # the sign of a zero is kept
            rest = fma(whole, -part, rest) if part > 0 else -fma(whole, part, -rest)
        square = rest * rest
        sine = fma(rest * square, in_halves(square, kind.sin), rest)
        near = fma(square, -0.5, 1.0)
        both = np.copysign(sine, rest), fma(square * square, in_halves(square, kind.cos), near)
        quarter = held + quarters if quarters else held
        odd, back = [x.code.add("bit", (quarter,), BOOL, bit) for bit in (0, 1)]
        value = np.where(odd, both[1], both[0])
        value = np.where(back, -value, value)
        fits = np.less_equal(np.abs(x), kind.far)
        return x.code.add("unless", (fits, value, x), x.dtype, name)

    return form


FORMS: dict[str, Callable[[Any], Any]] = {
    "exp": _exp,
    "cosh": _cosh,
    "expm1": _expm1,
    "log": _log,
    "tanh": _tanh,
    "sin": _turning("sin", 0.0),
    "cos": _turning("cos", 1.0),
}
"""By the name of the library's function."""

ELSEWHERE: dict[str, Callable[[Any], Any]] = {"log1p": _log1p, "atan": _atan}
"""Those that are as quick as glibc's, for libraries that have none for vectors."""


class Expanded:
    """Code in which these functions stand written out, for vectors of so many `lanes`.

    `dear` are the instructions that end what a call has become. Those for a region may look into
    a table, which is quicker to run and takes longer to compile.
    """

    def __init__(self, code: Code, lanes: int, *, by_table: bool = False) -> None:
        self.code = Code()
        self._lanes = lanes
        self.dear: set[int] = set()
        self._places: Sequence[int]
        forms = FORMS if lanes > 1 and fuses() else {}
        if not (forms and any(x.op == "call" for x in code.instructions)):
            self.code = code
            self.dear = {i for i, x in enumerate(code.instructions) if x.op == "call"}
            self._places = range(len(code))
            return
        if by_table and is_longest():
            forms = {**forms, "exp": _exp_by_table}
        places: list[int] = []
        self._places = places
        for op, sources, dtype, data in code.instructions:
            form = self._form(forms, data, dtype) if op == "call" else None
            operands = tuple([places[i] for i in sources])
            if op == "fdiv" and (cosh := _one_over_cosh(code, sources)):
                form, operands = _sech, (places[cosh[0]],)
            if form is None:
                places.append(self.code.place(Instruction(op, operands, dtype, data)))
            else:
                places.append(self.code.include(_traced(form, dtype), operands)[-1])
            if op == "call" or form is not None:
                self.dear.add(places[-1])

    def _form(self, forms: Mapping[str, Any], name: str, dtype: np.dtype[Any]) -> Any:
        """What is to stand in place of a call; None if that is to stay."""
        if name in ELSEWHERE and symbol(name, dtype, 1, self._lanes)[1] == 1:
            return ELSEWHERE[name]
        return forms.get(name)

    def of(self, x: Scalar) -> Scalar:
        """A scalar of the code as it was, here."""
        return self._at(x.index, x.dtype)

    def place(self, index: int) -> int:
        """Where an instruction of the code as it was is here."""
        return self._places[index]

    def _at(self, index: int, dtype: np.dtype[Any]) -> Scalar:
        return Scalar(self.code, self._places[index], dtype)


def _one_over_cosh(code: Code, sources: Sequence[int]) -> Sequence[int]:
    """What that is of, where a quotient is 1/cosh, which needs no cosh."""
    one, cosh = [code.instructions[i] for i in sources]
    is_one = one.op == "constant" and one.data == _ONE
    return cosh.sources if is_one and cosh.op == "call" and cosh.data == "cosh" else ()


@cache
def _traced(form: Callable[[Any], Any], dtype: np.dtype[Any]) -> Code:
    """The code of a form, whose last instruction gives its result."""
    code = Code()
    result = form(code.operand(0, dtype))
    assert result.index == len(code) - 1, form
    return code
