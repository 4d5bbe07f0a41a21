"""Signals: convolution and correlation, cosine transforms, windows."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.batching import leading
from gradcli.ir.function import function
from gradcli.ir.op import Multilinear, Structural, as_number
from gradcli.ir.shapes import broadcast_shapes, show_shape
from gradcli.ops.axes import moveaxis
from gradcli.ops.matmul import matmul, turned
from gradcli.ops.powers import hypot
from gradcli.ops.products import moved_last
from gradcli.ops.shape import concat, flip, index, sum_to
from gradcli.ops.tiling import pad, padded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.function import Array, Flag, Function, Int, Ints, Number, Text, Value
    from gradcli.ir.node import Node

# --- convolution --------------------------------------------------------------------------------


LONG = 100_000_000
"""Products from which a convolution goes by Fourier transforms; they take a tenth of a second."""


def _convolved(x: Any, y: Any, mode: Any) -> Any:
    """The convolution of vectors; a transform would spread what is not finite over all of it."""
    if x.size * y.size < LONG or not (np.isfinite(x).all() and np.isfinite(y).all()):
        return np.convolve(x, y, mode)
    from scipy.signal import fftconvolve as kernel

    return kernel(x, y, mode)


def _each(x: Any, y: Any, nd: int, mode: Any) -> Any:
    """The convolution on the last `nd` axes; those before broadcast."""
    lead = np.broadcast_shapes(x.shape[:-nd], y.shape[:-nd])
    if not lead and nd == 1:
        return _convolved(x, y, mode)
    if not lead:
        from scipy.signal import convolve as kernel

        return kernel(x, y, mode)
    left, right = (np.broadcast_to(a, (*lead, *a.shape[-nd:])) for a in (x, y))
    parts = [_each(left[i], right[i], nd, mode) for i in np.ndindex(lead)]
    return np.reshape(parts, (*lead, *parts[0].shape)) if parts else np.empty(lead)


def _lengths(shapes: Sequence[Any], nd: int, sign: int) -> Any:
    a, b = shapes
    ends = (m + sign * (n - 1) for m, n in zip(a[-nd:], b[-nd:], strict=True))
    return (*broadcast_shapes(a[:-nd], b[:-nd]), *ends)


def _turned_round(x: Node, nd: int) -> Node:
    return flip(x, tuple(range(-nd, 0)))


def _full_adjoint(inputs: tuple[Node, ...], attrs: Any, g: Node, i: int) -> Node:
    (nd,) = attrs
    other = _turned_round(inputs[1 - i], nd)
    return sum_to(VALID(g, other, attrs=attrs), inputs[i].shape)


def _valid_adjoint(inputs: tuple[Node, ...], attrs: Any, g: Node, i: int) -> Node:
    (nd,) = attrs
    x, y = inputs
    if i == 0:
        return sum_to(FULL(g, _turned_round(y, nd), attrs=attrs), x.shape)
    return sum_to(_turned_round(VALID(x, _turned_round(g, nd), attrs=attrs), nd), y.shape)


FULL = Multilinear(
    "convolve",
    lambda x, y, nd: _each(x, y, nd, "full"),
    lambda shapes, nd: _lengths(shapes, nd, 1),
    _full_adjoint,
    batch=leading,
)
VALID = Multilinear(
    "convolve_valid",
    lambda x, y, nd: _each(x, y, nd, "valid"),
    lambda shapes, nd: _lengths(shapes, nd, -1),
    _valid_adjoint,
    batch=leading,
)
"""The convolution where the second input, which is no longer, lies wholly in the first."""


def _by_mode(x: Node, y: Node, mode: str, same_as: tuple[int, ...]) -> Node:
    attrs = (x.ndim,)
    if mode == "full":
        return FULL(x, y, attrs=attrs)
    if mode == "valid":
        for a, b in ((x, y), (y, x)):
            if all(m >= n for m, n in zip(a.shape, b.shape, strict=True)):
                return VALID(a, b, attrs=attrs)
        raise ShapeError("one array must be the longer on all axes for the mode 'valid'")
    if mode == "same":
        whole = FULL(x, y, attrs=attrs)
        starts = ((n - k) // 2 for n, k in zip(whole.shape, same_as, strict=True))
        return index(whole, *(slice(a, a + k) for a, k in zip(starts, same_as, strict=True)))
    raise ProgramTypeError(f"there is no mode {mode!r}", help='"full", "same" or "valid"')


def _checked(x: Node, y: Node, name: str) -> tuple[Node, Node]:
    if x.ndim != y.ndim or x.ndim == 0 or not (x.size and y.size):
        raise ShapeError(
            f"{name} takes two arrays with as many axes, not the shapes {show_shape(x.shape)} "
            f"and {show_shape(y.shape)}"
        )
    return as_number(x), as_number(y)


def _same_shape(x: Node, y: Node, first: bool) -> tuple[int, ...]:
    """NumPy's mode "same" has the longer one's length, SciPy's the first one's."""
    if first or x.ndim > 1:
        return x.shape
    return (max(x.size, y.size),)


@function(
    example="convolve([1, 2, 3], [1, 1])",
    variants={"np.signal": {"first": True}},
    signatures="scipy.signal.convolve(in1: x, in2: y, mode='full', method='auto'); first=True",
)
def convolve(x: Array, y: Array, mode: Text = "full", *, first: Flag = False) -> Node:
    """The sums of products of x with y turned round, at each shift; modes full, same, valid."""
    x, y = _checked(x, y, "convolve")
    return _by_mode(x, y, mode, _same_shape(x, y, first))


@function(
    example="fftconvolve([1, 2, 3], [1, 1])",
    signatures="scipy.signal.fftconvolve(in1: x, in2: y, mode='full', axes=None)",
)
def fftconvolve(x: Array, y: Array, mode: Text = "full") -> Node:
    """The convolution, as scipy.signal.fftconvolve."""
    x, y = _checked(x, y, "fftconvolve")
    return _by_mode(x, y, mode, x.shape)


@function(
    example="correlate([1, 2, 3], [1, 1])",
    variants={"np.signal": {"mode": "full", "first": True}},
    signatures="scipy.signal.correlate(in1: x, in2: y, mode='full', method='auto'); first=True",
)
def correlate(x: Array, y: Array, mode: Text = "valid", *, first: Flag = False) -> Node:
    """The sums of products of x and y at each shift; modes full, same, valid."""
    x, y = _checked(x, y, "correlate")
    nd = x.ndim
    if mode == "valid" and y.size > x.size:
        return _turned_round(_by_mode(y, _turned_round(x, nd), "valid", y.shape), nd)
    return _by_mode(x, _turned_round(y, nd), mode, _same_shape(x, y, first))


_BOUNDARIES = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}
"""How SciPy names what is beyond the edges of a matrix, and how `pad` does."""


def _on_planes(
    x: Node, y: Node, mode: str, boundary: str, fill: Node | None, later: int = 0
) -> Node:
    """The convolution of two matrices, the first of which goes on beyond its edges in some way.

    With `later` an even length has its middle one element later.
    """
    if x.ndim != 2 or boundary not in _BOUNDARIES:
        raise ProgramTypeError(
            'convolve2d takes matrices, with the boundary "fill", "wrap" or "symm"'
        )
    if mode not in ("full", "same"):
        return _by_mode(x, y, mode, x.shape)
    whole = VALID(_with_edges(x, y.shape, boundary, fill), y, attrs=(2,))
    if mode == "full":
        return whole
    starts = ((n - 1 + later) // 2 for n in y.shape)
    return index(whole, *(slice(a, a + k) for a, k in zip(starts, x.shape, strict=True)))


def _with_edges(x: Node, sizes: Sequence[int], boundary: str, fill: Node | None) -> Node:
    """A matrix and as much around it as a window of those sizes reaches."""
    widths = tuple((n - 1, n - 1) for n in sizes)
    if fill is not None and boundary == "fill":
        return padded(x, widths, fill)
    return pad(x, widths, mode=_BOUNDARIES[boundary])


@function(example="convolve2d([[1, 2], [3, 4]], [[1, 1]])")
def convolve2d(
    x: Array, y: Array, mode: Text = "full", boundary: Text = "fill", fillvalue: Array | None = None
) -> Node:
    """The convolution of two matrices, as scipy.signal.convolve2d."""
    return _on_planes(*_checked(x, y, "convolve2d"), mode, boundary, fillvalue)


@function(example="correlate2d([[1, 2], [3, 4]], [[1, 1]])")
def correlate2d(
    x: Array, y: Array, mode: Text = "full", boundary: Text = "fill", fillvalue: Array | None = None
) -> Node:
    """The sums of products of two matrices at each shift, as scipy.signal.correlate2d."""
    x, y = _checked(x, y, "correlate2d")
    return _on_planes(x, _turned_round(y, 2), mode, boundary, fillvalue, 1)


# --- trends -------------------------------------------------------------------------------------


def _without_trend(rows: Node, degree: int) -> Node:
    """Rows less the polynomial that fits each best."""
    powers = np.vander(np.arange(rows.shape[-1]) / rows.shape[-1], degree + 1)
    basis = rows.graph.constant(np.linalg.qr(powers)[0])
    return rows - matmul(matmul(rows, basis), turned(basis))


@function(
    example="detrend([1, 2, 4])",
    signatures="""
        scipy.signal.detrend(data: x, axis=-1, type='linear', bp=(0,), overwrite_data=False)
    """,
)
def detrend(x: Array, axis: Int = -1, type: Text = "linear", bp: Ints = (0,)) -> Node:
    """x less the line that fits it best along an axis, or less its mean (type "constant").

    At the break points `bp` a new line begins.
    """
    degree = {"linear": 1, "l": 1, "constant": 0, "c": 0}.get(type)
    if degree is None:
        raise ProgramTypeError(f"detrend knows no type {type!r}", help='"linear" or "constant"')
    rows = moved_last(as_number(x), axis)
    cuts = _cuts(rows.shape[-1], bp if degree else ())
    pieces = (index(rows, ..., slice(a, b)) for a, b in pairwise(cuts))
    whole = concat([_without_trend(piece, degree) for piece in pieces], rows.ndim - 1)
    return moveaxis(whole, (-1,), (axis,))


def _cuts(n: int, points: Sequence[int]) -> list[int]:
    """Both ends of n elements and the break points between them, in order."""
    if not n:
        raise ShapeError("detrend needs an element at least")
    cuts = sorted({0, n, *points})
    if cuts[0] < 0 or cuts[-1] > n:
        raise ShapeError(f"the break points of detrend are from 0 to {n}")
    return cuts


# --- cosine transforms --------------------------------------------------------------------------


def _first_times(x: Node, factor: float) -> Node:
    """The last axis with its first element times a factor."""
    weights = np.ones(x.shape[-1])
    weights[:1] = factor
    return x * x.graph.constant(weights)


def _dct_transposed(node: Node, g: Node) -> Node:
    """Each of the kinds 2 and 3 is the other's transpose, but for the first coefficient."""
    kind, norm = node.attrs
    if norm == "ortho":
        return DCT(g, attrs=(5 - kind, norm))
    if kind == 2:
        return DCT(_first_times(g, 2.0), attrs=(3, norm))
    return _first_times(DCT(g, attrs=(2, norm)), 0.5)


