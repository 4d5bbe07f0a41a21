"""Kernels as scalar code: what a kernel does to each element, as instructions of a machine.

The scalar form of an elementwise record is its NumPy kernel, run once over `Scalar`s, which note
down what is done to them in place of doing it. So there is one statement of what a record
computes. A record whose kernel does more than NumPy's functions of elements states a `form`
beside it, by the same functions and by `call`; where that is missing too there is no scalar form.

The machine knows arithmetic, comparisons, truth values, `select`, sqrt, floor, ceil, trunc, rint,
fabs, copysign, fma, signbit, casts, and calls of the C library's functions by name; and it folds
the elements of a row to one value that all of them see, by `add`, `max` or `min`, or scans them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.record import Op

BOOL = np.dtype(np.bool_)
DOUBLE = np.dtype(np.float64)
SHORT = np.dtype(np.float32)
_NUMBERS = frozenset({DOUBLE, SHORT})


class Instruction(NamedTuple):
    """What is done to the results of earlier instructions.

    `data` is an operand's number, a constant in hexadecimal, the name of what is called, or how
    is folded.
    """

    op: str
    sources: tuple[int, ...]
    dtype: np.dtype[Any]
    data: Any = None


class Code:
    """Instructions in their order; what is done twice stands there once."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self._places: dict[Instruction, int] = {}

    def __len__(self) -> int:
        return len(self.instructions)

    def add(
        self, op: str, sources: Sequence[Scalar], dtype: np.dtype[Any], data: Any = None
    ) -> Scalar:
        """The result of an instruction, that of an equal one if there is one."""
        instruction = Instruction(op, tuple([x.index for x in sources]), dtype, data)
        return Scalar(self, self.place(instruction), dtype)

    def place(self, instruction: Instruction) -> int:
        """Where an instruction stands, from now on if it is new."""
        index = self._places.setdefault(instruction, len(self.instructions))
        if index == len(self.instructions):
            self.instructions.append(instruction)
        return index

    def include(self, other: Code, operands: Sequence[int]) -> list[int]:
        """Puts other code here, whose operands are these instructions; where each of it stands."""
        places: list[int] = []
        place, make = self.place, Instruction._make
        for op, sources, dtype, data in other.instructions:
            if op == "operand":
                places.append(operands[data])
            else:
                places.append(place(make((op, tuple([places[i] for i in sources]), dtype, data))))
        return places

    def operand(self, number: int, dtype: np.dtype[Any]) -> Scalar:
        """An element of an operand, which has a number."""
        return self.add("operand", (), dtype, number)

    def constant(self, value: Any, dtype: np.dtype[Any]) -> Scalar:
        """A number, or a truth value."""
        number = value if type(value) is float and dtype is DOUBLE else float(dtype.type(value))
        return self.add("constant", (), dtype, number.hex())

    def traced(
        self, op: Op, operands: Sequence[Any], attrs: Sequence[Any], dtype: Any, form: Any = None
    ) -> Scalar:
        """The result of a record's form, or of another, over scalars and numbers.

        A TypeError if it has none.
        """
        form = form or op.form or op.kernel
        result = call(form, *operands) if isinstance(form, str) else form(*operands, *attrs)
        if not isinstance(result, Scalar):
            raise TypeError(f"{op.name} has no scalar form")
        return result.astype(dtype)


def _operator(op: str, ufunc: np.ufunc) -> Callable[[Scalar, Any], Any]:
    """An operator of two numbers; NumPy sorts out all others, which takes long."""

    def noted(x: Scalar, y: Any) -> Any:
        if type(y) is float and x.dtype is DOUBLE:
            y = x.code.constant(y, DOUBLE)
        if type(y) is Scalar and y.dtype is x.dtype is not BOOL:
            return x.code.add(op, (x, y), x.dtype)
        return ufunc(x, y)

    return noted


