"""Which loops a program of arrays has: what is computed in one loop, and what is kept in memory.

An item has a level: how many loops have to be done before it. Folds over the same axes at the same
level, and elements that are kept, share a loop. What is dear and would be computed in several
loops is kept in memory; that may move levels, so it is settled in rounds.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.ir.scalar import BOOL, Code
from gradcli.translation.indices import Affine, along, by_axes
from gradcli.translation.items import ARRAY, EACH, FEW, FOLD, PART, PUT, SCAN, Item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradcli.translation.indices import Shape

DEAR = 12
"""What computing elements again may cost, in operations."""

_COSTS = {"call": 20, "fdiv": 4, "sqrt": 4, "frem": 20, "operand": 0, "constant": 0}


class Root(NamedTuple):
    """What a loop is there for: an item, and which of its inputs; `inner` are the loops' lengths.

    `indices` are those of the input's elements, by the loops.
    """

    item: Item
    source: Item
    number: int
    lengths: Shape
    indices: tuple[Affine, ...]


def few(item: Item) -> Iterator[list[Affine]]:
    """The indices of every element, as numbers."""
    places: list[list[Affine]] = [[]]
    for n in item.shape:
        places = [[*place, Affine(i)] for place in places for i in range(n)]
    return iter(places)


class Levels:
    """The loops of some items: `roots` by level and lengths, once `settle` has found them."""

    def __init__(self, outputs: Sequence[Item]) -> None:
        self.items = _needed(outputs)
        self.ready: dict[Item, int] = {}
        self.loops: dict[tuple[int, Shape], list[Root]] = {}
        self._costs: dict[Item, int] = {}
        while not self._settled():
            pass

    def _settled(self) -> bool:
        """One round; whether nothing more had to be kept in memory."""
        self.ready, self.loops, self._costs = {}, {}, {}
        count = sum(x.stored for x in self.items)
        seen: dict[Item, set[Any]] = {}
        for item in self.items:
            if item.kind == ARRAY:
                self.ready[item] = 0
            elif item.kind == FEW:
                self.ready[item] = max(
                    (self._level(x, p, ()) for x in item.inputs for p in few(x)), default=0
                )
            elif item.stored:
                self._place(item)
            elif is_one(item):
                zeros = [Affine()] * len(item.shape)
                self.ready[item] = max((self._level(x, zeros, ()) for x in item.inputs), default=0)
        for key, roots in self.loops.items():
            for root in roots:
                self._look(root, key, seen)
        for item, places in seen.items():
            dear = self._cost(item) > DEAR and item.dtype is not BOOL
            if dear and (len(places) > 1 or any(_is_repeated(item, key) for key in places)):
                item.stored, item.depth = True, 0
        return count == sum(x.stored for x in self.items)

    def _place(self, item: Item) -> None:
        """Puts an item into its loops."""
        ends = []
        for root in roots_of(item):
            sources = root.source.inputs if root.source is item else [root.source]
            level = max((self._level(x, root.indices, root.lengths) for x in sources), default=0)
            self.loops.setdefault((level, root.lengths), []).append(root)
            ends.append(level + 1)
        self.ready[item] = max(ends)

    def _level(self, item: Item, indices: Sequence[Affine], lengths: Shape) -> int:
        """After how many loops an element can be computed, in a loop of these lengths."""
        return max((n for _, n in self.leaves(item, indices, lengths)), default=0)

    def leaves(
        self, item: Item, indices: Sequence[Affine], lengths: Shape
    ) -> Iterator[tuple[Item, int]]:
        """What an element is made of and is kept, and when that is there."""
        for x, places, is_kept in self._walk([item], tuple(indices)):
            if is_kept:
                yield x, self.ready[x] - is_same_turn(x, places, lengths)

    def _walk(
        self, items: Sequence[Item], indices: tuple[Affine, ...]
    ) -> Iterator[tuple[Item, tuple[Affine, ...], bool]]:
        """What elements are made of, once for each place; whether it is kept, or computed there."""
        seen = set()
        waiting = [(x, indices) for x in items]
        while waiting:
            step = waiting.pop()
            if step in seen:
                continue
            seen.add(step)
            item, places = step
            if item.kind == PART:
                waiting.append((item.inputs[0], tuple(self.indices(item, places))))
                continue
            is_kept = item.kind != EACH or item.stored or is_one(item)
            yield item, places, is_kept
            if not is_kept:
                waiting += [(x, places) for x in item.inputs]

    def indices(self, item: Item, indices: Sequence[Affine]) -> list[Affine]:
        """The indices in the array of which this is a part; keeps what has none in memory."""
        (base,) = item.inputs
        offset, strides = item.data
        found = by_axes(base.shape, item.shape, offset, strides)
        if found is not None:
            return found(indices)
        place = Affine(offset)
        for index, stride in zip(indices, strides, strict=True):
            place = place.plus(index.times(stride))
        if base.kind == EACH:
            base.stored, base.depth = True, 0
            self.ready.setdefault(base, 0)
        return [*[Affine()] * (len(base.shape) - 1), place]

    def _look(self, root: Root, key: tuple[int, Shape], seen: dict[Item, set[Any]]) -> None:
        """Notes in which loops, and where, what is not kept is computed."""
        sources = root.source.inputs if root.source is root.item else [root.source]
        for item, indices, is_kept in self._walk(sources, root.indices):
            if not is_kept:
                seen.setdefault(item, set()).add((key, indices))

    def _cost(self, item: Item) -> int:
        """What an element costs, in operations."""
        if item.kind == PART:
            return self._cost(item.inputs[0])
        if item.kind != EACH:
            return 0
        if item not in self._costs:
            code = Code()
            item.data(code, *[code.operand(i, x.dtype) for i, x in enumerate(item.inputs)])
            own = sum(_COSTS.get(x.op, 1) for x in code.instructions)
            inner = sum(self._cost(x) for x in item.inputs if not x.stored)
            self._costs[item] = own + inner
        return self._costs[item]


def is_one(item: Item) -> bool:
    """Whether this is one number, which is computed between loops."""
    return item.kind == EACH and item.size == 1 and not item.stored


def is_same_turn(item: Item, indices: Sequence[Affine], lengths: Shape) -> bool:
    """Whether an element is computed in the same turn of the same loop as what needs it."""
    if (
        item.kind != EACH
        or not item.stored
        or item.apart
        or tuple(n for n in item.shape if n > 1) != lengths
    ):
        return False
    return list(indices) == along(item.shape)


def _is_repeated(item: Item, place: Any) -> bool:
    """Whether a loop comes to an element more than once."""
    lengths: Shape = place[0][1]
    return prod(lengths) > max(item.size, 1)


def roots_of(item: Item) -> list[Root]:
    """The loops that compute an item that is kept."""
    if item.kind == PUT:
        return [_root(item, x, i) for i, x in enumerate(item.inputs)]
    if item.kind == FOLD:
        return [_root(item, item.inputs[0], 0)]
    if item.kind == SCAN:
        return [_scan_root(item)]
    return [_root(item, item, 0)]


def _root(item: Item, source: Item, number: int) -> Root:
    lengths = tuple(n for n in source.shape if n > 1)
    return Root(item, source, number, lengths, tuple(along(source.shape)))


def _scan_root(item: Item) -> Root:
    """The axis of a scan is that of the innermost loop."""
    axis, back = item.data
    axis %= len(item.shape)
    others = [i for i in range(len(item.shape)) if i != axis]
    lengths = (*(item.shape[i] for i in others), item.shape[axis])
    indices = [Affine()] * len(item.shape)
    for loop, i in enumerate(others):
        indices[i] = Affine(0, ((loop, 1),))
    last = len(others)
    n = item.shape[axis]
    indices[axis] = Affine(n - 1, ((last, -1),)) if back else Affine(0, ((last, 1),))
    return Root(item, item.inputs[0], 0, lengths, tuple(indices))


def _needed(outputs: Iterable[Item]) -> list[Item]:
    """All items behind some, inputs first; without recursion."""
    order: dict[Item, None] = {}
    stack = [*outputs][::-1]
    while stack:
        missing = [x for x in stack[-1].inputs if x not in order]
        if stack[-1] in order or not missing:
            order.setdefault(stack.pop())
        else:
            stack += missing[::-1]
    return [*order]