def _dct(x: Any, kind: Any, norm: Any) -> Any:
    from scipy.fft import dct as kernel

    return kernel(x, kind, axis=-1, norm=norm)


DCT = Structural(
    "dct",
    _dct,
    lambda shapes, kind, norm: shapes[0],
    lambda node, g: (_dct_transposed(node, g),),
    lambda node, tangents: DCT(tangents[0], attrs=node.attrs),
    batch=leading,
)


def _of_length(rows: Node, n: Any, name: str) -> Node:
    """Rows cut, or filled up with zeros, to n elements if that is given."""
    if rows.ndim == 0 or rows.shape[-1] == 0 or n == 0:
        raise ShapeError(f"{name} of no elements")
    if n is None:
        return rows
    longer = max(int(n) - rows.shape[-1], 0)
    rows = padded(rows, [(0, 0)] * (rows.ndim - 1) + [(0, longer)])
    return index(rows, ..., slice(0, int(n)))


def _transformed(x: Node, kind: int, n: Any, axis: int, norm: Any) -> Node:
    if kind not in (2, 3) or norm not in (None, "backward", "ortho"):
        raise ProgramTypeError("dct has the types 2 and 3, with the norm None or 'ortho'")
    rows = _of_length(moved_last(as_number(x), axis), n, "dct")
    z = DCT(rows, attrs=(kind, norm or "backward"))
    return moveaxis(z, (-1,), (axis,))


