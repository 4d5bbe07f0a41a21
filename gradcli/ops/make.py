"""Small constructors that fill in the usual, so that an operation's record reads as a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.function import Function, Parameter
from gradcli.ir.op import Binary, Reduction, Structural, Unary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.batching import Batch
    from gradcli.ir.node import Node

    Interval = tuple[float, float]
    Rule = Callable[..., Node | float]

_X = (Parameter("x", "Array"),)
_XY = (*_X, Parameter("y", "Array"))
_AXES = (*_X, Parameter("axis", "Axes", None), Parameter("keepdims", "Flag", False))


def unary(
    name: str,
    kernel: Callable[..., Any],
    partial: Rule,
    *,
    doc: str,
    example: str = "",
    aliases: str = "",
    domain: Interval = (-3.0, 3.0),
    special: tuple[float, ...] = (),
    select: Callable[..., Node] | None = None,
    flat: bool = False,
    **more: Any,
) -> Function:
    """An elementwise function of one array; `partial(x, z)` is its derivative."""
    op = Unary(name, kernel, partial, selects=(select,), flat=flat, **more)
    example = example or f"{name}(0.5)"
    return Function(
        name,
        op,
        _X,
        doc=doc,
        example=example,
        aliases=aliases,
        op=op,
        domain=(domain,),
        special=special,
    )


def binary(
    name: str,
    kernel: Callable[..., Any],
    partials: tuple[Rule, Rule],
    *,
    doc: str,
    example: str,
    aliases: str = "",
    domain: tuple[Interval, Interval] = ((-3.0, 3.0), (-3.0, 3.0)),
    special: tuple[Any, ...] = (),
    selects: Sequence[Callable[..., Node] | None] = (),
    flat: bool = False,
    **more: Any,
) -> Function:
    """An elementwise function of two arrays; `partials[i](x, y, z)` are its derivatives."""
    op = Binary(name, kernel, *partials, selects=selects, flat=flat, **more)
    return Function(
        name,
        op,
        _XY,
        doc=doc,
        example=example,
        aliases=aliases,
        op=op,
        domain=domain,
        special=special,
    )


def reduction(
    name: str,
    kernel: Callable[..., Any],
    weight: Rule,
    *,
    doc: str,
    example: str,
    aliases: str = "",
    domain: Interval = (-3.0, 3.0),
    select: Callable[..., Node] | None = None,
    flat: bool = False,
    **more: Any,
) -> Function:
    """A function that folds axes away; `weight(x, z)` is the derivative by each element."""
    hint = more.pop("hint", "")
    op = Reduction(name, kernel, weight, select=select, flat=flat, **more)
    return Function(
        name,
        op,
        _AXES,
        doc=doc,
        example=example,
        aliases=aliases,
        op=op,
        domain=(domain,),
        hint=hint,
    )


def constant_op(
    name: str, kernel: Callable[..., Any], shape: Callable[..., Any], batch: Batch
) -> Structural:
    """An operation on whole arrays whose result is piecewise constant, such as `argmax`."""
    return Structural(
        name,
        kernel,
        shape,
        lambda node, g: (None,) * len(node.inputs),
        lambda node, t: None,
        flat=True,
        batch=batch,
    )
