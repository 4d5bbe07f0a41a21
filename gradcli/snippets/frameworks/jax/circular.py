"""Sine, cosine, tangent and their inverses in single precision, as a processor's XLA has them.

They are those of the C library (glibc), to the last digit. In short loops, which XLA writes out,
the arc tangent is a quotient of polynomials of XLA's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import integrals, trigonometry
from gradcli.snippets.arrays.nearest import rounded_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

SINGLE = np.float32


def polynomial(x: Any, coefficients: Sequence[Any], add: Callable[[Any, Any, Any], Any]) -> Any:
    """A polynomial by Horner's rule, the highest power first; `add` gives total * x + c."""
    total = coefficients[0]
    for c in coefficients[1:]:
        total = add(total, x, c)
    return total


def by_steps(total: Any, x: Any, c: Any) -> Any:
    """total * x + c, each rounded."""
    return total * x + c


def numbers(words: str) -> list[Any]:
    """Numbers in single precision by their bits."""
    return [*np.array([int(w, 16) for w in words.split()], np.uint32).view(SINGLE)]


def bits(x: Numbers, mask: int) -> Any:
    """Numbers of which only the bits of a mask are left."""
    return (np.asarray(x).view(np.int32) & np.int32(mask)).view(SINGLE)


# --- sine and cosine, which are computed in double precision --------------------------------------

HALF_TURNS, FAR = float.fromhex("0x1.921FB54442D18p0"), 120.0
PER_HALF_TURN = float.fromhex("0x1.45F306DC9C883p-1")
SINE = [float.fromhex(c) for c in ("-0x1.994eb3774cf24p-13", "0x1.1107605230bc4p-7")]
SINE_CUBE = float.fromhex("-0x1.555545995a603p-3")
COSINE = [float.fromhex(c) for c in ("0x1.99343027bf8c3p-16", "-0x1.6c087e89a359dp-10")]
COSINE_SQUARE = float.fromhex("-0x1.ffffffd0c621cp-2")
COSINE_FOURTH = float.fromhex("0x1.55553e1068f19p-5")


def _sine(x: Any, square: Any) -> Any:
    cube = x * square
    return (x + cube * SINE_CUBE) + cube * square * (SINE[1] + square * SINE[0])


def _cosine(square: Any) -> Any:
    fourth = square * square
    near = 1.0 + square * COSINE_SQUARE + fourth * COSINE_FOURTH
    return near + fourth * square * (COSINE[1] + square * COSINE[0])


def _turned(x: Numbers, quarters: int, exact: Callable[[Any], Any]) -> Numbers:
    """The sine of x and so many quarters of a turn; far from zero it is the `exact` function."""
    whole = np.asarray(x, float)
    near = np.where(abs(whole) < FAR, whole, 0.0)
    count = np.where(abs(near) < np.pi / 4, 0.0, np.floor(near * PER_HALF_TURN + 0.5))
    rest = near - count * HALF_TURNS
    turn = count.astype(np.int64) + quarters
    square = rest * rest
    made = np.where(turn & 1, _cosine(square), _sine(rest, square))
    made = np.where(turn & 2, -made, made)
    single: Numbers = np.where(abs(whole) < FAR, made, exact(whole)).astype(SINGLE)
    return single


def sin(x: Numbers) -> Numbers:
    """The sine."""
    return _turned(x, 0, np.sin)


def cos(x: Numbers) -> Numbers:
    """The cosine."""
    return _turned(x, 1, np.cos)


# --- the tangent ----------------------------------------------------------------------------------

TANGENT = numbers(
    "3eaaaaab 3e088889 3d5d0dd1 3cb327a4 3c11371f 3b6b6916 3abede48 3a1a26c8 398137b9 38a3f445 "
    "3895c07a b79bae5f 37d95384"
)
QUARTER, QUARTER_REST, STEEP = numbers("3f490fda 33222168 3f2ca140")
HALF, HALF_REST, PER_HALF = numbers("3fc90f80 37354443 3f22f984")
SHORT, TRUNCATED = 20.0, -0x1000


def tan(x: Numbers) -> Numbers:
    """The tangent."""
    size = abs(x)
    within = np.where(size < SINGLE(SHORT), size, SINGLE(0))
    is_small = within <= QUARTER
    count = np.where(is_small, SINGLE(0), np.trunc(within * PER_HALF + SINGLE(0.5)))
    part, less = within - count * HALF, count * HALF_REST
    rest = part - less
    behind = (part - rest) - less
    made = _tangent(rest, behind, np.where(count % 2, SINGLE(-1), SINGLE(1)))
    made = np.where(size < SINGLE(SHORT), made, np.tan(np.asarray(size, float)).astype(SINGLE))
    return np.copysign(SINGLE(1), x) * made


