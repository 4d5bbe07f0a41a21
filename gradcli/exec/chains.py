"""Regions that follow one another slice by slice, while what they make is in the cache.

Where each needs, of what those before it make, the slice alone that it works on, a thread does all
of them to some slices before it takes the next ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.region import Role
from gradcli.exec.rooms import address
from gradcli.ir.op import Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gradcli.exec.region import SlicedBound, SlicedRegion
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

CACHE = 1 << 20
"""Bytes that are made of a block of slices, more or less: the second-level cache of a core holds
them."""

FEWEST, ENOUGH = 4, 8
"""Blocks, at the least, and where there are slices for more."""

ROOM = 1 << 26
"""Bytes that are made together, more or less: what is spent of them is given back behind all."""


class Link(NamedTuple):
    """A region and its arrays."""

    region: SlicedRegion
    bound: SlicedBound


class Chain:
    """Regions that are bound to arrays and wait to be run together.

    What they `made` has its place in `values`, but is not there yet; it is a view of what is, or
    that itself. What is `late` has none: sums, and what was put off as it needs others.
    """

    def __init__(self, values: dict[Node, Any]) -> None:
        self._values = values
        self.end()

    def end(self) -> None:
        """All of them have been run, and others may follow."""
        self.links: list[Link] = []
        self._slices = 0
        self._bytes = 0
        self._read: dict[int, bool] = {}
        self._again = 0
        self._made: dict[Node, Array] = {}
        self._late: set[Node] = set()

    def forget(self) -> None:
        """Takes back what they have not made: an error or an interruption came before."""
        for node in self._made:
            self._values.pop(node, None)

    def is_free(self, operands: Collection[Node]) -> bool:
        """Whether all of these are there."""
        if not self._made and not self._late:
            return True
        return not any(x in self._made or x in self._late for x in operands)

    def put_off(self, nodes: Collection[Node]) -> None:
        """Notes nodes that are computed behind all."""
        self._late.update(nodes)

    def block(self) -> tuple[int, int]:
        """How many slices there are, and how many are done together; 0 where it is not worth it.

        There must be several blocks for each thread, and an even number of few, so that all have
        as much to do.
        """
        if len(self.links) < 2:
            return 0, 0
        most = self._slices // max(region.least for region, _ in self.links)
        count = min(max(ENOUGH, (self._bytes + self._again) // CACHE), most)
        count -= count % 2 if count <= ENOUGH else 0
        return self._slices, -(-self._slices // count) if count >= FEWEST else 0

    # --- regions ------------------------------------------------------------------------------

    def takes(
        self, region: SlicedRegion, operands: Collection[Node], bind: Callable[[], SlicedBound]
    ) -> bool:
        """Adds a region if it goes with the others, which `bind` then gives its arrays."""
        if not self._goes_on(region, operands):
            return False
        bound = bind()
        if any(bound.is_copied(x, self._made[x]) for x in operands if x in self._made):
            return False
        self.links.append(Link(region, bound))
        self._slices = region.slices
        self._note_read([self._values[x] for x in operands if x not in self._made])
        made = bound.results
        self._made.update(made)
        self._values.update(made)
        self._late.update(work.node for work in region.works if work.role is Role.SUM)
        self._bytes += sum(x.nbytes for x in made.values())
        return True

    def _note_read(self, arrays: Collection[Any]) -> None:
        """Adds the bytes of arrays that one before reads, too: they are to be in the cache."""
        for array in arrays:
            if getattr(array, "size", 0) >= self._slices:
                place = address(array)
                if self._read.get(place) is False:
                    self._again += array.nbytes
                self._read[place] = place in self._read

    def _goes_on(self, region: SlicedRegion, operands: Collection[Node]) -> bool:
        """Whether a region has the same slices, and needs no more of what is not there yet."""
        if self._slices not in (0, region.slices) or self._bytes > ROOM:
            return False
        waits = [x for x in operands if not self.is_free((x,))]
        return all(x in self._made and self._is_sliced(x) and region.follows(x) for x in waits)

    def _is_sliced(self, x: Node) -> bool:
        """Whether a view has the slices of what it is a view of."""
        view, whole = self._values[x], self._made[x]
        is_alike: bool = view.strides[0] == whole.strides[0]
        return is_alike and view.shape[0] == self._slices

    # --- nodes that run whole -------------------------------------------------------------------

    def looks(self, node: Node, operands: Collection[Node], perform: Callable[[], None]) -> bool:
        """Whether `perform` makes a view of what is not there yet."""
        x = next(iter(operands), node)
        is_moved = isinstance(node.op, Linear) and (node.size == x.size or node.op.looks)
        if x not in self._made or len(operands) > 1 or not is_moved:
            return False
        perform()
        if not np.may_share_memory(self._values[node], self._made[x]):
            return False
        self._made[node] = self._made[x]
        return True
