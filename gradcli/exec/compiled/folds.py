"""What is folded along a row: sums that keep what rounding loses, and the largest and smallest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.exec.compiled.scans import ScanWriter
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    import numpy as np

NOTHING = {"add": "0", "max": "-inf", "min": "inf"}
"""What a row of nothing is folded to."""

MORE = {"max": "ogt", "min": "olt"}
"""The comparison by which what is found so far stays, rather than the next element."""


class FoldWriter(ScanWriter):
    """Lines of loops, some of which fold; `%fold0` and so on are what is found so far."""

    def _live(self, n: int, name: str, dtype: np.dtype[Any] = DOUBLE) -> str:
        """Numbers as they are in a row, and zeros behind its end."""
        return self._chosen(f"%live{n}", name, "zeroinitializer", dtype)

    def _wide(self, index: int) -> str:
        """A number as a double."""
        name, dtype = self._names[index], self._code[index].dtype
        if dtype == DOUBLE:
            return name
        return self._new(f"fpext {self.vector(dtype)} {name} to {self.vector(DOUBLE)}")

    def _fold(self, n: int, index: int) -> None:
        """What is found so far and a vector more, if it is in the row."""
        _, (source,), dtype, kind = self._code[index]
        name = f"%fold{index}"
        if kind == "add":
            self._add_up(f"fold{index}", self._live(n, self._wide(source)), self._counts(index))
            return
        vector, truths = self.vector(dtype), self.vector(BOOL)
        x = self._among(f"%live{n}", self._names[source], NOTHING[kind], dtype)
        more = self._new(f"fcmp {MORE[kind]} {vector} {name}, {x}")
        self._line(f"{name}n = select {truths} {more}, {vector} {name}, {vector} {x}")
        unknown = self._new(f"fcmp uno {vector} {x}, zeroinitializer")
        self._line(f"{name}restn = select {truths} {unknown}, {vector} {x}, {vector} {name}rest")

    def _better(self, kind: str, x: str, y: str, dtype: np.dtype[Any]) -> str:
        """The larger or smaller of two; NaN where one of them is."""
        vector = self.vector(dtype)
        more = self._new(f"fcmp {MORE[kind]} {vector} {x}, {y}")
        unknown = self._new(f"fcmp uno {vector} {x}, zeroinitializer")
        first = self._new(f"or {self.vector(BOOL)} {more}, {unknown}")
        return self._chosen(first, x, y, dtype)

    def _counts(self, index: int) -> bool:
        """Whether a sum is one of truth values, which is exact."""
        op, sources, *_ = self._code[self._code[index].sources[0]]
        return op == "cast" and self._code[sources[0]].dtype == BOOL

    def _add_up(self, name: str, x: str, is_exact: bool = False) -> None:
        """A sum and what its rounding lost."""
        kind = self.vector(DOUBLE)
        self._line(f"%{name}n = fadd {kind} %{name}, {x}")
        if is_exact:
            return
        lost = self._lost(f"%{name}", x, f"%{name}n")
        self._line(f"%{name}restn = fadd {kind} %{name}rest, {lost}")

    def _lost(self, x: str, y: str, total: str) -> str:
        """What rounding lost, exactly where x is the larger one (Dekker's sum); else a part of it.

        A sum is larger than what is added unless terms cancel: then what is not caught is less
        than the rounding of the terms.
        """
        kind = self.vector(DOUBLE)
        added = self._new(f"fsub {kind} {total}, {x}")
        return self._new(f"fsub {kind} {y}, {added}")

    def _folded(self, index: int) -> str:
        """All lanes of a fold as one number, in each of them."""
        _, _, dtype, kind = self._code[index]
        name = f"%fold{index}n"
        if kind != "add":
            return self._over_lanes(
                kind, self._or_unknown(name, f"%fold{index}restn", dtype), dtype
            )
        whole = self._over_lanes("add", name, DOUBLE)
        if not self._counts(index):
            lost = self._over_lanes("add", f"%fold{index}restn", DOUBLE)
            whole = self._whole_sum(whole, lost, DOUBLE)
        if dtype == DOUBLE:
            return whole
        return self._new(f"fptrunc {self.vector(DOUBLE)} {whole} to {self.vector(dtype)}")

    def _or_unknown(self, name: str, rest: str, dtype: np.dtype[Any]) -> str:
        """What is found, or NaN in lanes that have met one."""
        unknown = self._new(f"fcmp uno {self.vector(dtype)} {rest}, zeroinitializer")
        return self._chosen(unknown, rest, name, dtype)

    def _over_lanes(self, kind: str, name: str, dtype: np.dtype[Any]) -> str:
        vector, step = self.vector(dtype), self.lanes // 2
        while step:
            turned = self._turned(name, dtype, step)
            if kind == "add":
                name = self._new(f"fadd {vector} {name}, {turned}")
            else:
                name = self._better(kind, name, turned, dtype)
            step //= 2
        return name
