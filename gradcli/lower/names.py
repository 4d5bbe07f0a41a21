"""What the names of a program are, read off its text once: inputs, functions, prefixes.

A name is an input if its first appearance is a use. Nothing is run; unknown functions and
attributes are found here, before any value is looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.errors import Notice, ProgramNameError, Span
from gradcli.ir.op import Elementwise
from gradcli.lower.functions import (
    check_update,
    function_named,
    is_function,
    is_method,
    method_named,
    methods_framework,
    no_function_for_rule,
    prefixed_function,
    unknown_attribute,
    unknown_function,
)
from gradcli.lower.room import Room
from gradcli.lower.trees import (
    assigned_in,
    bare_names,
    bare_type,
    dotted,
    is_update,
    may_be_type,
    target_names,
    unrolled,
)
from gradcli.lower.values import BuiltIn
from gradcli.lower.words import (
    ATTRIBUTES,
    CONSTANTS,
    DERIVATIVES,
    DTYPES,
    FIXED,
    INSTEAD,
    RESULTS,
    SILENT,
)
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from gradcli.ir.node import Node
    from gradcli.lower.needs import Catalogue

_DIGITS = 15
"""Digits that a float always holds."""

_LONGEST = 60
"""Characters of a sum that a warning cites."""

_GOES_ON = r"(?:[^\S\n]|#[^\n]*)*\n\s*[-+−]"
"""The end of a line before one that starts with a sign."""

_D_BY = r"\bd\s*/\s*\Z"
"""What stands before the `dx` of `d/dx (x^2)`."""


class Names:
    """The names of one program.

    `inputs` maps each input to its first use, in order; `assigned` are the names that get values at
    top level, `defined` those that get one anywhere; `marks` are those by which the program itself
    differentiates, which need nodes of their own, and `aliases` pairs of names of which the first
    is given the value of the second (`y = x`); `long` are numbers of more digits than a float
    surely holds. `elementwise` is what builds the nodes of calls of elementwise operations, all of
    whose operands are given by position. `framework` is the prefix whose meaning methods have
    because the program uses no other framework's. `functions` says whether there are functions of
    the program's own.
    """

    def __init__(self, assigned: set[str]) -> None:
        self.inputs: dict[str, tree.Name] = {}
        self.assigned = assigned
        self.defined = set(assigned)
        self.functions = False
        self.prefixes: set[str] = set()
        self.framework = ""
        self.marks: set[str] = set()
        self.aliases: list[tuple[str, str]] = []
        self.long: list[tree.Number] = []
        self.elementwise: dict[tree.Call, Callable[..., Node]] = {}
        self.notices: list[Notice] = []

    def marked(self, others: Collection[str] = ()) -> frozenset[str]:
        """The names that need nodes of their own, if gradients by `others` are asked for, too."""
        return self.aliased(self.marks.union(others))

    def aliased(self, names: Collection[str]) -> frozenset[str]:
        """These names, and those that they are other names for."""
        if not self.aliases:
            return frozenset(names)
        marks, count = set(names), -1
        while len(marks) != count:
            count = len(marks)
            marks.update(old for new, old in self.aliases if new in marks)
        return frozenset(marks)


def read_names(program: tree.SyntaxTree, library: Catalogue, valued: Collection[str] = ()) -> Names:
    """The names of a program; `valued` are those that have one (or will)."""
    reader = _Reader(program, library, valued)
    with Room(program.depth):
        reader.block(program.block, used=True)
    reader.names.framework = methods_framework(library, reader.names.prefixes)
    return reader.names


class _Reader:
    """Walks the tree in the order of evaluation.

    `bound` are the names that got values at top level so far, `local` those of the functions
    around, the innermost last.
    """

    def __init__(
        self, program: tree.SyntaxTree, library: Catalogue, valued: Collection[str]
    ) -> None:
        self.program = program
        self.source = program.source
        self.library = library
        self.valued = frozenset(valued)
        self.names = Names(assigned_in(program.block))
        self.bound: set[str] = set()
        self.local: list[set[str]] = []
        self.bare: set[str] | None = None

    # --- what a name is ---------------------------------------------------------------------

    def is_local(self, name: str) -> bool:
        """Whether a function that is being read gives the name a value."""
        return any(name in local for local in self.local)

    def is_own(self, name: str) -> bool:
        """Whether the program itself gives the name a value."""
        return name in self.names.assigned or (bool(self.local) and self.is_local(name))

    def own(self) -> set[str]:
        """All names that have values of the program's own here."""
        return self.names.assigned.union(*self.local)

    def use(self, node: tree.Name) -> None:
        """A name where it is a value."""
        name = node.id
        if name in self.names.inputs or (self.local and self.is_local(name)):
            return
        if name in (self.names.assigned if self.local else self.bound):
            return
        if name not in CONSTANTS or (name in self.valued and name not in FIXED):
            self.names.inputs[name] = node

    def path(self, node: tree.Attribute) -> list[str] | None:
        """The words of an attribute behind a framework's prefix, or None."""
        words = dotted(node, self.names.defined)
        return words if words and self.is_prefix(words[0]) else None

    def is_prefix(self, name: str) -> bool:
        """Whether a name before a dot is a prefix: it has no value, and stands nowhere else."""
        if name not in self.library.PREFIXES or name in self.valued or self.is_own(name):
            return False
        if self.bare is None:
            self.bare = bare_names(self.program.block)
        if name in self.bare:
            return False
        self.names.prefixes.add(name)
        return True

    # --- expressions ------------------------------------------------------------------------

    def expression(self, node: tree.Tree) -> None:
        """Walks an expression, or what stands between the brackets of an index."""
        _EXPRESSIONS[type(node)](self, node)

    def function_or_value(self, node: tree.Tree) -> None:
        """An expression where a built-in's bare name means the function."""
        if not isinstance(node, tree.Name) or not self.is_function(node.id):
            self.expression(node)

    def is_function(self, name: str) -> bool:
        """Whether a name without a value is that of a function."""
        has_value = self.is_own(name) or name in self.valued
        return not has_value and is_function(self.library, name)

    def choice(self, node: tree.Expression) -> None:
        """`a if c else b`, a chain of them in a loop."""
        while isinstance(node, tree.Choice):
            self.expression(node.condition)
            self.expression(node.value)
            node = node.other
        self.expression(node)

    def postfix(self, node: tree.Expression) -> None:
        """Calls, indices and attributes, however many in a row, without recursion."""
        if type(node) is tree.Call and type(node.function) is tree.Name:
            self.call(node)
            return
        postfixes, inner = unrolled(node, self.path)
        if inner is not None:
            self.expression(inner)
        for postfix in postfixes:
            _POSTFIXES[type(postfix)](self, postfix)

    def operands(self, node: tree.Arithmetic | tree.Power | tree.Compare | tree.Logical) -> None:
        known = self.names.inputs
        for operand in node.operands:
            if type(operand) is not tree.Name or operand.id not in known:
                _EXPRESSIONS[type(operand)](self, operand)

    def items(self, node: tree.Tuple | tree.Array | tree.Index) -> None:
        for item in node.items:
            self.expression(item)

    def bounds(self, node: tree.Slice) -> None:
        for bound in (node.lower, node.upper, node.step):
            if bound is not None:
                self.expression(bound)

    def number(self, node: tree.Number) -> None:
        if node.end - node.start > _DIGITS:
            self.names.long.append(node)

    def nothing(self, _: tree.Tree) -> None:
        """What no name stands in."""

    def attribute(self, node: tree.Attribute) -> None:
        """`x.T` and the like; `np.pi`, or a function behind a prefix."""
        path, span = self.path(node), Span(self.source, node.id_start, node.end)
        if path:
            if node.id not in CONSTANTS and node.id not in DTYPES:
                self.check_path(path, node)
        elif node.id not in ATTRIBUTES and not (
            node.id in RESULTS and self.is_computed(node.value)
        ):
            raise unknown_attribute(node.id, span, self.library, self.own())
        elif node.id == "grad" and isinstance(node.value, tree.Name):
            self.names.marks.add(node.value.id)

    def is_computed(self, node: tree.Expression) -> bool:
        """Whether a value may be several, which an input never is."""
        return not isinstance(node, tree.Name) or node.id in self.own()

    def call(self, node: tree.Call) -> None:
        """A call, whose function must exist; the names it differentiates by are marked."""
        function, name, own = node.function, "", True
        if isinstance(function, (tree.Name, tree.Attribute)):
            name = function.id
            own = self.is_own(name)
            if not own and self.is_elementwise(node, name):
                for argument in node.arguments:
                    _EXPRESSIONS[type(argument.value)](self, argument.value)
                return
            self.check_function(function, own)
        derives = name in DERIVATIVES
        for argument in node.arguments:
            value = argument.value
            if type(value) is tree.Name and value.id in DTYPES and self.is_type(node, argument):
                continue
            if own or derives:
                self.function_or_value(value)
            else:
                _EXPRESSIONS[type(value)](self, value)
        if derives and not {"'", "′"}.isdisjoint(self.source.text[node.end - 1 : node.end + 1]):
            self.check_prime(node.arguments[0].value)
        if derives and len(node.arguments) > 1:
            by = node.arguments[1].value
            items = by.items if isinstance(by, (tree.Tuple, tree.Array)) else (by,)
            self.names.marks.update(item.id for item in items if isinstance(item, tree.Name))

    def is_elementwise(self, node: tree.Call, name: str) -> bool:
        """Whether a call is of an elementwise operation, if that is plain to see; it is noted."""
        record = self.library.find(name) if type(node.function) is tree.Name else None
        if record is None or not record.is_op or not isinstance(record.op, Elementwise):
            return False
        if len(node.arguments) != len(record.parameters):
            return False
        for argument in node.arguments:
            if argument.id is not None:
                return False
        self.names.elementwise[node] = record.build
        return True

    def is_type(self, node: tree.Call, argument: tree.Argument) -> bool:
        """Whether an argument is a type: `dtype=int`, or by position where a call may take one."""
        if bare_type(argument.id, argument.value):
            return True
        if not may_be_type(argument):
            return False
        name: Any = argument.value
        if name.id in self.valued or self.is_own(name.id):
            return False
        function: Any = node.function
        if isinstance(function, tree.Attribute) and self.path(function):
            return True
        named = method_named if isinstance(function, tree.Attribute) else function_named
        called = named(self.library, function.id)
        return isinstance(called, BuiltIn) and called.takes_type()

    def check_function(self, node: tree.Name | tree.Attribute, own: bool) -> None:
        """What is called must be a function: of the program, of the library, of a framework."""
        known = is_function
        if isinstance(node, tree.Attribute):
            if is_update(node):
                check_update(node.id, Span(self.source, node.id_start, node.end))
                return
            path = self.path(node)
            if path:
                self.check_path(path, node)
                return
            known = is_method
        if not own and not known(self.library, node.id):
            raise self.unknown_function(node)

    def check_prime(self, node: tree.Tree) -> None:
        """What stands before `'` must be a function."""
        if isinstance(node, tree.Name) and node.id in self.names.inputs:
            span = Span(self.source, node.start, node.end)
            help_ = f"define it first: {node.id}(x) = x^2; {node.id}'(2)"
            raise ProgramNameError(
                f"{node.id} is no function of the program", span=span, help=help_
            )

    def check_path(self, path: list[str], node: tree.Attribute) -> None:
        """What stands behind a prefix must be a function."""
        if not self.library.PATHS.issuperset(path[1:-1]):
            span = Span(self.source, node.start, node.end)
            raise unknown_function(".".join(path), span, self.library, self.own())
        if prefixed_function(self.library, path) is None:
            raise self.unknown_function(node)

    def unknown_function(self, node: tree.Name | tree.Attribute) -> ProgramNameError:
        """The error of a call of something else."""
        name, start, help_ = node.id, node.start, None
        is_letter = len(name) == 1 and name not in INSTEAD
        if isinstance(node, tree.Attribute):
            start = node.id_start
            help_ = f".{name} stands without brackets" if name in ATTRIBUTES else None
        elif name in self.valued or name in self.names.inputs or is_letter:
            help_ = self.product(node)
        elif re.compile(_D_BY).search(self.source.text, 0, start):
            help_ = f"the derivative of y is grad(y, {name[1:]}); `gradcli grad` asks for it"
        return unknown_function(
            name, Span(self.source, start, node.end), self.library, self.own(), help_
        )

    def product(self, node: tree.Name) -> str:
        """What to write for a variable directly before a bracket: the text with every such `*`."""
        text = self.source.text
        name = re.escape(text[node.start : node.end])
        corrected = re.sub(rf"(?<![^\W\d])({name})\s*\(", r"\1*(", text)
        short = len(corrected) <= 60 and "\n" not in corrected
        item = re.match(r"\(\s*(\d+)\s*\)", text[node.end :]) if node.id in self.valued else None
        element = (
            f", for an element {node.id}[{int(item[1]) - 1}]" if item and item[1] != "0" else ""
        )
        return f"for a product write {corrected if short else f'{node.id}*(…)'}{element}"

    # --- statements -------------------------------------------------------------------------

    def block(self, block: tree.Block, *, used: bool = False) -> None:
        """The statements in order; `used` says whether the block's value is."""
        for i, statement in enumerate(block.statements, 1):
            self.statement(statement, used=used and i == len(block.statements))

    def statement(self, node: tree.Tree, *, used: bool = False) -> None:
        """One statement, and whether its value is used."""
        read = _STATEMENTS.get(node.__class__)
        if read is not None:
            read(self, node, used)
            return
        self.expression(node)
        if not used and not _is_silent(node):
            self.names.notices.append(self.unused(node))
        if node.__class__ is tree.Tuple:
            self.decimal_commas(node)

    def decimal_commas(self, node: tree.Tree) -> None:
        """The warning of `1,5 * 2`, a sum of numbers whose commas may be meant as decimal marks."""
        text = self.source.text.strip()
        if len(text) >= _LONGEST:
            return
        is_sum = re.fullmatch(r"[\d\s.,()+*/^×÷·−-]*[+*/^×÷·−-][\d\s.,()+*/^×÷·−-]*", text)
        point = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", text)
        whole = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
        if is_sum and point != text:
            message = f"`{text}` is several values: commas separate them"
            span = Span(self.source, node.start, node.end)
            help_ = f"the decimal mark is a point: {point}, if that is meant"
            if "," not in whole:
                help_ = f"digits are not grouped: {whole}, if that is meant"
            self.names.notices.append(Notice(message, span=span, help=help_))

    def unused(self, node: tree.Tree) -> Notice:
        """The warning of an expression whose value is dropped."""
        help_ = "give it a name, or drop it"
        if re.compile(_GOES_ON).match(self.source.text, node.end):
            help_ = "to go on in the next line, end this one with the operator"
        span = Span(self.source, node.start, node.end)
        shown = self.source.text[node.start : node.end].strip()
        what = f"`{shown}`" if "\n" not in shown and len(shown) < _LONGEST else "the value here"
        return Notice(f"{what} is not used", span=span, help=help_)

    def assign(self, node: tree.Assign, _used: bool) -> None:
        if node.op is not None:
            self.expression(node.target)
        self.function_or_value(node.value)
        if isinstance(node.value, tree.Name) and isinstance(node.target, tree.Name):
            self.names.aliases.append((node.target.id, node.value.id))
        self.give(target_names(node.target))

    def give(self, names: Iterable[str]) -> None:
        """From here on the names have values."""
        if not self.local:
            self.bound.update(names)

    def define(self, node: tree.Define, _used: bool) -> None:
        self.give([node.id])
        self.function(node, node.id)

    def rule(self, node: tree.DerivativeRule, _used: bool) -> None:
        if not self.is_own(node.id):
            raise no_function_for_rule(node.id, Span(self.source, node.start, node.end))
        self.function(node, node.id)

    def function(
        self, node: tree.Define | tree.Lambda | tree.DerivativeRule, name: str = ""
    ) -> None:
        """The defaults and the body of a function, which knows itself by its name."""
        self.names.functions = True
        self.local.append({name} if name else set())
        for parameter in node.parameters:
            if parameter.default is not None:
                self.expression(parameter.default)
        self.local[-1].update(p.id for p in node.parameters)
        if isinstance(node.body, tree.Block):
            self.local[-1] |= assigned_in(node.body)
            self.block(node.body, used=True)
        else:
            self.function_or_value(node.body)
        self.names.defined |= self.local.pop()

    def if_(self, node: tree.If, used: bool) -> None:
        for condition, block in node.branches:
            self.expression(condition)
            self.block(block, used=used)
        if node.otherwise is not None:
            self.block(node.otherwise, used=used)

    def while_(self, node: tree.While, _used: bool) -> None:
        self.expression(node.condition)
        self.block(node.block)

    def for_(self, node: tree.For, _used: bool) -> None:
        self.expression(node.iterable)
        self.give(target_names(node.target))
        self.block(node.block)


