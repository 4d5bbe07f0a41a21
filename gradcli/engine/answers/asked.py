"""What is asked for: the names to differentiate by, and a value that can be differentiated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.program import unknown_variable
from gradcli.errors import InputError, ShapeError, UsageError
from gradcli.ir.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradcli.engine.program import Recording
    from gradcli.lower.names import Names


def sources(names: Names, wrt: Collection[str] | None) -> list[str]:
    """The inputs to differentiate by, in the order of first use."""
    if wrt is None:
        return list(names.inputs)
    for name in wrt:
        if name not in names.inputs:
            raise unknown_variable(name, names)
    return [name for name in names.inputs if name in wrt]


def variables(
    names: Names, wrt: Collection[str] | None, const: Collection[str], frozen: Collection[str]
) -> tuple[list[str], list[str]]:
    """The variables whose gradients are asked for, and those of them that are trainable."""
    if wrt is None:
        wrt = [name for name in names.inputs if name not in const and name not in frozen]
    asked = sources(names, wrt)
    for name in asked:
        if name in const:
            raise InputError(
                f"{name} is a constant and has no gradient", help="make it a variable: var"
            )
    if not asked:
        raise InputError("there is no variable to differentiate by", help="name one in var")
    return asked, [name for name in asked if name not in frozen]


def several_inputs(command: str, names: Sequence[str]) -> UsageError:
    """The error of a question about one gradient where there are several, or none."""
    if not names:
        return UsageError("the program has no variable to differentiate by")
    return UsageError(
        f"{command} gives one gradient, and the program has {', '.join(names)}",
        help=f"choose one with wrt, or use {command}s",
    )


def require_scalar(recording: Recording, command: str) -> None:
    """Refuses a value that is not one number."""
    for y in recording.results:
        if y.size != 1 or len(recording.results) != 1:
            raise ShapeError(
                f"{command} needs one number, not the shape {show_shape(y.shape)}",
                span=y.span,
                help="take its sum",
            )
