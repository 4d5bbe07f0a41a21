"""The loop over blocks in machine code, which threads share without Python's lock."""

from __future__ import annotations

from gradcli.exec.compiled.instructions import Writer

AT_ONCE = 16
"""Blocks of a call, which nothing interrupts, at most."""


class BlockWriter(Writer):
    """Lines of a function that does the next of `%blocks` that are left, `%most` of them at most.

    How many have been taken is a number at `%next`, which each of them adds one to.
    """

    def _begin_block(self) -> None:
        """The begin of a block, `%n`; the function has an entry, and ends behind its last one."""
        self._line("br label %turn")
        self._label("turn")
        self._line("%done = phi i64 [ 0, %entry ], [ %more, %blockend ]")
        self._line("%n = atomicrmw add ptr %next, i64 1 monotonic")
        self._line("%is_left = icmp slt i64 %n, %blocks")
        self._line("br i1 %is_left, label %block, label %over")
        self._label("block")

    def _end_block(self) -> None:
        """The end of a block, and of the function."""
        self._line("br label %blockend")
        self._label("blockend")
        self._line("%more = add i64 %done, 1")
        self._line("%goes_on = icmp slt i64 %more, %most")
        self._line("br i1 %goes_on, label %turn, label %over")
        self._label("over")
        self._line("ret void")

    def _least(self, name: str, x: str, y: str) -> None:
        """The lesser of two whole numbers, under a name."""
        self._line(f"%{name}less = icmp slt i64 {x}, {y}")
        self._line(f"%{name} = select i1 %{name}less, i64 {x}, i64 {y}")
