"""Gradients that were derived by hand: formulas over the inputs and intermediates of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.checking.rounding import magnitude
from gradcli.engine.program import Text
from gradcli.engine.run import Run
from gradcli.errors import InputError, Span
from gradcli.ir.node import Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    Array = np.ndarray[Any, np.dtype[Any]]


def refuse_other_claims(claims: Iterable[str], wrt: Collection[str]) -> None:
    """An error for a claim that is not about an input that is differentiated by."""
    for name in claims:
        if name not in wrt:
            by = name.removeprefix("d")
            help_ = f"the derivative by {by} is claimed as {by}=…" if by in wrt else None
            message = f"a claim is made for {name}, and nothing is differentiated by it"
            raise InputError(message, help=help_)


class Claim:
    """What a formula gives as the gradient of a run by one of its inputs."""

    def __init__(self, run: Run, name: str, text: str) -> None:
        claim = Text(text, f"--claim {name}")
        nodes = {n: x for n, x in {**run.scope, **run.inputs}.items() if isinstance(x, Node)}
        names = claim.names(nodes)
        for used, first_use in names.inputs.items():
            if used not in nodes:
                span = Span(claim.source, first_use.start, first_use.end)
                raise _no_variable(name, used, span, nodes)
        values = {used: run.array(nodes[used]) for used in names.inputs}
        self.shape = run.inputs[name].shape
        self.computed = {used for used in values if used not in run.inputs}
        self.run = Run(claim, names, values, run.settings.silent())
        gradient = np.asarray(self.run.arrays(self.run.value), float)
        if not fits(gradient.shape, self.shape):
            shapes = f"{show_shape(gradient.shape)}, not {show_shape(self.shape)}"
            raise InputError(f"the claim for {name} has shape {shapes}")
        self.gradient: Array = np.broadcast_to(gradient, self.shape)

    def magnitude(self) -> Array:
        """What relative errors of 1 in all that the formula computes amount to in each element.

        Intermediates of the program are computed, too; its inputs are what they are.
        """
        total, value = np.zeros(self.shape), self.run.value
        assert isinstance(value, Node)
        for used, x in self.run.inputs.items():
            at_once, of_x = modes.is_elementwise(value, x), used in self.computed
            ones = [np.ones(value.shape)]
            size = magnitude(self.run, x, [value], ones, at_once=at_once, of_x=of_x)
            total = total + (size if at_once else np.max(size, initial=0.0))
        return total


def _no_variable(name: str, used: str, span: Span, variables: Iterable[str]) -> InputError:
    return InputError(
        f"the claim for {name} uses '{used}', which is not a variable of the program",
        span=span,
        help=f"it has {', '.join(variables)}",
    )
