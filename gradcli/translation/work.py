"""What is translated: a program, and its value and gradients as nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.node import ancestors, split
from gradcli.ir.record import INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    from gradcli.errors import GradcliError, Source
    from gradcli.ir.node import Node
    from gradcli.lower.names import Names
    from gradcli.lower.needs import Catalogue
    from gradcli.syntax.tree import SyntaxTree

    Array = np.ndarray[Any, np.dtype[Any]]


class Work(NamedTuple):
    """A program to translate.

    `inputs` and `slopes` are nodes by name, `named` those that its other names stand for at the
    end, `decisions` what it asked for on its way; in the inputs that are `unconnected` the value is
    constant. `values` are those of the inputs that have one, `array(node)` is the value of a node.
    `met()` names the operations that the formula has at points without a derivative, at these
    values. `formulas()` gives, in LaTeX, the value ("" for arrays), the derivatives and the symbols
    of the inputs.
    """

    source: Source
    tree: SyntaxTree
    names: Names
    library: Catalogue
    inputs: Mapping[str, Node]
    value: Node
    slopes: Mapping[str, Node]
    named: Mapping[str, Node]
    decisions: Sequence[Node]
    unconnected: frozenset[str]
    values: Mapping[str, Array]
    array: Callable[[Node], Array]
    met: Callable[[], frozenset[str]]
    formulas: Callable[[], tuple[str, dict[str, str], dict[str, str]]]

    @property
    def is_given(self) -> bool:
        """Whether every input has a value, so that the file can run."""
        return self.values.keys() >= self.inputs.keys()

    def head(self, program: Sequence[str]) -> list[str]:
        """What a file says of itself that calls a framework's gradient where it has values."""
        if self.is_given:
            return ["The value and the gradients of", *program]
        return ["The value of", *program, "With values for all inputs it has the gradients, too."]

    def refuse_arrays(self, title: str) -> None:
        """Refuses arrays, for a target of numbers alone."""
        for name, x in self.inputs.items():
            if x.shape:
                first = self.names.inputs[name]
                raise ProgramTypeError(
                    f"a file for {title} is of numbers, and {name} is an array",
                    span=Span(self.source, first.start, first.end),
                    help="⟨to numpy⟩ and others work on arrays",
                )
        if self.value.shape:
            raise ProgramTypeError(
                f"a file for {title} is of numbers, and the value is an array", span=self.value.span
            )

    def parts(self) -> tuple[list[Node], list[Node]]:
        """What depends on inputs, in order; and what else that and the results are made of."""
        return split([self.value, *self.slopes.values()], [*self.inputs.values()])

    def refuse_decisions(self, title: str) -> None:
        """Refuses a program that may go several ways, for a target that has its graph alone."""
        for node in self.decisions:
            if any(x.op is INPUT for x in ancestors([node])):
                raise ProgramTypeError(
                    f"which way this program goes depends on its inputs, and a file for {title} "
                    "is written of one way",
                    span=node.span,
                    help="PyTorch, JAX, TensorFlow, TensorFlow.js and autograd have all ways of "
                    "it, and where(c, a, b) is a choice everywhere",
                )


def without(title: str, node: Node) -> GradcliError:
    """The error of an operation that a target has not: as the program calls it, if it does."""
    cited = "" if node.span is None else node.span.cited("")
    word = node.op.word
    is_written = not cited or re.search(rf"\b{re.escape(word)}\b", cited) is not None
    what = word if is_written else f"form of `{cited}` and its derivatives"
    help_ = "PyTorch, JAX and TensorFlow have their own: ⟨to torch⟩, ⟨to jax⟩, ⟨to tensorflow⟩"
    return lacking(title, what, node.span, help_)


def lacking(title: str, what: str, span: Span | None, help: str | None = None) -> GradcliError:
    """The error of something that a target lacks."""
    return ProgramTypeError(f"{title} has no {what}", span=span, help=help)


def untranslated(title: str, what: str, span: Span | None) -> GradcliError:
    """The error of something for which no form in a framework is known here."""
    message = f"no translation of {what} to {title} is known"
    return ProgramTypeError(
        message,
        span=span,
        help="⟨to numpy⟩ and ⟨to c⟩ may have it: they write what is computed, not the call",
    )
