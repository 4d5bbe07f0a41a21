"""The key under which the steps of an answer are kept: all on which they depend but the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.options import Option
    from gradcli.engine.question import Question
    from gradcli.engine.settings import Settings

    Array = np.ndarray[Any, np.dtype[Any]]

FEW = 64
"""Elements of a seed or a direction up to which answers are remembered for its very numbers."""


def key_of(
    question: Question, options: Mapping[str, Any], values: dict[str, Any], settings: Settings
) -> Any:
    """The key of a question, whatever the program; None if steps of its answer cannot be kept."""
    unusual = settings.verdict or settings.strict or settings.planned is not None
    if unusual or settings.method != "reverse" or settings.unconnected == "none":
        return None
    try:
        parts = tuple([_part(question.options[name], item) for name, item in options.items()])
        shapes = _shapes_of(values)
    except Exception:  # a large array among the options, or values that make no array
        return None
    limits = settings.dtype, settings.max_steps, settings.max_elements, settings.stabilize
    return question.name, parts, shapes, limits, settings.executor


def given_arrays(question: Question, options: Mapping[str, Any]) -> list[Array]:
    """The arrays among the options: seeds and directions."""
    items = [x for name, x in options.items() if question.options[name].holds_arrays]
    return [x for item in items if item is not None for x in _by_key(item).values()]


def _part(option: Option, item: Any) -> Any:
    """An option as a part of a key; a TypeError for large arrays of no floats."""
    if item is not None and option.holds_arrays:
        return option.name, tuple([(key, _contents(x)) for key, x in _by_key(item).items()])
    return option.name, tuple(item) if isinstance(item, (dict, list)) else item


def _by_key(item: Any) -> dict[str, Array]:
    """The arrays of an option by name; one alone has none."""
    arrays = item if isinstance(item, dict) else {"": item}
    return {key: np.asarray(array) for key, array in arrays.items()}


def _contents(array: Array) -> tuple[Any, ...]:
    """An array as a part of a key: what it holds, if steps have it as a constant.

    Of a large one it matters whether it is all zeros: then nothing moves.
    """
    if array.size <= FEW:
        return array.shape, array.dtype.char, array.tobytes()
    if array.dtype != np.float64:
        raise TypeError
    return array.shape, bool(array.any())


def _shapes_of(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The names and shapes of inputs."""
    return tuple(
        [
            (name, () if x.__class__ is float or x.__class__ is int else _shape(values, name))
            for name, x in values.items()
        ]
    )


def _shape(values: dict[str, Any], name: str) -> tuple[int, ...]:
    """The shape of a value; a list becomes an array here, once for all that is done with it."""
    value = values[name]
    if value.__class__ is list or value.__class__ is tuple:
        value = values[name] = np.asarray(value)
    return np.shape(value)
