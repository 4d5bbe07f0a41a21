"""The text of a function that multiplies matrices, as LLVM IR.

A tile of the result, some rows of some vectors each, stays in registers while terms are added to
it. Of the first factor an element is read for a row and a term, wherever it lies; of the second one
the columns of the tile have been packed, term by term. So each element adds its terms one after
another, whatever is computed beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.exec.compiled.blocks import PARAMETERS
from gradcli.exec.compiled.instructions import LONGEST, Writer, letter, mangled
from gradcli.exec.compiled.machine import is_longest
from gradcli.ir.scalar import BOOL, Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

DEEP = 256
"""Terms, at most, that are added in one go: so much of the factors stays in the cache."""

COMMON = {
    "terms": "i64",
    "columns": "i64",
    "width": "i64",
    "left.terms": "ptr",
    "right.terms": "ptr",
    "right.columns": "ptr",
}
"""What is the same for all units: how many terms and columns there are, the bytes of a row of the
result, and the gaps of terms and columns in the factors.

A gap is how many bytes further an element lies because of its row, its column or its term."""

UNIT = {"left": "ptr", "right": "ptr", "result": "ptr", "left.rows": "ptr", "rows": "i64"}
"""What is known of a unit, some rows of a product: where its factors and its result begin, the gaps
of its rows in the first one, and how many it has."""


class Tile(NamedTuple):
    """So many rows, of so many vectors each."""

    rows: int
    vectors: int


TILES = Tile(8, 3), Tile(6, 4), Tile(8, 2), Tile(8, 1)
SHORT_TILES = Tile(4, 3), Tile(4, 2), Tile(4, 1)
"""Those that registers hold with what is added: all of 32, and of 16 shorter ones."""

BESIDE = 2
"""Instructions for a term beside those that add."""


def tile_for(rows: int, columns: int, lanes: int) -> Tile:
    """The tile by which a product takes the fewest instructions, beyond its ends, too."""
    tiles = TILES if is_longest() else SHORT_TILES
    return min(
        tiles,
        key=lambda x: (
            -(-rows // x.rows) * -(-columns // (x.vectors * lanes)) * (x.rows * x.vectors + BESIDE)
        ),
    )


def lanes_for(dtype: np.dtype[np.generic]) -> int:
    """The elements of a register."""
    return (LONGEST if is_longest() else LONGEST // 2) // dtype.itemsize


class ProductWriter(Writer):
    """Writes the function for factors of a type; columns of the second one may lie `apart`.

    Where sums are `deep`, of more terms than are added in one go, they are read again.
    """

    def __init__(self, dtype: np.dtype[np.generic], tile: Tile, *, apart: bool, deep: bool) -> None:
        super().__init__(Code(), lanes_for(dtype))
        self._tile = tile
        self._apart = apart
        self._deep = deep
        self._size = dtype.itemsize
        self._bytes = self.lanes * self._size
        self._element = letter(dtype)
        self._kind = self.vector(dtype)
        self._many = f"v{self.lanes}{mangled(self._element)}"

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        room = DEEP * self._tile.vectors * self.lanes
        self._line(f"%packed = alloca [{room} x {self._element}], align {LONGEST}")
        self._load("%extents", COMMON)
        self._repeat("%first", "%last", 1, self._unit)
        self._line("ret void")
        head = f"define void @run({PARAMETERS}) {{"
        return "\n".join([*self._declared.values(), head, *self._lines, "}"])

    def _unit(self, number: str, _: Sequence[str]) -> Sequence[str]:
        """Some rows of a product, so many terms at a time."""
        gap = self._new(f"mul i64 {number}, {8 * len(UNIT)}")
        self._load(self._at("%arrays", gap), UNIT)
        self._line("%bottom = sub i64 %rows, 1")
        return self._repeat("0", "%terms", DEEP, self._terms)

    def _terms(self, first: str, _: Sequence[str]) -> Sequence[str]:
        """Terms from one on, tile by tile of columns."""
        self._line(f"%more = sub i64 %terms, {first}")
        self._line(f"%is_last = icmp slt i64 %more, {DEEP}")
        self._line(f"%deep = select i1 %is_last, i64 %more, i64 {DEEP}")
        self._line(f"%has_begun = icmp sgt i64 {first}, 0")
        for factor in ("left", "right"):
            self._line(f"%{factor}.deep = getelementptr i64, ptr %{factor}.terms, i64 {first}")
        return self._repeat("0", "%columns", self._tile.vectors * self.lanes, self._panel)

    # --- the second factor ----------------------------------------------------------------------

    def _panel(self, column: str, _: Sequence[str]) -> Sequence[str]:
        """The columns of a tile, for all rows; beyond the last one there are zeros."""
        self._line(f"%beyond = sub i64 %columns, {column}")
        self._line(f"%result.panel = getelementptr {self._element}, ptr %result, i64 {column}")
        beyond, begun = self._splat("%beyond", "i64"), self._splat("%has_begun", "i1")
        for i in range(self._tile.vectors):
            lanes = self._lane_numbers(first=i * self.lanes)
            self._line(f"%is_there{i} = icmp slt <{self.lanes} x i64> {lanes}, {beyond}")
            self._line(f"%is_held{i} = and {self.vector(BOOL)} %is_there{i}, {begun}")
        if self._apart:
            self._line(f"%across = getelementptr i64, ptr %right.columns, i64 {column}")
        else:
            self._line(f"%right.panel = getelementptr {self._element}, ptr %right, i64 {column}")
        self._repeat("0", "%deep", 1, self._pack)
        return self._repeat("0", "%rows", self._tile.rows, self._tile_of)

    def _pack(self, term: str, _: Sequence[str]) -> Sequence[str]:
        """Puts the elements of a term, in all columns of a tile, side by side."""
        row = self._moved("%right" if self._apart else "%right.panel", "%right.deep", term)
        packed = self._packed(term)
        for i in range(self._tile.vectors):
            if self._apart:
                gaps = f"<{self.lanes} x i64>"
                where = self._at("%across", str(8 * i * self.lanes))
                each = self._new(f"load {gaps}, ptr {where}, align 8")
                lanes = self._new(f"getelementptr i8, ptr {row}, {gaps} {each}")
                x = self._masked("gather", f"<{self.lanes} x ptr>", lanes, f"%is_there{i}")
            else:
                x = self._masked("load", "ptr", self._vector_at(row, i), f"%is_there{i}")
            self._line(f"store {self._kind} {x}, ptr {self._vector_at(packed, i)}")
        return ()

    def _packed(self, term: str) -> str:
        """Where the elements of a term are, once they are packed."""
        gap = self._new(f"mul i64 {term}, {self._tile.vectors * self._bytes}")
        return self._at("%packed", gap)

    # --- tiles of the result --------------------------------------------------------------------

    def _tile_of(self, first: str, _: Sequence[str]) -> Sequence[str]:
        """Rows from one on; beyond the last row that one is computed again."""
        begins, places = [], []
        for i in range(self._tile.rows):
            row = self._least(self._new(f"add i64 {first}, {i}"), "%bottom")
            begins.append(self._moved("%left", "%left.rows", row))
            begin = self._at("%result.panel", self._new(f"mul i64 {row}, %width"))
            places += [self._vector_at(begin, k) for k in range(self._tile.vectors)]
        vectors = [i % self._tile.vectors for i in range(len(places))]
        before = [
            self._masked("load", "ptr", place, f"%is_held{i}") if self._deep else "zeroinitializer"
            for place, i in zip(places, vectors, strict=True)
        ]

        def add(term: str, sums: Sequence[str]) -> Sequence[str]:
            return self._added(begins, term, sums)

        sums = self._repeat("0", "%deep", 1, add, [(self._kind, x) for x in before])
        for x, place, i in zip(sums, places, vectors, strict=True):
            self._store(x, place, f"%is_there{i}")
        return ()

    def _added(self, begins: Sequence[str], term: str, sums: Sequence[str]) -> Sequence[str]:
        """The sums of a tile with one term more."""
        packed, gap = self._packed(term), self._gap("%left.deep", term)
        columns = [
            self._new(f"load {self._kind}, ptr {self._vector_at(packed, i)}")
            for i in range(self._tile.vectors)
        ]
        name, left, made = f"llvm.fmuladd.{self._many}", iter(sums), []
        self._declare(name, self._kind, [self._kind] * 3)
        for begin in begins:
            one = self._new(f"load {self._element}, ptr {self._at(begin, gap)}")
            row = f"{self._kind} {self._splat(one, self._element)}"
            for column in columns:
                before = f"{self._kind} {next(left)}"
                call = f"call {self._kind} @{name}({row}, {self._kind} {column}, {before})"
                made.append(self._new(call))
        return made

    # --- places ---------------------------------------------------------------------------------

    def _load(self, place: str, fields: Mapping[str, str]) -> None:
        """Reads numbers and pointers, one behind the other."""
        for i, (name, kind) in enumerate(fields.items()):
            self._line(f"%{name} = load {kind}, ptr {self._at(place, str(8 * i))}")

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
