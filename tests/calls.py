"""`python -m tests.calls`: what functions give, or say, of calls that are near their examples.

In the example of each function one argument is another one at a time, or one that it leaves out is
given. `calls.txt` has a block for each function: value and slopes, or message and help; of equal
ones one.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import gradcli
from gradcli.ir.function import REQUIRED
from gradcli.ops.catalog import FUNCTIONS
from tests import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.ir.function import Function

PLACE = Path(__file__).parent / "calls.txt"

MATRIX, STACK = "[[4, 1, 2], [1, 5, 3.5], [2, 3, 6]]", "[[[1, 2], [3, 5]], [[4, 7], [6, 8]]]"
WHOLES = "-1 0 1 2 3 0.5 1e18 (1,2)".split()
NUMBERS = "-1 0 0.5 2 nan".split()
OTHERS = {
    "Array": ["-0.5", MATRIX, STACK, "[]"],
    "Arrays": ["[1, 2]", "([1, 2], [3, 4])", "([1, 2], [3])", "2", "()"],
    "Axis": "0 1 -1 -2 2 None (0,1)".split(),
    "Axes": "0 1 -1 -2 2 None (0,1) (0,0) ()".split(),
    "Flag": ["true", "false"],
    "Int": WHOLES,
    "Ints": WHOLES,
    "Sizes": WHOLES,
    "Shape": WHOLES,
    "Wholes": [*WHOLES, "((0,1),(1,0))"],
    "Number": NUMBERS,
    "Numbers": [*NUMBERS, "[0, 1]", "[1, 2, 0]", "[[0], [1]]"],
    "Traced": [*NUMBERS, "[0.2, 0.5]"],
    "Nested": ["[1, 2]", "([[1, 2]], 3)", "2", "()"],
    "Text": ["'a'"],
    "Value": ["None", "'a'", *WHOLES],
    "Type": ['"bool"', '"int32"', '"float32"', "'a'"],
}
"""What is given in the place of an argument, by the kind of its parameter."""

FEW = 4
"""Elements that are told one by one."""

OFTEN = 12
"""Functions that say the same; of more, a file has the first."""


def _split(example: str) -> tuple[str, list[str], str]:
    """What stands before the arguments of a call, these, and what stands behind."""
    begin, end = example.index("(") + 1, example.rindex(")")
    depth, parts = 0, [""]
    for character in example[begin:end]:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return example[:begin], [part.strip() for part in parts if part.strip()], example[end:]


def _calls(record: Function) -> Iterator[str]:
    """The example, and calls near it."""
    head, given, tail = _split(record.example)
    yield record.example
    in_order = [argument for argument in given if not re.match(r"\w+=", argument)]
    for i, parameter in zip(range(len(in_order)), record.parameters, strict=False):
        for other in OTHERS.get(parameter.kind, ()):
            yield f"{head}{', '.join([*given[:i], other, *given[i + 1 :]])}{tail}"
    named = {argument.partition("=")[0] for argument in given[len(in_order) :]}
    for parameter in record.parameters[len(in_order) :]:
        if parameter.default is REQUIRED or parameter.name in named:
            continue
        for other in OTHERS.get(parameter.kind, ()):
            option = f"{parameter.name}={other}"
            yield f"{head}{', '.join([*given, option])}{tail}"
            if given and record.parameters[0].kind == "Array" and parameter.kind != "Array":
                yield f"{head}{', '.join([MATRIX, *given[1:], option])}{tail}"


def outcome(call: str) -> str:
    """Value and slopes by the first argument, or what is said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gradcli.GradcliWarning)
        try:
            value = gradcli.evaluate(call, max_elements=10_000)
        except gradcli.InternalError:
            raise
        except gradcli.GradcliError as error:
            return "; ".join(filter(None, [error.message, error.help]))
        return " and ".join([*map(_told, _arrays(value)), *_slopes(call, value)]) or "()"


def _arrays(value: Any) -> list[Any]:
    """Those of a value that may be a tuple of tuples of them."""
    return [x for part in value for x in _arrays(part)] if isinstance(value, tuple) else [value]


def _slopes(call: str, value: Any) -> list[str]:
    """By the first argument, if it is an array that the value depends on."""
    head, given, tail = _split(call)
    try:
        x = np.asarray(gradcli.evaluate(given[0]), float)
        seed = 1 if isinstance(value, tuple) else _weights(value)
        program = f"{head}{', '.join(['x', *given[1:]])}{tail}"
        slopes = gradcli.vjp(program, x=x, dy=seed, max_elements=10_000)["x"]
    except (gradcli.GradcliError, IndexError, ValueError, TypeError):
        return []
    return [f"slopes {_told(slopes)}"] if np.any(slopes) else []


def _weights(array: Any) -> Any:
    """Another number for each element."""
    return np.cos(np.arange(np.size(array))).reshape(np.shape(array))


def _told(array: Any) -> str:
    """The elements, if they are few; else shape and a sum of them, each with another weight."""
    array = np.asarray(array, float)
    if 0 < array.size <= FEW:
        return str(recorded.short(array.tolist()))
    finite = np.isfinite(array)
    total = float(np.sum(np.where(finite, array, 0) * _weights(array)))
    odd = array.size - int(np.sum(finite))
    return f"{array.shape} {recorded.short(total)}" + (f", {odd} not finite" if odd else "")


def main() -> None:
    """Writes the file."""
    blocks = {}
    said_by: Counter[str] = Counter()
    for name, record in FUNCTIONS.items():
        told: set[str] = set()
        blocks[name] = {}
        for call in dict.fromkeys(_calls(record)):
            said = outcome(call)
            alike = re.sub(r"\d+", "N", said.replace(name, "…"))
            if said not in told and (said_by[alike] < OFTEN or call == record.example):
                blocks[name][call] = said
                said_by[alike] += not told & {said}
                told.add(said)
    recorded.write(PLACE, blocks)


if __name__ == "__main__":
    main()
