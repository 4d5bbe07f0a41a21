"""What the names of a program are, read off its text once: inputs, functions, prefixes.

A name is an input if its first appearance is a use. Nothing is run; unknown functions and
attributes are found here, before any value is looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.errors import Notice, ProgramNameError, ProgramTypeError, Span
from gradcli.lower.room import Room
from gradcli.lower.walk import assigned_in, bare_names, dotted, parts, target_names
from gradcli.lower.words import (
    ATTRIBUTES,
    CONSTANTS,
    DERIVATIVES,
    DTYPES,
    FIXED,
    INSTEAD,
    SILENT,
    SPECIALS,
)
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gradcli.syntax.tree import SyntaxTree


_GOES_ON = re.compile(r"(?:[^\S\n]|#[^\n]*)*\n\s*[-+−]")
"""The end of a line before one that starts with a sign."""


class Names:
    """The names of one program.

    `inputs` maps each input to the place of its first use, in order; `assigned` are the names that
    get values at top level, `defined` those that get one anywhere; `asked` are those by which the
    program itself differentiates, which need nodes of their own, and `aliases` pairs of names of
    which the first is given the value of the second (`y = x`). `functions` says whether there are
    functions of the program's own.
    """

    __slots__ = (
        "aliases",
        "asked",
        "assigned",
        "defined",
        "functions",
        "inputs",
        "notices",
        "prefixes",
    )

    def __init__(self) -> None:
        self.inputs: dict[str, tree.Name] = {}
        self.assigned: set[str] = set()
        self.defined: set[str] = set()
        self.functions = False
        self.prefixes: set[str] = set()
        self.asked: set[str] = set()
        self.aliases: list[tuple[str, str]] = []
        self.notices: list[Notice] = []

    def marked(self, asked: Collection[str] = ()) -> frozenset[str]:
        """The names that need nodes of their own, if gradients by `asked` are asked for, too."""
        found = self.asked.union(asked)
        before = -1
        while len(found) != before:
            before = len(found)
            found.update(old for new, old in self.aliases if new in found)
        return frozenset(found)


def read_names(program: SyntaxTree, library: Any, given: Collection[str] = ()) -> Names:
    """The names of a program; `given` are those for which there are values (or will be)."""
    reader = _Reader(program, library, given)
    with Room(program.depth):
        reader.block(program.block, value=True)
    return reader.names


class _Reader:
    """Walks the tree in the order of evaluation; `local` are the names of functions around."""

    def __init__(self, program: SyntaxTree, library: Any, given: Collection[str]) -> None:
        self.source = program.source
        self.library = library
        self.given = frozenset(given)
        self.names = Names()
        self.names.assigned = assigned_in(program.block.statements)
        self.names.defined |= self.names.assigned
        self.done: set[str] = set()
        self.local: list[set[str]] = []
        self.bare: set[str] | None = None
        self.program = program

    # --- what a name is ---------------------------------------------------------------------

    def is_own(self, name: str) -> bool:
        """Whether the program itself gives the name a value."""
        return name in self.names.assigned or self.is_local(name)

    def is_local(self, name: str) -> bool:
        """Whether a function that is being read gives the name a value."""
        return bool(self.local) and any(name in local for local in self.local)

    def is_prefix(self, name: str) -> bool:
        if name not in self.library.PREFIXES or name in self.given or self.is_own(name):
            return False
        if name in self.names.prefixes:
            return True
        if self.bare is None:
            self.bare = bare_names(self.program.block)
        if name in self.bare:
            return False
        self.names.prefixes.add(name)
        return True

    def use(self, name: tree.Name) -> None:
        """A name in a place where it is a value."""
        word = name.id
        if self.is_local(word):
            return
        known = self.names.assigned if self.local else self.done
        if word in known or word in self.names.inputs:
            return
        if word in CONSTANTS and (word not in self.given or word in FIXED):
            return
        self.names.inputs[word] = name

    def is_function(self, name: str) -> bool:
        """Whether a name stands for a function of the library, or of the language, by itself."""
        return name not in self.library.METHODS_ONLY and self.is_method(name)

    def is_method(self, name: str) -> bool:
        """Whether a name does so behind a dot."""
        return self.library.find(name) is not None or name in SPECIALS

    def function_or_use(self, node: Any) -> None:
        """An expression in a place where a function value can be meant."""
        word = node.id if isinstance(node, tree.Name) else ""
        if self.is_own(word) or word in self.given or not self.is_function(word):
            self.expression(node)

    # --- expressions ------------------------------------------------------------------------

    def expression(self, node: Any) -> None:
        """Walks an expression; long chains of postfixes and choices in a loop."""
        kind = node.__class__
        if kind is tree.Number:
            return
        if kind is tree.Name:
            self.use(node)
            return
        while isinstance(node, tree.Choice):
            self.expression(node.condition)
            self.expression(node.value)
            node = node.other
        spine = []
        while isinstance(node, (tree.Call, tree.Index, tree.Attribute)):
            spine.append(node)
            node = self.below(node)
        if isinstance(node, tree.Name):
            self.use(node)
        elif isinstance(node, tree.Lambda):
            self.function(node.parameters, node.body)
        elif node is not None:
            for part in parts(node):
                self.expression(part)
        for outer in reversed(spine):
            self.postfix(outer)

    def below(self, node: Any) -> Any:
        """The expression that a postfix stands behind; None where that is a function's name."""
        if isinstance(node, tree.Index):
            return node.value
        if isinstance(node, tree.Attribute):
            return None if self.constant_or_function(node) else node.value
        called = node.function
        if isinstance(called, tree.Name):
            self.called_name(called)
            return None
        if isinstance(called, tree.Attribute):
            return None if self.called_attribute(called) else called.value
        return called

    def called_name(self, name: tree.Name) -> None:
        if self.is_own(name.id):
            return
        if not self.is_function(name.id):
            self.unknown_function(name.id, name.start, name.end)

    def called_attribute(self, node: tree.Attribute) -> bool:
        """Checks a method or prefixed function; true if what stands before the dot is a prefix."""
        words = dotted(node)
        if words is not None and self.is_prefix(words[0]):
            self.check_path(words, node)
            return True
        if not self.is_own(node.id) and not self.is_method(node.id):
            self.unknown_method(node)
        return False

    def check_path(self, words: list[str], node: tree.Attribute) -> None:
        for word in words[1:-1]:
            if word not in self.library.PATHS:
                self.unknown_function(".".join(words), node.start, node.end)
        if not self.is_method(words[-1]) and not self.is_behind_prefix(words):
            self.unknown_method(node)

    def is_behind_prefix(self, words: list[str]) -> bool:
        """Whether a name stands for a function of another name behind this prefix."""
        framework = self.library.framework(words)
        paths = (framework, ".".join([framework, *words[1:-1]]))
        return any((path, words[-1]) in self.library.BEHIND_PREFIX for path in paths)

    def constant_or_function(self, node: tree.Attribute) -> bool:
        """Whether an attribute is `np.pi`, or a function behind a prefix, which is checked."""
        words = dotted(node)
        if words is None or not self.is_prefix(words[0]):
            return False
        if words[-1] not in CONSTANTS and words[-1] not in DTYPES:
            self.check_path(words, node)
        return True

    def attribute(self, node: tree.Attribute) -> None:
        """Checks `x.T` and the like."""
        if node.id == "grad" and isinstance(node.value, tree.Name):
            self.names.asked.add(node.value.id)
        if node.id not in ATTRIBUTES:
            self.unknown_attribute(node)

    def unknown_function(self, name: str, start: int, end: int) -> None:
        help_ = None
        if name in self.given or name in self.names.inputs or len(name) == 1:
            help_ = f"for a product write {name}*(…)"
        self.refuse_function(name, Span(self.source, start, end), help_)

    def unknown_method(self, node: tree.Attribute) -> None:
        help_ = f".{node.id} stands without brackets" if node.id in ATTRIBUTES else None
        span = Span(self.source, node.id_start, node.id_start + len(node.id))
        self.refuse_function(node.id, span, help_)

    def refuse_function(self, name: str, span: Span, help_: str | None) -> None:
        help_ = help_ or INSTEAD.get(name)
        if help_ is None:
            near = nearest(name, [*self.library.NAMES, *SPECIALS, *self.names.assigned])
            help_ = f"did you mean '{near}'?" if near else "`gradcli functions` lists them"
        raise ProgramNameError(f"unknown function '{name}'", span=span, help=help_)

    def unknown_attribute(self, node: tree.Attribute) -> None:
        span = Span(self.source, node.id_start, node.id_start + len(node.id))
        if self.is_method(node.id) or self.is_own(node.id):
            raise ProgramTypeError(
                f"'{node.id}' is a function and is called with brackets",
                span=span,
                help=f".{node.id}()",
            )
        near = nearest(node.id, [*ATTRIBUTES, *self.library.NAMES])
        listed = ", ".join(f".{name}" for name in ATTRIBUTES)
        raise ProgramNameError(
            f"unknown attribute '{node.id}'",
            span=span,
            help=f"did you mean '.{near}'?" if near else f"there are {listed}, and every function",
        )

    def postfix(self, node: Any) -> None:
        """The arguments or indices of one postfix, after what it stands behind."""
        if isinstance(node, tree.Call):
            takes_functions = self.takes_functions(node.function)
            self.asks_for(node)
            for argument in node.arguments:
                if takes_functions:
                    self.function_or_use(argument.value)
                else:
                    self.expression(argument.value)
        elif isinstance(node, tree.Index):
            for item in node.items:
                self.expression(item)
        elif not self.constant_or_function(node):
            self.attribute(node)

    def asks_for(self, node: tree.Call) -> None:
        """Notes the names by which a derivative operator differentiates: `grad(y, (a, b))`."""
        function = node.function
        word = function.id if isinstance(function, (tree.Name, tree.Attribute)) else ""
        if word in DERIVATIVES and len(node.arguments) > 1:
            by = node.arguments[1].value
            names = by.items if isinstance(by, tree.Tuple) else (by,)
            self.names.asked.update(name.id for name in names if isinstance(name, tree.Name))

    def takes_functions(self, function: Any) -> bool:
        if isinstance(function, tree.Name):
            return function.id in DERIVATIVES or self.is_own(function.id)
        if isinstance(function, tree.Attribute):
            return function.id in DERIVATIVES or self.is_own(function.id)
        return True

    # --- statements -------------------------------------------------------------------------

    def block(self, block: tree.Block, *, value: bool) -> None:
        """The statements in order; `value` says whether the block's value is used."""
        last = len(block.statements) - 1
        for i, statement in enumerate(block.statements):
            self.statement(statement, used=value and i == last)

    def statement(self, node: Any, *, used: bool) -> None:
        if isinstance(node, tree.Assign):
            if node.op is not None:
                self.expression(node.target)
            self.function_or_use(node.value)
            if isinstance(node.value, tree.Name) and isinstance(node.target, tree.Name):
                self.names.aliases.append((node.target.id, node.value.id))
            self.assign(target_names(node.target))
        elif isinstance(node, (tree.Define, tree.DerivativeRule)):
            self.define(node)
        elif isinstance(node, tree.If):
            for condition, block in node.branches:
                self.expression(condition)
                self.block(block, value=used)
            if node.otherwise is not None:
                self.block(node.otherwise, value=used)
        elif isinstance(node, tree.While):
            self.expression(node.condition)
            self.block(node.block, value=False)
        elif isinstance(node, tree.For):
            self.expression(node.iterable)
            self.assign(target_names(node.target))
            self.block(node.block, value=False)
        else:
            self.expression(node)
            if not used and not _is_silent(node):
                self.unused(node)

    def unused(self, node: tree.Tree) -> None:
        span = Span(self.source, node.start, node.end)
        line = self.source.place(node.start)[0]
        help_ = "give it a name, or drop it"
        if _GOES_ON.match(self.source.text, node.end):
            help_ = "an operator at the end of a line, not at the start of the next, lets it go on"
        self.names.notices.append(Notice(f"line {line} is not used", span=span, help=help_))

    def assign(self, names: Iterable[str]) -> None:
        if not self.local:
            self.done.update(names)

    def define(self, node: tree.Define | tree.DerivativeRule) -> None:
        if isinstance(node, tree.Define):
            self.assign([node.id])
        elif not self.is_own(node.id):
            self.no_function_for_rule(node)
        self.function(node.parameters, node.body, node.id)

    def no_function_for_rule(self, node: tree.DerivativeRule) -> None:
        end = self.source.text.index("(", node.start)
        head = self.source.text[node.start + len("vjp") : end]
        parameters = ", ".join(p.id for p in node.parameters[:-1])
        raise ProgramNameError(
            f"'{node.id}' is no function of this program, and a rule is for one",
            span=Span(self.source, end - len(head.lstrip()), end),
            help=f"define it before: {node.id}({parameters}) = …",
        )

    def function(
        self, parameters: tuple[tree.Parameter, ...], body: tree.Body, own: str = ""
    ) -> None:
        self.names.functions = True
        itself = {own} if own else set()
        self.local.append(itself)
        for parameter in parameters:
            if parameter.default is not None:
                self.expression(parameter.default)
        local = itself.union(p.id for p in parameters)
        if isinstance(body, tree.Block):
            local |= assigned_in(body.statements)
        self.names.defined |= local
        self.local[-1] = local
        if isinstance(body, tree.Block):
            self.block(body, value=True)
        else:
            self.function_or_use(body)
        self.local.pop()


def _is_silent(node: tree.Tree) -> bool:
    """Whether a statement is a call that is there for its effect."""
    called = node.function if isinstance(node, tree.Call) else None
    return isinstance(called, (tree.Name, tree.Attribute)) and called.id in SILENT
