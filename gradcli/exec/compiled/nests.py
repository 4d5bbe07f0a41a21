"""The nodes of a turn as loop nests over arrays that all lie in one memory.

A nest goes over some axes and, at each place of them, does what scalar code says to one element
of each operand; then it stores results, or adds them up over the axes that are folded. Transposed,
reshaped and broadcast arrays are read where they are, by strides.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.forms import check
from gradcli.exec.compiled.functions import Expanded
from gradcli.exec.compiled.groups import WIDEST, groups_of, is_map, used_apart, written_over
from gradcli.exec.compiled.tracer import Tracer
from gradcli.exec.traits import boxes_of, is_sum, kept_shape
from gradcli.ir.elements import applied
from gradcli.ir.op import Linear
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import BOOL, DOUBLE, Code, fma

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.ir.loop import Turn
    from gradcli.ir.node import Node
    from gradcli.ir.op import Box
    from gradcli.ir.scalar import Scalar
    from gradcli.ir.shapes import Shape

    Array = np.ndarray[Any, np.dtype[Any]]

LARGEST = 1 << 18
"""Elements of an array, above which the calls of NumPy's kernels cost little."""

LONGEST = 1_000
"""Instructions of what is computed element by element."""

MOST = 1 << 16
"""Products of a matrix product, above which a library is faster."""


FOLDS: dict[str, tuple[float, Any]] = {
    "add": (-0.0, np.add),
    "max": (-np.inf, np.maximum),
    "min": (np.inf, np.minimum),
}
"""With what a fold begins, and how it goes on."""


