"""Threads that help with the blocks of a kernel, and look for the next one in machine code.

To wake a thread that sleeps takes as long as some blocks do, and the kernels of a plan follow one
another closely. So who has helped looks for more for a while, and then sleeps where it is: a helper
never needs Python's lock. What it has not begun by the time the others are through is taken back.
"""

from __future__ import annotations

import ctypes
import os
import time
from contextlib import suppress
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import finalize

import numpy as np

from gradcli.exec import rooms
from gradcli.exec.compiled import machine
from gradcli.exec.compiled.blocks import AT_ONCE, runner
from gradcli.threads import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.exec.compiled.blocks import Call

    Array = np.ndarray[Any, np.dtype[Any]]

LOOKS = 64_000
"""How often a helper looks for work before it sleeps: for a millisecond or so, in which a program
that is called again and again comes to its next blocks."""

OFTEN = 32
"""After so many looks others may run."""

WAITS = 4_000
"""How often it is looked whether a helper is through before others may run, perhaps itself."""

EAGER = 4
"""How many times as soon as a thread of Python's a helper is worth its while."""

NOTHING, POSTED, BEGUN, OVER = range(4)
"""What there is to do for a helper."""

_ASLEEP, _JOB, _LOCK, _END = range(rooms.LINE, 5 * rooms.LINE, rooms.LINE)
"""Where in its memory stands whether it sleeps, where its job is, and the lock that it sleeps on,
with what takes and what releases that; what there is to do is first.

Each has a line of the cache."""

_NUMBER = np.dtype(np.float64)

_KINDS = "ptr ptr i64 ptr ptr i64 i64".split()
"""The numbers of a job: what runs blocks, and its parameters."""

_HEAD = "define i64 @run(ptr %box, ptr %job, i64 %count) {"


def _wait() -> tuple[str, str]:
    """What is done between two looks, up to the block `on`, and what has to be declared for it.

    Now and then others may run: where two share a core, one would else keep off the other that it
    waits for.
    """
    declared, lines = "", ""
    if machine.is_x86():
        declared += "declare void @llvm.x86.sse2.pause()\n"
        lines += "  call void @llvm.x86.sse2.pause()\n"
    if not machine.has_function("sched_yield"):
        return declared, f"{lines}  br label %on\non:"
    return (
        f"{declared}declare i32 @sched_yield()",
        f"""\
{lines}  %turn = urem i64 %n, {OFTEN}
  %is_turn = icmp eq i64 %turn, {OFTEN - 1}
  br i1 %is_turn, label %let, label %on
let:
  %ignored = call i32 @sched_yield()
  br label %on
on:""",
    )


def _loads(kinds: Sequence[str], place: str) -> str:
    """Numbers that stand one after another."""
    return "\n".join(
        f"  %at{i} = getelementptr i64, ptr {place}, i64 {i}\n  %x{i} = load {kind}, ptr %at{i}"
        for i, kind in enumerate(kinds)
    )


def _post() -> str:
    """Gives a helper a job, or tells it another state, and wakes it if it sleeps."""
    return f"""\
{_HEAD}
  %job.at = getelementptr i8, ptr %box, i64 {_JOB}
  store ptr %job, ptr %job.at
  store atomic i64 %count, ptr %box seq_cst, align 8
  %asleep.at = getelementptr i8, ptr %box, i64 {_ASLEEP}
  %asleep = atomicrmw xchg ptr %asleep.at, i64 0 seq_cst
  %is_asleep = icmp eq i64 %asleep, 1
  br i1 %is_asleep, label %wake, label %end
wake:
  %lock.at = getelementptr i8, ptr %box, i64 {_LOCK}
{_loads(["ptr"] * 3, "%lock.at")}
  call void %x2(ptr %x0)
  br label %end
end:
  ret i64 0
}}"""


