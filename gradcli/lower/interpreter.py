"""Runs a program over nodes: every expression becomes nodes, every condition asks for a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.errors import GradcliError, LimitError, LoopError, ProgramTypeError, Span
from gradcli.ir.node import Node
from gradcli.lower.expressions import EXPRESSIONS
from gradcli.lower.postfix import POSTFIXES
from gradcli.lower.statements import STATEMENTS
from gradcli.lower.values import NOTHING, describe, how_to_call
from gradcli.lower.walk import MAX_STEPS, Walk
from gradcli.syntax import tree

if TYPE_CHECKING:
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Caller

__all__ = ["MAX_STEPS", "Interpreter"]

MAX_DEPTH = 100
"""Tuples within tuples that a result may be."""


class _Callers(dict[type, "Caller | None"]):
    """What calls each kind of function value, loaded with the first call; None for other values."""

    def __missing__(self, kind: type) -> Caller | None:
        from gradcli.lower.calls import CALLERS

        self.update(CALLERS)
        return self.get(kind)


class Interpreter(Walk):
    """One run of one program, with all that runs a node of the tree and calls a function."""

    __slots__ = ()

    HANDLERS: ClassVar = {**EXPRESSIONS, **POSTFIXES, **STATEMENTS}
    CALLERS: ClassVar = _Callers()

    def run(self, block: tree.Block, inputs: dict[str, Node], *, whole: bool = True) -> Any:
        """The value of the program for these inputs; if it need not be `whole`, None for none."""
        self.block = block
        self.top.names.update(inputs)
        try:
            value = self.deep(lambda: self.statements(block))
        except (LimitError, LoopError):
            raise
        except GradcliError as error:
            if self.is_rolled:  # perhaps not at the first turn that fails
                raise LoopError(error.message) from error
            raise
        self._check_hidden()
        if value is NOTHING and not whole:
            return None
        self._check_result(value, self.span(block.statements[-1]))
        return value

    def _check_hidden(self) -> None:
        """Has the program run again turn by turn where a derivative would look into a loop."""
        if self.ends:
            from gradcli.lower.hidden import hides

            if hides(self.ends, self.differentiated):
                raise LoopError("a derivative looks into a loop")

    def _check_result(self, value: Value, span: Span, depth: int = 0) -> None:
        """The result of a program is an array, or a tuple of arrays."""
        if depth > MAX_DEPTH:
            raise LimitError(f"the result is a tuple of more than {MAX_DEPTH} levels", span=span)
        if isinstance(value, tuple):
            for part in value:
                self._check_result(part, span, depth + 1)
        elif value is NOTHING:
            help_ = "end with the name whose value is wanted"
            last = self.block.statements[-1]
            if isinstance(last, tree.Define):
                names = ", ".join(parameter.id for parameter in last.parameters)
                help_ = f"add `; {last.id}({names})`"
                called = re.search(rf",\s*({last.id}\([^()]*\))$", span.text)
                if called is not None:
                    help_ = f"write `{span.text[: called.start()]}; {called[1]}`"
            raise ProgramTypeError("the program ends without a value", span=span, help=help_)
        elif not isinstance(value, Node):
            message = f"the result is {describe(value)}"
            raise ProgramTypeError(message, span=span, help=how_to_call(value))