@function(example="dct([1, 2, 3])")
def dct(x: Array, type: Int = 2, n: Int | None = None, axis: Int = -1, norm: Value = None) -> Node:
    """The discrete cosine transform: 2*sum(x[i]*cos(pi*k*(2*i + 1)/(2*n))) for the type 2."""
    return _transformed(x, type, n, axis, norm)


@function(example="idct([1, 2, 3])", variants={"tf": {"plain": True}})
def idct(
    x: Array,
    type: Int = 2,
    n: Int | None = None,
    axis: Int = -1,
    norm: Value = None,
    *,
    plain: Flag = False,
) -> Node:
    """The inverse of the discrete cosine transform; 2*n times it behind TensorFlow's prefix."""
    z = _transformed(x, 5 - type, n, axis, norm)
    return z if norm == "ortho" or plain else z / (2.0 * z.shape[axis])


# --- Fourier's transform of real signals, by real arithmetic --------------------------------------


def _hartley(x: Any) -> Any:
    spectrum = np.fft.fft(x, axis=-1)
    return np.asarray(spectrum.real - spectrum.imag, x.dtype)


HARTLEY = Structural(
    "hartley",
    _hartley,
    lambda shapes: shapes[0],
    lambda node, g: (HARTLEY(g),),
    lambda node, tangents: HARTLEY(tangents[0]),
    batch=leading,
)
"""sum(x[i]*(cos + sin)(2*pi*k*i/n)), along the last axis: a symmetric matrix times x."""


