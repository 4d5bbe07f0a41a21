"""Derivatives as formulas: what runs without values, and the shortest form of a gradient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.options import FORMULAS, Option
from gradcli.errors import InputError, UsageError
from gradcli.ir.node import Node, ancestors
from gradcli.passes import modes
from gradcli.passes.simplify.forms import simplified
from gradcli.render.text import text, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.run import Run
    from gradcli.ir.written import Written
    from gradcli.lower.names import Names

SHAPE = Option(
    "shape", FORMULAS, "The shape of an input: A=3,3, or A=n,n with any names.", "NAME=SIZES"
)

_GUESS = 0.7
"""What stands for an input without a value; nothing may depend on it but the formula's numbers."""

SIZES = (1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061)
"""What names of sizes stand for, so that they are told apart."""

_SIZE = re.compile(r"\d+|[^\W\d]\w*")


def chosen_values(
    names: Names, values: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """A value for each input: what it was given, or an array of its shape."""
    shapes = _shapes(names, options.get("shape") or {})
    missing = [name for name in names.inputs if name not in values]
    return {
        **values,
        **{name: np.broadcast_to(_GUESS, shapes.get(name, ())) for name in missing},
    }


def _shapes(names: Names, given: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The shapes that were given, equal names of sizes as equal sizes."""
    sizes: dict[str, int] = {}
    shapes = {}
    for name, written in given.items():
        if name not in names.inputs:
            raise UsageError(
                f"a shape is given for {name}, which is no variable of the program",
                help=f"it has {', '.join(names.inputs)}",
            )
        words = [word.strip() for word in written.split(",") if word.strip()]
        shapes[name] = tuple(_size(word, name, sizes) for word in words)
    return shapes


def _size(word: str, name: str, sizes: dict[str, int]) -> int:
    """A size, or what a name stands for."""
    if not _SIZE.fullmatch(word):
        raise UsageError(
            f"'{word}' is no size", help=f"⟨shape {name}=3,3⟩, or names: ⟨shape {name}=n,n⟩"
        )
    if word.isdigit():
        return int(word)
    if word not in sizes and len(sizes) == len(SIZES):
        raise UsageError(f"there are more than {len(SIZES)} names of sizes")
    return sizes.setdefault(word, SIZES[min(len(sizes), len(SIZES) - 1)])


def refuse_guesses(run: Run) -> None:
    """A program that decides needs the values that it decides by."""
    decided = set(ancestors(run.interpreter.decisions))
    needed = [name for name, x in run.inputs.items() if x in decided and name in run.guessed]
    if needed:
        condition = next(x for x in run.interpreter.decisions if x.op is not None)
        raise InputError(
            f"the program decides by the value of {' and '.join(needed)}",
            span=condition.span,
            help=" ".join(f"--{name} VALUE" for name in needed) + " chooses the path",
        )


def derivative_of(run: Run, name: str, order: int, shape: Mapping[str, str]) -> Written:
    """The shortest form of the derivative of the value's sum by an input."""
    ys = run.results
    run.refuse_truth()
    for _ in range(order):
        (slope,) = modes.reverse(ys, run.differentiable([name]))
        if slope is None:
            return ("number", 0)
        ys = [slope]
    return simplified(ys[0], name, _cost)


def _cost(written: Written) -> int:
    return tokens(text(written))


__all__ = ["Node"]
