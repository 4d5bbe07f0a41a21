"""Runs a program over nodes: every expression becomes nodes, every condition asks for a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, LimitError, Notice, ProgramTypeError, ShapeError, Span
from gradcli.ir.node import WORDS, Graph, Node
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import show_shape
from gradcli.lower.calls import MAX_CALLS
from gradcli.lower.expressions import EXPRESSIONS
from gradcli.lower.postfix import POSTFIXES
from gradcli.lower.room import Room
from gradcli.lower.scope import MISSING, Scope
from gradcli.lower.statements import STATEMENTS
from gradcli.lower.values import NOTHING, BuiltIn, Callable_, Special, describe, how_to_call
from gradcli.lower.words import CONSTANTS, SPECIALS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gradcli.errors import Source
    from gradcli.ir.op import Elementwise
    from gradcli.lower.names import Names

MAX_STEPS = 1_000_000
LEVELS_OF_CALLS = 5 * MAX_CALLS
"""Levels that calls within calls are given; one takes five, if its body is not nested deeper."""

MAX_DEPTH = 100
"""Tuples within tuples that a result may be."""

EMPTY = tree.Block((), 0, 0)

HANDLERS = {**EXPRESSIONS, **POSTFIXES, **STATEMENTS}
"""What runs each kind of node of the tree: `handler(run, node)` gives its value."""


class Interpreter:
    """One run of one program.

    `ask(node)` gives the value of a node; `printed` receives what the program prints. The names
    in `marks`, and those by which the program differentiates, get nodes of their own. `depth` is
    how deep the tree of the program is.
    """

    def __init__(
        self,
        source: Source,
        names: Names,
        library: Any,
        graph: Graph,
        evaluate: Callable[[Node], Any],
        modes: Any,
        *,
        marks: Collection[str] = (),
        max_steps: int = MAX_STEPS,
        printed: Callable[[str], None] | None = None,
        depth: int = 0,
    ) -> None:
        self.source = source
        self.names = names
        self.library = library
        self.graph = graph
        self.evaluate = evaluate
        self.modes = modes
        self.marks = names.marked(marks)
        self.max_steps = max_steps
        self.printed = printed
        self.room = Room(2 * depth + (LEVELS_OF_CALLS if names.functions else 0))
        self.block = EMPTY
        self.scope = self.top = Scope()
        self.steps = 0
        self.calls = 0
        self.marked = 0
        self.decisions: list[Node] = []
        self.direct: dict[tree.Call, Elementwise | None] = {}
        self.notices: list[Notice] = list(names.notices)
        self.backwards: list[tuple[list[Node], list[Node | None]]] = []

    def span(self, node: tree.Tree) -> Span:
        """The place of a node of the tree."""
        return Span(self.source, node.start, node.end)

    def place(self, span: Span) -> None:
        """Nodes made from now on belong to this place in the text."""
        self.graph.span = span

    def step(self, node: tree.Tree) -> None:
        """Counts one statement, condition or call."""
        self.steps += 1
        if self.steps > self.max_steps:
            raise LimitError(
                f"more than {self.max_steps:,} statements, conditions and calls were executed",
                span=self.span(node),
                help="--max-steps raises the limit",
            )

    def ask(self, node: Node) -> Any:
        """The value of a node; what a program asks for may decide its course."""
        if node.op is CONSTANT:
            return node.attrs[0]
        self.decisions.append(node)
        return self.evaluate(node)

    def run(self, block: tree.Block, inputs: dict[str, Node], *, whole: bool = True) -> Any:
        """The value of the program for these inputs; if it need not be `whole`, None for none."""
        self.block = block
        self.top.names.update(inputs)
        value = self.deep(lambda: self.statements(block))
        if value is NOTHING and not whole:
            return None
        self.check_result(value, self.span(block.statements[-1]))
        return value

    def deep(self, run: Callable[[], Any]) -> Any:
        """What `run` gives, with room for the nesting of the program."""
        try:
            with self.room:
                return run()
        except RecursionError:
            raise LimitError(
                "calls and brackets together are nested too deep",
                span=self.graph.span,
                help="a loop goes further: `while c { … }`",
            ) from None

    def check_result(self, value: Any, span: Span, depth: int = 0) -> None:
        """The result of a program is an array, or a tuple of arrays."""
        if depth > MAX_DEPTH:
            raise LimitError(f"the result is a tuple of more than {MAX_DEPTH} levels", span=span)
        if isinstance(value, tuple):
            for part in value:
                self.check_result(part, span, depth + 1)
        elif value is NOTHING:
            help_ = "end with the name whose value is wanted"
            raise ProgramTypeError("the program ends without a value", span=span, help=help_)
        elif not isinstance(value, Node):
            message = f"the result is {describe(value)}"
            raise ProgramTypeError(message, span=span, help=how_to_call(value))

    def statements(self, block: tree.Block) -> Any:
        """The value of the last statement of a block, after all the others."""
        value = NOTHING
        for statement in block.statements:
            self.step(statement)
            value = self.statement(statement)
        return value

    def body(self, node: tree.Body) -> Any:
        """The value of a function's body, an expression or a block."""
        if isinstance(node, tree.Block):
            return self.statements(node)
        return self.value_or_function(node)

    def statement(self, node: Any) -> Any:
        """The value of one statement, or NOTHING."""
        return HANDLERS[node.__class__](self, node)

    def mark(self, value: Node, span: Span) -> Node:
        """A node of its own for a value under a name."""
        self.marked += 1
        self.place(span)
        return WORDS["name"](value, self.marked)

    def decide(self, node: Any) -> bool:
        """One true or false; `and` and `or` stop at the first operand that decides."""
        if node.__class__ is tree.Logical:
            stops = node.op == "or"
            for operand in node.operands:
                if self.decide(operand) is stops:
                    return stops
            return not stops
        if node.__class__ is tree.UnaryOperation and all(op == "not" for op in node.ops):
            return self.decide(node.operand) is not bool(len(node.ops) % 2)
        self.step(node)
        value = self.number(node)
        if value.shape and value.size != 1:
            raise ProgramTypeError(
                f"a condition must be one true or false, not {describe(value)}",
                span=self.span(node),
                help="write any(…), all(…), or choose with where(…)",
            )
        return bool(self.ask(value) if not value.shape else np.reshape(self.ask(value), ()))

    def expression(self, node: Any) -> Any:
        """The value of an expression."""
        value = HANDLERS[node.__class__](self, node)
        if value is NOTHING:
            self.no_value(node)
        return value

    def accumulated(self, x: Node) -> Node | None:
        """The gradient by x of everything that `backward` was called for; None if nothing is."""
        whole = None
        for ys, seeds in self.backwards:
            (part,) = self.modes.reverse(ys, [x], seeds)
            if part is not None:
                whole = part if whole is None else whole + part
        return whole

    def no_value(self, node: tree.Tree) -> None:
        """Refuses what has no value where one is needed."""
        raise ProgramTypeError("this has no value", span=self.span(node))

    def number(self, node: Any) -> Node:
        """The value of an expression that must be an array."""
        value = HANDLERS[node.__class__](self, node)
        if value.__class__ is Node:
            return value
        if value is NOTHING:
            self.no_value(node)
        raise ProgramTypeError(
            f"a number or an array is needed here, not {describe(value)}",
            span=self.span(node),
            help=how_to_call(value),
        )

    def value_or_function(self, node: Any) -> Any:
        """An expression where a built-in's bare name means the function."""
        if node.__class__ is tree.Name and self.scope.find(node.id) is MISSING:
            found = self.function_named(node.id)
            if found is not None and node.id not in CONSTANTS:
                return found
        return self.expression(node)

    def function_named(self, name: str) -> Callable_ | None:
        """The library's function of that name, or the language's own."""
        if name in SPECIALS:
            return Special(name)
        record = None if name in self.library.METHODS_ONLY else self.library.find(name)
        return None if record is None else BuiltIn(record)

    def shape_error(self, error: ShapeError, *operands: tuple[Span, Node]) -> ShapeError:
        """The error with its place, and the shape of each operand by its text."""
        if error.span is None:
            error.span = self.graph.span
            named = [
                f"{_shortened(span.text)} is {show_shape(value.shape)}" for span, value in operands
            ]
            error.helped(", ".join(dict.fromkeys(named)) or None)
        return error

    def shaped(self, node: tree.Tree, build: Callable[[], Any]) -> Any:
        """What `build` gives; an error in it gets the place of the node."""
        try:
            return build()
        except GradcliError as error:
            error.span = error.span or self.span(node)
            raise


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
