"""A program of arrays as C: loops where arrays are large, statements for numbers between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.ir.record import INPUT
from gradcli.ir.scalar import BOOL, DOUBLE, Scalar
from gradcli.translation.c_forms import PlainCode
from gradcli.translation.indices import Affine, in_rows, total
from gradcli.translation.instructions import Statements
from gradcli.translation.items import ARRAY, EACH, FEW, FOLD, PART, PUT, SCAN, Item
from gradcli.translation.levels import Levels, few, is_one, is_same_turn
from gradcli.translation.python import WIDTH, indented, nested

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.elements import Elements
    from gradcli.ir.node import Node
    from gradcli.translation.indices import Shape
    from gradcli.translation.levels import Root
    from gradcli.translation.names import Naming
    from gradcli.translation.python import Term
    from gradcli.translation.work import Work

SPELLED = {"inf": "INFINITY", "nan": "NAN"}
STACK = 4096
"""Numbers for which a function has room among its variables."""

BEGINS = {"add": "0", "mul": "1", "max": "-INFINITY", "min": "INFINITY"}
FOLDS = {
    "add": "{0} += {1};",
    "mul": "{0} *= {1};",
    "max": "if ({1} > {0} || isnan({1})) {0} = {1};",
    "min": "if ({1} < {0} || isnan({1})) {0} = {1};",
}


class Reads:
    """A code, and what its operands are written as: texts, or numbers of another code."""

    def __init__(self) -> None:
        self.code = PlainCode()
        self.texts: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def of(self, what: Any, dtype: Any = DOUBLE) -> Scalar:
        """The operand that is written so."""
        count = self._numbers.setdefault(what, len(self.texts))
        if count == len(self.texts):
            self.texts.append(what)
        return self.code.operand(count, dtype)


class Nest(NamedTuple):
    """A loop, what it is there for, and the numbers that each of these needs."""

    lengths: Shape
    roots: Sequence[Root]
    reads: Reads
    scalars: Sequence[Scalar]


class Turn(NamedTuple):
    """What is computed in one turn of a loop: its level and lengths, and the numbers so far."""

    reads: Reads
    level: int
    lengths: Shape
    memo: dict[Any, Scalar]


class Body:
    """The statements of a function that computes items; `outs` are arrays for some of them.

    `lines` are the statements, `rooms` the arrays that have to be freed behind them, `functions`
    those that are called, and `used` the names of arrays and numbers that are read.
    """

    def __init__(
        self,
        outs: Mapping[str, Item],
        naming: Naming,
        operators: Mapping[str, Term],
        apply: Callable[[Elements, Node], None],
        elements: Callable[[PlainCode], Elements],
        work: Work,
    ) -> None:
        self._work = work
        self._naming = naming
        self._operators = operators
        self._apply = apply
        self._names = {node: name for name, node in reversed([*work.named.items()])}
        self._top = Reads()
        self._between = Turn(self._top, -1, (), {})
        self._elements = elements(self._top.code)
        self._lists: dict[Item, str] = {}
        self._nests: list[Nest] = []
        self.outs = _kept(outs)
        self.levels = Levels([*self.outs.values()])
        self.lines: list[str] = []
        self.rooms: list[str] = []
        self.functions: set[str] = set()
        self.used: set[Any] = set()
        self._counters = [n for n in "ijklmnpqrst" if not naming.has(n)]
        for name in self._counters:
            naming.reserve(name)
        self._name_all()
        self._trace_all()
        self._declare_all()
        self._write_all()

    # --- names ------------------------------------------------------------------------------------

    def _name_all(self) -> None:
        """Gives arrays that are kept in memory a name."""
        for item in self.levels.items:
            if item.kind == ARRAY:
                is_input = isinstance(item.data, str)
                item.kept = item.data if is_input else self._naming.new("table")
            elif item.stored and not item.kept:
                item.kept = self._name(item)

    def _declare_all(self) -> None:
        """Declares tables, and arrays that are read; no others are written."""
        texts = [x for nest in self._nests for x in nest.reads.texts] + self._top.texts
        read = {x[0] for x in texts if isinstance(x, tuple)}
        for item in self.levels.items:
            if item.kind == ARRAY and not isinstance(item.data, str):
                self._declare_table(item)
            elif item.kept in read and item.kind != ARRAY and item.kept not in self.outs:
                self._declare_room(item)
        written = {*read, *self.outs}
        for i, nest in enumerate(self._nests):
            pairs = [
                (root, scalar)
                for root, scalar in zip(nest.roots, nest.scalars, strict=True)
                if root.item.kind != EACH or root.item.kept in written
            ]
            self._nests[i] = nest._replace(
                roots=[root for root, _ in pairs], scalars=[scalar for _, scalar in pairs]
            )
        self._nests = [nest for nest in self._nests if nest.roots]

    def _name(self, item: Item) -> str:
        own = self._names.get(item.node) if item.node is not None else None
        return self._naming(own) if own else self._naming.new("v")

    def _declare_table(self, item: Item) -> None:
        numbers = nested(np.ravel(item.data), SPELLED)[1:-1].split(", ")
        lines: list[str] = []
        line = ""
        for text in numbers:
            if len(line) + len(text) > WIDTH - 8:
                lines, line = [*lines, line], ""
            line += f"{text}, "
        head = f"static const double {item.kept}[{item.size}] = {{"
        self.lines += [head, *indented([*map(str.rstrip, lines), line.removesuffix(", ")]), "};"]

    def _declare_room(self, item: Item) -> None:
        if item.size <= STACK:
            self.lines.append(f"double {item.kept}[{item.size}];")
        else:
            self.lines.append(f"double *{item.kept} = room({item.size});")
            self.rooms.append(item.kept)

    # --- numbers ----------------------------------------------------------------------------------

    def _trace_all(self) -> None:
        """Notes down all numbers between loops, and those in each loop."""
        for item in self.levels.items:
            if item.kind == FEW:
                self._trace_few(item)
        for (level, lengths), roots in sorted(self.levels.loops.items(), key=lambda x: x[0][0]):
            turn = Turn(Reads(), level, lengths, {})
            scalars = [self._source(turn, root) for root in roots]
            self._nests.append(Nest(lengths, roots, turn.reads, scalars))

    def _trace_few(self, item: Item) -> None:
        """The numbers of a small array, or of an operation that has no loops."""
        node = item.data
        for x, source in zip(node.inputs, item.inputs, strict=False):
            if not self._elements.has(x):
                scalars = [self._scalar(self._between, source, p) for p in few(source)]
                self._elements.give(x, scalars)
        if item.inputs:
            self._apply(self._elements, node)
        elif node.op is INPUT:
            name = next(name for name, x in self._work.inputs.items() if x is node)
            self._elements.give(node, [self._top.of(self._naming(name))])
        else:
            self._elements.constant(node, self._work.array(node))

    def _source(self, turn: Turn, root: Root) -> Scalar:
        read = self._scalar if root.source is not root.item else self._computed
        return read(turn, root.source, root.indices)

    def _scalar(self, turn: Turn, item: Item, indices: Sequence[Affine]) -> Scalar:
        """An element as a number of a code."""
        if item.kind == PART:
            return self._scalar(turn, item.inputs[0], self.levels.indices(item, indices))
        if is_one(item) and turn is not self._between:
            zeros = [Affine()] * len(item.shape)
            return self._brought(turn.reads, self._computed(self._between, item, zeros))
        if item.kind == EACH and (not item.stored or self._is_there(turn, item, indices)):
            return self._computed(turn, item, indices)
        place = total(indices, in_rows(item.shape))
        if item.kind == FEW:
            return self._few(turn.reads, item, place)
        if item.kind == FOLD and not item.shape:
            return turn.reads.of(item.kept)
        read: Scalar = _as(item.dtype, turn.reads.of((item.kept, place)))
        return read

    def _is_there(self, turn: Turn, item: Item, indices: Sequence[Affine]) -> bool:
        """Whether a turn of a loop computes an element that it needs."""
        level = self.levels.ready[item] - 1
        return level == turn.level and is_same_turn(item, indices, turn.lengths)

    def _computed(self, turn: Turn, item: Item, indices: Sequence[Affine]) -> Scalar:
        key = (item, tuple(indices))
        if key not in turn.memo:
            operands = [self._scalar(turn, x, indices) for x in item.inputs]
            turn.memo[key] = item.data(turn.reads.code, *operands)
        return turn.memo[key]

    def _few(self, reads: Reads, item: Item, place: Affine) -> Scalar:
        """A number that has a name of its own, or one of a short array of them."""
        if not place.steps:
            return self._brought(reads, self._elements.of(item.data).flat[place.constant])
        name = self._lists.get(item) or self._naming.new("v")
        self._lists[item] = name
        read: Scalar = _as(item.dtype, reads.of((name, place)))
        return read

    def _brought(self, reads: Reads, scalar: Scalar) -> Scalar:
        """A number between loops as one of a loop."""
        if reads is self._top:
            return scalar
        made = scalar.code.instructions[scalar.index]
        if made.op == "constant":
            return reads.code.constant(float.fromhex(made.data), made.dtype)
        return reads.of(scalar.index, scalar.dtype)

    # --- statements -------------------------------------------------------------------------------

    def _write_all(self) -> None:
        """Writes the numbers that a loop needs before it, and the loops."""
        last = [(name, x) for name, x in self.outs.items() if x.kept != name]
        outputs = [s for _, x in last for s in self._numbers(x)]
        named = self._names_of_numbers()
        new = lambda: self._naming.new("v")  # noqa: E731 - as others take it
        top = Statements(self._top.code, self._operators, self._texts(self._top, {}), named, new)
        asked = [self._asked(nest) for nest in self._nests]
        lists = [s for x in self._lists for s in self._elements.of(x.data).flat]
        top.expect([*outputs, *lists], [s for scalars in asked for s in scalars])
        listed: set[Item] = set()
        for nest, scalars in zip(self._nests, asked, strict=True):
            texts = self._put(top, scalars)
            for item in self._lists:
                if item not in listed and self._reads_list(nest, item):
                    listed.add(item)
                    self._write_list(top, item)
            self._write_nest(nest, {x.index: t for x, t in zip(scalars, texts, strict=True)})
        texts = self._put(top, outputs)
        places = [f"{name}[{i}]" for name, x in last for i in range(x.size)]
        self.lines += [f"{p} = {text};" for p, text in zip(places, texts, strict=True)]
        self._use(self._top, top)

    def _use(self, reads: Reads, statements: Statements) -> None:
        """Notes what statements call and read."""
        self.functions |= statements.functions()
        texts = [reads.texts[i] for i in statements.operands()]
        self.used |= {x[0] if isinstance(x, tuple) else x for x in texts}

    def _put(self, top: Statements, scalars: Sequence[Scalar]) -> list[str]:
        texts = top.write(scalars)
        self.lines += top.lines
        top.lines.clear()
        return texts

    def _numbers(self, item: Item) -> list[Scalar]:
        return [self._scalar(self._between, item, place) for place in few(item)]

    def _asked(self, nest: Nest) -> list[Scalar]:
        """The numbers between loops that a loop reads."""
        code = self._top.code
        found = [x for x in nest.reads.texts if isinstance(x, int)]
        return [Scalar(code, x, code.instructions[x].dtype) for x in found]

    def _reads_list(self, nest: Nest, item: Item) -> bool:
        name = self._lists[item]
        return any(isinstance(x, tuple) and x[0] == name for x in nest.reads.texts)

    def _write_list(self, top: Statements, item: Item) -> None:
        texts = self._put(top, [*self._elements.of(item.data).flat])
        self.lines.append(
            f"const double {self._lists[item]}[{item.size}] = {{{', '.join(texts)}}};"
        )

    def _texts(self, reads: Reads, others: Mapping[Any, str]) -> list[str]:
        return [
            x
            if isinstance(x, str)
            else f"{x[0]}[{x[1].text(self._counters)}]"
            if isinstance(x, tuple)
            else others[x]
            for x in reads.texts
        ]

    def _names_of_numbers(self) -> dict[int, str]:
        """Names of the program for the numbers that they stand for."""
        names: dict[int, str] = {}
        for node, name in self._names.items():
            if not node.inputs or not self._elements.has(node):
                continue
            for index in np.ndindex(node.shape):
                own = "_".join([name, *map(str, index)])
                names.setdefault(self._elements.of(node)[index].index, self._naming(own))
        return names

    def _write_nest(self, nest: Nest, others: Mapping[Any, str]) -> None:
        """A loop in loops: what begins before each, what is done, and what ends behind each."""
        depth = len(nest.lengths)
        before: list[list[str]] = [[] for _ in range(depth + 1)]
        behind: list[list[str]] = [[] for _ in range(depth + 1)]
        texts = self._texts(nest.reads, others)
        new = lambda: self._naming.new("v")  # noqa: E731 - as others take it
        inner = Statements(nest.reads.code, self._operators, texts, {}, new)
        often = [
            s
            for root, s in zip(nest.roots, nest.scalars, strict=True)
            if root.item.kind == FOLD and root.item.data[0] in ("max", "min")
        ]
        inner.expect(nest.scalars, often)
        values = inner.write(nest.scalars)
        self._use(nest.reads, inner)
        does: list[str] = []
        for root, value in zip(nest.roots, values, strict=True):
            does += self._done(root, value, before, behind)
        lines = [*inner.lines, *does]
        for d in range(depth, 0, -1):
            i, n = self._counters[d - 1], nest.lengths[d - 1]
            inside = [*before[d], *lines, *behind[d]]
            lines = [f"for (int {i} = 0; {i} < {n}; {i}++) {{", *indented(inside), "}"]
        self.lines += [*before[0], *lines, *behind[0]]

    def _done(
        self, root: Root, value: str, before: list[list[str]], behind: list[list[str]]
    ) -> list[str]:
        """What a turn does for a root."""
        item = root.item
        if item.kind == FOLD:
            return self._fold(root, value, before, behind)
        if item.kind == SCAN:
            name = self._naming.new("sum")
            before[len(root.lengths) - 1].append(f"double {name} = 0;")
            place = total(root.indices, in_rows(item.shape)).text(self._counters)
            return [f"{name} += {value};", f"{item.kept}[{place}] = {name};"]
        offset, strides = (0, in_rows(item.shape)) if item.kind == EACH else item.data[root.number]
        if item.kind == PUT and root.number == 0 and sum(x.size for x in item.inputs) < item.size:
            before[0].append(f"memset({item.kept}, 0, {item.size}*sizeof *{item.kept});")
        place = total(root.indices, strides, offset).text(self._counters)
        return [f"{item.kept}[{place}] = {value};"]

    def _fold(
        self, root: Root, value: str, before: list[list[str]], behind: list[list[str]]
    ) -> list[str]:
        item = root.item
        how, axes = item.data
        begin = BEGINS[how]
        shape = root.source.shape
        kept = [i for i in root.indices if i.steps]
        loops = [i for i, n in enumerate(shape) if n > 1]
        outer = [d for d, axis in enumerate(loops) if axis not in axes]
        own = [root.indices[axis] for axis in range(len(shape)) if axis not in axes]
        place = total(own, in_rows(item.shape)).text(self._counters)
        if not item.shape:
            before[0].append(f"double {item.kept} = {begin};")
            return [FOLDS[how].format(item.kept, value)]
        if outer == [*range(len(outer))] and len(outer) < len(kept):
            name = self._naming.new({"add": "sum", "mul": "product"}.get(how, how))
            before[len(outer)].append(f"double {name} = {begin};")
            behind[len(outer)].append(f"{item.kept}[{place}] = {name};")
            return [FOLDS[how].format(name, value)]
        if how == "add":
            before[0].append(f"memset({item.kept}, 0, {item.size}*sizeof *{item.kept});")
        else:
            i = self._counters[0]
            head = f"for (int {i} = 0; {i} < {item.size}; {i}++)"
            before[0].append(f"{head} {item.kept}[{i}] = {begin};")
        return [FOLDS[how].format(f"{item.kept}[{place}]", value)]


def _as(dtype: Any, x: Scalar) -> Any:
    """A number from memory as a truth value, if it stands for one."""
    return np.not_equal(x, 0.0) if dtype is BOOL else x


def is_whole(item: Item) -> bool:
    """Whether a part is all of an array, as it lies."""
    (base,) = item.inputs
    pairs = zip(item.shape, item.data[1], in_rows(item.shape), strict=True)
    lies = all(n == 1 or stride == row for n, stride, row in pairs)
    return (
        lies
        and item.size == base.size
        and not item.data[0]
        and (base.kind != FOLD or item.size > 1)
    )


def _kept(outs: Mapping[str, Item]) -> dict[str, Item]:
    """The results, the large ones kept in the arrays that are there for them."""
    kept: dict[str, Item] = {}
    for name, item in outs.items():
        own = item
        if item.kind == FEW or is_one(item) or (item.kind == FOLD and not item.shape):
            kept[name] = item
            continue
        if item.kind == PART and is_whole(item):
            (own,) = item.inputs
        if own.kept or own.kind in (ARRAY, PART, FEW):
            own = Item(EACH, item.shape, [item], lambda _code, x: x, item.dtype)
        own.stored, own.depth, own.kept = True, 0, name
        kept[name] = own
    return kept
