"""What stands behind `np.` and behind the dot of an array, beside the library's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.applied import applied
from gradcli.snippets.arrays.dtypes import BOOL
from gradcli.snippets.arrays.memory import others
from gradcli.snippets.arrays.nograd import by_numbers, nograd, where
from gradcli.snippets.arrays.spaced import of_numpy, spaced
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.numpy import written
from gradcli.snippets.values import Array, Kind, Manager, Native, Object, exposed, natives, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def members(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    making = Making(home)
    kind = Kind("ndarray", making.array, lambda v: isinstance(v, Array) and v.home is home)
    rows = making.members() | Looking(home).members() | Settings(home).members()
    without = nograd(home)
    rows |= without | applied(home, ()) | written.functions(home)
    rows["histogram"] = by_numbers(home, np.histogram)
    table = natives(rows | {"where": where(home, ("where",), without["nonzero"])})
    joins: dict[str, Any] = {"c_": Joined(home, columns=True), "r_": Joined(home, columns=False)}
    joins |= dict.fromkeys(("s_", "index_exp"), Index())
    return table | joins | {"ndarray": kind, "newaxis": None, "__version__": "2.4.6"}


class Making:
    """Functions that make arrays."""

    def __init__(self, home: Any) -> None:
        self._home = home

    def members(self) -> dict[str, Callable[..., Any]]:
        """The functions by their paths."""
        return {
            "array": self.array,
            **dict.fromkeys(
                ("asarray", "asanyarray", "ascontiguousarray", "asfortranarray"), self.asarray
            ),
            "copy": self.copy,
            "zeros": self.zeros,
            "ones": self.ones,
            "empty": self.zeros,
            "zeros_like": self.zeros_like,
            "ones_like": self.ones_like,
            "empty_like": self.zeros_like,
            "full_like": self.full_like,
            "linspace": spaced(self._home, ("linspace",), ("start", "stop", "num"), of_numpy),
        }

    def array(self, value: Any, dtype: Any = None, *, ndmin: int = 0, **_named: Any) -> Any:
        """`np.array`: always a new one, even of one number."""
        array = self.asarray(value, dtype)
        if len(array.shape) < ndmin:
            lacking = ndmin - len(array.shape)
            array = self._home.item(array, (None,) * lacking)
        if array is value:
            array = self._home.copied(array)
        array.is_array = True
        return array

    def asarray(self, value: Any, dtype: Any = None) -> Any:
        """`np.asarray`."""
        return self._home.asarray(value, None if dtype is None else self._home.dtype_of(dtype))

    def copy(self, x: Any) -> Any:
        """`np.copy`."""
        return self._home.copied(self._home.asarray(x))

    def zeros(self, shape: Any, dtype: Any = None, **_named: Any) -> Any:
        """`np.zeros`, and `np.empty`."""
        return self._filled(0.0, shape, dtype)

    def ones(self, shape: Any, dtype: Any = None, **_named: Any) -> Any:
        """`np.ones`."""
        return self._filled(1.0, shape, dtype)

    def zeros_like(self, x: Any, dtype: Any = None, **_named: Any) -> Any:
        """`np.zeros_like`, and `np.empty_like`."""
        return self._like(x, 0.0, dtype)

    def ones_like(self, x: Any, dtype: Any = None, **_named: Any) -> Any:
        """`np.ones_like`."""
        return self._like(x, 1.0, dtype)

    def full_like(self, x: Any, fill_value: Any, dtype: Any = None, **_named: Any) -> Any:
        """`np.full_like`."""
        return self._like(x, self._home.recorder.array(self._home.asarray(fill_value)), dtype)

    def _filled(self, number: float, shape: Any, dtype: Any) -> Any:
        lengths = tuple(map(int, shape if isinstance(shape, (list, tuple)) else (shape,)))
        return self._home.full(lengths, number, _dtype(self._home, dtype))

    def _like(self, x: Any, number: Any, dtype: Any = None) -> Any:
        array = self._home.asarray(x)
        wish = array.dtype if dtype is None else self._home.dtype_of(dtype)
        return self._home.constant(np.full(array.shape, number, wish), wish)


class Joined(Object):
    """`np.c_[a, b]` and `np.r_[a, b]`: arrays side by side as columns, or one after another."""

    kind = "AxisConcatenator"

    def __init__(self, home: Any, *, columns: bool) -> None:
        self.home = home
        self.columns = columns

    def item(self, key: Any) -> Any:
        """The arrays joined."""
        home = self.home
        parts = [self.part(p) for p in (key if isinstance(key, tuple) else (key,))]
        if self.columns:
            return home.result_of("column_stack", parts)
        rows = [p if p.shape else home.result_of("ravel", p) for p in parts]
        return home.result_of("concatenate", rows)

    def part(self, value: Any) -> Any:
        """One part: an array, a number, or a range that is written as a slice."""
        if isinstance(value, str):
            raise Refusal("a text within `np.r_[…]` is not part of the subset")
        if not isinstance(value, slice):
            return self.home.asarray(value)
        step = 1 if value.step is None else value.step
        if isinstance(step, complex):
            raise Refusal("complex numbers are not part of the subset", help="np.linspace(a, b, n)")
        return self.home.constant(np.arange(value.start or 0, value.stop, step))


class Index(Object):
    """`np.s_[…]`: what stands in the brackets, to be used as an index."""

    kind = "IndexExpression"

    def item(self, key: Any) -> Any:
        """The key."""
        return key


class Looking:
    """Functions that compare arrays, go through them, or tell of them."""

    def __init__(self, home: Any) -> None:
        self._home = home

    def members(self) -> dict[str, Callable[..., Any]]:
        """The functions by their paths."""
        return {
            "shape": self.shape,
            "ndim": self.ndim,
            "size": self.size,
            "isscalar": self.isscalar,
            "allclose": self.allclose,
            "isclose": self.isclose,
            "array_equal": self.array_equal,
            "testing.assert_allclose": self.assert_allclose,
            "ndindex": self.ndindex,
            "ndenumerate": self.ndenumerate,
            "nditer": self.nditer,
            "linalg.det": self.det,
            "polyfit": self.polyfit,
            "vectorize": self.vectorize,
            **dict.fromkeys(("shares_memory", "may_share_memory"), self.shares_memory),
            "array2string": self.array2string,
        }

    def det(self, a: Any) -> Any:
        """`np.linalg.det`, with NumPy's last digits where no derivative is asked."""
        home, array = self._home, self._home.asarray(a)
        if home.records([array]) or array.shape[-1:] != array.shape[-2:-1]:
            return home.call(home.library_function(("linalg", "det")), [array], {})
        return home.constant(np.linalg.det(home.recorder.numbers(array)))

    def polyfit(self, x: Any, y: Any, deg: int) -> Any:
        """`np.polyfit` of numbers."""
        arrays = [self._home.asarray(value) for value in (x, y)]
        if self._home.records(arrays):
            raise Refusal("the derivative of `np.polyfit`", help="np.linalg.lstsq(A, y)")
        points, values = map(self._home.recorder.numbers, arrays)
        return self._home.constant(np.polyfit(points, values, deg))

    def shape(self, x: Any) -> tuple[int, ...]:
        """`np.shape`."""
        return tuple(self._home.asarray(x).shape)

    def ndim(self, x: Any) -> int:
        """`np.ndim`."""
        return len(self._home.asarray(x).shape)

    def size(self, x: Any) -> int:
        """`np.size`."""
        count: int = self._home.asarray(x).node.size
        return count

    def isscalar(self, x: Any) -> bool:
        """`np.isscalar`."""
        return isinstance(x, (int, float)) or (isinstance(x, Array) and not x.shape)

    def allclose(
        self, a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False
    ) -> bool:
        """`np.allclose`."""
        return bool(np.allclose(self._numbers(a), self._numbers(b), rtol, atol, equal_nan))

    def isclose(self, a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08) -> Any:
        """`np.isclose`."""
        close = np.isclose(self._numbers(a), self._numbers(b), rtol, atol)
        return self._home.constant(close, BOOL)

    def array_equal(self, a: Any, b: Any) -> bool:
        """`np.array_equal`."""
        return bool(np.array_equal(self._numbers(a), self._numbers(b)))

    def assert_allclose(
        self, a: Any, b: Any, rtol: Any = 1e-07, atol: Any = 0, **_named: Any
    ) -> None:
        """`np.testing.assert_allclose`."""
        if not np.allclose(self._numbers(a), self._numbers(b), rtol, atol):
            raise Raised("AssertionError", "\nNot equal to tolerance")

    def ndindex(self, *shape: Any) -> Any:
        """`np.ndindex`."""
        return np.ndindex(*(shape[0] if isinstance(shape[0], tuple) else shape))

    def ndenumerate(self, x: Any) -> Iterator[Any]:
        """`np.ndenumerate`."""
        shape = self._home.asarray(x).shape
        return ((index, self._home.item(x, index)) for index in np.ndindex(*shape))

    def nditer(self, x: Any, flags: Any = (), op_flags: Any = ()) -> Iteration:
        """`np.nditer`."""
        if {*flags} - {"multi_index", "refs_ok"} or {*op_flags} - {"readwrite", "readonly"}:
            raise Refusal("these flags of `np.nditer` are not part of the subset")
        return Iteration(self._home, self._home.asarray(x))

    def shares_memory(self, a: Array, b: Array) -> bool:
        """`np.shares_memory`."""
        return a is b or any(other is b for other, _ in others(a))

    def vectorize(self, function: Any, **_named: Any) -> Native:
        """`np.vectorize`."""
        return _vectorized(self._home, function)

    def array2string(self, x: Any, **named: Any) -> str:
        """`np.array2string`."""
        if "formatter" in named:
            raise Refusal("`formatter` is not part of the subset", help="precision=, separator=")
        return np.array2string(self._numbers(x), **named)

    def _numbers(self, value: Any) -> Any:
        return self._home.recorder.numbers(self._home.asarray(value))