def _scale(norm: Any, size: int) -> float:
    scales = {"ortho": 1 / math.sqrt(size), "forward": 1 / size, None: 1.0, "backward": 1.0}
    if norm not in scales:
        raise ProgramTypeError(f"there is no norm {norm!r}", help='"backward", "ortho", "forward"')
    return scales[norm]


def _spectrum(x: Node, n: Any, axis: int, norm: Any) -> tuple[Node, Node]:
    """The real and the imaginary parts of NumPy's rfft."""
    rows = _of_length(moved_last(as_number(x), axis), n, "rfft")
    size = rows.shape[-1]
    if not size:
        raise ShapeError("rfft needs an element at least")
    half = HARTLEY(rows) * (0.5 * _scale(norm, size))
    there, back = (
        index(half, ..., numbers % size)
        for numbers in (np.arange(size // 2 + 1), -np.arange(size // 2 + 1))
    )
    real, imaginary = moveaxis(there + back, (-1,), (axis,)), moveaxis(back - there, (-1,), (axis,))
    return real, imaginary


@function(example="rfft_real([1, 2, 4])")
def rfft_real(x: Array, n: Int | None = None, axis: Int = -1, norm: Value = None) -> Node:
    """The real part of np.fft.rfft: sum(x[i]*cos(2*pi*k*i/n)) for k up to n/2."""
    return _spectrum(x, n, axis, norm)[0]


@function(example="rfft_imag([1, 2, 4])")
def rfft_imag(x: Array, n: Int | None = None, axis: Int = -1, norm: Value = None) -> Node:
    """The imaginary part of np.fft.rfft: -sum(x[i]*sin(2*pi*k*i/n)) for k up to n/2."""
    return _spectrum(x, n, axis, norm)[1]


@function(example="rfft_abs([1, 2, 4])")
def rfft_abs(x: Array, n: Int | None = None, axis: Int = -1, norm: Value = None) -> Node:
    """The magnitude of np.fft.rfft, abs(rfft(x)); its square is the power of each frequency."""
    return hypot(*_spectrum(x, n, axis, norm))


# --- windows ------------------------------------------------------------------------------------


def _cosines(n: int, periodic: bool, *weights: float) -> Any:
    """A sum of cosines over n points; one period of n, or of n - 1 with both ends."""
    if n <= 1:
        return np.ones(max(n, 0))
    angle = 2 * math.pi * np.arange(n) / (n if periodic else n - 1)
    return sum((-1) ** k * a * np.cos(k * angle) for k, a in enumerate(weights))


def _in_frameworks(name: str) -> str:
    return "\n".join(f"{f}.{name}_window(window_length, periodic=True)" for f in ("tf", "torch"))


def _points(bound: Mapping[str, Any]) -> tuple[int]:
    return (bound["n"],)


def _window(name: str, whose: str, weights: tuple[float, ...], aliases: str = "") -> Function:
    """A window that is a sum of cosines."""

    @function(
        name=name,
        doc=f"{whose} window of n points: symmetric, or one period.",
        example=f"{name}(4)",
        aliases=f"{aliases} {name}_window",
        signatures=_in_frameworks(name),
        constant=True,
        makes=_points,
    )
    def window(n: Int, sym: Flag = True, *, periodic: Flag = False) -> Any:
        return _cosines(n, periodic or not sym, *weights)

    return window


hann = _window("hann", "Hann's", (0.5, 0.5), "hanning")
hamming = _window("hamming", "Hamming's", (0.54, 0.46))
blackman = _window("blackman", "Blackman's", (0.42, 0.5, 0.08))


@function(
    example="bartlett(5)",
    aliases="bartlett_window",
    signatures=_in_frameworks("bartlett"),
    constant=True,
    makes=_points,
)
def bartlett(n: Int, sym: Flag = True, *, periodic: Flag = False) -> Any:
    """The triangular window of n points that begins and ends with 0."""
    return np.bartlett(n + 1)[:n] if (periodic or not sym) and n > 1 else np.bartlett(n)


@function(
    example="kaiser(4, 5)",
    aliases="kaiser_window",
    signatures="torch.kaiser_window(window_length, periodic=True, beta=12.0)",
    constant=True,
    makes=_points,
)
def kaiser(n: Int, beta: Number = 12.0, sym: Flag = True, *, periodic: Flag = False) -> Any:
    """Kaiser's window of n points."""
    return np.kaiser(n + 1, beta)[:n] if (periodic or not sym) and n > 1 else np.kaiser(n, beta)
