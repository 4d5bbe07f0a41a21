"""A pass back through the steps of a run in words: what each local derivative does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.kinds import Ties
from gradcli.ir.op import Elementwise, Linear, Reduction
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from gradcli.render.steps import Step, Way

LONGEST = 48
"""Characters of a formula in a table."""


def derivative(result: str, name: str) -> str:
    """`df/dx`."""
    return f"d{result}/d{name}"


def local(way: Way) -> str:
    """The local derivative as a formula, unless that is long, and a number: `dq/dx = 2*x = 6`."""
    text = "" if len(way.local) > LONGEST else way.local
    if way.maps:
        return f"g → {text}" if text else ""
    number = "" if way.factor is None else brief(way.slope)
    sides = (derivative(way.step.label, way.source.label), text, number if number != text else "")
    return " = ".join(side for side in sides if side)


def rule(way: Way, result: str) -> str:
    """The chain rule with its numbers: `df/dx = -4 * 1 = -4`; `+=` where other ways come in."""
    cotangent, slope, passed = way.step.seen(way.step.cotangent), way.slope, way.contribution
    equals = "+=" if len(way.source.arriving) > 1 else "="
    is_single = slope is not None and np.size(cotangent) == np.size(slope) == np.size(passed) == 1
    is_product = is_single and not _is_stopped(way)
    product = f"{brief(cotangent)} * {_signed(brief(slope))} = " if is_product else ""
    return f"{derivative(result, way.source.label)} {equals} {product}{brief(passed)}"


def _is_stopped(way: Way) -> bool:
    """Whether nothing is passed on, whatever the slope would be: a zero that arrives stays zero."""
    return bool(not np.isfinite(way.slope).all() and not np.any(way.contribution))


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def words(way: Way) -> str:
    """What becomes of the cotangent on its way, as a person would say it."""
    said = _by_number(way) or _by_kind(way)
    x, z = way.source, way.step.node
    if isinstance(z.op, Elementwise) and x.node.size < z.size and not way.step.element:
        said += f", summed over the elements that share {x.name}"
    return said


def _by_number(way: Way) -> str:
    """Words for a local derivative that is the same everywhere, or not finite."""
    slope, x, z = way.slope, way.source.label, way.step.label
    if slope is None or not np.size(slope) or isinstance(way.step.node.op, Reduction):
        return ""
    so_nothing = "nothing arrives and nothing is passed on, though " if _is_stopped(way) else ""
    if np.isnan(slope).any():
        return f"{so_nothing}the slope of {way.step.operation} is not defined here"
    if np.isinf(slope).any():
        return f"{so_nothing}{way.step.operation} is infinitely steep here"
    if way.local in _others(way):
        return f"times the other factor, {way.local}"
    if not np.any(slope):
        return f"nothing: {z} does not change with {x} here"
    if way.is_steady and np.all(slope == 1):
        return "unchanged"
    if way.is_steady and np.all(slope == -1):
        return "with the other sign"
    return f"times {way.local}" if way.local == brief(slope) else ""


def _by_kind(way: Way) -> str:
    """Words for what the kind of the operation does."""
    op, source = way.step.node.op, way.source.label
    if isinstance(op, Reduction):
        if isinstance(op.special, Ties):
            return "to what attains it, in equal parts"
        return "to each element, unchanged" if way.local == "1" else "to each element its share"
    if (
        isinstance(op, Linear)
        and (op.moves or op.selective)
        and way.source.node in way.step.node.inputs
    ):
        return f"back to where it came from in {source}"
    if way.factor is not None:
        return f"times the slope of {way.step.operation} in {source}"
    return f"to each element of {way.source.name} what it had a part in"


def _others(way: Way) -> set[str]:
    return {step.name for step in way.step.operands} - {way.source.name}


def arrival(step: Step) -> str:
    """What the cotangent of a step is made of."""
    names = [way.step.label for way in step.arriving]
    if len(names) <= 1:
        return f"from {names[0]}" if names else ""
    shown = names if len(names) <= 4 else [*names[:2], "…", names[-1]]
    return f"the sum of {len(names)} ways, from {', '.join(shown)}"
