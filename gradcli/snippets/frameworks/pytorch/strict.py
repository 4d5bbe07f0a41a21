"""`strict=True` of `torch.autograd.functional`: what does not depend on an input is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.arrays.transforms import Traced
from gradcli.snippets.errors import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node

CONSTANT = (
    "Output {} of the user-provided function does not require gradients. The outputs must be "
    "computed in a differentiable manner from the input when running in strict mode."
)

INDEPENDENT = (
    "{} of the user-provided function is independent of input {}. This is not allowed in strict "
    "mode."
)

LINEAR = (
    "While computing the hessian, found that the jacobian of the user-provided function with "
    "respect to input {} is independent of the input. This is not allowed in strict mode. You "
    "should ensure that your function is twice differentiable and that the jacobian depends on the "
    "inputs (this would be violated by a linear function for example)."
)


class Strict:
    """A function and its arguments, and which of its results have a gradient by which of them."""

    def __init__(self, home: Any, function: Any, args: Sequence[Any]) -> None:
        traced = Traced(home, function, args, range(len(args)), {})
        self.xs = traced.xs
        self.slopes: list[Sequence[Node | None]] = []
        for leaf in leaves(traced.value):
            y = home.asarray(leaf)
            seed = home.recorder.number(home.filled(y, 1.0).node, y.dtype)
            self.slopes.append(home.recorder.gradients([y.node], self.xs, [seed]))
        for i, slopes in enumerate(self.slopes):
            if all(slope is None for slope in slopes):
                raise Raised("RuntimeError", CONSTANT.format(i))

    def check_each(self) -> None:
        """Each result depends on each argument."""
        for i, slopes in enumerate(self.slopes):
            self.check(slopes, f"Output {i}")

    def check_all(self) -> None:
        """Something of the results depends on each argument."""
        columns = zip(*self.slopes, strict=True)
        self.check([next((x for x in c if x is not None), None) for c in columns], "The output")

    def check(self, slopes: Sequence[Node | None], what: str) -> None:
        """There is a slope by each argument."""
        for number, slope in enumerate(slopes):
            if slope is None:
                raise Raised("RuntimeError", INDEPENDENT.format(what, number))

    def check_second(self) -> None:
        """The gradient by each argument depends on the arguments."""
        for number, slope in enumerate(self.slopes[0]):
            if slope is None or {*self.xs}.isdisjoint(ancestors([slope])):
                raise Raised("RuntimeError", LINEAR.format(number))
