"""Tensors made of numbers: `tf.tensor`, `tf.zeros` and their kin."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, INT32, DType
from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.languages.javascript.math import random_generator
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import TypedArray, native
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = {"float32": FLOAT32, "int32": INT32, "bool": BOOL}
"""The types of numbers by their names."""


def dtype_named(name: Any) -> DType | None:
    """The type of this name; None for none given."""
    if name is UNDEFINED or name is None:
        return None
    if name in TYPES:
        return TYPES[name]
    if name in ("complex64", "string"):
        raise Refusal(f"tensors of type '{name}' are not part of the subset")
    raise fail(f"Failed to cast to unknown dtype {name}", "'float32', 'int32' or 'bool'")


def shape_of(home: Any, shape: Any) -> tuple[int, ...]:
    """A shape that a snippet gives."""
    numbers = [home.machine.language.number(n) for n in home.machine.items(shape)]
    for n in numbers:
        if not (float(n).is_integer() and n >= 0):
            shown = ",".join(home.machine.language.text(n) for n in numbers)
            raise fail(
                f"Tensor must have a shape comprised of positive integers but got shape [{shown}]."
            )
    return tuple(int(n) for n in numbers)


def whole_numbers(home: Any, values: Any) -> list[int]:
    """Lengths or places that a snippet gives."""
    numbers = list(home.machine.iterate(values))
    for n in numbers:
        if not (isinstance(n, float) and n.is_integer()):
            raise fail(f"a whole number is needed here, not {home.machine.language.inspect(n)}")
    return [int(n) for n in numbers]


def inferred_shape(value: Any) -> tuple[int, ...]:
    """The lengths of lists within lists, by the first of each."""
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        if isinstance(value, TypedArray) or not value:
            break
        value = value[0]
    return tuple(shape)


def flattened(value: Any, shape: tuple[int, ...], path: tuple[int, ...] = ()) -> list[Any]:
    """The numbers of lists within lists, whose lengths must be equal."""
    if not isinstance(value, list):
        if shape:
            where = "][".join(map(str, path))
            raise fail(
                f"Element arr[{where}] is a primitive, but should be an array/TypedArray of "
                f"{shape[0]} elements"
            )
        return [value]
    where = f"arr[{']['.join(map(str, path))}]" if path else "arr"
    if not shape:
        raise fail(
            f"Element {where} should be a primitive, but is an array of {len(value)} elements"
        )
    if len(value) != shape[0]:
        raise fail(
            f"Element {where} should have {shape[0]} elements, but has {len(value)} elements"
        )
    if isinstance(value, TypedArray):
        return list(value)
    return [x for i, item in enumerate(value) for x in flattened(item, shape[1:], (*path, i))]


def tensor(home: Any, value: Any, shape: tuple[int, ...] | None, dtype: DType | None) -> Array:
    """A tensor of a number, or of lists of them."""
    own = inferred_shape(value)
    numbers = flattened(value, own)
    if any(isinstance(x, str) for x in numbers):
        raise Refusal("tensors of texts are not part of the subset")
    if not own and not isinstance(value, (bool, float, int)):
        raise fail(
            "values passed to tensor(values) must be a number/boolean/string or an array of "
            "numbers/booleans/strings, or a TypedArray"
        )
    numbers = [x if type(x) is bool else home.machine.language.number(x) for x in numbers]
    if shape is not None and prod(shape) != len(numbers):
        listed = ",".join(map(str, shape))
        raise fail(
            f"Based on the provided shape, [{listed}], the tensor should have {prod(shape)} values "
            f"but has {len(numbers)}"
        )
    if shape is not None and any(own[i : i + 1] != shape[i : i + 1] for i in range(len(own) - 1)):
        inferred, listed = (",".join(map(str, lengths)) for lengths in (own, shape))
        raise fail(
            f"Error creating a new Tensor. Inferred shape ({inferred}) does not match the provided "
            f"shape ({listed}). "
        )
    dtype = dtype or _inferred(value, numbers)
    array = np.array(numbers, np.float64)
    if dtype == INT32:
        array = np.where(np.isfinite(array), np.trunc(array), 0)
    made = array.astype(bool) if dtype == BOOL else array
    return home.constant(made.reshape(own if shape is None else shape), dtype)


def _inferred(value: Any, numbers: list[Any]) -> DType:
    """The type of a tensor that is given none."""
    while isinstance(value, list) and value and not isinstance(value, TypedArray):
        value = value[0]
    if isinstance(value, TypedArray) and not value.label.startswith("Float"):
        return INT32
    return BOOL if numbers and isinstance(numbers[0], bool) else FLOAT32


def makers(home: Any) -> dict[str, Native]:
    """The functions by their names."""
    rows = {**_of_values(home), **_of_shapes(home), **_drawn(home)}
    return {name: native(name, function) for name, function in rows.items()}


def _of_values(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that make tensors of the numbers given."""

    def any_tensor(values: Any, shape: Any = None, dtype: Any = None) -> Array:
        if isinstance(values, Array):
            return values
        own = None if shape is None or shape is UNDEFINED else shape_of(home, shape)
        return tensor(home, values, own, dtype_named(dtype))

    def scalar(value: Any, dtype: Any = None) -> Array:
        if isinstance(value, list):
            raise fail(
                "Error creating a new Scalar: value must be a primitive (number|boolean|string)"
            )
        return tensor(home, value, (), dtype_named(dtype))

    def tensor1d(values: Any, dtype: Any = None) -> Array:
        if len(inferred_shape(values)) != 1:
            raise fail("tensor1d() requires values to be a flat/TypedArray")
        return tensor(home, values, None, dtype_named(dtype))

    def of_rank(rank: int) -> Callable[..., Array]:
        return lambda values, shape=None, dtype=None: _ranked(home, rank, values, shape, dtype)

    return {
        "tensor": any_tensor,
        "scalar": scalar,
        "tensor1d": tensor1d,
        **{f"tensor{rank}d": of_rank(rank) for rank in (2, 3, 4, 5, 6)},
    }