def _tangent(x: Any, behind: Any, sign: Any) -> Any:
    """The tangent of the sum of both within an eighth of a turn, or minus one over that."""
    is_steep, side = abs(x) >= STEEP, np.copysign(SINGLE(1), x)
    x, behind = x * np.where(is_steep, side, 1), behind * np.where(is_steep, side, 1)
    turned = (QUARTER - x) + (QUARTER_REST - behind)
    x, behind = np.where(is_steep, turned, x), np.where(is_steep, SINGLE(0), behind)
    square = x * x
    fourth, cube = square * square, square * x
    odd = polynomial(fourth, TANGENT[11::-2], by_steps)
    even = square * polynomial(fourth, TANGENT[12:0:-2], by_steps)
    rest = behind + square * (cube * (odd + even) + behind)
    rest = rest + TANGENT[0] * cube
    whole = x + rest
    high = bits(whole, TRUNCATED)
    low = rest - (high - x)
    inverse = SINGLE(-1) / whole
    cut = bits(inverse, TRUNCATED)
    over = cut + inverse * ((SINGLE(1) + cut * high) + cut * low)
    steep = side * (sign - SINGLE(2) * (x - (whole * whole / (whole + sign) - rest)))
    return np.where(is_steep, steep, np.where(sign > 0, whole, over))


# --- the arc tangent ------------------------------------------------------------------------------

ENDS = numbers("3ee00000 3f300000 3f980000 401c0000")
HIGH = numbers("00000000 3eed6338 3f490fda 3f7b985e 3fc90fda")
LOW = numbers("00000000 31ac3769 33222168 33140fb4 33a22168")
ANGLE = numbers(
    "3eaaaaab be4ccccd 3e124925 bde38e38 3dba2e6e bd9d8795 3d886b35 bd6ef16b 3d4bda59 bd15a221 "
    "3c8569d7"
)
PI, PI_REST = numbers("40490fdb b3bbbd2e")
ABOVE, BELOW = numbers("3DE56E67 3F3ACBA0 3F4F9D60"), numbers("3C2557B4 3E90FDB4 3F800000 3F4F9D60")


def _library_atan(x: Any) -> Any:
    """The C library's arc tangent of what is not negative."""
    which = np.searchsorted(np.array(ENDS, SINGLE), x, side="right")
    one, half = SINGLE(1), SINGLE(1.5)
    above = [x, SINGLE(2) * x - one, x - one, x - half, np.full_like(x, -1)]
    below = [np.ones_like(x), SINGLE(2) + x, x + one, one + half * x, x]
    part = np.choose(which, above) / np.choose(which, below)
    square = part * part
    fourth = square * square
    total = square * polynomial(fourth, ANGLE[10::-2], by_steps) + fourth * polynomial(
        fourth, ANGLE[9::-2], by_steps
    )
    high, low = np.choose(which, HIGH), np.choose(which, LOW)
    return np.where(which == 0, part - part * total, high - ((part * total - low) - part))


def atan2(y: Numbers, x: Numbers) -> Numbers:
    """The angle of a point."""
    whole = _library_atan(np.where(x == 0, SINGLE(np.inf), abs(y / x)))
    behind = np.where(np.signbit(x), PI - (whole - PI_REST), whole)
    return np.copysign(behind, y)


def _own_atan(x: Any) -> Any:
    """XLA's own arc tangent."""
    size = abs(x)
    within = np.where(size > 1, SINGLE(1) / size, size)
    square = within * within
    quotient = polynomial(square, ABOVE, rounded_once) / polynomial(square, BELOW, rounded_once)
    angle = within * quotient
    made = np.copysign(np.where(size > 1, SINGLE(np.pi / 2) - angle, angle), x)
    return np.where(size < SINGLE(1e-3), x, made)


WRITTEN_OUT, AT_ONCE = 50, 4
"""Elements from which a loop stays one, and those that it goes over at once."""


def atan(x: Numbers) -> Numbers:
    """The arc tangent: the C library's for one, and where a loop goes over several at once."""
    last = x.shape[-1] if x.ndim else 1
    is_whole = x.size <= 1 if x.ndim < 2 else not last % AT_ONCE
    if is_whole:
        return atan2(x, np.ones_like(x))
    if x.ndim > 1 or last < WRITTEN_OUT:
        return np.asarray(_own_atan(x))
    cut = last // AT_ONCE * AT_ONCE
    return np.concatenate([atan2(x[:cut], np.ones_like(x[:cut])), _own_atan(x[cut:])])


def asin(x: Numbers) -> Numbers:
    """The arc sine."""
    one = SINGLE(1)
    return SINGLE(2) * atan2(x, np.sqrt((one - x) * (x + one)) + one)


def acos(x: Numbers) -> Numbers:
    """The arc cosine."""
    one = SINGLE(1)
    return atan2(np.sqrt((one - x) * (x + one)), x)


def sinc(x: Numbers) -> Numbers:
    """sin(pi x) / (pi x)."""
    angle = np.where(x == 0, SINGLE(1), x * SINGLE(np.pi))
    return np.where(x == 0, SINGLE(1), sin(angle) / angle)


CIRCULAR: dict[Any, Callable[..., Numbers]] = {
    trigonometry.sin.op: sin,
    trigonometry.cos.op: cos,
    trigonometry.tan.op: tan,
    trigonometry.atan.op: atan,
    trigonometry.asin.op: asin,
    trigonometry.acos.op: acos,
    trigonometry.atan2.op: atan2,
    integrals.sinc.op: sinc,
}
"""For each operation, its kernel."""