class Settings:
    """Functions that set how arrays are printed, or that tell of the numbers of a type."""

    def __init__(self, home: Any) -> None:
        self._home = home

    def members(self) -> dict[str, Callable[..., Any]]:
        """The functions by their paths."""
        return {
            "set_printoptions": self.set_printoptions,
            "printoptions": self.printoptions,
            "dtype": self.dtype,
            "finfo": self.finfo,
            "iinfo": self.iinfo,
            "seterr": self.seterr,
            "errstate": self.errstate,
        }

    def set_printoptions(self, **named: Any) -> None:
        """`np.set_printoptions`."""
        allowed = {"precision", "suppress", "linewidth", "threshold", "edgeitems", "floatmode"}
        if named.keys() - allowed:
            raise Raised("TypeError", "set_printoptions() got an unexpected keyword argument")
        self._home.printing |= {name: value for name, value in named.items() if value is not None}

    def printoptions(self, **named: Any) -> Printing:
        """`np.printoptions`."""
        return Printing(self._home, named)

    def dtype(self, dtype: Any) -> Any:
        """`np.dtype`, of a type or of its name, which may be short."""
        if isinstance(dtype, str):
            try:
                dtype = np.dtype(dtype).name
            except TypeError:
                raise Raised("TypeError", f"data type '{dtype}' not understood") from None
        return self._home.dtype_of(dtype)

    def finfo(self, dtype: Any = None) -> FloatInfo:
        """`np.finfo`."""
        return FloatInfo(np.finfo(_dtype(self._home, dtype)), self._home.constant)

    def iinfo(self, dtype: Any) -> IntInfo:
        """`np.iinfo`."""
        return IntInfo(np.iinfo(_dtype(self._home, dtype)))

    def seterr(self, **_rest: Any) -> None:
        """`np.seterr`, which changes nothing here."""

    def errstate(self, **_rest: Any) -> Manager:
        """`np.errstate`, which changes nothing either."""
        return Manager()


