"""Runs a program over nodes: every expression becomes nodes, every condition asks for a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import (
    GradcliError,
    LimitError,
    Notice,
    ProgramNameError,
    ProgramTypeError,
    ShapeError,
    Span,
)
from gradcli.ir.graph import CONSTANT
from gradcli.ir.node import Node
from gradcli.ir.op import show_shape
from gradcli.ir.words import WORDS
from gradcli.lower import arguments, derivatives
from gradcli.lower.arguments import Given
from gradcli.lower.names import dotted
from gradcli.lower.scope import MISSING, Scope
from gradcli.lower.values import BuiltIn, Callable_, Closure, Derived, describe, to_node
from gradcli.lower.words import (
    COMPARISONS,
    CONSTANTS,
    OPERATORS,
    SPECIALS,
)
from gradcli.syntax import tree
from gradcli.syntax.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.errors import Source
    from gradcli.ir.graph import Graph
    from gradcli.lower.names import Names

NOTHING: Any = object()
"""The value of a statement that has none."""

MAX_STEPS = 1_000_000
MAX_CALLS = 1_000


class Interpreter:
    """One run of one program.

    `ask(node)` gives the value of a node; `printed` receives what the program prints. With `marks`
    every name gets a node of its own, so that gradients can be asked for it afterwards.
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
        marks: bool = False,
        max_steps: int = MAX_STEPS,
        printed: Callable[[str], None] | None = None,
    ) -> None:
        self.source = source
        self.names = names
        self.library = library
        self.graph = graph
        self.evaluate = evaluate
        self.modes = modes
        self.marks = marks or names.derives
        self.max_steps = max_steps
        self.printed = printed
        self.scope = self.top = Scope()
        self.steps = 0
        self.calls = 0
        self.marked = 0
        self.asked: list[Node] = []
        self.notices: list[Notice] = list(names.notices)
        self.backwards: list[list[Node]] = []

    # --- places and limits ------------------------------------------------------------------

    def span(self, node: tree.Tree) -> Span:
        return Span(self.source, node.start, node.end)

    def place(self, span: Span) -> None:
        """Nodes made from now on belong to this place in the text."""
        self.graph.span = span

    def step(self, node: tree.Tree) -> None:
        self.steps += 1
        if self.steps > self.max_steps:
            raise LimitError(
                f"more than {self.max_steps:,} statements, conditions and calls were executed",
                span=self.span(node), help="--max-steps raises the limit",
            )  # fmt: skip

    def ask(self, node: Node) -> Any:
        """The value of a node; what a program asks for may decide its course."""
        if node.op is CONSTANT:
            return node.attrs[0]
        self.asked.append(node)
        return self.evaluate(node)

    # --- programs and statements ------------------------------------------------------------

    def run(self, block: tree.Block, inputs: dict[str, Node]) -> Any:
        """The value of the program for these inputs."""
        self.top.names.update(inputs)
        value = self.block(block)
        if value is NOTHING:
            last = block.statements[-1] if block.statements else block
            raise ProgramTypeError(
                "the program ends without a value", span=self.span(last),
                help="end with the name whose value is wanted",
            )  # fmt: skip
        if isinstance(value, Callable_):
            raise ProgramTypeError(
                "the result is a function", span=self.span(block.statements[-1]),
                help=f"drop `{value.name} =>`, or call it" if value.name else "call it",
            )  # fmt: skip
        return value

    def block(self, block: tree.Block) -> Any:
        value = NOTHING
        for statement in block.statements:
            self.step(statement)
            value = self.statement(statement)
        return value

    def statement(self, node: Any) -> Any:
        handler = _STATEMENTS.get(type(node))
        return self.expression(node, effect=True) if handler is None else handler(self, node)

    def _assign(self, node: tree.Assign) -> Any:
        if node.op is not None:
            target = node.target
            assert isinstance(target, tree.Name)
            value = self.operate(node.op, self.number(target), node.value, target, node)
        else:
            value = self.value_or_function(node.value)
            if value is NOTHING:
                self.no_value(node.value)
        return self.bind(node.target, value, node, same=_is_name(node.value) and not node.op)

    def bind(
        self, target: tree.Target, value: Any, node: tree.Tree, *, same: bool = False
    ) -> Any:
        """Gives the name, or the names of a tuple, their values; the value as it is bound."""
        if isinstance(target, tree.Name):
            if isinstance(value, Node) and self.marks and not same:
                value = self.mark(value, self.span(target))
            self.scope.names[target.id] = value
            return value
        parts = self.unpacked(value, len(target.items), self.span(node))
        bound = [
            self.bind(item, part, node)  # type: ignore[arg-type]
            for item, part in zip(target.items, parts, strict=True)
        ]
        return tuple(bound)

    def mark(self, value: Node, span: Span) -> Node:
        """A node of its own for a value under a name."""
        self.marked += 1
        self.place(span)
        node: Node = WORDS["name"](value, self.marked)
        return node

    def unpacked(self, value: Any, count: int, span: Span) -> Sequence[Any]:
        """The parts of a tuple, or the rows of an array, as many as there are names."""
        parts = self.parts(value, span)
        if len(parts) != count:
            raise ProgramTypeError(
                f"{describe(value)} does not unpack into {count} names", span=span
            )
        return parts

    def parts(self, value: Any, span: Span) -> Sequence[Any]:
        if isinstance(value, tuple):
            return value
        if isinstance(value, Node) and value.shape:
            self.place(span)
            return [value[i] for i in range(value.shape[0])]
        raise ProgramTypeError(f"{describe(value)} has no parts to go through", span=span)

    def _define(self, node: tree.Define) -> Any:
        name_span = Span(self.source, node.start, node.at_end)
        self.scope.names[node.id] = Closure(
            node.id, node.parameters, node.body, self.scope, name_span
        )
        return NOTHING

    def _rule(self, node: tree.Rule) -> Any:
        derivatives.attach_rule(self, node)
        return NOTHING

    def _if(self, node: tree.If) -> Any:
        for condition, block in node.branches:
            if self.decide(condition):
                return self.block(block)
        return NOTHING if node.otherwise is None else self.block(node.otherwise)

    def _while(self, node: tree.While) -> Any:
        while self.decide(node.condition):
            self.block(node.block)
        return NOTHING

    def _for(self, node: tree.For) -> Any:
        items = self.parts(self.expression(node.iterable), self.span(node.iterable))
        for item in items:
            self.step(node)
            self.bind(node.target, item, node.target)
            self.block(node.block)
        return NOTHING

    # --- conditions -------------------------------------------------------------------------

    def decide(self, node: Any) -> bool:
        """One true or false; `and` and `or` stop at the first operand that decides."""
        if isinstance(node, tree.Logical):
            stops = node.op == "or"
            for operand in node.operands:
                if self.decide(operand) is stops:
                    return stops
            return not stops
        if isinstance(node, tree.Unary) and all(op == "not" for op in node.ops):
            return self.decide(node.operand) is not bool(len(node.ops) % 2)
        self.step(node)
        value = self.number(node)
        if value.size != 1:
            raise ProgramTypeError(
                f"a condition must be one true or false, not {show_shape(value.shape)} of them",
                span=self.span(node), help="any(…), all(…) or where(…)",
            )  # fmt: skip
        return bool(np.reshape(self.ask(value), ()))

    # --- expressions ------------------------------------------------------------------------

    def expression(self, node: Any, *, effect: bool = False) -> Any:
        """The value of an expression; `effect` allows calls that have none."""
        while isinstance(node, tree.Choice):
            node = node.value if self.decide(node.condition) else node.other
        value = _EXPRESSIONS[type(node)](self, node)
        if value is NOTHING and not effect:
            self.no_value(node)
        return value

    def no_value(self, node: tree.Tree) -> None:
        raise ProgramTypeError("this has no value", span=self.span(node))

    def number(self, node: Any) -> Node:
        """The value of an expression that must be an array."""
        value = self.expression(node)
        if isinstance(value, Node):
            return value
        help_ = "call it" if isinstance(value, Callable_) else None
        raise ProgramTypeError(
            f"a number or an array is needed here, not {describe(value)}",
            span=self.span(node), help=help_,
        )  # fmt: skip

    def value_or_function(self, node: Any) -> Any:
        """An expression where a built-in's bare name means the function."""
        if isinstance(node, tree.Name) and self.scope.find(node.id) is MISSING:
            found = self.function_named(node.id)
            if found is not None and node.id not in CONSTANTS:
                return found
        return self.expression(node)

    def function_named(self, name: str) -> Callable_ | None:
        if name in SPECIALS:
            return Derived(name, lambda *_: NOTHING)
        record = self.library.find(name)
        return None if record is None else BuiltIn(record)

    def _number(self, node: tree.Number) -> Any:
        return self.graph.constant(node.value)

    def _string(self, node: tree.String) -> Any:
        return node.text

    def _name(self, node: tree.Name) -> Any:
        value = self.scope.find(node.id)
        if value is not MISSING:
            return value
        if node.id in CONSTANTS:
            constant = CONSTANTS[node.id]
            return None if constant is None else self.graph.constant(constant)
        raise self.unknown_name(node)

    def unknown_name(self, node: tree.Name) -> GradcliError:
        name, span = node.id, self.span(node)
        if name in self.names.assigned:
            return ProgramNameError(
                f"{name} has no value here", span=span,
                help="it is assigned only where the program did not pass",
            )  # fmt: skip
        near = nearest(name, self.scope.visible())
        help_ = f"did you mean '{near}'?" if near else None
        return ProgramNameError(f"{name} has no value", span=span, help=help_)

    def _tuple(self, node: tree.Tuple) -> Any:
        return tuple(self.value_or_function(item) for item in node.items)

    def _array(self, node: tree.Array) -> Any:
        if not node.items:
            return self.graph.constant(np.zeros(0))
        constant = _literal_array(node)
        if constant is not None:
            return self.graph.constant(constant)
        items = [self.number(item) for item in node.items]
        self.place(self.span(node))
        return self.shaped(node, lambda: self.stacked(items))

    def stacked(self, items: Sequence[Node]) -> Node:
        first = items[0].shape
        for item in items:
            if item.shape != first:
                raise ShapeError(
                    f"the items of an array have shapes {show_shape(first)} and "
                    f"{show_shape(item.shape)}", help="they must be of one shape",
                )  # fmt: skip
        result: Node = WORDS["stack"](tuple(items))
        return result

    def _unary(self, node: tree.Unary) -> Any:
        value = self.number(node.operand)
        self.place(self.span(node))
        for op in reversed(node.ops):
            if op == "-":
                value = -value
            elif op == "not":
                value = ~value
            else:
                value = WORDS["pos"](value)
        return value

    def _arithmetic(self, node: tree.Arithmetic) -> Any:
        value = self.number(node.operands[0])
        for i, op in enumerate(node.ops):
            value = self.operate(op, value, node.operands[i + 1], node.operands[i], node)
        return value

    def operate(
        self, op: str, left: Node, right: Any, left_tree: tree.Tree, whole: tree.Tree
    ) -> Node:
        """One arithmetic operation; its place runs from the start of the chain to its operand."""
        other = self.number(right)
        self.place(Span(self.source, whole.start, right.end))
        try:
            result: Node = WORDS[OPERATORS[op]](left, other)
        except ShapeError as error:
            raise self.shape_error(error, (left_tree, left), (right, other)) from None
        return result

    def shape_error(self, error: ShapeError, *operands: tuple[tree.Tree, Node]) -> ShapeError:
        """The error with its place, and the shape of each operand by its text."""
        if error.span is None:
            error.span = self.graph.span
            named = [
                f"{_shortened(self.span(node).text)} is {show_shape(value.shape)}"
                for node, value in operands
            ]
            error.help = error.help or ", ".join(dict.fromkeys(named)) or None
        return error

    def shaped(self, node: tree.Tree, build: Callable[[], Any]) -> Any:
        """What `build` gives; an error in it gets the place of the node."""
        try:
            return build()
        except GradcliError as error:
            error.span = error.span or self.span(node)
            raise

    def _power(self, node: tree.Power) -> Any:
        values = [self.number(operand) for operand in node.operands]
        power = values.pop()
        for i in range(len(values) - 1, -1, -1):
            base = node.operands[i]
            self.place(Span(self.source, base.start, node.end))
            try:
                power = WORDS["pow"](values[i], power)
            except ShapeError as error:
                exponent = node.operands[i + 1]
                raise self.shape_error(error, (base, values[i]), (exponent, power)) from None
        return power

    def _compare(self, node: tree.Compare) -> Any:
        values = [self.number(operand) for operand in node.operands]
        whole = None
        for i, op in enumerate(node.ops):
            left, right = node.operands[i], node.operands[i + 1]
            self.place(Span(self.source, left.start, right.end))
            try:
                holds = WORDS[COMPARISONS[op]](values[i], values[i + 1])
                whole = holds if whole is None else whole & holds
            except ShapeError as error:
                raise self.shape_error(error, (left, values[i]), (right, values[i + 1])) from None
        return whole

    def _logical(self, node: tree.Logical) -> Any:
        whole = WORDS["truth"](self.number(node.operands[0]))
        for operand in node.operands[1:]:
            value = self.number(operand)
            self.place(Span(self.source, node.start, operand.end))
            try:
                whole = whole & value if node.op == "and" else whole | value
            except ShapeError as error:
                raise self.shape_error(error, (node, whole), (operand, value)) from None
        return whole

    def _lambda(self, node: tree.Lambda) -> Any:
        name = ", ".join(p.id for p in node.parameters)
        return Closure(name, node.parameters, node.body, self.scope, self.span(node))

    # --- postfixes --------------------------------------------------------------------------

    def _postfix(self, node: Any) -> Any:
        """Calls, indices and attributes, however many in a row, without recursion."""
        spine = []
        while True:
            spine.append(node)
            below = self.receiver(node)
            if not isinstance(below, (tree.Call, tree.Index, tree.Attribute)):
                break
            node = below
        value = None if below is None else self.expression(below)
        for outer in reversed(spine):
            value = self.apply_postfix(outer, value)
        return value

    def receiver(self, node: Any) -> Any:
        """The expression that a postfix stands behind; None where a function's name stands."""
        if isinstance(node, tree.Index):
            return node.value
        function = node.function if isinstance(node, tree.Call) else node
        if isinstance(function, tree.Attribute):
            return None if self.is_prefixed(function) else function.value
        if isinstance(function, tree.Name):
            return None
        return function

    def is_prefixed(self, node: tree.Attribute) -> bool:
        words = dotted(node)
        return words is not None and words[0] in self.names.prefixes

    def apply_postfix(self, node: Any, value: Any) -> Any:
        if isinstance(node, tree.Index):
            return self.index(node, value)
        if isinstance(node, tree.Attribute):
            return self.attribute(node, value)
        function = node.function
        if isinstance(function, tree.Name):
            return self.call(self.callee(function), node, None)
        if isinstance(function, tree.Attribute):
            if self.is_prefixed(function):
                return self.call(self.prefixed(function), node, None)
            return self.call(self.method(function), node, value, function.value)
        return self.call(value, node, None)

    def attribute(self, node: tree.Attribute, value: Any) -> Any:
        if self.is_prefixed(node):
            if node.id in CONSTANTS:
                constant = CONSTANTS[node.id]
                return None if constant is None else self.graph.constant(constant)
            return self.prefixed(node)
        if not isinstance(value, Node):
            raise ProgramTypeError(
                f"{describe(value)} has no .{node.id}", span=self.span(node)
            )
        self.place(self.span(node))
        if node.id == "T":
            return WORDS["transpose"](value)
        if node.id == "shape":
            return tuple(self.graph.constant(float(n)) for n in value.shape)
        if node.id == "grad":
            return derivatives.accumulated(self, value)
        return self.graph.constant(float(value.size if node.id == "size" else value.ndim))

    def index(self, node: tree.Index, value: Any) -> Any:
        if isinstance(value, tuple):
            return self.tuple_item(node, value)
        if not isinstance(value, Node):
            raise ProgramTypeError(f"{describe(value)} has no items", span=self.span(node))
        items = [self.index_item(item) for item in node.items]
        self.place(self.span(node))
        return self.shaped(node, lambda: WORDS["index"](value, *items))

    def tuple_item(self, node: tree.Index, value: tuple[Any, ...]) -> Any:
        if len(node.items) == 1:
            item = self.index_item(node.items[0])
            if isinstance(item, slice) or (
                isinstance(item, int) and -len(value) <= item < len(value)
            ):
                return value[item]
        raise ProgramTypeError(
            f"a tuple of {len(value)} has no such item", span=self.span(node),
            help=f"items 0 to {len(value) - 1}",
        )  # fmt: skip

    def index_item(self, node: Any) -> Any:
        """One item between brackets as NumPy takes it: int, slice, `...`, None, array."""
        if isinstance(node, tree.Dots):
            return Ellipsis
        if isinstance(node, tree.Slice):
            return slice(*(
                None if part is None else self.whole_number(part)
                for part in (node.lower, node.upper, node.step)
            ))  # fmt: skip
        value = self.expression(node)
        if value is None:
            return None
        if not isinstance(value, Node):
            raise ProgramTypeError(f"an index is not {describe(value)}", span=self.span(node))
        found = np.asarray(self.ask(value))
        if found.dtype.kind == "b":
            return found
        return self.whole_array(found, node)

    def whole_array(self, found: Any, node: tree.Tree) -> Any:
        if not (np.isfinite(found).all() and (found == np.floor(found)).all()):
            raise ProgramTypeError("an index must be a whole number", span=self.span(node))
        return int(found) if found.ndim == 0 else found.astype(np.intp)

    def whole_number(self, node: Any) -> int:
        value = self.expression(node)
        if value is None:
            return None  # type: ignore[return-value]
        item = self.whole_array(np.asarray(self.ask(self.number(node))), node)
        if not isinstance(item, int):
            raise ProgramTypeError("one whole number is needed here", span=self.span(node))
        return item

    # --- calls ------------------------------------------------------------------------------

    def callee(self, name: tree.Name) -> Any:
        """The function that a name before brackets stands for."""
        value = self.scope.find(name.id)
        if isinstance(value, Callable_):
            return value
        found = self.function_named(name.id)
        if found is not None:
            return found
        if value is not MISSING:
            raise ProgramTypeError(
                f"{name.id} is {describe(value)}, not a function", span=self.span(name),
                help=f"for a product write {name.id}*(…)",
            )  # fmt: skip
        raise self.unknown_name(name)

    def method(self, node: tree.Attribute) -> Any:
        value = self.scope.find(node.id)
        if isinstance(value, Callable_):
            return value
        return self.function_named(node.id) or self.callee(
            tree.Name(node.id, node.at, node.at + len(node.id))
        )

    def prefixed(self, node: tree.Attribute) -> Any:
        """The function behind a framework's prefix, in that framework's meaning."""
        words = dotted(node) or [node.id]
        name = words[-1]
        framework = self.library.PREFIXES[words[0]]
        if name in SPECIALS:
            return Derived(name, lambda *_: NOTHING)
        name = self.library.BEHIND_PREFIX.get((framework, name), name)
        path = ".".join([framework, *words[1:-1]])
        record = self.library.find(name)
        return BuiltIn(record, path if path in record.variants else framework)

    def call(
        self, function: Any, node: tree.Call, receiver: Any, receiver_tree: Any = None
    ) -> Any:
        """A call of any function value; `receiver` is what a method stands behind."""
        self.step(node)
        given = []
        if receiver_tree is not None:
            given.append(Given(None, receiver, None, self.span(receiver_tree)))
        given += [Given(a.value, None, a.id, self.span(a)) for a in node.arguments]
        return self.call_with(function, given, node)

    def call_with(self, function: Any, given: list[Given], node: tree.Call) -> Any:
        if isinstance(function, BuiltIn):
            return self.call_built_in(function, given, node)
        if isinstance(function, Closure):
            values = [(g.name, self.argument(g)) for g in given]
            return self.call_closure(function, values, self.span(node))
        if isinstance(function, Derived):
            if function.name in SPECIALS:
                return derivatives.special(self, function.name, given, node)
            return self.shaped(node, lambda: function.run(*[self.argument(g) for g in given]))
        raise ProgramTypeError(
            f"{describe(function)} cannot be called", span=self.span(node.function)
        )

    def argument(self, given: Given) -> Any:
        return given.value if given.tree is None else self.value_or_function(given.tree)

    def call_built_in(self, function: BuiltIn, given: list[Given], node: tree.Call) -> Any:
        span = self.span(node)
        bound = arguments.bind(self, function.record, given, function.framework, span)
        self.place(span)
        try:
            return self.lifted(function.record.invoke(bound))
        except ShapeError as error:
            operands = [
                (g.tree, bound[p.name])
                for g, p in zip(given, function.record.parameters, strict=False)
                if g.tree is not None and isinstance(bound.get(p.name), Node)
            ]
            raise self.shape_error(error, *operands) from None
        except GradcliError as error:
            error.span = error.span or span
            raise

    def lifted(self, value: Any) -> Any:
        """What a library function returns, as values of the language."""
        if isinstance(value, (tuple, list)):
            return tuple(self.lifted(part) for part in value)
        return to_node(value, self.graph)

    def apply_function(self, function: Any, values: Sequence[Any], span: Span) -> Any:
        """A function value called with values that are already at hand."""
        if isinstance(function, Closure):
            return self.call_closure(function, [(None, v) for v in values], span)
        if isinstance(function, BuiltIn):
            given = [Given(None, v, None, span) for v in values]
            bound = arguments.bind(self, function.record, given, function.framework, span)
            self.place(span)
            return self.lifted(function.record.invoke(bound))
        if isinstance(function, Derived) and function.name not in SPECIALS:
            return function.run(*values)
        raise ProgramTypeError(f"a function is needed here, not {describe(function)}", span=span)

    def call_closure(
        self, closure: Closure, given: Sequence[tuple[str | None, Any]], span: Span
    ) -> Any:
        """A call of a function of the program."""
        names = self.parameters(closure, given, span)
        if closure.rule is not None:
            return derivatives.call_with_rule(self, closure, names, span)
        return self.run_body(closure, names, span)

    def run_body(self, closure: Closure, names: dict[str, Any], span: Span) -> Any:
        if self.calls >= MAX_CALLS:
            raise LimitError(f"calls are more than {MAX_CALLS:,} deep", span=span)
        outer, self.scope = self.scope, Scope(closure.scope)
        self.scope.names.update(names)
        self.calls += 1
        try:
            body = closure.body
            if isinstance(body, tree.Block):
                value = self.block(body)
            else:
                value = self.value_or_function(body)
        finally:
            self.scope = outer
            self.calls -= 1
        if value is NOTHING:
            raise ProgramTypeError(
                f"{closure.name or 'the function'} ends without a value", span=span,
                help="end its block with the value",
            )  # fmt: skip
        return value

    def parameters(
        self, closure: Closure, given: Sequence[tuple[str | None, Any]], span: Span
    ) -> dict[str, Any]:
        """The values of a function's parameters, each array with a node of its own if asked for."""
        bound: dict[str, Any] = {}
        known = [p.id for p in closure.parameters]
        for i, (name, value) in enumerate(given):
            if name is None and i >= len(known):
                raise self.arity(closure, len(given), span)
            word = known[i] if name is None else name
            if word not in known or word in bound:
                what = "twice" if word in bound else "but has no such parameter"
                raise ProgramTypeError(f"{closure.name} gets '{word}' {what}", span=span)
            bound[word] = value
        for parameter in closure.parameters:
            if parameter.id not in bound:
                if parameter.default is None:
                    raise self.arity(closure, len(given), span)
                bound[parameter.id] = self.default(closure, parameter)
        if self.marks:
            for word, value in bound.items():
                if isinstance(value, Node):
                    bound[word] = self.mark(value, span)
        return bound

    def default(self, closure: Closure, parameter: tree.Parameter) -> Any:
        outer, self.scope = self.scope, closure.scope
        try:
            return self.expression(parameter.default)
        finally:
            self.scope = outer

    def arity(self, closure: Closure, count: int, span: Span) -> ProgramTypeError:
        needs = len(closure.parameters)
        name = closure.name if closure.span.text != closure.name else closure.name
        return ProgramTypeError(
            f"{name or 'the function'} takes {needs} argument{'s' if needs != 1 else ''}, "
            f"not {count}", span=span,
        )  # fmt: skip


