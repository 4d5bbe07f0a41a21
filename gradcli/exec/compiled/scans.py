"""What depends on the elements before in a row: one element after another, in a loop of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.exec.compiled.instructions import Writer, bits, letter

if TYPE_CHECKING:
    import numpy as np

    from gradcli.ir.scalar import Code

FIRST = {"add": "-0.0", "mul": "1", "recur": "-0.0"}
"""With what a scan begins: it leaves the first element as it is, the sign of a zero included."""

NEUTRAL = {"add": ["-0.0"], "mul": ["1"], "recur": ["1", "-0.0"]}
"""Operands that leave a scan where it is."""


class ScanWriter(Writer):
    """Lines of loops, some of which scan; `%live0` and so on are the elements that are in a row."""

    def __init__(self, code: Code, lanes: int, notes: dict[int, str] | None = None) -> None:
        super().__init__(code, lanes, notes)
        self._loop_of_scan: dict[int, int] = {}

    def _begin_scan(self, n: int, index: int, before: str) -> None:
        """What the turns of a loop leave to the next: the scan so far."""
        self._loop_of_scan[index] = n
        _, _, dtype, (how, _) = self._code[index]
        ways = f"[ {bits(FIRST[how], dtype)}, %{before} ], [ %scan{index}n, %more{n} ]"
        self._line(f"%scan{index} = phi {letter(dtype)} {ways}")

    def _made(self, index: int) -> str:
        return self._scan(index) if self._code[index].op == "scan" else super()._made(index)

    def _scan(self, index: int) -> str:
        """One element after another, in the order in which NumPy takes them."""
        _, sources, dtype, (how, reverse) = self._code[index]
        n, kind = self._loop_of_scan[index], letter(dtype)
        vectors = [self._names[i] for i in sources]
        if reverse:
            others = zip(vectors, NEUTRAL[how], strict=True)
            vectors = [self._among(f"%live{n}", x, other, dtype) for x, other in others]
        elif how == "recur":
            vectors[0] = self._among(self._is_later(n), vectors[0], "1", dtype)
        state, parts = f"%scan{index}", [""] * self.lanes
        for lane in reversed(range(self.lanes)) if reverse else range(self.lanes):
            one = [self._piece(x, dtype, [lane]) for x in vectors]
            if how != "recur":
                parts[lane] = state = self._new(f"f{how} {kind} {state}, {one[0]}")
            elif reverse:
                parts[lane] = self._new(f"fadd {kind} {one[1]}, {state}")
                state = self._new(f"fmul {kind} {one[0]}, {parts[lane]}")
            else:
                product = self._new(f"fmul {kind} {one[0]}, {state}")
                parts[lane] = state = self._new(f"fadd {kind} {one[1]}, {product}")
        self._line(f"%scan{index}n = fadd {kind} {state}, {bits('-0.0', dtype)}")
        return self._joined(parts, dtype, 1)

    def _among(self, mask: str, name: str, other: str, dtype: np.dtype[Any]) -> str:
        """Numbers where a mask holds, and another one elsewhere."""
        return self._chosen(mask, name, self.constant(other, dtype), dtype)

    def _is_later(self, n: int) -> str:
        """Which elements are not the first of a row."""
        indices = f"<{self.lanes} x i64> {self._splat(f'%i{n}', 'i64')}"
        return self._new(f"icmp ne {indices}, {self._lane_numbers(-1)}")