_POSTFIXES: Mapping[type, Callable[[_Reader, Any], None]] = {
    tree.Attribute: _Reader.attribute,
    tree.Call: _Reader.call,
    tree.Index: _Reader.items,
}
"""What reads each kind of postfix, after what it stands behind."""

_EXPRESSIONS: Mapping[type, Callable[[_Reader, Any], None]] = {
    tree.Choice: _Reader.choice,
    tree.Lambda: _Reader.function,
    tree.Name: _Reader.use,
    tree.Slice: _Reader.bounds,
    tree.UnaryOperation: lambda reader, node: reader.expression(node.operand),
    tree.Number: _Reader.number,
    **dict.fromkeys((tree.Dots, tree.String), _Reader.nothing),
    **dict.fromkeys((tree.Array, tree.Tuple), _Reader.items),
    **dict.fromkeys((tree.Arithmetic, tree.Compare, tree.Logical, tree.Power), _Reader.operands),
    **dict.fromkeys(_POSTFIXES, _Reader.postfix),
}
"""What reads each kind of expression, and of what stands between the brackets of an index."""

_STATEMENTS: Mapping[type, Callable[[_Reader, Any, bool], None]] = {
    tree.Assign: _Reader.assign,
    tree.Define: _Reader.define,
    tree.DerivativeRule: _Reader.rule,
    tree.If: _Reader.if_,
    tree.While: _Reader.while_,
    tree.For: _Reader.for_,
}
"""What reads each kind of statement; all others are expressions."""


def _is_silent(node: tree.Tree) -> bool:
    """Whether a statement is a call that is there for its effect."""
    name = node.function if isinstance(node, tree.Call) else None
    return isinstance(name, (tree.Name, tree.Attribute)) and name.id in SILENT
