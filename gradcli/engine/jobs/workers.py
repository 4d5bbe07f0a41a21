"""Answers jobs in several processes, in order; a worker that dies costs one job, not the run."""

from __future__ import annotations

import os
import sys
from collections import deque
from contextlib import contextmanager, suppress
from math import inf
from time import monotonic, perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gradcli.engine.deadline import GRACE, late
from gradcli.errors import InputError, InternalError
from gradcli.exec.memory_left import spare

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.lines import Answered
    from gradcli.engine.jobs.setup import Setup
    from gradcli.errors import GradcliError

PIECE_SECONDS = 0.03
"""Time that a worker shall be busy with what it is given at once."""

MOST_JOBS = 256
MOST_BYTES = 1 << 20
AHEAD = 8
"""Pieces a worker that may wait for one before them; what bounds the memory."""

FAILED_STARTS = 3

LONGEST_WAIT = 1e6

A_WORKER = 64 * 2**20
"""Bytes that a worker takes at the least: there are no more than there is memory for."""


def answers(
    jobs: Iterator[Raw | None], setup: Setup, workers: int
) -> Generator[Answered | None, None, None]:
    """The answers in the order of the jobs; None where the jobs have a None, all before answered.

    Processes are started anew, not forked, so that they share nothing.
    """
    pool = _Pool(setup, workers)
    try:
        yield from pool.answers(jobs)
    finally:
        pool.close()


class _Piece:
    """Some jobs in a row, and those answers to them that there are.

    Each stands in the place of the first job that it answers.
    """

    __slots__ = ("answers", "jobs", "missing")

    def __init__(self, jobs: list[Raw]) -> None:
        self.jobs = jobs
        self.answers: list[Answered | None] = [None] * len(jobs)
        self.missing = len(jobs)

    def put(self, start: int, answers: list[Answered]) -> None:
        """Answers to the jobs from `start` on."""
        for answer in answers:
            self.answers[start] = answer
            start += answer.jobs
            self.missing -= answer.jobs


class _Work:
    """A part of a piece, for one worker; `died` if one has died of it, alone, before."""

    __slots__ = ("died", "piece", "start", "stop")

    def __init__(self, piece: _Piece, start: int, stop: int, *, died: bool = False) -> None:
        self.died = died
        self.piece = piece
        self.start = start
        self.stop = stop


class _Worker:
    """A process with the pipe to it, and what it is busy with."""

    def __init__(self, context: Any, setup: Setup) -> None:
        self.pipe: Connection
        self.pipe, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(other,), daemon=True)
        with _deaf(), _by_itself():
            self.process.start()
        other.close()
        self.work: _Work | None = None
        self.since = 0.0
        self.is_ready = False
        with suppress(OSError):  # it died at once, which is seen when it should answer
            self.pipe.send(setup)

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


