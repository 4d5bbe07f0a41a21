"""The tree of a program: what the parser builds and `lower` walks.

Plain slotted classes, built a few hundred thousand times a second, with `start` and `end` offsets
into the source. Chains of one precedence are flat, so that a formula of thousands of terms is no
deeper than one of two.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.errors import Source


class Tree:
    """Base of all nodes; `start` and `end` are character offsets, end exclusive."""

    __slots__ = ("end", "start")
    start: int
    end: int


class Number(Tree):
    """`1.5`; `value` is a Python float."""

    __slots__ = ("value",)

    def __init__(self, value: float, start: int, end: int) -> None:
        self.value = value
        self.start = start
        self.end = end


class String(Tree):
    """`"ij,jk->ik"`, without its quotes."""

    __slots__ = ("text",)

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end


class Name(Tree):
    """A name, NFKC-normalised; constants such as `pi`, `true` and `None` are names too."""

    __slots__ = ("id",)

    def __init__(self, id: str, start: int, end: int) -> None:
        self.id = id
        self.start = start
        self.end = end


class Tuple(Tree):
    """`(a, b)`, `()`, and the bare `a, b` of a statement."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Expression, ...], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end


class Array(Tree):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Expression, ...], start: int, end: int) -> None:
        self.items = items
        self.start = start
        self.end = end


class UnaryOperation(Tree):
    """Prefix operators before one operand, outermost first: `ops` of "-", "+", "not"."""

    __slots__ = ("operand", "ops")

    def __init__(self, ops: tuple[str, ...], operand: Expression, start: int, end: int) -> None:
        self.ops = ops
        self.operand = operand
        self.start = start
        self.end = end


class Arithmetic(Tree):
    """Left-associative chain of one precedence: `+ -` or `* / // % @`; len(ops) + 1 operands."""

    __slots__ = ("operands", "ops")

    def __init__(
        self, operands: tuple[Expression, ...], ops: tuple[str, ...], start: int, end: int
    ) -> None:
        self.operands = operands
        self.ops = ops
        self.start = start
        self.end = end


class Power(Tree):
    """Right-associative chain of `^`: `2^3^2` has the operands 2, 3, 2."""

    __slots__ = ("operands",)

    def __init__(self, operands: tuple[Expression, ...], start: int, end: int) -> None:
        self.operands = operands
        self.start = start
        self.end = end


class Compare(Tree):
    """`a < b <= c`, chained as in Python; ops of == != < <= > >=."""

    __slots__ = ("operands", "ops")

    def __init__(
        self, operands: tuple[Expression, ...], ops: tuple[str, ...], start: int, end: int
    ) -> None:
        self.operands = operands
        self.ops = ops
        self.start = start
        self.end = end


class Logical(Tree):
    """A chain of one operator, `op` "and" or "or"."""

    __slots__ = ("op", "operands")

    def __init__(self, op: str, operands: tuple[Expression, ...], start: int, end: int) -> None:
        self.op = op
        self.operands = operands
        self.start = start
        self.end = end


class Choice(Tree):
    """`value if condition else other`."""

    __slots__ = ("condition", "other", "value")

    def __init__(
        self, value: Expression, condition: Expression, other: Expression, start: int, end: int
    ) -> None:
        self.value = value
        self.condition = condition
        self.other = other
        self.start = start
        self.end = end


class Parameter(Tree):
    """A parameter of a function, with its default if it has one."""

    __slots__ = ("default", "id")

    def __init__(self, id: str, default: Expression | None, start: int, end: int) -> None:
        self.id = id
        self.default = default
        self.start = start
        self.end = end


class Lambda(Tree):
    """`x => body`, `(x, y) => { … }`."""

    __slots__ = ("body", "parameters")

    def __init__(self, parameters: tuple[Parameter, ...], body: Body, start: int, end: int) -> None:
        self.parameters = parameters
        self.body = body
        self.start = start
        self.end = end


class Attribute(Tree):
    """`value.id`; `id_start` is the offset of the attribute's own name."""

    __slots__ = ("id", "id_start", "value")

    def __init__(self, value: Expression, id: str, id_start: int, start: int, end: int) -> None:
        self.value = value
        self.id = id
        self.id_start = id_start
        self.start = start
        self.end = end


class Argument(Tree):
    """One argument of a call; `id` is the keyword, or None."""

    __slots__ = ("id", "value")

    def __init__(self, id: str | None, value: Expression, start: int, end: int) -> None:
        self.id = id
        self.value = value
        self.start = start
        self.end = end


