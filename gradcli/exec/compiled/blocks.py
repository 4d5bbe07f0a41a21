"""The loop over blocks around machine code, which threads share without Python's lock."""

from __future__ import annotations

AT_ONCE = 16
"""Blocks of a call, which nothing interrupts, at most."""

_RUN = """\
define void @run({parameters}, ptr %next, i64 %most) {{
entry:
{before}
  br label %turn
turn:
  %done = phi i64 [ 0, %entry ], [ %more, %block ]
  %n = atomicrmw add ptr %next, i64 1 monotonic
  %is_left = icmp slt i64 %n, %blocks
  br i1 %is_left, label %block, label %end
block:
{body}
  %more = add i64 %done, 1
  %goes_on = icmp slt i64 %more, %most
  br i1 %goes_on, label %turn, label %end
end:
  ret void
}}
declare i64 @llvm.smin.i64(i64, i64)"""


def by_blocks(parameters: str, before: str, body: str) -> str:
    """A function `run` that does the next blocks that are left, at most so many.

    Each adds one to a number that is told where. `before` are lines that say how many `%blocks`
    there are, the `body` those for block `%n`.
    """
    return _RUN.format(parameters=parameters, before=before, body=body)
