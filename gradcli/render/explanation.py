"""A pass back through the steps of a run in words: what each local derivative does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.op import Elementwise, Linear, Reduction
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from gradcli.render.steps import Step, Way


def derivative(result: str, name: str) -> str:
    """`df/dx`."""
    return f"d{result}/d{name}"


def local(way: Way) -> str:
    """The local derivative as a formula and a number: `dq/dx = 2*x = 6`."""
    if way.factor is None:
        return f"g → {way.local}"
    number = brief(way.factor)
    formula = "" if way.local == number else f" = {way.local}"
    return f"{derivative(way.step.name, way.source.name)}{formula} = {number}"


def rule(way: Way, result: str) -> str:
    """The chain rule with its numbers: `df/dx = -4 * 1 = -4`."""
    by = derivative(result, way.source.name)
    if way.passed is None:
        return f"{by} ← {derivative(result, way.step.name)} * {way.local}"
    more = len(way.source.arriving) > 1
    cotangent = way.step.cotangent
    assert cotangent is not None
    numbers = (cotangent.size, way.factor.size, way.passed.size) if way.factor is not None else ()
    factors = f"{brief(cotangent)} * {_signed(brief(way.factor))} = " if numbers == (1,) * 3 else ""
    return f"{by} {'+=' if more else '='} {factors}{brief(way.passed)}"


def _signed(text: str) -> str:
    return f"({text})" if text.startswith("-") else text


def words(way: Way) -> str:
    """What becomes of the cotangent on its way, as a person would say it."""
    said = _by_number(way) or _by_kind(way)
    x, z = way.source.node, way.step.node
    if isinstance(z.op, Elementwise) and x.shape != z.shape:
        said += f", summed over the elements that share {way.source.name}"
    return said


def _by_number(way: Way) -> str:
    """Words for a local derivative that is the same everywhere, or not finite."""
    factor = way.factor
    if factor is None or not factor.size or isinstance(way.step.node.op, Reduction):
        return ""
    if np.isnan(factor).any():
        return f"the derivative by {way.source.name} is not defined here"
    if np.isinf(factor).any():
        return f"infinitely steep in {way.source.name} here"
    if not factor.any():
        return f"{way.step.name} does not change with {way.source.name} here: nothing comes through"
    if (factor == 1).all():
        return "passes it on as it is"
    return "turns its sign" if (factor == -1).all() else ""


def _by_kind(way: Way) -> str:
    """Words for what the kind of the operation does."""
    op, source = way.step.node.op, way.source.name
    others = {step.name for step in way.step.operands} - {source}
    if way.local in others:
        return f"times the other factor, {way.local}"
    if isinstance(op, Reduction):
        same = way.local == "1"
        return "gives it to each element" if same else f"gives each element its share, {way.local}"
    if isinstance(op, Elementwise):
        return f"times the slope of {way.step.operation} in {source}"
    if isinstance(op, Linear):
        return f"each element goes back to where it came from in {source}"
    return f"each element of {source} gets what it has a part in"


def arrival(step: Step) -> str:
    """What the cotangent of a step is made of."""
    if not step.arriving:
        return "the seed"
    names = [way.step.name for way in step.arriving]
    if len(names) == 1:
        return f"from {names[0]}"
    shown = names if len(names) <= 4 else [*names[:2], "…", names[-1]]
    return f"the sum of {len(names)} ways, from {', '.join(shown)}"
