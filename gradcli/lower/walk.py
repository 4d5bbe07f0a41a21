"""A walk over the tree of a program: what is at hand wherever one of its nodes is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np

from gradcli.errors import (
    GradcliError,
    LimitError,
    Notice,
    ProgramTypeError,
    ShapeError,
    Span,
    shortened,
)
from gradcli.ir.node import WORDS, Node, body_of
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import show_shape
from gradcli.lower.functions import function_named
from gradcli.lower.gradient import Differentiated
from gradcli.lower.room import Room
from gradcli.lower.values import MISSING, NOTHING, Scope, describe, how_to_call
from gradcli.lower.words import CONSTANTS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.errors import Source
    from gradcli.ir.function import Function
    from gradcli.ir.node import Graph
    from gradcli.lower.hidden import End
    from gradcli.lower.names import Names
    from gradcli.lower.needs import Catalogue, Modes, Turns
    from gradcli.lower.signatures import Argument
    from gradcli.lower.values import Value

    Handler = Callable[["Walk", Any], Value]
    Caller = Callable[["Walk", Any, Sequence[Argument], Span], Value]

T = TypeVar("T")


class Frame:
    """A turn of a loop or a call: the statement or the function, and the orders of its nodes.

    They lie after `start`, up to `end`.
    """

    def __init__(self, of: Any, start: int, end: int) -> None:
        self.of = of
        self.start = start
        self.end = end


class Lone:
    """A call with numbers alone of what makes one number of many.

    The first `operand` and the whole are as they are written.
    """

    __slots__ = ("operand", "operands", "record", "span")

    def __init__(
        self, record: Function, operands: Sequence[Node], operand: Span, span: Span
    ) -> None:
        self.record = record
        self.operands = operands
        self.operand = operand
        self.span = span


MAX_STEPS = 1_000_000
MAX_CALLS = 1_000
LEVELS_OF_CALLS = 5 * MAX_CALLS
"""Levels that calls within calls are given; one takes five, if its body is not nested deeper."""

EMPTY = tree.Block((), 0, 0)


class Walk:
    """One walk over the tree of one program.

    `HANDLERS` run each kind of node of the tree, `CALLERS` call each kind of function value.
    `evaluate(node)` gives the value of a node of the graph, and `decisions` are the nodes it was
    asked for; `lone` are calls of sums and the like with numbers; `frames` are the turns and calls
    that have ended; `printed` receives what the program
    prints. The names in `marks`, and those by which the program differentiates, get nodes of their
    own; `wanted` are the former. `depth` is how deep the tree is; `has_signs` says whether there
    may be signs such as `·`.
    If there is what makes `turns`, loops of many turns become nodes, as `is_rolled` then says;
    `parameters` stand for what changes in a turn that is being lowered for all others (if that
    `is_straight`, short loops in it are so many turns, and do not find their course), and
    `gathered` is what it takes out of arrays by indices that change, and `left` what was left by
    loops that find their course as they are run, and `ends` by all; `rolled` are statements that
    became nodes, in so many `rolls`.
    """

    __slots__ = (
        "backwards",
        "block",
        "calls",
        "decisions",
        "differentiated",
        "ends",
        "evaluate",
        "frames",
        "gathered",
        "graph",
        "handlers",
        "has_signs",
        "is_rolled",
        "is_straight",
        "left",
        "library",
        "lone",
        "marked",
        "marks",
        "max_steps",
        "modes",
        "names",
        "notices",
        "parameters",
        "parts",
        "printed",
        "rolled",
        "rolls",
        "room",
        "scope",
        "source",
        "steps",
        "top",
        "turns",
        "wanted",
    )

    HANDLERS: ClassVar[Mapping[type, Handler]]
    CALLERS: ClassVar[Mapping[type, Caller | None]]

    def __init__(
        self,
        source: Source,
        names: Names,
        library: Catalogue,
        graph: Graph,
        evaluate: Callable[[Node], Any],
        modes: Modes,
        *,
        marks: Collection[str] = (),
        max_steps: int = MAX_STEPS,
        printed: Callable[[str], None] | None = None,
        depth: int = 0,
        turns: Callable[[], Turns] | None = None,
    ) -> None:
        self.handlers = self.HANDLERS  # looked up at every node, which is quickest here
        self.source = source
        self.has_signs = not source.text.isascii()
        self.names = names
        self.library = library
        self.graph = graph
        self.evaluate = evaluate
        self.modes = modes
        self.marks = names.marked(marks)
        self.wanted = names.aliased(marks)
        self.max_steps = max_steps
        self.printed = printed
        self.room = Room(2 * depth + LEVELS_OF_CALLS if names.functions else depth)
        self.block = EMPTY
        self.scope = self.top = Scope()
        self.steps = self.calls = self.marked = self.rolls = 0
        self.parts: dict[int, tuple[Value, Sequence[str]]] = {}
        self.decisions: list[Node] = []
        self.frames: list[Frame] = []
        self.lone: list[Lone] = []
        self.notices: list[Notice] = list(names.notices)
        self.backwards: list[tuple[Sequence[Node], Sequence[Node | None]]] = []
        self.differentiated: list[Differentiated] = []
        self.turns = turns
        self.parameters: set[Node] = set()
        self.gathered: list[Node] = []
        self.left: list[Node] = []
        self.ends: dict[Node, End] = {}
        self.rolled: set[tree.While | tree.For] = set()
        self.is_rolled = self.is_straight = False

    # --- spans and limits -------------------------------------------------------------------

    def span(self, node: tree.Tree) -> Span:
        """The text of a node of the tree."""
        return Span(self.source, node.start, node.end)

    def at(self, node: tree.Tree) -> None:
        """Nodes of the graph made from now on belong to this node of the tree."""
        self.graph.place = self.source, node.start, node.end

    def step(self, node: tree.Tree) -> None:
        """Counts one statement, condition or call."""
        self.steps += 1
        if self.steps > self.max_steps:
            raise self.endless(node)

    def endless(self, node: tree.Tree) -> LimitError:
        """The error of a program that reaches the limit of what is executed, here."""
        return LimitError(
            f"more than {self.max_steps:,} statements, conditions and calls were executed",
            span=self.span(node),
            help="⟨max_steps⟩ raises the limit",
        )

    def deep(self, build: Callable[[], Value]) -> Value:
        """What `build` gives, with room for the nesting of the program."""
        try:
            with self.room:
                return build()
        except RecursionError:
            raise LimitError(
                "calls and brackets together are nested too deeply",
                span=self.graph.span,
                help="a loop goes further: `while c { … }`",
            ) from None

    # --- values -----------------------------------------------------------------------------

    def statements(self, block: tree.Block) -> Value:
        """The value of the last statement of a block, after all the others."""
        value: Value = NOTHING
        for statement in block.statements:
            self.step(statement)
            value = self.handlers[type(statement)](self, statement)
        return value

    def body(self, node: tree.Body) -> Value:
        """The value of a function's body, an expression or a block."""
        if isinstance(node, tree.Block):
            return self.statements(node)
        return self.value_or_function(node)

    def expression(self, node: tree.Tree) -> Value:
        """The value of an expression."""
        value = self.handlers[type(node)](self, node)
        if value is NOTHING:
            raise self.no_value(node)
        return value

    def number(self, node: tree.Tree) -> Node:
        """The value of an expression that must be an array."""
        value = self.handlers[type(node)](self, node)
        if value.__class__ is not Node:
            raise self.no_number(value, node)
        return value

    def value_or_function(self, node: tree.Tree) -> Value:
        """An expression where a built-in's bare name means the function."""
        if node.__class__ is tree.Name and self.scope.find(node.id) is MISSING:
            function = function_named(self.library, node.id)
            if function is not None and node.id not in CONSTANTS:
                return function
        return self.expression(node)

    def call(self, function: Value, arguments: Sequence[Argument], span: Span) -> Value:
        """What a function value gives for these arguments; `span` is the call's."""
        caller = self.CALLERS[function.__class__]
        if caller is None:
            raise ProgramTypeError(f"{describe(function)} cannot be called", span=span)
        return caller(self, function, arguments, span)

    def mark(self, value: Node, span: Span) -> Node:
        """A node of its own for a value under a name."""
        self.marked += 1
        self.graph.span = span
        return WORDS["name"](value, self.marked)

    def accumulated(self, x: Node, name: str) -> Node | None:
        """The gradient by x of everything that `backward` was called for; None if nothing is."""
        total = None
        for ys, seeds in self.backwards:
            (gradient,) = self.modes.reverse(ys, [x], seeds)
            if gradient is not None:
                self.differentiated.append(Differentiated(ys, [x], [name], seeds))
                total = gradient if total is None else total + gradient
        return total

    def warn_of_zeros(self, done: Differentiated, span: Span | None) -> None:
        """Warns where the gradient that is taken at `span` is zero everywhere.

        A turn that is lowered for all others does not.
        """
        if self.parameters:
            return
        for notice in done.zeros(self.decisions, span):
            self.warn(notice)

    def warn(self, notice: Notice) -> None:
        """Adds a warning, which is given once."""
        if notice not in self.notices:
            self.notices.append(notice)

    def ended(self, of: Any, start: int) -> None:
        """Notes a turn or a call that began when the graph had so many nodes."""
        self.frames.append(Frame(of, start, self.graph.count))

    # --- decisions --------------------------------------------------------------------------

    def ask(self, node: Node) -> Any:
        """The value of a node; what a program asks for may decide its course."""
        if node.op is CONSTANT:
            return node.attrs[0]
        self.decisions.append(node)
        return self.evaluate(node)

    def changes(self, node: Node) -> bool:
        """Whether a node has another value in each turn of a loop that is being lowered."""
        parameters = self.parameters
        if not parameters or node in parameters:
            return bool(parameters)
        return bool(body_of([*parameters], [node]))

    def decide(self, node: Any) -> bool:
        """One true or false; `and` and `or` stop at the first operand that decides."""
        kind = node.__class__
        if kind is tree.Logical:
            stops = node.op == "or"
            return stops if any(self.decide(x) is stops for x in node.operands) else not stops
        if kind is tree.UnaryOperation and set(node.ops) == {"not"}:
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

    # --- errors -----------------------------------------------------------------------------

    def no_value(self, node: tree.Tree) -> ProgramTypeError:
        """The error of what has no value, where one is needed."""
        return ProgramTypeError("this has no value", span=self.span(node))

    def no_number(self, value: Value, node: tree.Tree) -> ProgramTypeError:
        """The error of what has another value than an array, where one is needed."""
        if value is NOTHING:
            return self.no_value(node)
        return ProgramTypeError(
            f"a number or an array is needed here, not {describe(value)}",
            span=self.span(node),
            help=how_to_call(value),
        )

    def shape_error(self, error: ShapeError, *operands: tuple[Span, Node]) -> ShapeError:
        """The error with its span, and the shape of each operand by its text."""
        error.span = self.graph.span
        shapes = [
            f"{shortened(span.text, 30)} is {show_shape(x.shape) if x.shape else 'one number'}"
            for span, x in operands
        ]
        error.helped(", ".join(dict.fromkeys(shapes)) or None)
        return error

    def within(self, span: Span, build: Callable[[], T]) -> T:
        """What `build` gives; an error in it that has no span gets this one."""
        try:
            return build()
        except GradcliError as error:
            error.span = error.span or span
            raise
