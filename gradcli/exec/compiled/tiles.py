"""The text of a function that computes a tile of a product of matrices, as LLVM IR.

A tile, some rows of some vectors each, stays in registers while terms are added to it. So each
element adds its terms one after another, whatever is computed beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.exec.compiled.instructions import LONGEST, Writer, letter, mangled
from gradcli.exec.compiled.machine import is_longest
from gradcli.ir.scalar import BOOL, Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

PARAMETERS = {
    "left": "ptr",
    "left.rows": "ptr",
    "left.terms": "ptr",
    "packed": "ptr",
    "terms": "i64",
    "result": "ptr",
    "width": "i64",
    "rows": "i64",
    "columns": "i64",
    "has_begun": "i1",
    "bad": "ptr",
}
"""Those of the function of a tile.

Where the first factor begins, and how many bytes further its rows and its terms do; the columns of
the second one, packed term by term; how many terms there are; where the result
begins, and the bytes of a row of it; how many rows and columns are left; whether there are sums of
terms before; and where it is noted that one is not finite."""


class Tile(NamedTuple):
    """So many rows, of so many vectors each."""

    rows: int
    vectors: int


TILES = Tile(6, 4), Tile(8, 3), Tile(8, 2), Tile(8, 1)
SHORT_TILES = Tile(4, 3), Tile(4, 2), Tile(4, 1)
"""Those that registers hold with what is added: all of 32, and of 16 shorter ones."""

CHAINS = 4
"""Sums that are made beside one another of what tells whether all numbers are finite."""


def tiles_for(rows: int, columns: int, lanes: int) -> Sequence[Tile]:
    """The tiles by which a product takes the fewest instructions, beyond its ends, too.

    The last columns may have one of fewer vectors.
    """
    vectors = -(-columns // lanes)

    def tiles(tile: Tile) -> Sequence[Tile]:
        last = vectors % tile.vectors
        return [tile, tile._replace(vectors=last)] if last else [tile]

    def work(tiles: Sequence[Tile]) -> tuple[float, int]:
        return -(-rows // tiles[0].rows) * instructions(tiles, columns, lanes), len(tiles)

    return min(map(tiles, TILES if is_longest() else SHORT_TILES), key=work)


def instructions(tiles: Sequence[Tile], columns: int, lanes: int) -> float:
    """How many a term takes in the tiles of all columns; what is loaded counts half."""
    counts = [-(-columns // lanes) // tiles[0].vectors, 1]
    each = [x.rows * x.vectors + (x.rows + x.vectors) / 2 for x in tiles]
    return sum(n * x for n, x in zip(counts, each, strict=False))


def lanes_for(dtype: np.dtype[np.generic]) -> int:
    """The elements of a register."""
    return (LONGEST if is_longest() else LONGEST // 2) // dtype.itemsize


def listed(parameters: Mapping[str, str]) -> str:
    """Parameters as a function has them."""
    return ", ".join(f"{kind} %{name}" for name, kind in parameters.items())


class Elements(Writer):
    """Writes code over vectors of elements of a type, and over places in memory."""

    def __init__(self, dtype: np.dtype[np.generic]) -> None:
        super().__init__(Code(), lanes_for(dtype))
        self._dtype = dtype
        self._size = dtype.itemsize
        self._bytes = self.lanes * self._size
        self._element = letter(dtype)
        self._kind = self.vector(dtype)
        self._many = f"v{self.lanes}{mangled(self._element)}"

    def text(self) -> str:
        """The module as text."""
        raise NotImplementedError

    def function(self, parameters: str) -> str:
        """The module with the function that has been written."""
        head = f"define void @run({parameters}) {{"
        return "\n".join([*self._declared.values(), head, *self._lines, "  ret void", "}"])

    # --- places and calls -----------------------------------------------------------------------

    def _load(self, place: str, fields: Mapping[str, str]) -> None:
        """Reads numbers and pointers, one behind the other."""
        for i, (name, kind) in enumerate(fields.items()):
            self._line(f"%{name} = load {kind}, ptr {self._at(place, str(8 * i))}")

    def _run(self, function: str, parameters: Mapping[str, str], **given: str) -> None:
        """Calls a function, by its parameters."""
        values = ", ".join(f"{kind} {given[name]}" for name, kind in parameters.items())
        self._line(f"call void {function}({values})")

    def _at(self, place: str, gap: str) -> str:
        """So many bytes further."""
        return self._new(f"getelementptr i8, ptr {place}, i64 {gap}")

    def _vector_at(self, place: str, number: int) -> str:
        return self._at(place, str(number * self._bytes))

    def _gap(self, gaps: str, number: str) -> str:
        """The gap of a row or a term."""
        where = self._new(f"getelementptr i64, ptr {gaps}, i64 {number}")
        return self._new(f"load i64, ptr {where}")

    def _moved(self, begin: str, gaps: str, number: str) -> str:
        """Where a row or a term of a factor begins."""
        return self._at(begin, self._gap(gaps, number))

    def _least(self, x: str, y: str) -> str:
        is_less = self._new(f"icmp slt i64 {x}, {y}")
        return self._new(f"select i1 {is_less}, i64 {x}, i64 {y}")

    # --- vectors --------------------------------------------------------------------------------

    def _are_there(self, count: str, first: int = 0) -> str:
        """Which lanes, counted from one on, are among so many."""
        lanes, bound = self._lane_numbers(first=first), self._splat(count, "i64")
        return self._new(f"icmp slt <{self.lanes} x i64> {lanes}, {bound}")

    def _masked(self, way: str, pointers: str, place: str, mask: str) -> str:
        """A vector, 0 outside a mask."""
        suffix = "p0" if pointers == "ptr" else f"v{self.lanes}p0"
        name, truths = f"llvm.masked.{way}.{self._many}.{suffix}", self.vector(BOOL)
        self._declare(name, self._kind, [pointers, "i32 immarg", truths, self._kind])
        given = (
            f"{pointers} {place}, i32 {self._size}, {truths} {mask}, {self._kind} zeroinitializer"
        )
        return self._new(f"call {self._kind} @{name}({given})")

    def _store(self, x: str, place: str, mask: str) -> None:
        """Stores a vector inside a mask."""
        name, truths = f"llvm.masked.store.{self._many}.p0", self.vector(BOOL)
        self._declare(name, "void", [self._kind, "ptr", "i32 immarg", truths])
        given = f"{self._kind} {x}, ptr {place}, i32 {self._size}, {truths} {mask}"
        self._line(f"call void @{name}({given})")

    def _added(self, x: str, y: str, before: str) -> str:
        """A product added to a sum."""
        name, kind = f"llvm.fmuladd.{self._many}", self._kind
        self._declare(name, kind, [kind] * 3)
        return self._new(f"call {kind} @{name}({kind} {x}, {kind} {y}, {kind} {before})")

    def _mark_unless_zero(self, x: str) -> None:
        """Notes whether a lane is none: that of a number times zero is, unless it is finite."""
        are_bad = self._new(f"fcmp uno {self._kind} {x}, zeroinitializer")
        bits = self._new(f"bitcast {self.vector(BOOL)} {are_bad} to i{self.lanes}")
        is_bad = self._new(f"icmp ne i{self.lanes} {bits}, 0")
        mark, before = self._new(f"zext i1 {is_bad} to i8"), self._new("load i8, ptr %bad")
        self._line(f"store i8 {self._new(f'or i8 {mark}, {before}')}, ptr %bad")


class TileWriter(Elements):
    """Writes the function for tiles of a type."""

    def __init__(self, dtype: np.dtype[np.generic], tile: Tile) -> None:
        super().__init__(dtype)
        self._tile = tile

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        begins, places = self._rows()
        masks = [self._are_there("%columns", i * self.lanes) for i in range(self._tile.vectors)]
        masks *= self._tile.rows
        sums = self._sums(begins)
        self._line("br i1 %has_begun, label %held, label %store")
        self._label("held")
        pairs = zip(places, masks, strict=True)
        held = [self._masked("load", "ptr", place, mask) for place, mask in pairs]
        pairs = zip(held, sums, strict=True)
        totals = [self._new(f"fadd {self._kind} {before}, {x}") for before, x in pairs]
        self._line("br label %store")
        self._label("store")
        pairs = zip(totals, sums, strict=True)
        made = [self._new(f"phi {self._kind} [ {x}, %held ], [ {y}, %done ]") for x, y in pairs]
        for x, place, mask in zip(made, places, masks, strict=True):
            self._store(x, place, mask)
        self._mark(made)
        return self.function(listed(PARAMETERS))

    def _rows(self) -> tuple[Sequence[str], Sequence[str]]:
        """Where rows begin, and where each vector of the result is, which comes to the cache.

        Beyond the last row that one is computed again.
        """
        begins, places = [], []
        bottom = self._new("sub i64 %rows, 1")
        self._declare("llvm.prefetch.p0", "void", ["ptr", "i32 immarg", "i32 immarg", "i32 immarg"])
        for i in range(self._tile.rows):
            row = self._least(str(i), bottom)
            begins.append(self._moved("%left", "%left.rows", row))
            begin = self._at("%result", self._new(f"mul i64 {row}, %width"))
            for k in range(self._tile.vectors):
                places.append(self._vector_at(begin, k))
                self._line(f"call void @llvm.prefetch.p0(ptr {places[-1]}, i32 1, i32 3, i32 1)")
        return begins, places

    def _sums(self, begins: Sequence[str]) -> Sequence[str]:
        """The loop over terms, and the sums behind it."""

        def term(number: str, given: Sequence[str]) -> Sequence[str]:
            place, *sums = given
            gap = self._gap("%left.terms", number)
            columns = [
                self._new(f"load {self._kind}, ptr {self._vector_at(place, i)}")
                for i in range(self._tile.vectors)
            ]
            before, made = iter(sums), []
            for begin in begins:
                one = self._new(f"load {self._element}, ptr {self._at(begin, gap)}")
                row = self._splat(one, self._element)
                made += [self._added(row, column, next(before)) for column in columns]
            width = self._tile.vectors * self._bytes
            return [self._at(place, str(width)), *made]

        zeros = [(self._kind, "zeroinitializer")] * (self._tile.rows * self._tile.vectors)
        begun = [("ptr", "%packed"), *zeros]
        _, *sums = self._repeat("0", "%terms", 1, term, begun)
        self._line("br label %done")
        self._label("done")
        return sums

    def _mark(self, sums: Sequence[str]) -> None:
        """Notes whether a sum is not finite: then no zero comes of it."""
        chains = ["zeroinitializer"] * CHAINS
        for i, x in enumerate(sums):
            chains[i % CHAINS] = self._added(x, "zeroinitializer", chains[i % CHAINS])
        zero = chains[0]
        for x in chains[1:]:
            zero = self._new(f"fadd {self._kind} {zero}, {x}")
        self._mark_unless_zero(zero)