class Scalar(np.lib.mixins.NDArrayOperatorsMixin):
    """One element of an array, as far as kernels are concerned, which ask it for no value."""

    __slots__ = ("code", "dtype", "index")
    ndim = 1

    def __init__(self, code: Code, index: int, dtype: np.dtype[Any]) -> None:
        self.code = code
        self.index = index
        self.dtype = dtype

    __add__ = _operator("fadd", np.add)
    __sub__ = _operator("fsub", np.subtract)
    __mul__ = _operator("fmul", np.multiply)
    __truediv__ = _operator("fdiv", np.divide)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        """The instructions for a function of NumPy."""
        if method == "reduce":
            return _folded(self, ufunc, **more)
        lowered = _LOWERED.get(ufunc)
        if lowered is None or method != "__call__" or more:
            return NotImplemented
        return lowered(self.code, *inputs)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        """The instructions for one of NumPy's functions that are written in Python."""
        lowered = _FUNCTIONS.get(function)
        return NotImplemented if lowered is None or kwargs else lowered(self.code, *args)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a scalar of code is no array")

    def __bool__(self) -> bool:
        raise TypeError("a scalar of code has no value")

    def any(self) -> bool:
        """Whether a mask holds somewhere, which must be reckoned with."""
        return True

    def astype(self, dtype: Any, copy: bool = True) -> Scalar:  # noqa: ARG002 - NumPy's
        """The element as another type."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype:
            return self
        if dtype not in _NUMBERS:
            raise TypeError(f"the machine has no numbers of type {dtype}")
        return self.code.add("cast", (self,), dtype)


def call(name: str, *operands: Scalar) -> Scalar:
    """A function of the C library, of numbers of one type."""
    return operands[0].code.add("call", operands, operands[0].dtype, name)


def scan(how: str, *operands: Scalar, reverse: bool = False) -> Scalar:
    """What is met in a row up to an element, or from its end: by "add", "mul" or "recur".

    The last takes factors and terms: each result is a term more than a factor times the one before.
    Reversed, that factor is the one of the result before.
    """
    x = operands[0]
    return x.code.add("scan", _common(x.code, operands)[0], x.dtype, (how, reverse))


def fma(x: Scalar, y: Any, z: Any) -> Scalar:
    """x y + z, rounded once."""
    return x.code.add("fma", _common(x.code, (x, y, z))[0], x.dtype)


def polynomial(x: Any, coefficients: Sequence[float]) -> Any:
    """That polynomial, the constant first, by Horner's rule."""
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = fma(x, total, coefficient)
    return total


def in_halves(x: Any, coefficients: Sequence[float]) -> Any:
    """The same in two halves, of which neither waits for the other."""
    square = x * x
    even, odd = polynomial(square, coefficients[::2]), polynomial(square, coefficients[1::2])
    return fma(x, odd, even)


# --- operands of one type -------------------------------------------------------------------------

_ALONE = frozenset({Scalar})
_WEAK = frozenset({Scalar, float})
"""What of itself has one type with scalars of a type: Python's numbers take that of others."""


def _type(operands: Sequence[Any]) -> np.dtype[Any]:
    """The type in which NumPy computes with operands; a TypeError if the machine has none such."""
    types = {x.dtype for x in operands if type(x) is Scalar}
    if len(types) == 1:
        (dtype,) = types
        kinds = _WEAK if dtype in _NUMBERS else _ALONE
        if all(type(x) in kinds for x in operands):
            return dtype
    dtype = np.result_type(*[x.dtype if isinstance(x, Scalar) else x for x in operands])
    if dtype not in _NUMBERS and dtype != BOOL:
        raise TypeError(f"the machine has no numbers of type {dtype}")
    return dtype


def _common(code: Code, operands: Sequence[Any]) -> tuple[list[Scalar], np.dtype[Any]]:
    """Operands as scalars of one type, and that type."""
    dtype = _type(operands)
    return [_lifted(code, x, dtype) for x in operands], dtype


def _lifted(code: Code, x: Any, dtype: np.dtype[Any]) -> Scalar:
    if type(x) is Scalar:
        return x if x.dtype is dtype else x.astype(dtype)
    if type(x) is not float and np.ndim(x):
        raise TypeError("an array is no operand of scalar code")
    return code.constant(x, dtype)


def _on_numbers(op: str) -> Callable[..., Scalar]:
    """An instruction of numbers that gives a number."""

    def lowered(code: Code, *operands: Any) -> Scalar:
        scalars, dtype = _common(code, operands)
        if dtype == BOOL:
            raise TypeError("truth values are no numbers of the machine")
        return code.add(op, scalars, dtype)

    return lowered


def _calling(name: str) -> Callable[..., Scalar]:
    """The call of a function of the C library."""

    def lowered(code: Code, *operands: Any) -> Scalar:
        scalars, dtype = _common(code, operands)
        return code.add("call", scalars, dtype, name)

    return lowered


def _comparing(op: str) -> Callable[..., Scalar]:
    """An instruction of numbers that gives a truth value."""

    def lowered(code: Code, *operands: Any) -> Scalar:
        scalars, dtype = _common(code, operands)
        if dtype == BOOL:
            scalars = [x.astype(DOUBLE) for x in scalars]
        return code.add(op, scalars, BOOL)

    return lowered


