"""What stands behind `tf.`, and behind the dot of a tensor, and is no function of the library."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.frameworks.tfjs.making import dtype_named, whole_numbers
from gradcli.snippets.frameworks.tfjs.places import Buffer, places
from gradcli.snippets.frameworks.tfjs.text import tensor_text
from gradcli.snippets.frameworks.tfjs.variable import Variable
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Promise, native
from gradcli.snippets.values import Array, Closure, Native

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED_RESULTS = {"topk": ("values", "indices")}
"""Functions whose results have names."""


def functions(home: Any) -> dict[str, Any]:
    """The functions, and values, by their paths."""
    rows = {**_of_memory(home), **_of_tensors(home), **_of_backends(home), **places(home)}
    members: dict[str, Any] = {name: native(name, function) for name, function in rows.items()}
    return members | {"version_core": "4.22.0", "version.tfjs": "4.22.0"}


def _of_memory(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions of what is kept and what is let go, and of variables."""
    memory = home.memory

    def tidy(first: Any, function: Any = UNDEFINED) -> Any:
        act = first if function is UNDEFINED else function
        check_tidied(first, function)
        return memory.within(lambda: home.machine.call(act, []))

    def variable(value: Any, trainable: Any = True, name: Any = None, dtype: Any = None) -> Any:
        if not isinstance(value, Array):
            raise fail("the initial value of a variable must be a tensor", "tf.scalar(3), say")
        array = home.asarray(value)
        return home.new_variable(array, home.machine.truth(trainable), name, dtype)

    def dispose(value: Any) -> Any:
        memory.dispose(value)
        return UNDEFINED

    def dispose_variables() -> Any:
        memory.dispose(list(home.variables.values()))
        home.variables.clear()
        return UNDEFINED

    return {
        "tidy": tidy,
        "variable": variable,
        "keep": memory.keep,
        "dispose": dispose,
        "disposeVariables": dispose_variables,
        "memory": memory.table,
    }


def check_tidied(first: Any, function: Any) -> None:
    """Refuses what `tf.tidy` cannot call: it takes a function, perhaps with a name before it."""
    if function is UNDEFINED:
        if not isinstance(first, (Closure, Native)):
            raise fail("Please provide a function to tidy()")
        return
    rest = "When calling with two arguments, the "
    if not isinstance(first, str):
        raise fail(rest + "first argument to tidy() must be a string")
    if not isinstance(function, (Closure, Native)):
        raise fail(rest + "2nd argument to tidy() must be a function")


