"""`tf.test.compute_gradient`: the Jacobian of a function, and what differences say of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.tape import GradientTape
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Sequence

    Numbers = np.ndarray[Any, np.dtype[Any]]

STEP = 1 / 1024
"""How far an element is moved where nothing else is asked for."""


def gradient_check(home: Any) -> dict[str, Any]:
    """The function by its path."""
    return {"test.compute_gradient": Native("compute_gradient", partial(compare, home))}


def compare(home: Any, f: Any, x: Any, delta: Any = None) -> tuple[Any, Any]:
    """For each argument the Jacobian, and the same by differences, as NumPy has them."""
    if not isinstance(x, (list, tuple)):
        shown = home.machine.language.type_name(x)
        text = f"`x` must be a list or tuple of values convertible to a Tensor, not a {shown}"
        raise Raised("ValueError", text)
    step = STEP if delta is None else float(delta)
    xs = [home.asarray(value) for value in x]
    pairs = zip(by_tape(home, f, xs), by_differences(home, f, xs, step), strict=True)
    exact, near = zip(*pairs, strict=True)
    return tuple(map(home.numpy.constant, exact)), tuple(map(home.numpy.constant, near))


def by_tape(home: Any, f: Any, xs: Sequence[Array]) -> list[Numbers]:
    """The Jacobians, a row for each element of the value."""
    xs = [home.made(x.node, x.dtype) for x in xs]
    tape = GradientTape(home, is_persistent=True, watches_variables=False)
    tape.enter()
    try:
        tape.watch(xs)
        y = home.asarray(home.machine.call(f, xs))
    finally:
        tape.leave(None)
    found = tape.jacobian(y, xs, unconnected_gradients="zero")
    pairs = zip(found, xs, strict=True)
    return [home.recorder.array(j).reshape(y.node.size, x.node.size) for j, x in pairs]


def by_differences(home: Any, f: Any, xs: Sequence[Array], step: float) -> list[Numbers]:
    """What moving each element of each argument to both sides makes of the value."""
    numbers = [home.recorder.array(x) for x in xs]

    def value(place: int, element: int, by: float) -> Numbers:
        moved = [own.copy() for own in numbers]
        moved[place].reshape(-1)[element] += by
        given = [home.constant(own, own.dtype) for own in moved]
        made: Numbers = home.recorder.array(home.asarray(home.machine.call(f, given)))
        return made

    def column(place: int, element: int) -> Numbers:
        ends = value(place, element, step), value(place, element, -step)
        return ((ends[0] - ends[1]) / (2 * step)).ravel()

    return [
        np.stack([column(place, i) for i in range(own.size)], axis=1).astype(own.dtype)
        for place, own in enumerate(numbers)
    ]
