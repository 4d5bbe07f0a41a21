"""What is at hand wherever a node of a snippet's tree is walked: scopes, calls, limits, output."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.errors import GradcliError, LimitError, Notice, OutOfMemoryError, Span
from gradcli.ir.kinds import CONVENTIONS, DOMAIN, NAN, OVERFLOW, WORDS_OF_KINDS
from gradcli.lower.room import Room
from gradcli.snippets import tree
from gradcli.snippets.arrays.recorder import Recorder
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.roots import DRAWING, ROOTS
from gradcli.snippets.limits import MAX_NESTED
from gradcli.snippets.values import (
    Array,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Namespace,
    Native,
    Object,
    Scope,
)
from gradcli.snippets.walk.calling import bound_parameters, refuse_arguments
from gradcli.snippets.walk.expressions import EXPRESSIONS
from gradcli.snippets.walk.producing import PRODUCING
from gradcli.snippets.walk.statements import STATEMENTS, Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gradcli.engine.settings import Settings
    from gradcli.errors import Source
    from gradcli.ir.node import Node
    from gradcli.snippets.framework import Framework
    from gradcli.snippets.language import Language


UNFORESEEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
)
"""What Python raises of values that a function of ours was not made for."""


class Outside(Object):
    """A module that is not part of the subset, which is said where it is used."""

    kind = "module"
    open = True

    def __init__(
        self, machine: Machine, path: str, *, draws: bool, said: Refusal | None = None
    ) -> None:
        self.machine = machine
        self.path = path
        self.draws = draws
        self.said = said

    def lookup(self, name: str) -> Outside:
        """What is imported from it; a call of it is a use."""
        if name == "__call__":
            raise self.refusal(self.path)
        if self.machine.is_importing:
            return Outside(self.machine, f"{self.path}.{name}", draws=self.draws)
        raise self.refusal(self.machine.span.cited(f"{self.path}.{name}"))

    def refusal(self, what: str) -> Refusal:
        """The error of its use."""
        if self.draws:
            help_ = "`gradcli plot` draws; leave these lines out"
            return Refusal(f"`{what}` draws", help=help_)
        if self.said is not None:
            return Refusal(self.said.message, help=self.said.help)
        return Refusal(
            f"`{what}` is of a module that is not part of the subset",
            help="`gradcli help snippets` lists those that are",
        )

    def show(self) -> str:
        """It cannot be shown."""
        raise self.refusal(self.path)


MAX_CALLS = 400
"""Calls within calls."""

LEVELS = 8 * MAX_CALLS
"""Levels of trees for which Python gets room."""


class Machine:
    """One walk of one snippet.

    `write` receives what it prints. `asked` are the names by which it asks for derivatives, whose
    values get nodes of their own; `fed` are shapes of placeholders, by their numbers. While
    `depth_of_tracing` is not 0 a transformation is at work, which must know how arrays are made.
    """

    def __init__(
        self,
        source: Source,
        language: Callable[[Machine], Language],
        settings: Settings,
        write: Callable[[str], object],
        *,
        asked: Collection[str] = (),
        seed: int | None = None,
        fed: Mapping[int, tuple[int, ...]] | None = None,
    ) -> None:
        self.source = source
        self.settings = settings
        self.write = self.write_always = write
        self.seed = seed
        self.fed = fed or {}
        self.asked = asked
        self.marks_all = "" in asked
        self.recorder = Recorder(source, settings, self.note_point)
        self.depth_of_tracing = 0
        self.steps = 0
        self.calls = 0
        self.nested = 0
        self.is_importing = False
        self.is_class_body = False
        self.span = Span(source, 0, 0)
        self.spans: dict[int, Span] = {}
        self.notices: list[Notice] = []
        self.frameworks: dict[str, Framework] = {}
        self.language = language(self)
        self.handling: list[Raised] = []
        self.scope = self.top = Scope()
        self.producers: list[Any] = []
        self.produced = 0
        self.handlers = {**EXPRESSIONS, **STATEMENTS, **PRODUCING, **self.language.handlers}

    # --- running ----------------------------------------------------------------------------

    def run(self, block: tree.Block, depth: int = 100) -> None:
        """Walks the whole snippet."""
        with Room(depth + LEVELS):
            try:
                self.block(block)
                self.language.finish()
            except GradcliError:
                raise
            except RecursionError:
                raise LimitError("calls are nested too deeply", span=self.span) from None
            except UNFORESEEN as error:
                raise self.unforeseen(self.span, error) from error

    def block(self, block: tree.Block) -> Any:
        """Walks statements; what ends them early is given back."""
        handlers = self.handlers
        for statement in block.statements:
            self.step(statement)
            signal = handlers[statement.__class__](self, statement)
            if signal is not None:
                return signal
        return None

    def evaluate(self, node: tree.Tree) -> Any:
        """The value of an expression."""
        return self.handlers[node.__class__](self, node)

    def step(self, node: tree.Tree) -> None:
        """Counts a statement, a turn or a call."""
        self.steps += 1
        if self.steps > self.settings.max_steps:
            raise self.too_long(Span(self.source, node.start, node.end))
        self.recorder.sweep()

    def spend(self) -> None:
        """Counts what is done to one of many values, within one statement."""
        self.steps += 1
        if self.steps > self.settings.max_steps:
            raise self.too_long(self.span)

    def too_long(self, span: Span) -> LimitError:
        """The error of a snippet that does not come to an end."""
        message = f"more than {self.settings.max_steps:,} statements and calls were executed"
        return LimitError(message, span=span, help="⟨max_steps⟩ raises the limit")

    def at(self, node: tree.Tree) -> Span:
        """What happens from now on is due to this node of the tree."""
        span = self.spans.get(id(node))
        if span is None:
            span = self.spans[id(node)] = Span(self.source, node.start, node.end)
        self.span = self.recorder.graph.place = span
        return span

    def within(self, node: tree.Tree, build: Callable[[], Any]) -> Any:
        """What `build` gives; an error in it without a place gets that of the node."""
        span = self.at(node)
        try:
            return build()
        except GradcliError as error:
            error.span = error.span or span
            raise
        except UNFORESEEN as error:
            raise self.unforeseen(span, error) from error

    unforeseen_kinds = UNFORESEEN

    def unforeseen(self, span: Span, error: Exception) -> GradcliError:
        """What no rule has foreseen: what is said is ours, and the cause stays with it."""
        if isinstance(error, MemoryError):
            return OutOfMemoryError("not enough memory", span=span)
        refusal = Refusal(f"`{span.cited('this')}` does not go with these values")
        refusal.span = span
        return refusal

    def tell(self, line: str) -> None:
        """Writes a line to standard error, as some functions of frameworks do."""
        if self.settings.printed is not None:
            self.settings.printed(line)

    def note_point(self, node: Node, kind: int) -> None:
        """Tells of a point at which gradcli's slope may be another than a framework's."""
        what = "this"
        if node.span is not None:
            cited, word = node.span.cited(""), node.op.word
            what = f"`{cited or word}`" if cited or word.isidentifier() else word
        if kind in CONVENTIONS:
            message = f"{what} has no derivative at this point ({WORDS_OF_KINDS[kind]})"
            help_ = "gradcli's convention stands for it; that of the framework may be another"
        elif kind == NAN:
            message = f"the gradient of {what} overflows on its way: a framework gives nan or inf"
            help_ = "shown is that of an equal formula that does not"
        else:
            message = f"the slope of {what} is not finite at this point ({WORDS_OF_KINDS[kind]})"
            if kind in (OVERFLOW, DOMAIN):
                message = f"{what} is {'not a number' if kind == DOMAIN else 'infinite'} here"
            help_ = (
                "where it was not selected it does not count; frameworks may print nan there, "
                "unless what goes into it is selected first"
            )
        self.note(message, help=help_, span=node.span)

    def note(self, message: str, *, help: str | None = None, span: Span | None = None) -> None:
        """Tells people something, once."""
        notice = Notice(message, help=help, span=span or self.span)
        if notice not in self.notices:
            self.notices.append(notice)

    # --- names ------------------------------------------------------------------------------

    def look_up(self, node: tree.Name) -> Any:
        """The value of a name."""
        scope = self.scope.holding(node.id)
        if scope is not None:
            return scope.names[node.id]
        value = self.language.builtin(node.id)
        if value is None and node.id in self.language.usual:
            value = self.module(self.language.usual[node.id])
        if value is None:
            raise self.language.unknown(node.id)
        return value

    def bind(self, name: str, value: Any) -> None:
        """Gives a name a value in the scope that is walked."""
        if isinstance(value, Array) and (self.marks_all or name in self.asked):
            value.home.mark(value)
        self.scope.bind(name, value)

    # --- modules ----------------------------------------------------------------------------

    def module(self, path: str) -> Any:
        """What an import of a module gives."""
        root, *rest = path.split(".")
        if root in self.language.modules:
            return self.language.module(path)
        if root not in ROOTS:
            return self.outside(path)
        name, words = ROOTS[root]
        framework = self.framework(name)
        try:
            return framework.namespace((*words, *rest))
        except Refusal as refusal:
            return self.outside(path, refusal)

    def outside(self, path: str, said: Refusal | None = None) -> Outside:
        """What stands for a module that is not part of the subset, or a part of one."""
        return Outside(self, path, draws=path.partition(".")[0] in DRAWING, said=said)

    def framework(self, name: str) -> Framework:
        """A framework by its name, loaded when it is first used."""
        framework = self.frameworks.get(name)
        if framework is None:
            module = import_module(f"gradcli.snippets.frameworks.{name}.framework")
            framework = self.frameworks[name] = module.FRAMEWORK(self)
        return framework

    # --- calls ------------------------------------------------------------------------------

    def call(self, function: Any, args: Sequence[Any] = (), named: Any = None) -> Any:
        """What a function gives for arguments."""
        named = named or {}
        if isinstance(function, Closure):
            return self.call_closure(function, args, named)
        if isinstance(function, Native):
            refuse_arguments(function.name, function.function, args, named)
            return function.function(*args, **named)
        if isinstance(function, Kind):
            refuse_arguments(function.name, function.make, args, named)
            return function.make(*args, **named)
        if isinstance(function, ClassValue):
            return self.language.construct(function, args, named)
        return self.language.call_object(function, args, named)

    def call_closure(self, closure: Closure, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the snippet."""
        if self.calls >= MAX_CALLS:
            raise Raised("RecursionError", "maximum recursion depth exceeded")
        if closure.bound is not None:
            args = (closure.bound, *args)
        outer, span, in_class = self.scope, self.span, self.is_class_body
        self.is_class_body = False
        scope = Scope(closure.scope)
        self.calls += 1
        try:
            bound = bound_parameters(self, closure, args, named)
            self.scope = scope
            for target, value in bound:
                self.assign(target, value)
            function = closure.function
            if isinstance(function.body, tree.Block):
                self.language.enter(closure, scope)
                signal = self.block(function.body)
                return signal.value if isinstance(signal, Returned) else self.language.nothing
            self.spend()
            return self.evaluate(function.body)
        finally:
            self.scope, self.is_class_body = outer, in_class
            self.calls -= 1
            self.span = self.recorder.graph.span = span

    def assign(self, target: tree.Tree, value: Any, *, binds: bool = True) -> None:
        """Assigns to a name, an attribute, an item, or a pattern of them."""
        if isinstance(target, tree.Name) and binds:
            self.bind(target.id, value)
        else:
            self.language.assign(target, value, binds)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """What is done to a value within a value, by a call within a call."""
        self.nested += 1
        try:
            if self.nested > MAX_NESTED:
                raise Raised("RecursionError", "maximum recursion depth exceeded")
            yield
        finally:
            self.nested -= 1

    # --- attributes -------------------------------------------------------------------------

    def attribute(self, value: Any, name: str) -> Any:
        """What stands behind the dot of a value."""
        if isinstance(value, Array):
            return value.home.attribute(value, name)
        if isinstance(value, Namespace):
            return value.framework.member((*value.words, name))
        if isinstance(value, Object):
            return self.object_attribute(value, name)
        return self.language.attribute(value, name)

    def object_attribute(self, value: Object, name: str) -> Any:
        """What an object with a state exposes under a name."""
        if name not in value.methods and name not in value.values and not value.open:
            array = self.array_in(value)
            if array is not None:
                return array.home.attribute(array, name)
            if name == "__class__":
                return self.language.attribute(value, name)
            raise Raised("AttributeError", f"'{value.kind}' object has no attribute '{name}'")
        return value.lookup(name)

    def array_in(self, value: Any) -> Array | None:
        """The array that an object stands for, if it stands for one."""
        return value.stands_for() if isinstance(value, Object) else None

    # --- values -----------------------------------------------------------------------------

    def truth(self, value: Any) -> bool:
        """Whether a value is true where a condition stands."""
        if isinstance(value, Array):
            return value.home.truth(value)
        return self.language.truth(value)

    def iterate(self, value: Any) -> Iterator[Any]:
        """What a loop goes over."""
        if isinstance(value, Array):
            return iter(value.home.iterate(value))
        return self.language.iterate(value)

    def items(self, value: Any) -> Iterator[Any]:
        """What a function goes over to its end, if it has one within reason."""
        most = self.settings.max_steps
        for count, item in enumerate(self.iterate(value)):
            if count == most:
                help_ = "⟨max_steps⟩ raises the limit"
                raise LimitError(f"more than {most:,} items were gone over", help=help_)
            yield item

    def owner(self, *operands: Any) -> Framework | None:
        """The framework whose operation it is, if one operand is an array."""
        owner: Framework | None = None
        for operand in operands:
            array = operand if isinstance(operand, Array) else self.array_in(operand)
            if array is not None and (owner is None or array.home.rank > owner.rank):
                owner = array.home
        return owner

    def exception(self, error: GradcliError) -> ExceptionValue | Any:
        """An error as the snippet sees it."""
        if isinstance(error, Raised):
            return error.value or ExceptionValue(error.type_name, error.arguments)
        type_name = self.language.kinds.get(error.kind, "Exception")
        return ExceptionValue(type_name, (error.message,))


__all__ = ["Instance", "Machine"]
