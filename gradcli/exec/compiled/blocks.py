"""The loop over the blocks of a kernel, in machine code: threads share them without Python's lock.

Kernels are functions of one kind. What rows they work on, from the first to before the last, and
what part of them, from a start to before a stop, is a block; so is what they leave there: cells of
sums, and marks of numbers that are not finite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.exec.compiled import machine

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

AT_ONCE = 16
"""Blocks of a call, which nothing interrupts, at most."""

PARAMETERS = """\
ptr %arrays, ptr %strides, ptr %extents, i64 %first, i64 %last, i64 %start, i64 %stop, i64 %padded,
    ptr %cells, ptr %bad, ptr %beside"""
"""Those of a kernel."""

SIZES = "rows group inner piece pieces padded cell mark".split()
"""How many rows there are, and rows in a block; elements of a row, and of a piece of it,
and pieces; elements of a row as it is kept beside; bytes of cells and of marks of a block."""


class Call(NamedTuple):
    """A kernel and what it runs over: where they are in memory."""

    kernel: int
    arrays: int
    strides: int = 0
    extents: int = 0
    cells: int = 0
    marks: int = 0
    sizes: int = 0


def _loads(kind: str, names: Iterable[str], place: str) -> str:
    return "\n".join(
        f"  %at.{name} = getelementptr i64, ptr {place}, i64 {i}\n"
        f"  %{name} = load {kind}, ptr %at.{name}"
        for i, name in enumerate(names)
    )


_GIVEN = ["all" + name if name in ("cells", "marks") else name for name in Call._fields]

_TEXT = f"""\
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define void @run(ptr %calls, i64 %count, ptr %beside, ptr %next, i64 %blocks, i64 %most) {{
entry:
  br label %turn
turn:
  %done = phi i64 [ 0, %entry ], [ %more, %through ]
  %n = atomicrmw add ptr %next, i64 1 monotonic
  %is_left = icmp slt i64 %n, %blocks
  br i1 %is_left, label %block, label %end
block:
  %k = phi i64 [ 0, %turn ], [ %after, %block ]
  %gap = mul i64 %k, {8 * len(Call._fields)}
  %call = getelementptr i8, ptr %calls, i64 %gap
{_loads("ptr", _GIVEN, "%call")}
{_loads("i64", SIZES, "%sizes")}
  %i = sdiv i64 %n, %pieces
  %first = mul i64 %i, %group
  %behind = add i64 %first, %group
  %is_within = icmp slt i64 %behind, %rows
  %last = select i1 %is_within, i64 %behind, i64 %rows
  %j = srem i64 %n, %pieces
  %start = mul i64 %j, %piece
  %beyond = add i64 %start, %piece
  %is_inside = icmp slt i64 %beyond, %inner
  %stop = select i1 %is_inside, i64 %beyond, i64 %inner
  %cellgap = mul i64 %n, %cell
  %cells = getelementptr i8, ptr %allcells, i64 %cellgap
  %markgap = mul i64 %n, %mark
  %bad = getelementptr i8, ptr %allmarks, i64 %markgap
  call void @llvm.memset.p0.i64(ptr %cells, i8 0, i64 %cell, i1 false)
  call void @llvm.memset.p0.i64(ptr %bad, i8 0, i64 %mark, i1 false)
  call void %kernel({PARAMETERS})
  %after = add i64 %k, 1
  %is_more = icmp slt i64 %after, %count
  br i1 %is_more, label %block, label %through
through:
  %more = add i64 %done, 1
  %goes_on = icmp slt i64 %more, %most
  br i1 %goes_on, label %turn, label %end
end:
  ret void
}}"""


def runner() -> machine.Compiled:
    """What runs the next blocks that are left, at most so many, by several kernels each.

    How many have been taken is a number that is told where, to which each of them adds one.
    """
    return machine.lasting(_TEXT, machine.OF_BLOCKS)


def is_marked(marks: Array) -> bool:
    """Whether any block has left a mark; NumPy's `any` would take longer than some blocks."""
    return b"\1" in marks.tobytes()