def _of_tensors(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions of tensors that are methods of them, too."""

    def print_(value: Any, verbose: Any = False) -> Any:
        return print_tensor(home, home.tensor_of(value, "x", "print"), verbose)

    return {
        "print": print_,
        "cast": lambda x, dtype: cast(home, home.tensor_of(x, "x", "cast"), dtype),
        "clone": lambda x: home.copied(home.tensor_of(x, "x", "clone")),
        "matMul": lambda a, b, first=False, second=False: mat_mul(home, a, b, first, second),
        "slice": lambda x, begin, size=UNDEFINED: slice_(home, x, begin, size),
        "reshape": lambda x, shape: reshape(home, x, shape),
    }


def _of_backends(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions of what computes, most of which have nothing to do here."""

    def nothing(*_: Any) -> Any:
        return UNDEFINED

    def promised(value: Any) -> Callable[..., Any]:
        return lambda *_: home.machine.language.loop.settled(value)

    def next_frame() -> Promise:
        loop = home.machine.language.loop
        promise = Promise(loop)
        loop.later(0.0, lambda: promise.settle("fulfilled", UNDEFINED))
        return promise

    return {
        "getBackend": lambda: "cpu",
        "setBackend": promised(True),
        "ready": promised(UNDEFINED),
        "nextFrame": next_frame,
        **dict.fromkeys(
            "enableProdMode enableDebugMode disableDeprecationWarnings engine env".split(), nothing
        ),
        "util.sizeFromShape": lambda shape: float(prod(int(n) for n in shape)),
    }


def print_tensor(home: Any, array: Array, verbose: Any) -> Any:
    """`x.print(verbose)`."""
    home.check_there(array)
    numbers = home.recorder.array(array)
    home.machine.write(tensor_text(numbers, verbose=home.machine.truth(verbose)) + "\n")
    return UNDEFINED


def mat_mul(home: Any, a: Any, b: Any, first: Any, second: Any) -> Array:
    """`tf.matMul(a, b, transposeA, transposeB)`, of matrices only."""
    x, y = home.tensor_of(a, "a", "matMul"), home.tensor_of(b, "b", "matMul")
    turns = home.machine.truth(first), home.machine.truth(second)
    inner = [(0, 0, *x.shape)[-2 if turns[0] else -1], (0, 0, *y.shape)[-1 if turns[1] else -2]]
    if min(len(x.shape), len(y.shape)) < 2 or inner[0] != inner[1]:
        shapes = " and ".join(",".join(map(str, t.shape)) for t in (x, y))
        words = ["true" if turn else "false" for turn in turns]
        known = " and ".join(f"({n or 'undefined'})" for n in inner)
        raise fail(
            f"Error in matMul: inner shapes {known} of Tensors with shapes {shapes} and "
            f"transposeA={words[0]} and transposeB={words[1]} must match."
        )
    function = home.library_function(("matMul",))
    return home.call(function, [x, y, *turns], {})


def reshape(home: Any, x: Any, shape: Any) -> Array:
    """`tf.reshape(x, shape)`, with one length of -1 at most."""
    array = home.tensor_of(x, "x", "reshape")
    lengths = whole_numbers(home, shape)
    known, size = prod(n for n in lengths if n != -1), array.node.size
    if (size % known if known and -1 in lengths else size != known) or lengths.count(-1) > 1:
        listed = ",".join(map(str, lengths))
        raise fail(f"Size({size}) must match the product of shape {listed}")
    return home.call(home.library_function(("reshape",)), [array, shape], {})


def slice_(home: Any, x: Any, begin: Any, size: Any) -> Array:
    """`tf.slice(x, begin, size)`, all of it within the tensor."""
    array = home.tensor_of(x, "x", "slice")
    starts = whole_numbers(home, begin if isinstance(begin, list) else [begin])
    given = size if isinstance(size, list) else [] if size is UNDEFINED else [size]
    lengths = whole_numbers(home, given)
    starts += [0] * (len(array.shape) - len(starts))
    lengths += [-1] * (len(array.shape) - len(lengths))
    for i, (start, length, whole) in enumerate(zip(starts, lengths, array.shape, strict=False)):
        if start + max(length, 0) > whole:
            raise fail(
                f"Error in slice{len(array.shape)}D: begin[{i}] + size[{i}] ({start + length}) "
                f"would overflow input.shape[{i}] ({whole})"
            )
    parts = [list(map(float, starts)), list(map(float, lengths))]
    return home.call(home.library_function(("slice",)), [array, *parts], {})


def cast(home: Any, array: Array, dtype: Any) -> Array:
    """`x.cast(dtype)`."""
    wish = dtype_named(dtype)
    if wish is None:
        raise fail("Failed to cast to unknown dtype undefined")
    return home.copied(array) if wish == array.dtype else converted(home, array, wish)


def converted(home: Any, array: Array, dtype: Any) -> Array:
    """Numbers of another type; TensorFlow.js hands gradients on as if nothing had been cut off."""
    made: Array = home.cast(array, dtype)
    if not (home.machine.depth_of_tracing and is_float(array.dtype)):
        return made
    return custom(home, "cast", made, [array], lambda _primals, cotangents: cotangents)


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """The methods of tensors."""
    rows = {**_reading(home), **_changing(home), **_casting(home), **_reshaping(home)}
    return {name: native(name, function).function for name, function in rows.items()}


def _reading(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that give or show the numbers of a tensor."""
    loop = home.machine.language.loop
    return {
        "dataSync": home.data,
        "bufferSync": lambda x: Buffer(home, home.recorder.array(x).copy()),
        "buffer": lambda x: loop.settled_after(2, Buffer(home, home.recorder.array(x).copy())),
        "arraySync": home.lists,
        "data": lambda x: loop.settled_after(2, home.data(x)),
        "array": lambda x: loop.settled_after(3, home.lists(x)),
        "print": lambda x, verbose=False: print_tensor(home, x, verbose),
        "toString": lambda x, verbose=False: tensor_text(
            home.recorder.array(x), verbose=home.machine.truth(verbose)
        ),
        "throwIfDisposed": home.check_there,
    }


def _changing(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that let a tensor go, copy it, or give a variable other numbers."""

    def dispose(x: Array) -> Any:
        home.memory.dispose(x)
        if isinstance(x, Variable):
            home.variables.pop(x.label, None)
        return UNDEFINED

    def to_variable(x: Array, trainable: Any = True, name: Any = None, dtype: Any = None) -> Any:
        return home.new_variable(x, home.machine.truth(trainable), name, dtype)

    return {
        "dispose": dispose,
        "variable": to_variable,
        "assign": lambda x, value: assign(home, x, value),
        "clone": home.copied,
    }


def _casting(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that make the numbers of a tensor those of another type."""
    return {
        "cast": lambda x, dtype: cast(home, x, dtype),
        "asType": lambda x, dtype: cast(home, x, dtype),
        "toFloat": lambda x: cast(home, x, "float32"),
        "toInt": lambda x: cast(home, x, "int32"),
        "toBool": lambda x: cast(home, x, "bool"),
    }


def _reshaping(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that give a tensor another shape, and those of several tensors."""

    def library(name: str, *args: Any) -> Any:
        return home.result_of(name, *args)

    def reshaped(rank: int) -> Callable[..., Any]:
        def method(x: Array, *shape: float) -> Any:
            lengths = list(shape) or [float(x.node.size)]
            if len(lengths) != rank:
                raise fail(f"as{rank}D needs {rank} lengths")
            return library("reshape", x, lengths)

        return method

    def as_scalar(x: Array) -> Any:
        if x.node.size != 1:
            raise fail("The array must have only 1 element.")
        return library("reshape", x, [])

    return {
        "matMul": lambda a, b, first=False, second=False: mat_mul(home, a, b, first, second),
        "slice": lambda x, begin, size=UNDEFINED: slice_(home, x, begin, size),
        "reshape": lambda x, shape: reshape(home, x, shape),
        "asScalar": as_scalar,
        "as1D": lambda x: library("reshape", x, [float(x.node.size)]),
        **{f"as{rank}D": reshaped(rank) for rank in (2, 3, 4, 5)},
        "reshapeAs": lambda x, other: library("reshape", x, [float(n) for n in other.shape]),
        "concat": lambda x, others, axis=0.0: library(
            "concat", [x, *(others if isinstance(others, list) else [others])], axis
        ),
    }


def assign(home: Any, variable: Array, value: Any) -> Any:
    """`variable.assign(value)`."""
    if not isinstance(variable, Variable):
        raise Refusal("only a tf.variable can be assigned", help="x.variable() makes one")
    dtype = value.dtype.name if isinstance(value, Array) else "undefined"
    if dtype != variable.dtype.name:
        raise fail(
            f"dtype of the new value ({dtype}) and previous value ({variable.dtype.name}) must "
            "match",
            "a value is a tensor: tf.scalar(3)",
        )
    if value.shape != variable.shape:
        new, old = (",".join(map(str, x.shape)) for x in (value, variable))
        raise fail(f"shape of the new value ({new}) and previous value ({old}) must match")
    home.write(variable, home.recorder.array(value))
    return UNDEFINED
