"""`gradcli batch`: many jobs from files, one answer a line."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Values, names_in, near_option, once, pairs
from gradcli.cli.options import Options, calculation, settings_of
from gradcli.cli.split import VARIABLES, Command, long_names
from gradcli.data.files import read_inputs
from gradcli.data.formats import EXTENSIONS, FORMATS
from gradcli.data.results import all_jobs, begin, escaped, refuse_same, resume
from gradcli.data.sources import FORMS, JobFile
from gradcli.engine.jobs import Runner, Setup, calm
from gradcli.engine.questions import QUESTIONS
from gradcli.errors import InputError, Notice, UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from gradcli.data.console import Console
    from gradcli.data.jobs import Raw
    from gradcli.data.results import Results
    from gradcli.engine.jobs import Answered

FAILED = 3
JSON = ("json", "jsonl")
_GIVEN = "gradcli.batch.given"

_OWN = (
    click.argument("files", nargs=-1, metavar="FILE..."),
    click.option("-o", "--output", "output", metavar="FILE", help="A file for the answers, one "
                 "object a line; it grows as the answers come."),
    click.option("--resume", is_flag=True, help="Continue the file of an interrupted run: what it "
                 "answers is not done again, a line that was cut off is."),
    click.option("--workers", type=click.IntRange(1), default=1, metavar="N", help="Processes."),
    click.option("--on-error", type=click.Choice(["continue", "stop"]), default="continue",
                 help="What a failed job does to those behind it."),
    click.option("--op", metavar="COMMAND", default="grads", help="What is asked by jobs that do "
                 "not say: any command that evaluates (default: grads)."),
    click.option("--from", "form", type=click.Choice(FORMS), help="What the files hold, whatever "
                 "their names say; - is JSON lines."),
    click.option("--precision", type=click.IntRange(1, 17), metavar="N", help="Significant "
                 "digits."),
    click.option("-q", "--quiet", is_flag=True, help="No warnings, no progress, no count."),
    click.option("--debug", is_flag=True, help="Show Python's traceback of an error."),
)  # fmt: skip


def _own(function: Any) -> Any:
    for option in reversed(_OWN):
        function = option(function)
    return function


@click.command("batch", cls=Command, options_metavar="[--VARIABLE VALUE]... [OPTIONS]")
@click.pass_context
@calculation
@_own
def batch(ctx: click.Context, files: tuple[str, ...], **options: Any) -> None:
    """Answers the jobs in FILEs (- for standard input), in their order, one JSON object a line.

    A job is a line of JSON such as {"expr": "x*y", "inputs": {"x": [1, 2], "y": 3}, "op": "grad"},
    a row of a .csv or .tsv with a column expr (id and op if you like; the others are inputs), or a
    line of a .txt, an expression. --VARIABLE gives a value to jobs that have none of their own.
    From standard input each line is answered before the next is waited for.

    A failed job never stops the others: its line tells what is wrong, and the status is 3. The
    output file is begun anew and takes each answer at once, so that --resume can go on after any
    interruption with the same files; failed jobs count as answered.
    """
    console: Console = ctx.obj
    if not files:
        raise UsageError("batch needs a file of jobs", help="gradcli batch jobs.jsonl, or -")
    path = _path(options)
    sources = [
        JobFile(name, console.stdin, form=options["form"], several=len(files) > 1)
        for name in files
    ]  # fmt: skip
    setup = _setup(ctx, options, console)
    for source in sources:
        source.check()
    run = _Run(
        console, setup, sources, own=ctx.meta[_GIVEN], workers=options["workers"],
        quiet=options["quiet"],
    )  # fmt: skip
    run.open(path, resuming=options["resume"])
    if run.all(stop=options["on_error"] == "stop"):
        ctx.exit(FAILED)


def _path(options: Options) -> str | None:
    """The output file; None for standard output, which --resume cannot continue."""
    what: str | None = options["output"]
    if what in (None, "-", *JSON):
        if options["resume"]:
            raise UsageError("--resume continues a file", help="-o results.jsonl")
        return None
    assert what is not None
    extension = os.path.splitext(what)[1].lower()
    foreign = what in FORMATS or EXTENSIONS.get(extension, "jsonl") not in JSON
    if foreign or not ("/" in what or os.sep in what or "." in what):
        raise UsageError(f"batch answers in JSON lines, not '{what}'", help="-o results.jsonl")
    return what


def _setup(ctx: click.Context, options: Options, console: Console) -> Setup:
    """What holds for all jobs."""
    op = options["op"]
    if op not in QUESTIONS:
        near = nearest(op, QUESTIONS)
        lead = f"did you mean '{near}'? " if near else ""
        raise UsageError(f"--op: no command '{op}'", help=f"{lead}{', '.join(QUESTIONS)}")
    settings = settings_of(options, console)
    settings.printed = None
    return Setup(
        op, settings, _values(ctx, options, console), wrt=names_in(options["wrt"], "wrt"),
        timeout=options["timeout"], precision=options["precision"], quiet=options["quiet"],
    )  # fmt: skip


def _values(ctx: click.Context, options: Options, console: Console) -> dict[str, Any]:
    """The inputs for jobs that do not have their own."""
    known = long_names(ctx.command.params)
    for name, typed in ctx.meta[VARIABLES]:
        near = near_option(name, known)
        if near:
            help_ = f"did you mean --{near}? a variable of that name: --set {name}=…"
            raise UsageError(f"there is no option --{name}", help=help_)
        if typed is None:
            raise InputError(f"--{name} needs a value", help=f"--{name} 1,2")
    own = once([*ctx.meta[VARIABLES], *pairs(options["set"], "set")])
    file = options["inputs"]
    found = {} if file is None else read_inputs(file.removeprefix("@"), console.stdin)
    read = Values(
        console, options["dtype"], max_steps=options["max_steps"],
        max_elements=options["max_elements"],
    )  # fmt: skip
    ctx.meta[_GIVEN] = set(own)
    return found | {name: read(name, typed) for name, typed in own.items()}


class _Run:
    """One run: the jobs that are left, where the answers go, and how many there are.

    `own` are the variables of the command line, which some job should use.
    """

    def __init__(
        self,
        console: Console,
        setup: Setup,
        sources: list[JobFile],
        *,
        own: set[str],
        workers: int,
        quiet: bool,
    ) -> None:
        self.console = console
        self.setup = setup
        self.sources = sources
        self.workers = workers
        self.own = own
        self.quiet = quiet
        self.jobs: Iterator[Raw | None] = all_jobs(source.jobs() for source in sources)
        self.results: Results | None = None
        self.before = self.count = self.failed = 0

    def open(self, path: str | None, *, resuming: bool) -> None:
        """Opens the output file, behind the answers that it has if they shall stay."""
        if path is None:
            return
        refuse_same(path, [source.path for source in self.sources])
        if resuming:
            self.results, self.before = resume(path, self.jobs)
        else:
            self.results = begin(path)

    def all(self, *, stop: bool) -> bool:
        """Answers all jobs, or those up to the first that fails; true if one did."""
        start = monotonic()
        try:
            self._work(stop)
        except KeyboardInterrupt:
            self._tell_interrupted()
            raise
        finally:
            if self.results is not None:
                self.results.close()
        self._tell(monotonic() - start)
        return self.failed > 0

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
        finally:
            answers.close()
            if bar is not None:
                bar.close()

    def _answers(self) -> Generator[Answered | None, None, None]:
        if self.workers > 1:
            from gradcli.engine.workers import answers

            return answers(self.jobs, self.setup, self.workers)
        calm()
        runner = Runner(self.setup)
        return (runner.answer(job) for job in self.jobs if job is not None)

    def _write(self, answer: Answered) -> None:
        """A line, passed on before the next job is looked at."""
        self.count += 1
        self.failed += answer.failed
        if self.results is not None:
            self.results.write(answer.line)
        else:
            line = answer.line
            self.console.write(line if self.console.unicode or line.isascii() else escaped(line))
            self.console.flush()

    def _bar(self) -> Any:
        console = self.console
        shows = self.results is not None or not console.is_terminal
        if self.quiet or not console.stderr_is_terminal or not shows:
            return None
        from gradcli.cli.progress import Bar

        sizes: Iterable[int | None] = [source.size for source in self.sources]
        known = [size for size in sizes if size is not None]
        return Bar(console, sum(known) if len(known) == len(self.sources) else None)

    def _tell(self, seconds: float) -> None:
        """Counts and speed; values that no job used."""
        if self.quiet:
            return
        for name in sorted(self.own.difference(self.setup.used)):
            if self.count:
                self.console.tell(str(Notice(f"no job used the value of '{name}'")))
        rate = self.count / max(seconds, 1e-9)
        before = f"{self.before:,} answered before, " if self.before else ""
        jobs = "job" if self.count == 1 else "jobs"
        self.console.tell(
            f"{before}{self.count:,} {jobs}, {self.failed:,} failed, {seconds:.3g} s, "
            f"{rate:,.0f} jobs/s"
        )

    def _tell_interrupted(self) -> None:
        if not self.quiet:
            help_ = "; --resume goes on" if self.results is not None else ""
            self.console.tell(f"interrupted after {self.before + self.count:,} jobs{help_}")
