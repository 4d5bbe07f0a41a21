"""The common small tree of snippets: what each language is read into, and what is walked.

Every node has the offsets `start` and `end` of its characters; its other parts are its annotations,
in their order.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Tree:
    """Base of all nodes; the parts are given in the order of the class's annotations."""

    start: int
    end: int
    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.fields = tuple(vars(cls).get("__annotations__", cls.fields))

    def __init__(self, start: int, end: int, *parts: Any) -> None:
        self.start = start
        self.end = end
        for name, part in zip(self.fields, parts, strict=True):
            setattr(self, name, part)


# --- expressions --------------------------------------------------------------------------------


class Constant(Tree):
    """A number, a text, a truth value or nothing, as Python has it."""

    value: Any


class Name(Tree):
    """A name."""

    id: str


class Formatted(Tree):
    """A text with values in it; the parts are constants and Formats."""

    parts: tuple[Tree, ...]


class Format(Tree):
    """A value within a text: how it is turned into text (`r`, `s`, or "") and laid out."""

    value: Tree
    conversion: str
    layout: Tree | None


class Items(Tree):
    """`[a, *b]`, `(a, b)`, `{a, b}`: the kind is list, tuple or set."""

    kind: str
    items: tuple[Tree, ...]


class Mapping(Tree):
    """`{k: v, **other}`: pairs of key and value; a key of None spreads the value."""

    pairs: tuple[tuple[Tree | None, Tree], ...]


class Spread(Tree):
    """`*a` among items."""

    value: Tree


class Unary(Tree):
    """An operator before its operand: `-`, `+`, `not`, `~`, `typeof`."""

    op: str
    operand: Tree


class Binary(Tree):
    """Two operands: `+ - * / // % ** @ << >> & | ^`."""

    op: str
    left: Tree
    right: Tree


class Compare(Tree):
    """`a < b <= c`; the operators are those of the language."""

    ops: tuple[str, ...]
    operands: tuple[Tree, ...]


class Logical(Tree):
    """`and`, `or` and `??`, which stop at the operand that decides."""

    op: str
    operands: tuple[Tree, ...]


class Choice(Tree):
    """`a if c else b`."""

    condition: Tree
    value: Tree
    other: Tree


class Argument(Tree):
    """One argument of a call; `spread` is "", `*` or `**`."""

    name: str | None
    value: Tree
    spread: str


class Call(Tree):
    """`f(a, b=1)`; `makes` says that a class is called with `new`."""

    function: Tree
    arguments: tuple[Argument, ...]
    makes: bool


class Attribute(Tree):
    """`x.id`; `maybe` says that it is nothing where x is (`x?.id`)."""

    value: Tree
    id: str
    maybe: bool


class Subscript(Tree):
    """`x[key]`."""

    value: Tree
    key: Tree


class Slice(Tree):
    """`lower:upper:step` within brackets."""

    lower: Tree | None
    upper: Tree | None
    step: Tree | None


class Parameter(Tree):
    """A parameter: `target` is a name or a pattern; `spread` is "", `*` or `**`.

    Those that are `named` are given by name only.
    """

    target: Tree
    default: Tree | None
    spread: str
    named: bool


class Function(Tree):
    """A function; the body is an expression or a block. `is_method` is for those with a `this`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Tree
    doc: str | None
    is_method: bool


class Clause(Tree):
    """`for target in iterable if conditions`, within a comprehension."""

    target: Tree
    iterable: Tree
    conditions: tuple[Tree, ...]


class Comprehension(Tree):
    """A list, set, dict or generator made of clauses; `value` is that of a dict's pairs."""

    kind: str
    element: Tree
    value: Tree | None
    clauses: tuple[Clause, ...]


class Assigning(Tree):
    """An assignment that is an expression: `(y := x)`, `y = x` and `i++` of JavaScript.

    `op` is an operator of two operands, or ""; `before` says that the value before is wanted.
    """

    target: Tree
    op: str
    value: Tree
    before: bool


class Yield(Tree):
    """`yield value`; `is_all` says that it gives all values of one, one after another."""

    value: Tree | None
    is_all: bool


# --- statements ---------------------------------------------------------------------------------


class Block(Tree):
    """Statements; one that is `scoped` has names of its own."""

    statements: tuple[Tree, ...]
    scoped: bool


class Expression(Tree):
    """An expression that stands by itself; its value is `shown` where a notebook shows it."""

    value: Tree
    shown: bool


class Assign(Tree):
    """`a = b = value`: targets are names, attributes, subscripts, Items and Mappings of targets.

    `binds` says whether names are made here (`=` of Python, `let`), or looked for (`=` of
    JavaScript).
    """

    targets: tuple[Tree, ...]
    value: Tree
    binds: bool


class Augmented(Tree):
    """`a += value`."""

    target: Tree
    op: str
    value: Tree


class If(Tree):
    """`if`, with the block of `else` if there is one."""

    condition: Tree
    body: Tree
    other: Tree | None


class While(Tree):
    """`while`; `step` runs after each turn, `after` where no break ended it."""

    condition: Tree
    body: Tree
    step: Tree | None
    after: Tree | None
    first: bool


class For(Tree):
    """`for target in iterable`; `after` runs where no break ended it."""

    target: Tree
    iterable: Tree
    body: Tree
    after: Tree | None


class With(Tree):
    """`with manager as target`, one of them; several are nested."""

    manager: Tree
    target: Tree | None
    body: Tree


class Handler(Tree):
    """`except kinds as name`; without kinds it handles all."""

    kinds: Tree | None
    name: Tree | None
    body: Tree


class Try(Tree):
    """`try`, its handlers, what runs where nothing was raised, and what always runs."""

    body: Tree
    handlers: tuple[Handler, ...]
    other: Tree | None
    final: Tree | None


class Raise(Tree):
    """`raise value`; None raises again what is being handled."""

    value: Tree | None


class Return(Tree):
    """`return value`."""

    value: Tree | None


class Produced(Tree):
    """The body of a function that yields: what a call gives is made of it, value by value."""

    body: Tree


class Leave(Tree):
    """`break` and `continue`, by that word."""

    word: str


class Declare(Tree):
    """`x: float`: a name that is said to be there, such as a field of a class."""

    name: str


class Pass(Tree):
    """A statement that does nothing."""


class Assert(Tree):
    """`assert condition, message`."""

    condition: Tree
    message: Tree | None


class Delete(Tree):
    """`del target`."""

    targets: tuple[Tree, ...]


class Define(Tree):
    """A function or a class under its name, with what decorates it, the outermost first."""

    name: str
    value: Tree
    decorators: tuple[Tree, ...]


class Class(Tree):
    """A class: its bases and its body; `fields` of instances are assigned when one is made."""

    name: str
    bases: tuple[Tree, ...]
    body: Block


class Outer(Tree):
    """`global` and `nonlocal`: names of a scope around."""

    names: tuple[str, ...]
    whole: bool


class Import(Tree):
    """`import module as name`, or names of a module: pairs of word and name; "" is the module."""

    module: str
    pairs: tuple[tuple[str, str], ...]