class Call(Tree):
    """`function(a, axis=0)`."""

    __slots__ = ("arguments", "function")

    def __init__(
        self, function: Expression, arguments: tuple[Argument, ...], start: int, end: int
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.start = start
        self.end = end


class Slice(Tree):
    """`lower:upper:step` between brackets; absent parts are None."""

    __slots__ = ("lower", "step", "upper")

    def __init__(
        self,
        lower: Expression | None,
        upper: Expression | None,
        step: Expression | None,
        start: int,
        end: int,
    ) -> None:
        self.lower = lower
        self.upper = upper
        self.step = step
        self.start = start
        self.end = end


class Dots(Tree):
    """`...` between brackets."""

    __slots__ = ()

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Index(Tree):
    """`value[items]`."""

    __slots__ = ("items", "value")

    def __init__(
        self, value: Expression, items: tuple[Expression | Slice | Dots, ...], start: int, end: int
    ) -> None:
        self.value = value
        self.items = items
        self.start = start
        self.end = end


class Assign(Tree):
    """`target = value`, or `target op= value` with `op` one of + - * / // % @ ^ (None for `=`)."""

    __slots__ = ("op", "target", "value")

    def __init__(
        self, target: Target, op: str | None, value: Expression, start: int, end: int
    ) -> None:
        self.target = target
        self.op = op
        self.value = value
        self.start = start
        self.end = end


class Define(Tree):
    """`id(parameters) = body`; `id_end` is where the function's own name ends."""

    __slots__ = ("body", "id", "id_end", "parameters")

    def __init__(
        self,
        id: str,
        parameters: tuple[Parameter, ...],
        body: Body,
        id_end: int,
        start: int,
        end: int,
    ) -> None:
        self.id = id
        self.parameters = parameters
        self.body = body
        self.id_end = id_end
        self.start = start
        self.end = end


class DerivativeRule(Tree):
    """`vjp id(parameters) = body`: a derivative rule of the user's own."""

    __slots__ = ("body", "id", "parameters")

    def __init__(
        self, id: str, parameters: tuple[Parameter, ...], body: Body, start: int, end: int
    ) -> None:
        self.id = id
        self.parameters = parameters
        self.body = body
        self.start = start
        self.end = end


class Block(Tree):
    """`{ … }`, and the program itself: statements in order."""

    __slots__ = ("statements",)

    def __init__(self, statements: tuple[Statement, ...], start: int, end: int) -> None:
        self.statements = statements
        self.start = start
        self.end = end


class If(Tree):
    """`if c { … } else if d { … } else { … }`: pairs of condition and block, the last block."""

    __slots__ = ("branches", "otherwise")

    def __init__(
        self,
        branches: tuple[tuple[Expression, Block], ...],
        otherwise: Block | None,
        start: int,
        end: int,
    ) -> None:
        self.branches = branches
        self.otherwise = otherwise
        self.start = start
        self.end = end


class While(Tree):
    """`while condition { … }`."""

    __slots__ = ("block", "condition")

    def __init__(self, condition: Expression, block: Block, start: int, end: int) -> None:
        self.condition = condition
        self.block = block
        self.start = start
        self.end = end


class For(Tree):
    """`for target in iterable { … }`."""

    __slots__ = ("block", "iterable", "target")

    def __init__(
        self, target: Target, iterable: Expression, block: Block, start: int, end: int
    ) -> None:
        self.target = target
        self.iterable = iterable
        self.block = block
        self.start = start
        self.end = end


class ValueRows(Tree):
    """The value of an option: rows of items, `1,2;3,4`; `comma` where a row ended with one."""

    __slots__ = ("comma", "rows")

    def __init__(
        self, rows: tuple[tuple[Expression, ...], ...], comma: bool, start: int, end: int
    ) -> None:
        self.rows = rows
        self.comma = comma
        self.start = start
        self.end = end


class SyntaxTree:
    """A whole text: its block, its source, and how deep its tree is."""

    __slots__ = ("_depth", "block", "size", "source")

    def __init__(self, block: Block, size: int, source: Source) -> None:
        self.block = block
        self.size = size
        self.source = source
        self._depth = 0

    @property
    def depth(self) -> int:
        """The most nodes from the block to a leaf; of a short text no less than there can be.

        What nests in there takes two tokens at least: brackets, a name and `=>`.
        """
        if not self._depth:
            self._depth = 2 + self.size // 2 if self.size <= SHORT else height(self.block)
        return self._depth


SHORT = 200  # tokens up to which it is not worth measuring how deep a tree is


def height(tree: Tree) -> int:
    """The most nodes on a way from a node down to a leaf; walks level by level."""
    level = [tree]
    count = 0
    while level:
        count += 1
        level = [child for node in level for child in _children(node)]
    return count


def _children(node: Tree) -> Iterator[Tree]:
    """The nodes right below a node, through the tuples that hold them."""
    waiting = [getattr(node, slot) for slot in node.__slots__]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Tree):
            yield item
        elif item.__class__ is tuple:
            waiting.extend(item)


Expression = (
    Number
    | String
    | Name
    | Tuple
    | Array
    | UnaryOperation
    | Arithmetic
    | Power
    | Compare
    | Logical
    | Choice
    | Lambda
    | Attribute
    | Call
    | Index
)
Body = Expression | Block
Target = Name | Tuple
Statement = Expression | Assign | Define | DerivativeRule | If | While | For