def _dtype(home: Any, dtype: Any) -> Any:
    return home.default if dtype is None else home.dtype_of(dtype)


def _vectorized(home: Any, function: Any) -> Native:
    """`np.vectorize`: a function of each element."""

    def over(*args: Any) -> Any:
        arrays = [home.asarray(a) for a in args]
        whole = np.broadcast_arrays(*[home.recorder.array(a) for a in arrays])
        rows = zip(*[w.reshape(-1) for w in whole], strict=True)
        values = [home.machine.call(function, [home.constant(v) for v in row]) for row in rows]
        return home.result_of("reshape", home.asarray(values), whole[0].shape)

    return Native("vectorize", over)


class Printing(Manager):
    """`with np.printoptions(…):`."""

    kind = "_GeneratorContextManager"

    def __init__(self, home: Any, options: dict[str, Any]) -> None:
        self.home = home
        self.options = options
        self.before: dict[str, Any] = {}

    def enter(self) -> None:
        """Sets the options."""
        self.before = dict(self.home.printing)
        self.home.printing |= self.options

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Sets those from before."""
        self.home.printing = self.before


class FloatInfo(Object):
    """`np.finfo`."""

    kind = "finfo"

    def __init__(self, info: Any, number: Callable[[Any], Any]) -> None:
        self.info = info
        self.number = number

    @shown
    def eps(self) -> Any:
        """The distance from 1 to the next number."""
        return self.number(self.info.eps)

    @shown
    def max(self) -> Any:
        """The largest number."""
        return self.number(self.info.max)

    @shown
    def min(self) -> Any:
        """The least number."""
        return self.number(self.info.min)

    @shown
    def tiny(self) -> Any:
        """The least positive number with all its digits."""
        return self.number(self.info.tiny)


class IntInfo(Object):
    """`np.iinfo`."""

    kind = "iinfo"

    def __init__(self, info: Any) -> None:
        self.info = info

    @shown
    def min(self) -> int:
        """The least number."""
        return int(self.info.min)

    @shown
    def max(self) -> int:
        """The largest number."""
        return int(self.info.max)


class Iteration(Object):
    """`np.nditer` over one array, with the index of each element."""

    kind = "nditer"

    def __init__(self, home: Any, array: Array) -> None:
        self.home = home
        self.own = array
        self.order = list(np.ndindex(*array.shape))
        self.position = 0

    @shown
    def multi_index(self) -> tuple[int, ...]:
        """The index of the element."""
        return self.order[min(self.position, len(self.order) - 1)]

    @shown
    def finished(self) -> bool:
        """Whether it is behind the last."""
        return self.position >= len(self.order)

    @exposed
    def iternext(self) -> bool:
        """Goes on to the next."""
        self.position += 1
        return self.position < len(self.order)

    def item(self, key: Any) -> Any:
        """`it[0]`: the element."""
        del key
        return self.element()

    def element(self) -> Any:
        """The element as a view of no axes, which can be written into."""
        return self.home.item(self.own, (*self.multi_index(), Ellipsis))

    def iterate(self) -> Iterator[Any]:
        """The elements."""
        for self.position in range(len(self.order)):  # noqa: B020
            yield self.element()


# --- methods ------------------------------------------------------------------------------------


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """What is behind the dot of an array."""

    def item(x: Array, *key: Any) -> Any:
        return home.number(home.item(x, key) if key else x)

    def fill(x: Array, value: Any) -> None:
        home.rewrite(x, home.constant(np.full(x.shape, value), x.dtype).node)

    return {
        "item": item,
        "tolist": lambda x: home.recorder.array(x).tolist(),
        "astype": lambda x, dtype, **_named: home.cast(x, home.dtype_of(dtype)),
        "copy": lambda x, **_named: home.copied(x),
        "fill": fill,
        "view": lambda x: home.result_of("reshape", x, x.shape),
        "numpy": lambda x: x,
        **written.methods(home),
    }
