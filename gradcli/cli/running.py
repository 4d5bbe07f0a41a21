"""A run of many jobs: which are left, where their answers go, how far it is and how it went."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from gradcli.data.json_text import escaped
from gradcli.data.results import Before, all_jobs, begin, resume
from gradcli.data.trail import Trail
from gradcli.data.whole import refuse_same
from gradcli.engine import question as registry
from gradcli.engine.jobs.runner import Runner, calm
from gradcli.engine.settings import Settings
from gradcli.errors import Notice

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from gradcli.cli.common import Common
    from gradcli.data.console import Console
    from gradcli.data.job_files import JobFile
    from gradcli.data.jobs import Raw
    from gradcli.data.results import Results
    from gradcli.engine.jobs.lines import Answered
    from gradcli.engine.jobs.setup import Setup


class Run:
    """One run: the jobs that are left, where the answers go, and how many there are."""

    def __init__(
        self, console: Console, common: Common, sources: list[JobFile], *, workers: int, quiet: bool
    ) -> None:
        self.console = console
        self.common = common
        self.setup = common.setup
        self.sources = sources
        self.workers = workers
        self.quiet = quiet
        self.jobs: Iterator[Raw | None] = all_jobs(source.jobs() for source in sources)
        self.results: Results | None = None
        self.trail: Trail | None = None
        self.is_done = False
        self.before = Before()
        self.count = self.failed = 0

    def open(self, path: str | None, *, resuming: bool) -> None:
        """Opens the output file, behind the answers that it has if they shall stay."""
        console = self.console
        stdin = console.stdin.taken
        read = [*(source.path for source in self.sources), *self.common.files]
        refuse_same(path or console.stdout, [*read, stdin] if stdin is not None else read)
        if path is None:
            return
        trail = Trail(path, _lasting(self.setup))
        if resuming:
            op = self.setup.op
            self.results, self.before = resume(path, self.jobs, op, _keys_of, trail)
        else:
            self.results = begin(path)
        if os.path.isfile(path):
            trail.begin()
            self.trail = trail
            self.jobs = trail.noting(self.jobs)

    def all(self, *, stop: bool) -> bool:
        """Answers all jobs, or those up to the first that fails.

        True if one failed, now or among the answers that were there before.
        """
        start = monotonic()
        try:
            self._work(stop)
        except KeyboardInterrupt:
            self._tell_interrupted()
            raise
        finally:
            if self.results is not None:
                self.results.close()
            if self.trail is not None:
                self.trail.close(is_done=self.is_done)
        self._tell(monotonic() - start)
        return self.failed + self.before.failed > 0

    def _work(self, stop: bool) -> None:
        """Writes the answers, and shows how far it is."""
        bar = self._bar()
        answers = self._answers()
        try:
            for answer in answers:
                if answer is None:
                    continue
                self._write(answer)
                if bar is not None:
                    bar.show(sum(s.position for s in self.sources), self.count, self.failed)
                if answer.failed and stop:
                    break
            else:
                self.is_done = True
        finally:
            answers.close()
            if bar is not None:
                bar.close()

    def _answers(self) -> Generator[Answered | None, None, None]:
        if self.workers > 1 or self.setup.timeout is not None:
            from gradcli.engine.jobs.workers import answers

            return answers(self.jobs, self.setup, self.workers)
        calm()
        return Runner(self.setup).answers(self.jobs)

    def _write(self, answer: Answered) -> None:
        """A line, or lines, passed on before the next job is looked at."""
        self.count += answer.jobs
        self.failed += answer.failed
        if self.results is not None:
            if self.trail is not None:
                self.trail.answered(answer.jobs)
            self.results.write(answer.line)
        else:
            line = answer.line
            self.console.write(line if self.console.unicode or line.isascii() else escaped(line))
            self.console.flush()

    def _bar(self) -> Any:
        if self.quiet or not self.console.has_room_for_bar(is_written=self.results is None):
            return None
        from gradcli.cli.progress import Bar

        sizes: Iterable[int | None] = [source.size for source in self.sources]
        known = [size for size in sizes if size is not None]
        return Bar(self.console, sum(known) if len(known) == len(self.sources) else None)

    def _tell(self, seconds: float) -> None:
        """Counts and speed; values that no job used."""
        if self.quiet:
            return
        if self.count:
            for name in sorted(self.common.expected - self.setup.used):
                self.console.tell(str(self._unused(name)))
        told = f"{self.before}{_jobs(self.count)}, {self.failed:,} failed"
        if self.count:
            told += f", {seconds:.3g} s, {self.count / max(seconds, 1e-9):,.0f} jobs/s"
        self.console.tell(told)

    def _unused(self, name: str) -> Notice:
        """What is told of a value or an option that no job has used."""
        if name.startswith("--"):
            return Notice(f"no job used {name}")
        return Notice(f"no job used the value of '{name}'", help=self.common.hint(name))

    def _tell_interrupted(self) -> None:
        if not self.quiet:
            help_ = "; --resume goes on" if self.results is not None else ""
            count = _jobs(self.before.answered + self.count)
            self.console.tell(f"interrupted after {count}{help_}")


def _lasting(setup: Setup) -> bytes:
    """What answers depend on besides their jobs; limits may be others when a run goes on."""
    limits = {name: getattr(Settings, name) for name in ("max_steps", "max_elements", "threads")}
    settings = setup.settings.but(**limits, printed=None, planned=None)
    return pickle.dumps(replace(setup, settings=settings, timeout=None, quiet=False, used=set()))


def _keys_of(op: str) -> frozenset[str] | None:
    """What the answers to an operation hold; None where that is not known."""
    question = registry.find(op)
    return question.keys if question is not None and question.needs_value else None


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"