def _finish() -> str:
    """Takes a job back that has not begun, or waits for its end: 1 if that has come."""
    declared, wait = _wait()
    return f"""\
{declared}
{_HEAD}
entry:
  %taken = cmpxchg ptr %box, i64 {POSTED}, i64 {NOTHING} seq_cst seq_cst
  br label %look
look:
  %n = phi i64 [ 0, %entry ], [ %more, %on ]
  %state = load atomic i64, ptr %box acquire, align 8
  %is_done = icmp eq i64 %state, {NOTHING}
  br i1 %is_done, label %end, label %wait
wait:
{wait}
  %more = add i64 %n, 1
  %goes_on = icmp slt i64 %more, %count
  br i1 %goes_on, label %look, label %end
end:
  %done = zext i1 %is_done to i64
  ret i64 %done
}}"""


def _serve() -> str:
    """Does jobs as they come, and sleeps when there have been none for so many looks."""
    declared, wait = _wait()
    given = ", ".join(f"{kind} %x{i}" for i, kind in enumerate(_KINDS) if i)
    anew = ", ".join(f"[ 0, %{place} ]" for place in "entry take begin late rest".split())
    return f"""\
{declared}
{_HEAD}
entry:
  %job.at = getelementptr i8, ptr %box, i64 {_JOB}
  %asleep.at = getelementptr i8, ptr %box, i64 {_ASLEEP}
  %lock.at = getelementptr i8, ptr %box, i64 {_LOCK}
  %take.at = getelementptr i8, ptr %lock.at, i64 8
  %lock = load ptr, ptr %lock.at
  %acquire = load ptr, ptr %take.at
  br label %look
look:
  %n = phi i64 [ %more, %on ], {anew}
  %state = load atomic i64, ptr %box acquire, align 8
  switch i64 %state, label %wait [ i64 {POSTED}, label %take
                                   i64 {OVER}, label %end ]
take:
  %both = cmpxchg ptr %box, i64 {POSTED}, i64 {BEGUN} seq_cst seq_cst
  %is_taken = extractvalue {{ i64, i1 }} %both, 1
  br i1 %is_taken, label %begin, label %look
begin:
  %its = load ptr, ptr %job.at
{_loads(_KINDS, "%its")}
  call void %x0({given})
  %over = cmpxchg ptr %box, i64 {BEGUN}, i64 {NOTHING} seq_cst seq_cst
  br label %look
wait:
{wait}
  %more = add i64 %n, 1
  %goes_on = icmp slt i64 %more, %count
  br i1 %goes_on, label %look, label %sleep
sleep:
  store atomic i64 1, ptr %asleep.at seq_cst, align 8
  %last = load atomic i64, ptr %box seq_cst, align 8
  %is_nothing = icmp eq i64 %last, {NOTHING}
  br i1 %is_nothing, label %rest, label %late
late:
  %asleep = atomicrmw xchg ptr %asleep.at, i64 0 seq_cst
  %is_awake = icmp eq i64 %asleep, 1
  br i1 %is_awake, label %look, label %rest
rest:
  %is_woken = call i32 %acquire(ptr %lock, i32 1)
  br label %look
end:
  ret i64 0
}}"""


@cache
def _functions() -> Sequence[machine.Compiled]:
    """Those three."""
    return [machine.lasting(text(), machine.OF_JOBS) for text in (_post, _finish, _serve)]


def _of_locks(verb: str, result: Any, *parameters: Any) -> Any:
    """What does this to a lock of Python's threads; none of it asks for Python's own lock."""
    kind = ctypes.CFUNCTYPE(result, *parameters)
    return kind((f"PyThread_{verb}_lock", ctypes.pythonapi))


def _place(function: Any) -> int:
    """Where it is in memory."""
    return ctypes.cast(function, ctypes.c_void_p).value or 0


class Helper:
    """A thread that stays for as long as this object."""

    def __init__(self) -> None:
        self._post, self._finish, serve = [f.run for f in _functions()]
        memory = np.zeros(_END + rooms.LINE, np.uint8)
        shift = -rooms.address(memory) % rooms.LINE
        self._held: list[Any] = [memory[shift : shift + _END].view(np.int64)]
        self._at = rooms.address(self._held[0])
        finalize(self, _end, self._post, self._held).atexit = False
        Thread(target=_work, args=(serve, self._held), daemon=True).start()

    def post(self, job: Array, *held: object) -> None:
        """Gives it a job, which needs what is held until it is finished."""
        self._held[1:] = [job, *held]
        self._post(self._at, rooms.address(job), POSTED)

    def finish(self) -> None:
        """Waits until it has done its job, unless it has not begun."""
        while not self._finish(self._at, None, WAITS):
            time.sleep(0)
        del self._held[1:]


