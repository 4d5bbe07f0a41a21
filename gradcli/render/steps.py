"""What is drawn and explained: the steps of a run, what flows between them, and their boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

FEW = 5
"""How many elements of an array are shown; of more, the first and the last ones."""


class Way:
    """The way back from a step to one of its operands.

    `local` is the derivative by that operand as a formula, `factor` its value. It `is_steady` if it
    is the same all around: a number, or a choice among some. Of an operation on whole arrays that
    `maps` them `local` is what becomes of its cotangent `g`, and there is no factor. `passed` is
    the part of the operand's cotangent that comes this way.
    """

    __slots__ = ("factor", "is_steady", "local", "maps", "passed", "source", "step")

    def __init__(self, step: Step, source: Step) -> None:
        self.step = step
        self.source = source
        self.local = ""
        self.maps = False
        self.is_steady = False
        self.factor: Array | None = None
        self.passed: Array | None = None

    @property
    def slope(self) -> Any:
        """The local derivative as it is shown: of the one element that is followed, if any."""
        return self.step.seen(self.factor)

    @property
    def contribution(self) -> Any:
        """What is passed on, as it is shown."""
        return self.source.seen(self.passed)


class Box:
    """A call or a turn of a loop, which holds the steps whose nodes were made in it.

    `of` is what is called or repeated, `head` how that is written, and `alike` how often it is in
    the box around this one; `end` is the order of the last node in it. Of many that are alike
    those in the middle are `hidden`.
    """

    __slots__ = ("alike", "end", "head", "hidden", "label", "of", "parent")

    def __init__(self, of: Any, end: int, parent: Box | None) -> None:
        self.of = of
        self.end = end
        self.parent = parent
        self.head = ""
        self.label = ""
        self.alike = 1
        self.hidden = False

    def chain(self) -> Iterator[Box]:
        """The box itself, the one around it, and so on outwards."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent

    @property
    def is_hidden(self) -> bool:
        """Whether it is not shown, or stands in one that is not."""
        return any(box.hidden for box in self.chain())


class Step:
    """A node under a name, with its operation written on the names of others.

    `value` and `cotangent` are None where they are unknown; `ways` lead back to the operands that
    a derivative flows to, `arriving` are those that lead here; `operands` are all that are steps.
    `element` is the index of the only element that is looked at; () for all.
    """

    __slots__ = (
        "arriving",
        "box",
        "cotangent",
        "element",
        "name",
        "node",
        "operands",
        "operation",
        "value",
        "ways",
    )

    def __init__(self, node: Node, name: str, operation: str, operands: list[Step]) -> None:
        self.node = node
        self.name = name
        self.operation = operation
        self.operands = operands
        self.value: Array | None = None
        self.cotangent: Array | None = None
        self.ways: list[Way] = []
        self.arriving: list[Way] = []
        self.box: Box | None = None
        self.element: tuple[int, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the program."""
        return self.node.op is INPUT

    @property
    def is_hidden(self) -> bool:
        """Whether it stands in a turn or a call of which many are alike."""
        return self.box is not None and self.box.is_hidden

    @property
    def label(self) -> str:
        """Its name, with the element that is followed."""
        return f"{self.name}[{', '.join(map(str, self.element))}]" if self.element else self.name

    def seen(self, array: Array | None) -> Any:
        """What is shown of an array of the step: all, or the one element that is followed."""
        if array is None or not self.element:
            return array
        return np.broadcast_to(array, self.node.shape)[self.element]


def brief(array: Any, digits: int | None = 6, most: int = FEW) -> str:
    """An array in few words: a number, `[1, 2, 3]`, `[1, 2, …, 9] of 100`, `2×2 [1, 2, 3, 4]`."""
    array = np.asarray(array)
    if not array.ndim:
        return _number(array[()], digits)
    flat = array.ravel()
    shape = "×".join(map(str, array.shape)) + " " if array.ndim > 1 else ""
    if flat.size <= most:
        return f"{shape}[{', '.join(_number(x, digits) for x in flat)}]"
    first = ", ".join(_number(x, digits) for x in flat[: most - 2])
    count = "" if shape else f" of {flat.size:,}"
    return f"{shape}[{first}, …, {_number(flat[-1], digits)}]{count}"


def _number(value: Any, digits: int | None) -> str:
    if isinstance(value, np.bool_):
        return str(value).lower()
    value = value + 0.0  # without the sign of a zero
    text = repr(float(value)) if digits is None else f"{value:.{digits}g}"
    return text.removesuffix(".0")