def _is_name(node: Any) -> bool:
    return isinstance(node, tree.Name)


def _literal_array(node: tree.Array) -> Any:
    """The array of `[1, 2]` or `[[1, 2], [3, 4]]` where all items are numbers; else None."""
    rows: list[Any] = []
    for item in node.items:
        if isinstance(item, tree.Number):
            rows.append(item.value)
        elif isinstance(item, tree.Unary) and item.ops == ("-",) and isinstance(
            item.operand, tree.Number
        ):  # fmt: skip
            rows.append(-item.operand.value)
        elif isinstance(item, tree.Array) and item.items:
            inner = _literal_array(item)
            if inner is None:
                return None
            rows.append(inner)
        else:
            return None
    shapes = {np.shape(row) for row in rows}
    return np.array(rows, float) if len(shapes) == 1 else None


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


_STATEMENTS: dict[type, Any] = {
    tree.Assign: Interpreter._assign,
    tree.Define: Interpreter._define,
    tree.Rule: Interpreter._rule,
    tree.If: Interpreter._if,
    tree.While: Interpreter._while,
    tree.For: Interpreter._for,
}

_EXPRESSIONS: dict[type, Any] = {
    tree.Number: Interpreter._number,
    tree.String: Interpreter._string,
    tree.Name: Interpreter._name,
    tree.Tuple: Interpreter._tuple,
    tree.Array: Interpreter._array,
    tree.Unary: Interpreter._unary,
    tree.Arithmetic: Interpreter._arithmetic,
    tree.Power: Interpreter._power,
    tree.Compare: Interpreter._compare,
    tree.Logical: Interpreter._logical,
    tree.Lambda: Interpreter._lambda,
    tree.Attribute: Interpreter._postfix,
    tree.Call: Interpreter._postfix,
    tree.Index: Interpreter._postfix,
    tree.Block: Interpreter.block,
}