def _work(serve: Any, held: list[Any]) -> None:
    """What a helper does until it is told that this is over; its memory is the first that is held.

    It begins awake.
    """
    acquire = _of_locks("acquire", ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    release = _of_locks("release", None, ctypes.c_void_p)
    lock = _of_locks("allocate", ctypes.c_void_p)()
    acquire(lock, 1)
    held[0][_LOCK // 8 :][:3] = lock, _place(acquire), _place(release)
    serve(rooms.address(held[0]), None, LOOKS)
    _of_locks("free", None, ctypes.c_void_p)(lock)


def _end(post: Any, held: list[Any]) -> None:
    """Tells a helper that is not needed any more; its memory is held until that is done."""
    post(rooms.address(held[0]), None, OVER)


_idle: list[Helper] = []
"""Those that nobody uses; threads may change it at any time."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)


class Job:
    """All blocks, by one kernel after another, over memory that is held; each call does them anew.

    Threads, of which each has memory for so many numbers that are `kept` beside, share them. An
    interruption ends it for all of them.
    """

    __slots__ = ("_blocks", "_following", "_given", "_held", "_kept", "_shares", "_threads")

    def __init__(
        self, calls: Sequence[Call], held: object, blocks: int, threads: int, kept: int = 0
    ) -> None:
        table, self._following = np.array(calls, np.int64), np.zeros(1, np.int64)
        self._given = rooms.address(table), len(calls)
        self._held = held, table, self._following
        self._blocks = blocks
        self._threads = min(threads, blocks, MOST)
        self._kept = kept
        is_little = self._threads * kept * _NUMBER.itemsize < rooms.LARGE
        self._shares = self._shared() if is_little else None

    def _shared(self) -> Shares:
        """What each thread is given; much memory is taken anew each time."""
        memory = rooms.apart(self._threads, self._kept, _NUMBER)
        begin, step = rooms.address(memory), memory.strides[0]
        mine, *others = [
            (*self._given, begin + i * step, rooms.address(self._following), self._blocks)
            for i in range(self._threads)
        ]
        run = _runner_at()
        jobs = [np.array([run, *theirs, self._blocks], np.int64) for theirs in others]
        return Shares(memory, mine, jobs)

    def __call__(self) -> None:
        """Does them."""
        following, blocks, shares = self._following, self._blocks, self._shares or self._shared()
        following[0] = 0
        helpers: list[Helper] = []
        try:
            with suppress(RuntimeError):  # where there is no room for more threads, fewer help
                for job in shares.jobs:
                    helpers.append(_hired())
                    helpers[-1].post(job, self._held, shares.memory)
            while following[0] < blocks:
                runner().run(*shares.mine, AT_ONCE)
        finally:
            following[0] = blocks
            _finish_all(helpers)
            _idle.extend(helpers)


class Shares(NamedTuple):
    """The memory that threads keep numbers in, what this one runs with, and the jobs of others."""

    memory: Array
    mine: tuple[int, ...]
    jobs: Sequence[Array]


def run(
    calls: Sequence[Call], held: object, blocks: int, threads: int, kept: int = 0
) -> Callable[[], None]:
    """Runs all blocks; what it gives does the same again."""
    job = Job(calls, held, blocks, threads, kept)
    job()
    return job


def _finish_all(helpers: Sequence[Helper]) -> None:
    """Waits for all of them, whatever interrupts that: what they write to may be used again."""
    try:
        for helper in helpers:
            helper.finish()
    except BaseException:
        _finish_all(helpers)
        raise


@cache
def _runner_at() -> int:
    """Where the function is that runs the blocks of a kernel."""
    return _place(runner().run)


def _hired() -> Helper:
    try:
        return _idle.pop()
    except IndexError:
        return Helper()