def _on_truths(op: str) -> Callable[..., Scalar]:
    """An instruction of truth values."""

    def lowered(code: Code, *operands: Any) -> Scalar:
        if _type(operands) != BOOL:
            raise TypeError("numbers are no truth values of the machine")
        return code.add(op, _common(code, operands)[0], BOOL)

    return lowered


def _either(of_numbers: str, of_truths: str) -> Callable[..., Scalar]:
    """An instruction of numbers, another one where all operands are truth values."""
    ways = {True: _on_truths(of_truths), False: _on_numbers(of_numbers)}
    return lambda code, *operands: ways[_type(operands) == BOOL](code, *operands)


# --- functions that are made of several instructions ----------------------------------------------


def _where(code: Code, mask: Any, x: Any, y: Any) -> Scalar:
    scalars, dtype = _common(code, (x, y))
    return code.add("select", [_lifted(code, mask, BOOL), *scalars], dtype)


def _sign(code: Code, x: Scalar) -> Scalar:
    below = _where(code, x < 0, -1.0, _where(code, x == 0, 0.0, x))
    return _where(code, x > 0, 1.0, below).astype(x.dtype)


def _maximum(code: Code, x: Any, y: Any) -> Scalar:
    """The second operand where they are equal, as of NumPy; NaN where one of them is."""
    return _where(code, np.greater(x, y) | np.isnan(x), x, y)


def _minimum(code: Code, x: Any, y: Any) -> Scalar:
    return _where(code, np.less(x, y) | np.isnan(x), x, y)


_POWERS: dict[float | None, Callable[[Any], Any]] = {
    -1.0: np.reciprocal,
    0.5: np.sqrt,
    1.0: np.positive,
    2.0: np.square,
}
"""Exponents that NumPy computes by another function if they are one number."""


def _power(code: Code, x: Any, y: Any) -> Any:
    """The sign apart: libraries raise negative numbers one by one, and others many at once."""
    known = None if isinstance(y, Scalar) else float(y)
    scalars, dtype = _common(code, (x, y))
    base, exponent = scalars
    if known in _POWERS:
        return _POWERS[known](base)
    above: Any = np.abs(base)
    size: Any = code.add("call", [above, exponent], dtype, "pow")
    if known is not None and known.is_integer():
        return np.copysign(size, base) if known % 2 else size
    is_real = np.greater_equal(base, 0.0) | np.isinf(base)
    if known is not None:
        return _where(code, is_real, size, math.nan)
    is_whole: Any = np.equal(np.floor(exponent), exponent)
    half = exponent * 0.5
    is_odd = is_whole & np.not_equal(np.floor(half), half)
    signed = _where(code, is_odd, np.copysign(size, base), size)
    return _where(code, is_real | is_whole, signed, math.nan)


def _summed_exponentials(log2_of_2: float, scale: float, exp: Any) -> Callable[..., Scalar]:
    """The logarithm of the sum of two exponentials, as NumPy computes it."""

    def lowered(code: Code, x: Any, y: Any) -> Scalar:
        gap = np.subtract(x, y)
        more = np.log1p(exp(-np.abs(gap)))
        more = more if scale == 1.0 else scale * more
        sums = _where(code, gap > 0, np.add(x, more), _where(code, gap <= 0, np.add(y, more), gap))
        return _where(code, np.equal(x, y), np.add(x, log2_of_2), sums)

    return lowered


def _fmax(code: Code, x: Any, y: Any) -> Scalar:
    return _where(code, np.greater(x, y) | np.isnan(y), x, y)


def _fmin(code: Code, x: Any, y: Any) -> Scalar:
    return _where(code, np.less(x, y) | np.isnan(y), x, y)


def _remainder(code: Code, x: Any, y: Any) -> Scalar:
    """With the sign of y, as of NumPy."""
    scalars, dtype = _common(code, (x, y))
    rest = code.add("frem", scalars, dtype)
    turned = _where(code, (rest < 0) ^ np.less(y, 0), rest + y, rest)
    return _where(code, rest == 0, np.copysign(0.0, scalars[1]), turned).astype(dtype)


def _whole_quotient(code: Code, x: Any, y: Any) -> Scalar:
    """x / y rounded down, as of NumPy: by the remainder, which is exact."""
    scalars, dtype = _common(code, (x, y))
    rest = code.add("frem", scalars, dtype)
    a, b = scalars
    ratio = a / b
    raw = (a - rest) / b
    raw = _where(code, (rest != 0) & ((rest < 0) ^ (b < 0)), raw - 1, raw)
    down = np.floor(raw)
    near = _where(code, raw - down > 0.5, down + 1, down)
    whole = _where(code, raw == 0, np.copysign(0.0, ratio), near)
    return _where(code, b == 0, ratio, whole).astype(dtype)