class Place(NamedTuple):
    """Where the first number of an array lies in the memory; `like` has its shape and strides."""

    offset: int
    like: Array

    def seen(self, like: Array) -> Place:
        """A view of the array."""
        gap = like.ctypes.data - self.like.ctypes.data
        return Place(self.offset + gap // DOUBLE.itemsize, like)


class View(NamedTuple):
    """The shape in which an array is seen, and how many bytes its elements lie apart by axis."""

    shape: Shape
    strides: Shape


Seen = tuple["Scalar", "Array | View", Place]
"""A scalar, what its elements are seen as in the loops, and where the array lies."""


class Port(NamedTuple):
    """A scalar of the code, where its elements lie, and how far apart they are by axis."""

    scalar: Scalar
    offset: int
    strides: Shape


class Fold(NamedTuple):
    """The operand that stands for what has been folded so far, with what that begins, and how."""

    total: Scalar
    start: float
    kind: str = "add"


class Nest(NamedTuple):
    """Loops over axes of some `lengths`, the last `folded` of which are added up.

    Of the code the `body` is what results need. The loop along axis `along` takes so many `lanes`
    at a time.
    """

    code: Code
    body: Sequence[int]
    operands: Sequence[Port]
    results: Sequence[Port]
    lengths: Shape
    folded: int
    along: int
    lanes: int
    fold: Fold | None

    @property
    def steps(self) -> int:
        """Instructions that it takes to run."""
        return math.prod(self.lengths) * len(self.body) // self.lanes


class Nests:
    """The nests of a turn, in their order, and where the nodes that they need and make lie.

    What is carried lies first in the memory, then what is captured, the rows and constants. A
    TypeError says that a node has no such form.
    """

    def __init__(self, turn: Turn) -> None:
        self.all: list[Nest] = []
        self.size = 0
        self.constants: list[tuple[Place, Array]] = []
        self._places: dict[Node, Place] = {}
        for x in (*turn.carried, *turn.captured):
            self._make(x)
        self.rows = [self._make(x) for x in turn.rows if x is not None]
        self.given = self.size
        self.size += WIDEST
        groups = groups_of(turn)
        self._needed = used_apart(turn, groups)
        self._over = written_over(turn, groups)
        for nodes in groups:
            self._add(nodes)

    def whole(self, x: Node) -> Place:
        """Where a node lies in one piece."""
        place = self._place(x)
        if place.like.flags.c_contiguous:
            return place
        return self.copied(place)

    def copied(self, place: Place) -> Place:
        """A copy, in one piece, of what lies somewhere."""
        code, copy = Code(), Place(self.size, np.empty(place.like.shape))
        self.size += copy.like.size + WIDEST
        value = code.operand(0, DOUBLE)
        self._nest(code, [(value, place.like, place)], [(value, copy.like, copy)])
        return copy

    # --- the memory ---------------------------------------------------------------------------

    def _make(self, x: Node) -> Place:
        """Room for a node, behind all others."""
        if x.dtype not in (DOUBLE, BOOL) or not 0 < x.size <= LARGEST:
            raise TypeError("this is too large for machine code, or no number of 64 bits")
        self._places[x] = Place(self.size, np.empty(x.shape))
        self.size += x.size
        return self._places[x]

    def _place(self, x: Node) -> Place:
        """Where a node lies; a constant gets a place here."""
        if x.op is CONSTANT and x not in self._places:
            self.constants.append((self._make(x), np.asarray(x.attrs[0], float)))
            self.size += WIDEST
        return self._places[x]

    # --- from nodes to nests --------------------------------------------------------------------

    def _add(self, nodes: Sequence[Node]) -> None:
        node = nodes[0]
        if is_map(node):
            self._map(nodes)
        elif is_sum(node) and node.dtype == DOUBLE:
            self._sum(node)
        elif node.op.term is not None and node.dtype == DOUBLE:
            self._product(node)
        elif boxes := boxes_of(node):
            self._join(node, boxes)
        elif node.op.rows is not None and node.dtype == DOUBLE:
            self._fold_rows(node)
        elif not (self._puts(node) or self._looks(node)):
            self._by_element(node)

    def _map(self, nodes: Sequence[Node]) -> None:
        """Elementwise work on arrays of one shape."""
        code, shape = Code(), nodes[0].shape
        scalars: dict[Node, Any] = {}
        operands: list[Seen] = []
        for node in nodes:
            for x in node.inputs:
                if x.op is CONSTANT and not x.shape:
                    scalars[x] = None  # the form sees the number
                elif x not in scalars:
                    scalars[x] = code.operand(len(operands), x.dtype)
                    place = self._place(x)
                    operands.append((scalars[x], _spread(place.like, shape), place))
            given = [scalars[x] for x in node.inputs]
            term = node.op.term  # of an outer product, which is all of it
            scalars[node] = term(*given) if term is not None else applied(code, node, given)
        check(code, WIDEST)
        made = [(scalars[x], self._result(x)) for x in nodes if x in self._needed]
        even = any(x in self._over for x in nodes)
        self._nest(code, operands, [(x, place.like, place) for x, place in made], even=even)

    def _result(self, x: Node) -> Place:
        """Where a result goes: over what is carried, if nothing needs that any more."""
        if x not in self._over:
            return self._kept(x)
        self._places[x] = self._places[self._over[x]]
        return self._places[x]

    def _kept(self, x: Node) -> Place:
        self.size = -(-self.size // WIDEST) * WIDEST
        place = self._make(x)
        self.size += WIDEST
        return place

    def _sum(self, node: Node) -> None:
        (x,) = node.inputs
        place, result, code = self._place(x), self._kept(node), Code()
        value, total = [code.operand(i, DOUBLE) for i in range(2)]
        target = _spread(result.like.reshape(kept_shape(node)), x.shape)
        made = [(total + value, target, result)]
        self._nest(code, [(value, place.like, place)], made, Fold(total, -0.0))

    def _fold_rows(self, node: Node) -> None:
        """What folds rows, perhaps several times: a nest for each fold, and one for the result."""
        whole, shape, kept = Code(), node.inputs[0].shape, kept_shape(node)
        operands = [whole.operand(i, x.dtype) for i, x in enumerate(node.inputs)]
        found = applied(whole, node, operands)
        if any(x.op == "scan" for x in whole.instructions):
            raise TypeError(f"{node.op.name} goes from element to element")
        made = {x.index: self._place(y) for x, y in zip(operands, node.inputs, strict=True)}
        for index, (op, sources, _, kind) in enumerate(whole.instructions):
            if op == "fold":
                made[index] = Place(self.size, np.empty(kept))
                self.size += made[index].like.size + WIDEST
                self._part(whole, made, sources[0], shape, (made[index].like, made[index]), kind)
        result = self._kept(node)
        like = result.like if node.shape == shape else result.like.reshape(kept)
        self._part(whole, made, found.index, like.shape, (like, result))

    def _part(
        self,
        whole: Code,
        made: Mapping[int, Place],
        index: int,
        shape: Shape,
        into: tuple[Array, Place],
        kind: str = "",
    ) -> None:
        """The nest of one instruction of some code, and of what leads to it from what is made."""
        code = Code()
        scalars: dict[int, Scalar] = {}
        operands: list[Seen] = []

        def scalar(i: int) -> Scalar:
            op, sources, dtype, data = whole.instructions[i]
            if i in made and i not in scalars:
                scalars[i] = code.operand(len(operands), dtype)
                operands.append((scalars[i], _spread(made[i].like, shape), made[i]))
            elif i not in scalars:
                scalars[i] = code.add(op, [*map(scalar, sources)], dtype, data)
            return scalars[i]

        value, (like, place) = scalar(index), into
        check(code, WIDEST)
        if not kind:
            self._nest(code, operands, [(value, like, place)])
            return
        start, joined = FOLDS[kind]
        total = code.operand(len(operands), DOUBLE)
        target = (joined(total, value), _spread(like, shape), place)
        self._nest(code, operands, [target], Fold(total, start, kind))

    def _puts(self, node: Node) -> bool:
        """Whether a node is an array in a part of another one, which is zero elsewhere."""
        if not isinstance(node.op, Linear) or node.op.part is None:
            return False
        like = np.empty(node.shape)
        if not np.may_share_memory(node.op.part(like, *node.attrs), like):  # but they lie anywhere
            return False
        result, code = self._kept(node), Code()
        part = node.op.part(result.like, *node.attrs)
        self._nest(code, [], [(code.constant(0.0, DOUBLE), result.like, result)])
        self._copy(self._place(node.inputs[0]), result.seen(part))
        return True

    def _product(self, node: Node) -> None:
        """A product of matrices, as the sum of terms along an axis of its own."""
        assert node.op.term is not None
        first, second, *masks = map(self._place, node.inputs)
        a = first.like if first.like.ndim > 1 else first.like[None]
        b = second.like if second.like.ndim > 1 else second.like[:, None]
        result = self._kept(node)
        rows = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        made = result.like.reshape((*rows, a.shape[-2], b.shape[-1]))
        lengths = (*made.shape, a.shape[-1])
        if math.prod(lengths) > MOST:
            raise TypeError("a library multiplies such matrices faster")
        of_masks = [x.like.reshape((a, b)[i].shape) for x, i in zip(masks, node.attrs, strict=True)]
        seen = [(first, a, 0), (second, b, 1)]
        seen += zip(masks, of_masks, node.attrs, strict=True)
        code = Code()
        operands: list[Seen] = []
        for place, like, i in seen:
            wide = like.swapaxes(-1, -2)[..., None, :, :] if i else like[..., :, None, :]
            x = code.operand(len(operands), DOUBLE)
            operands.append((x, _spread(wide, lengths), place))
        terms, total = [x for x, *_ in operands], code.operand(len(operands), DOUBLE)
        if masks or not machine.fuses():
            added = total + node.op.term(*terms, *node.attrs)
        else:
            added = fma(terms[0], terms[1], total)
        target = (added, _spread(made[..., None], lengths), result)
        self._nest(code, operands, [target], Fold(total, 0.0))

    def _join(self, node: Node, boxes: Sequence[Box]) -> None:
        """Arrays where they stand in a larger one, which is zero elsewhere."""
        result, code = self._kept(node), Code()
        if sum(x.size for x in node.inputs) < node.size:
            self._nest(code, [], [(code.constant(0.0, DOUBLE), result.like, result)])
        for x, box in zip(node.inputs, boxes, strict=True):
            part = result.like[tuple(slice(*bounds) for bounds in box)]
            self._copy(self._place(x), result.seen(part.reshape(x.shape)))

    def _copy(self, source: Place, target: Place) -> None:
        """An array into a part of another one, behind which nothing is written."""
        length = source.like.shape[-1] if source.like.ndim else 1
        whole = length - length % WIDEST
        for part in filter(len, (range(whole), range(whole, length))):
            code = Code()
            value = code.operand(0, DOUBLE)
            some = np.s_[..., part.start : part.stop] if whole else ...
            given, into = source.like[some], target.like[some]
            self._nest(
                code,
                [(value, given, source.seen(given))],
                [(value, into, target.seen(into))],
                even=True,
            )

    def _looks(self, node: Node) -> bool:
        """Whether a node only looks at its one input in another way, which then has a place."""
        if not isinstance(node.op, Linear) or len(node.inputs) != 1:
            return False
        place = self._place(node.inputs[0])
        like = node.op.kernel(place.like, *node.attrs)
        if not node.shape and isinstance(like, np.generic):  # a number is no view
            like = node.op.kernel(place.like[..., None], *node.attrs).reshape(())
        if node.op.moves and not np.may_share_memory(like, place.like):
            place = self.copied(place)
            like = node.op.kernel(place.like, *node.attrs)
        if not np.may_share_memory(like, place.like):
            return False
        self._places[node] = place.seen(like)
        return True

    def _by_element(self, node: Node) -> None:
        """What has no loops over elements, such as a factor of a small matrix: one by one."""
        code = Code()
        tracer = Tracer(code, LONGEST)
        inputs = [x for x in dict.fromkeys(node.inputs) if x.op is not CONSTANT]
        tracer.parameters(inputs)
        tracer.follow([node])
        check(code, 1)
        made = tracer.all([node])
        needed = set(behind(code, [x.index for x in made]))
        operands = [
            (x, *seen)
            for y in inputs
            for x, seen in zip(tracer.all([y]), _singles(self._place(y)), strict=True)
            if x.index in needed
        ]
        singles = _singles(self._kept(node))
        self._nest(code, operands, [(x, *seen) for x, seen in zip(made, singles, strict=True)])

    def _nest(
        self,
        code: Code,
        operands: Sequence[Seen],
        results: Sequence[Seen],
        fold: Fold | None = None,
        *,
        even: bool = False,
    ) -> None:
        """Adds a nest over arrays, each seen with as many axes as it has."""
        lengths = results[0][1].shape
        ports = [_port(*item) for item in (*operands, *results)]
        axes = _Axes(lengths, [port.strides for port in ports], len(results), even=even)
        wider = Expanded(code, axes.lanes)
        ports = [
            Port(wider.of(x.scalar), x.offset, strides)
            for x, strides in zip(ports, axes.strides, strict=True)
        ]
        fold = fold and fold._replace(total=wider.of(fold.total))
        ins, outs = ports[: len(operands)], ports[len(operands) :]
        body = behind(wider.code, [x.scalar.index for x in outs])
        about = axes.lengths, axes.folded, axes.along, axes.lanes
        self.all.append(Nest(wider.code, body, ins, outs, *about, fold))


def behind(code: Code, results: Iterable[int]) -> list[int]:
    """The instructions that results need, in their order."""
    needed, todo = set(), [*results]
    while todo:
        i = todo.pop()
        if i not in needed:
            needed.add(i)
            todo += code.instructions[i].sources
    return sorted(needed)


def _port(scalar: Scalar, view: Array | View, place: Place) -> Port:
    """A port of a view that begins where the place does."""
    return Port(scalar, place.offset, tuple([x // DOUBLE.itemsize for x in view.strides]))


def _singles(place: Place) -> list[tuple[Array, Place]]:
    """The elements of an array, each as an array of its own."""
    views = [place.like[(*i, None)].reshape(()) for i in np.ndindex(place.like.shape)]
    return [(view, place.seen(view)) for view in views]


def _spread(array: Array, shape: Shape) -> Array | View:
    """An array as it is seen with more or longer axes."""
    if array.shape == shape:
        return array
    axes = zip(array.shape, array.strides, shape[len(shape) - array.ndim :], strict=True)
    own = [step if own == length else 0 for own, step, length in axes]
    return View(shape, (*[0] * (len(shape) - array.ndim), *own))


class _Axes:
    """The axes of a nest: as few as there can be, those that are folded last, one of them in lanes.

    The last `made` strides are those of results.
    """

    def __init__(self, lengths: Shape, strides: Sequence[Shape], made: int, *, even: bool) -> None:
        columns = [*zip(lengths, *strides, strict=True)]
        columns = _joined([x for x in columns if x[0] > 1])
        self.folded = sum(not any(x[-made:]) for x in columns)
        columns.sort(key=lambda x: not any(x[-made:]))
        first = len(columns) - self.folded
        self.lengths = tuple(x[0] for x in columns)
        self.strides = [tuple(x[i] for x in columns) for i in range(1, 1 + len(strides))]
        close = [i for i, x in enumerate(columns) if set(x[1:]) <= {0, 1}]
        self.along, self.lanes = len(columns) - 1, 1
        if close:
            self.along = max(close, key=lambda i: (i < first, self.lengths[i]))
            self.lanes = _lanes(self.lengths[self.along], even=even or self.along >= first)


def _joined(columns: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Axes that can be gone through as one joined."""
    joined: list[tuple[int, ...]] = []
    for column in columns:
        length, *steps = column
        if joined and [*joined[-1][1:]] == [length * step for step in steps]:
            joined[-1] = (joined[-1][0] * length, *steps)
        else:
            joined.append(column)
    return joined


def _lanes(length: int, *, even: bool) -> int:
    """How many elements are taken at a time: a divisor of the length if it must be `even`."""
    lanes = WIDEST
    while lanes > 1 and (length % lanes if even else length <= lanes // 2):
        lanes //= 2
    return lanes
