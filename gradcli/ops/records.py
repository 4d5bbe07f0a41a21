"""Small constructors that fill in the usual, so that an operation's record reads as a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import Function, Parameter
from gradcli.ir.op import Binary, Elementwise, Reduction, Structural, Unary
from gradcli.ir.record import Op, Together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.batching import Batch
    from gradcli.ir.node import Node
    from gradcli.ir.op import Partial

    Interval = tuple[float, float]

_AXES = (
    Parameter("x", "Array"),
    Parameter("axis", "Axes", None),
    Parameter("keepdims", "Flag", False),
)
_MASKED = (
    Parameter("where", "Array", None, keyword=True),
    Parameter("initial", "Array", None, keyword=True),
)
_ANYWHERE = (-3.0, 3.0)


def unary(
    name: str,
    kernel: Callable[..., Any],
    partial: Partial | float,
    doc: str,
    aliases: str = "",
    *,
    example: str = "",
    domain: Interval = _ANYWHERE,
    points: tuple[float, ...] = (),
    select: Callable[..., Node] | None = None,
    signatures: str = "",
    **more: Any,
) -> Function:
    """An elementwise function of one array; `partial(x, z)` is its derivative."""
    op = Unary(name, kernel, partial, selects=(select,), **more)
    example = example or f"{name}(0.5)"
    return of_arrays(
        op, "x", doc, example, aliases, domain=(domain,), points=points, signatures=signatures
    )


def binary(
    name: str,
    kernel: Callable[..., Any],
    partials: tuple[Partial | float, Partial | float],
    doc: str,
    example: str,
    aliases: str = "",
    *,
    names: str = "x y",
    domain: tuple[Interval, Interval] = (_ANYWHERE, _ANYWHERE),
    points: tuple[Any, ...] = (),
    selects: Sequence[Callable[..., Node] | None] = (),
    signatures: str = "",
    hint: str = "",
    **more: Any,
) -> Function:
    """An elementwise function of two arrays; `partials[i](x, y, z)` are its derivatives."""
    op = Binary(name, kernel, *partials, selects=selects, **more)
    said = {"signatures": signatures, "hint": hint}
    return of_arrays(op, names, doc, example, aliases, domain=domain, points=points, **said)


def of_arrays(
    op: Elementwise, names: str, doc: str, example: str, aliases: str = "", **more: Any
) -> Function:
    """The function that is an elementwise operation, of arrays of these names."""
    parameters = tuple(Parameter(name, "Array") for name in names.split())
    return Function(
        op.name, op, parameters, doc=doc, example=example, aliases=aliases, op=op, **more
    )


def together(name: str, rows: int, *functions: Function | Op) -> None:
    """States what of `ops.in_blocks` computes functions of one array (`ir.record.Together`)."""

    def into(x: Any, results: Any, spare: Any) -> None:
        from gradcli.ops import in_blocks

        getattr(in_blocks, name)(x, results, spare)

    ops = [x.op if isinstance(x, Function) else x for x in functions]
    Together(into, rows, *[op for op in ops if op is not None])


def reduction(
    name: str,
    kernel: Callable[..., Any],
    weight: Partial,
    doc: str,
    example: str,
    aliases: str = "",
    *,
    ambiguous: str = "",
    of_two: Function | None = None,
    signatures: str = "",
    masked: Callable[[Reduction], Callable[..., Node]] | None = None,
    **more: Any,
) -> Function:
    """A function that folds axes away; `weight(x, z)` is the derivative by each element.

    `masked(op)`, where given, builds the nodes of calls that may have `where` or `initial`.
    """
    op = Reduction(name, kernel, weight, **more)
    return Function(
        name,
        masked(op) if masked else op,
        (*_AXES, *_MASKED) if masked else _AXES,
        doc=doc,
        example=example,
        aliases=aliases,
        op=op,
        domain=(_ANYWHERE,),
        hint=f"of several numbers write {name}([a, b, c])",
        ambiguous=ambiguous,
        of_two=of_two,
        signatures=signatures,
    )


def folding(ufunc: Any) -> Callable[..., Any]:
    """The kernel that folds axes by a NumPy function of two operands."""

    def kernel(x: Any, axes: Any, keepdims: Any) -> Any:
        try:
            return ufunc.reduce(x, axis=axes, keepdims=keepdims)
        except TypeError:
            if x.dtype != object:
                raise
        return folded_elements(ufunc, x, axes, keepdims)

    return kernel


def folded_elements(ufunc: Any, x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """An array of scalars of code (`ir.scalar`) folded by a NumPy function of two of them."""
    for axis in axes:
        x = np.frompyfunc(ufunc, 2, 1).reduce(x, axis=axis, keepdims=True)
    return x if keepdims else np.squeeze(x, axes)


def added(*terms: Node | None) -> Any:
    """The sum of the terms that are not None, which stands for zero."""
    first, *more = [term for term in terms if term is not None]
    return sum(more, first)


def constant_op(
    name: str, kernel: Callable[..., Any], shape: Callable[..., Any], batch: Batch, **more: Any
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
        **more,
    )