_FOLDS: dict[Any, tuple[str, float]] = {
    np.add: ("add", 0.0),
    np.maximum: ("max", -math.inf),
    np.minimum: ("min", math.inf),
}
"""NumPy's functions that fold a row, and what a row of nothing comes to."""


def _folded(x: Scalar, ufunc: np.ufunc, *, initial: Any = None, **_: Any) -> Any:
    """The fold of a row, over whatever axes it lies; truth values are counted."""
    kind, nothing = _FOLDS.get(ufunc, ("", 0.0))
    if not kind or initial not in (None, nothing):
        return NotImplemented
    number = x.astype(DOUBLE) if x.dtype == BOOL else x
    return x.code.add("fold", (number,), number.dtype, kind)


def _is_infinite(sign: float) -> Callable[..., Scalar]:
    return lambda code, x: np.equal(x, sign * math.inf)


_LOWERED: dict[np.ufunc, Callable[..., Any]] = {
    np.add: _either("fadd", "or"),
    np.subtract: _on_numbers("fsub"),
    np.multiply: _either("fmul", "and"),
    np.divide: _on_numbers("fdiv"),
    np.negative: _on_numbers("fneg"),
    np.sqrt: _on_numbers("sqrt"),
    np.floor: _on_numbers("floor"),
    np.ceil: _on_numbers("ceil"),
    np.trunc: _on_numbers("trunc"),
    np.rint: _on_numbers("rint"),
    np.absolute: _on_numbers("fabs"),
    np.copysign: _on_numbers("copysign"),
    np.less: _comparing("olt"),
    np.less_equal: _comparing("ole"),
    np.greater: _comparing("ogt"),
    np.greater_equal: _comparing("oge"),
    np.equal: _comparing("oeq"),
    np.not_equal: _comparing("une"),
    np.isnan: lambda code, x: np.not_equal(x, x),
    np.isinf: lambda code, x: np.equal(np.abs(x), math.inf),
    np.isfinite: lambda code, x: np.less(np.abs(x), math.inf),
    np.signbit: _comparing("signbit"),
    np.logical_and: _on_truths("and"),
    np.logical_or: _on_truths("or"),
    np.logical_xor: _on_truths("xor"),
    np.logical_not: _on_truths("not"),
    np.bitwise_and: _on_truths("and"),
    np.bitwise_or: _on_truths("or"),
    np.bitwise_xor: _on_truths("xor"),
    np.invert: _on_truths("not"),
    np.positive: lambda code, x: x,
    np.square: lambda code, x: x * x,
    np.reciprocal: lambda code, x: 1 / x,
    np.sign: _sign,
    np.maximum: _maximum,
    np.minimum: _minimum,
    np.fmax: _fmax,
    np.fmin: _fmin,
    np.fmod: _on_numbers("frem"),
    np.remainder: _remainder,
    np.floor_divide: _whole_quotient,
    np.power: _power,
    np.logaddexp: _summed_exponentials(math.log(2.0), 1.0, np.exp),
    np.logaddexp2: _summed_exponentials(1.0, 1 / math.log(2.0), np.exp2),
    **{
        ufunc: _calling(name)
        for name, ufunc in {
            "exp": np.exp,
            "exp2": np.exp2,
            "expm1": np.expm1,
            "log": np.log,
            "log2": np.log2,
            "log10": np.log10,
            "log1p": np.log1p,
            "cbrt": np.cbrt,
            "sin": np.sin,
            "cos": np.cos,
            "tan": np.tan,
            "asin": np.arcsin,
            "acos": np.arccos,
            "atan": np.arctan,
            "sinh": np.sinh,
            "cosh": np.cosh,
            "tanh": np.tanh,
            "asinh": np.arcsinh,
            "acosh": np.arccosh,
            "atanh": np.arctanh,
            "atan2": np.arctan2,
            "hypot": np.hypot,
        }.items()
    },
}
"""NumPy's functions of elements as instructions."""

_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.clip: lambda code, x, low, high: np.minimum(np.maximum(x, low), high),
    np.isposinf: _is_infinite(1.0),
    np.isneginf: _is_infinite(-1.0),
    np.reshape: lambda code, x, shape: x,
    np.broadcast_to: lambda code, x, shape: x,
    np.squeeze: lambda code, x, axes: x,
    np.result_type: lambda code, *operands: _type(operands),
    np.zeros_like: lambda code, x: code.constant(0.0, x.dtype),
    np.ones_like: lambda code, x: code.constant(1.0, x.dtype),
}
"""What NumPy writes in Python, as instructions."""