class _Pool:
    """Workers, the work that waits for one, and the pieces in the order of their jobs.

    There are as many workers as there was work for at a time, `most` at the most.
    """

    def __init__(self, setup: Setup, count: int) -> None:
        from multiprocessing import get_context

        self.setup = setup
        self.context = get_context("spawn")
        self.most = min(count, max(spare() // A_WORKER, 1))
        self.workers: list[_Worker] = []
        self.waiting: deque[_Work] = deque()
        self.order: deque[_Piece] = deque()
        self.length = 1.0
        self.failed_starts = 0
        self.limit = inf if setup.timeout is None else setup.timeout + GRACE

    def close(self) -> None:
        for worker in self.workers:
            worker.close()

    def answers(self, jobs: Iterator[Raw | None]) -> Iterator[Answered | None]:
        """Hands out pieces while there is room, and gives answers as soon as their turn comes."""
        more = True
        while more or self.order:
            pause = False
            while more and not pause and self._has_room():
                piece, more, pause = self._cut(jobs)
                if piece:
                    self._add(_Piece(piece))
            yield from self._done()
            while self.order and (pause or not more or not self._has_room()):
                self._step()
                yield from self._done()
            if pause:
                yield None

    def _has_room(self) -> bool:
        busy = sum(worker.work is not None for worker in self.workers)
        return len(self.waiting) + busy < self.most and len(self.order) < AHEAD * self.most

    def _cut(self, jobs: Iterator[Raw | None]) -> tuple[list[Raw], bool, bool]:
        """The next jobs, whether there may be more, and whether those have to be waited for."""
        piece: list[Raw] = []
        size = 0
        for job in jobs:
            if job is None:
                return piece, True, True
            piece.append(job)
            size += len(job.body)
            if len(piece) >= int(self.length) or size > MOST_BYTES:
                return piece, True, False
        return piece, False, False

    def _add(self, piece: _Piece) -> None:
        self.order.append(piece)
        self.waiting.append(_Work(piece, 0, len(piece.jobs)))
        self._hand_out()
        if self.waiting and len(self.workers) < self.most:
            self._start()

    def _start(self) -> None:
        """Another worker; if the system has no room for it, those that there are must do."""
        try:
            self.workers.append(_Worker(self.context, self.setup))
        except OSError as error:
            if not self.workers:
                why = (error.strerror or str(error)).lower()
                help_ = "⟨workers 1⟩ needs none"
                raise InputError(f"no worker can be started: {why}", help=help_) from error
            self.most = len(self.workers)

    def _hand_out(self) -> None:
        """Gives waiting work to idle workers."""
        for index, worker in enumerate(self.workers):
            if not self.waiting:
                return
            if worker.is_ready and worker.work is None:
                work = self.waiting.popleft()
                try:
                    worker.pipe.send(work.piece.jobs[work.start : work.stop])
                    worker.work = work
                    worker.since = monotonic()
                except OSError:
                    self.waiting.appendleft(work)
                    self._replace(index)

    def _done(self) -> Iterator[Answered]:
        """The answers whose turn it is."""
        while self.order and not self.order[0].missing:
            yield from filter(None, self.order.popleft().answers)

    def _step(self) -> None:
        """Waits for a worker, and takes what it has to say."""
        from multiprocessing.connection import wait

        pipes = {w.pipe: i for i, w in enumerate(self.workers) if w.work or not w.is_ready}
        for pipe in wait(list(pipes), self._patience()):
            index = pipes[pipe]  # type: ignore[index]
            worker = self.workers[index]
            try:
                message = worker.pipe.recv()
            except (EOFError, OSError):
                self._replace(index)
                continue
            self._take(worker, message)
        self._end_overdue()
        self._hand_out()

    def _patience(self) -> float | None:
        """Seconds until the first worker is overdue; None if none will be."""
        if self.limit == inf:
            return None
        ends = [worker.since + self.limit for worker in self.workers if worker.work is not None]
        return min(max(min(ends, default=inf) - monotonic(), 0), LONGEST_WAIT)

    def _end_overdue(self) -> None:
        """Replaces workers that have not stopped at the timeout, as in one long operation."""
        now = monotonic()
        for index, worker in enumerate(self.workers):
            if worker.work is not None and now - worker.since > self.limit:
                self._replace(index, late(self.setup.timeout))

    def _take(self, worker: _Worker, message: Any) -> None:
        """A worker is ready, or has answered."""
        work, worker.work = worker.work, None
        worker.is_ready = True
        self.failed_starts = 0
        if work is None:
            return
        answers, seconds, used = message
        self.setup.used.update(used)
        work.piece.put(work.start, answers)
        best = (work.stop - work.start) * PIECE_SECONDS / max(seconds, 1e-6)
        self.length = min(max(1.0, best), 2 * self.length + 1, MOST_JOBS)

    def _replace(self, index: int, error: GradcliError | None = None) -> None:
        """Another worker for one that died, or that is ended for an error of its job.

        Of several jobs that it had nobody knows which it was: they are tried one by one. A job by
        itself is tried once more, for it need not have been its fault.
        """
        worker = self.workers[index]
        worker.close()
        work = worker.work
        self.failed_starts += not worker.is_ready
        if self.failed_starts >= FAILED_STARTS * len(self.workers):
            raise InternalError("no worker can be started", help="try without --workers")
        self.workers[index] = _Worker(self.context, self.setup)
        if work is None:
            return
        if work.stop - work.start > 1:
            singles = (_Work(work.piece, i, i + 1) for i in range(work.start, work.stop))
            self.waiting.extendleft(reversed(list(singles)))
            return
        if error is None and not work.died:
            self.waiting.appendleft(_Work(work.piece, work.start, work.stop, died=True))
            return
        error = error or _death(worker.process.exitcode)
        work.piece.put(work.start, [_failure(work.piece.jobs[work.start], error)])


def _failure(job: Raw, error: GradcliError) -> Answered:
    from gradcli.data.jobs import identity
    from gradcli.engine.jobs.lines import failure

    return failure(job, identity(job), error)


def _death(status: int | None) -> InternalError:
    """What is said of a job that no worker survives."""
    how = f"signal {-status}" if status is not None and status < 0 else f"status {status}"
    return InternalError(
        f"the worker that ran this job died ({how})", help="it may need more memory than there is"
    )


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started within does not hear Ctrl-C: who started it ends it."""
    import signal
    from threading import current_thread, main_thread

    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _by_itself() -> Iterator[None]:
    """What is started within does not run the script of who starts it, which would start it, too.

    A script need not have its main guard, nor be a file: nothing of it is sent to a worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


# --- in the worker ------------------------------------------------------------------------------


def _serve(pipe: Connection) -> None:
    """Answers what comes through the pipe until it is closed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    _die_with_parent()
    with suppress(EOFError, OSError):
        _answer_pieces(pipe)


def _answer_pieces(pipe: Connection) -> None:
    setup = pipe.recv()
    setup.settings = setup.settings.but(threads=setup.settings.threads or 1)
    from gradcli.engine.jobs.runner import Runner, calm

    calm()
    runner = Runner(setup)
    pipe.send(None)
    while True:
        jobs = pipe.recv()
        start = perf_counter()
        answers = [*runner.answers(jobs)]
        pipe.send((answers, perf_counter() - start, setup.used))


def _die_with_parent() -> None:
    """Ends this process as soon as the one that started it has ended."""
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