def _of_shapes(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that make tensors of a shape, or of bounds."""

    def filled(shape: Any, value: Any, dtype: Any = None) -> Array:
        wish = dtype_named(dtype) or (BOOL if isinstance(value, bool) else FLOAT32)
        made: Array = home.full(shape_of(home, shape), value, wish)
        return made

    return {
        "fill": filled,
        "zeros": lambda shape, dtype=None: filled(_listed(shape), 0.0, _named(dtype)),
        "ones": lambda shape, dtype=None: filled(_listed(shape), 1.0, _named(dtype)),
        "eye": lambda rows, columns=None, batch=None, dtype=None: _eye(
            home, rows, columns, batch, dtype
        ),
        "linspace": lambda start, stop, count: _linspace(home, start, stop, count),
        "range": lambda start, stop, step=None, dtype=None: _range(home, start, stop, step, dtype),
    }


def _drawn(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that make tensors of random numbers."""

    def normal(shape: Any, mean: Any = 0.0, deviation: Any = 1.0, dtype: Any = None) -> Array:
        numbers = generator(home).standard_normal(home.room(*shape_of(home, shape)))
        return _random(home, numbers * deviation + mean, dtype)

    def uniform(shape: Any, least: Any = 0.0, most: Any = 1.0, dtype: Any = None) -> Array:
        numbers = generator(home).random(home.room(*shape_of(home, shape)))
        return _random(home, numbers * (most - least) + least, dtype)

    return {"randomNormal": normal, "truncatedNormal": normal, "randomUniform": uniform}


def generator(home: Any) -> np.random.Generator:
    """What makes random numbers: the same as that of `Math.random`."""
    return random_generator(home.machine.language)


def _random(home: Any, numbers: np.ndarray[Any, Any], dtype: Any) -> Array:
    """Random numbers as a tensor, which without a seed cannot be shown."""
    wish = dtype_named(dtype) or FLOAT32
    made: Array = home.random(
        np.asarray(numbers).astype(wish), wish, is_seeded=home.machine.seed is not None
    )
    return made


def _named(dtype: Any) -> Any:
    return "float32" if dtype is None or dtype is UNDEFINED else dtype


def _listed(shape: Any) -> Any:
    return shape if isinstance(shape, list) else [shape]


def _ranked(home: Any, rank: int, values: Any, shape: Any, dtype: Any) -> Array:
    """`tf.tensor2d` and its kin."""
    name = f"tensor{rank}d"
    given = None if shape is None or shape is UNDEFINED else shape_of(home, shape)
    if given is not None and len(given) != rank:
        words = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
        raise fail(f"{name}() requires shape to have {words[rank]} numbers")
    own = inferred_shape(values)
    if len(own) not in (rank, 1):
        kinds = "[]" * rank
        raise fail(f"{name}() requires values to be number{kinds} or flat/TypedArray")
    if len(own) == 1 and given is None:
        flat = "flat/TypedArray" if rank == 2 else "flat array"
        raise fail(
            f"{name}() requires shape to be provided when `values` are a {flat}",
            f"tf.{name}([…], [rows, …])",
        )
    return tensor(home, values, given, dtype_named(dtype))


def _eye(home: Any, rows: Any, columns: Any, batch: Any, dtype: Any) -> Array:
    """`tf.eye(rows, columns, batchShape, dtype)`."""
    is_given = columns is not None and columns is not UNDEFINED
    numbers = np.eye(*home.room(int(rows), int(columns if is_given else rows)))
    if batch is not None and batch is not UNDEFINED:
        numbers = np.broadcast_to(numbers, (*shape_of(home, batch), *numbers.shape))
    return home.constant(numbers, dtype_named(dtype) or FLOAT32)


def _range(home: Any, start: float, stop: float, step: Any, dtype: Any) -> Array:
    """`tf.range(start, stop, step, dtype)`, which counts down by itself."""
    by = (1.0 if step is None or step is UNDEFINED else step) or 0.0
    if by == 0:
        raise fail("Cannot have a step of zero")
    if stop < start and by == 1:
        by = -1.0
    count = max(int(np.ceil((stop - start) / by)), 0)
    return home.constant(_added_up(home, start, by, count), dtype_named(dtype) or FLOAT32)


def _linspace(home: Any, start: float, stop: float, count: float) -> Array:
    """`tf.linspace(start, stop, count)`."""
    if count <= 0:
        raise fail("The number of values should be positive.")
    step = (stop - start) / (count - 1) if count > 1 else 0.0
    return home.constant(_added_up(home, start, step, int(count)), FLOAT32)


def _added_up(home: Any, start: float, step: float, count: int) -> np.ndarray[Any, Any]:
    """Numbers one step apart, each rounded as it is added to the last."""
    values = np.empty(home.room(count), np.float32)
    total = float(np.float32(start))
    for i in range(count):
        values[i] = total
        total = float(values[i]) + step
    return values
