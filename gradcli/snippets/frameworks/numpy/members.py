"""What stands behind `np.` and behind the dot of an array, beside the library's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.dtypes import BOOL
from gradcli.snippets.errors import Raised
from gradcli.snippets.framework import leaves
from gradcli.snippets.values import Array, Kind, Manager, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def members(home: Any) -> dict[str, Any]:
    """The functions by their paths."""

    def numbers(value: Any) -> Any:
        return home.recorder.numbers(home.asarray(value))

    def made(value: Any, dtype: Any = None) -> Any:
        return home.constant(value, dtype)

    def array_of(value: Any, dtype: Any = None, **_named: Any) -> Any:
        wish = None if dtype is None else home.dtype_of(dtype)
        if any(isinstance(leaf, Array) for leaf in leaves(value)) or not isinstance(value, list):
            array: Any = home.asarray(value, wish)
            array = home.copied(array) if array is value else array
            array.is_array = True
            return array
        plain: Any = home.asarray(value, wish)
        plain.is_array = True
        return plain

    def like(number: float) -> Callable[..., Any]:
        def function(x: Any, dtype: Any = None, **_named: Any) -> Any:
            array = home.asarray(x)
            wish = array.dtype if dtype is None else home.dtype_of(dtype)
            return made(np.full(array.shape, number), wish)

        return function

    def full_like(x: Any, fill_value: Any, **_named: Any) -> Any:
        array = home.asarray(x)
        return made(
            np.full(array.shape, home.recorder.array(home.asarray(fill_value))), array.dtype
        )

    def filled(number: float) -> Callable[..., Any]:
        def function(shape: Any, dtype: Any = None, **_named: Any) -> Any:
            lengths = shape if isinstance(shape, (list, tuple)) else (shape,)
            home.recorder.graph.check_size(tuple(map(int, lengths)))
            wish = home.default if dtype is None else home.dtype_of(dtype)
            return made(np.full(tuple(map(int, lengths)), number), wish)

        return function

    def printing(**named: Any) -> None:
        allowed = {"precision", "suppress", "linewidth", "threshold", "edgeitems", "floatmode"}
        if named.keys() - allowed:
            raise Raised("TypeError", "set_printoptions() got an unexpected keyword argument")
        home.printing |= {name: value for name, value in named.items() if value is not None}

    rows: dict[str, Callable[..., Any]] = {
        "array": array_of,
        "asarray": lambda value, dtype=None: home.asarray(
            value, None if dtype is None else home.dtype_of(dtype)
        ),
        "copy": lambda x: home.copied(home.asarray(x)),
        "shape": lambda x: tuple(home.asarray(x).shape),
        "ndim": lambda x: len(home.asarray(x).shape),
        "size": lambda x: home.asarray(x).node.size,
        "zeros": filled(0.0),
        "ones": filled(1.0),
        "empty": filled(0.0),
        "zeros_like": like(0.0),
        "ones_like": like(1.0),
        "empty_like": like(0.0),
        "full_like": full_like,
        "allclose": lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: bool(
            np.allclose(numbers(a), numbers(b), rtol, atol, equal_nan)
        ),
        "isclose": lambda a, b, rtol=1e-05, atol=1e-08: made(
            np.isclose(numbers(a), numbers(b), rtol, atol), BOOL
        ),
        "array_equal": lambda a, b: bool(np.array_equal(numbers(a), numbers(b))),
        "set_printoptions": printing,
        "printoptions": lambda **named: Printing(home, named),
        "ndindex": lambda *shape: np.ndindex(*(shape[0] if isinstance(shape[0], tuple) else shape)),
        "ndenumerate": lambda x: (
            (index, home.item(x, index)) for index in np.ndindex(*home.asarray(x).shape)
        ),
        "nditer": lambda x, flags=(), op_flags=(): Iteration(home, home.asarray(x)),
        "isscalar": lambda x: isinstance(x, (int, float)) or (isinstance(x, Array) and not x.shape),
        "vectorize": lambda function, **_named: _vectorized(home, function),
        "testing.assert_allclose": lambda a, b, rtol=1e-07, atol=0, **_named: _assert_close(
            numbers(a), numbers(b), rtol, atol
        ),
        "array2string": lambda x, **named: np.array2string(numbers(x), **named),
        "seterr": lambda **_named: None,
        "unique": lambda x: made(np.unique(numbers(x))),
        "finfo": lambda dtype=None: FloatInfo(np.finfo(_dtype(home, dtype))),
        "errstate": lambda **_named: Manager(),
    }
    table: dict[str, Any] = {
        path: Native(path.rpartition(".")[2], row) for path, row in rows.items()
    }
    kind = Kind("ndarray", array_of, lambda v: isinstance(v, Array) and v.home is home)
    return table | {"ndarray": kind, "newaxis": None, "__version__": "2.4.6"}


def _dtype(home: Any, dtype: Any) -> Any:
    return home.default if dtype is None else home.dtype_of(dtype)


def _vectorized(home: Any, function: Any) -> Native:
    """`np.vectorize`: a function of each element."""

    def over(*args: Any) -> Any:
        arrays = [home.asarray(a) for a in args]
        whole = np.broadcast_arrays(*[home.recorder.array(a) for a in arrays])
        rows = zip(*[w.reshape(-1) for w in whole], strict=True)
        values = [home.machine.call(function, [home.constant(v) for v in row]) for row in rows]
        return home.machine.call(home.member(("reshape",)), [home.asarray(values), whole[0].shape])

    return Native("vectorize", over)


def _assert_close(a: Any, b: Any, rtol: float, atol: float) -> None:
    if not np.allclose(a, b, rtol, atol):
        raise Raised("AssertionError", "\nNot equal to tolerance")


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

    def __init__(self, info: Any) -> None:
        self.info = info

    @shown
    def eps(self) -> float:
        """The distance from 1 to the next number."""
        return float(self.info.eps)

    @shown
    def max(self) -> float:
        """The largest number."""
        return float(self.info.max)

    @shown
    def tiny(self) -> float:
        """The least positive number with all its digits."""
        return float(self.info.tiny)


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
        return self.home.item(self.own, self.multi_index())

    def iterate(self) -> Iterator[Any]:
        """The elements."""
        for self.position in range(len(self.order)):  # noqa: B020
            yield self.home.item(self.own, self.multi_index())


# --- methods ------------------------------------------------------------------------------------


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """What is behind the dot of an array."""

    def item(x: Array, *key: Any) -> Any:
        return home.number(home.item(x, key) if key else x)

    def fill(x: Array, value: Any) -> None:
        x.node = home.constant(np.full(x.shape, value), x.dtype).node

    return {
        "item": item,
        "tolist": lambda x: home.recorder.array(x).tolist(),
        "astype": lambda x, dtype, **_named: home.cast(x, home.dtype_of(dtype)),
        "copy": lambda x, **_named: home.copied(x),
        "fill": fill,
        "view": lambda x, *_args: x,
        "numpy": lambda x: x,
    }
