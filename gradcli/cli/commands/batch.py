"""`gradcli batch`: many jobs from files, one answer a line."""

from __future__ import annotations

import os
import re
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.common import Common, for_all_jobs
from gradcli.cli.kinds import OneOf, Whole
from gradcli.cli.messages import tell
from gradcli.cli.options import DEBUG, INPUT, PRECISION, QUIET, Options, offered_files, with_options
from gradcli.cli.running import Run
from gradcli.cli.split import Command
from gradcli.data.formats import FORMATS
from gradcli.data.job_files import FORMS, JobFile
from gradcli.engine.memory_limit import bounded
from gradcli.engine.question import FILES
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.console import Console

FAILED = 3
JSON = ("json", "jsonl")
ENDINGS = (".jsonl", ".ndjson", ".json")


@click.command(
    "batch",
    cls=Command,
    group=FILES,
    rank=0,
    examples=("batch jobs.jsonl -o answers.jsonl --workers 4", "batch - --op value-and-grads"),
)
@click.argument("files", nargs=-1, metavar="FILE...", shell_complete=offered_files)
@click.option(
    "-o",
    "--output",
    "output",
    metavar="FILE",
    shell_complete=offered_files,
    help="A file for the answers, one "
    "object a line, named .jsonl, or a pipe; it grows as the answers come.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Continue the file of an interrupted run: what it "
    "answers is not done again, a line that was cut off is.",
)
@click.option(
    "--workers",
    type=Whole(1),
    metavar="N",
    help="Processes (default: one a core for large files, else one).",
)
@click.option(
    "--on-error",
    type=OneOf(["continue", "stop"]),
    default="continue",
    help="What a failed job does to those behind it.",
)
@click.option(
    "--op",
    metavar="COMMAND",
    default="grads",
    help="What is asked by jobs that do not say: any command that evaluates (default: grads).",
)
@click.option(
    "--from",
    "form",
    type=OneOf(FORMS),
    help="What the files hold, whatever their names say; the first line of - says it.",
)
@with_options(PRECISION, QUIET, DEBUG, *INPUT, *for_all_jobs())
@click.pass_context
def batch(ctx: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Answers the jobs in FILEs (- for standard input), in their order, one JSON object a line.

    A job is a line of JSON such as {"expr": "x*y", "inputs": {"x": [1, 2], "y": 3}, "op": "grad"},
    a row of a .csv or .tsv with a column expr (id and op if you like; the others are inputs), or a
    line of a .txt, an expression. A file may also be one JSON array of jobs, and be compressed
    (.gz). --VARIABLE gives a value to jobs that have none of their own, and
    options such as --wrt and --order hold for jobs that do not say it themselves. From standard
    input each line is answered before the next is waited for.

    A failed job never stops the others: its line tells what is wrong, and the status is 3, as it
    is when a check disagrees or an answer that --resume keeps is an error. The
    output file is begun anew and takes each answer at once, so that --resume can go on after any
    interruption, given the same files and options: an answer is recognised by its id and by what
    it holds, and until the run has come to its end by a fingerprint of its job and of the options,
    kept beside the file (.FILE.unfinished). Failed jobs count as answered.
    """
    console: Console = ctx.obj
    if not files:
        raise UsageError("batch needs a file of jobs", help="gradcli batch jobs.jsonl, or -")
    for name in files:
        _refuse_option(name)
        if name != "-" and files.count(name) > 1:
            raise UsageError(f"the file '{name}' is given twice", help="leave one of the two out")
    path = _path(options)
    sources = [
        JobFile(name, console.stdin, form=options["form"], several=len(files) > 1) for name in files
    ]
    with bounded(options["max_memory"]):
        common = Common(ctx, options, console)
        if not options["quiet"]:
            tell(common.rounded, console)
        for source in sources:
            source.check()
        workers = options["workers"] or common.setup.workers_for(files)
        run = Run(console, common, sources, workers=workers, quiet=options["quiet"])
        run.open(path, resuming=options["resume"])
        if run.all(stop=options["on_error"] == "stop"):
            ctx.exit(FAILED)


def _refuse_option(name: str) -> None:
    """Refuses what is meant as an option or a program, and is no file either."""
    if name.startswith("-") and name != "-" and not os.path.exists(name):
        near = "--workers N" if name.startswith("-j") else "--help lists them"
        raise UsageError(f"there is no option {name}", help=near)
    if re.search(r"[\^()+]", name) and not os.path.exists(name):
        help_ = f"of one program: gradcli grads {quote(name)}"
        if name.lstrip().startswith(("{", "[")):
            help_ = f"one job comes by a pipe: echo {quote(name)} | gradcli batch -"
        raise UsageError(f"batch takes files of jobs, and there is no file '{name}'", help=help_)


def _path(options: Options) -> str | None:
    """The output file; None for standard output, which --resume cannot continue."""
    what: str | None = options["output"]
    if what is None or what == "-" or what in JSON:
        if options["resume"]:
            raise UsageError("--resume continues a file", help="-o results.jsonl")
        return None
    if not what.lower().endswith(ENDINGS) and not _is_device(what):
        raise _no_output(what)
    return what


def _is_device(path: str) -> bool:
    """Whether there is a pipe or a device of that name, which no ending tells what to take."""
    if os.path.abspath(path).startswith("/dev/"):  # a stream, which may well be a file
        return True
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _no_output(what: str) -> UsageError:
    """The error for a format that jobs are not answered in, or for the name of no file of JSON."""
    if what in FORMATS:
        return UsageError(
            f"batch answers in JSON lines, not in the format {what}", help="-o results.jsonl"
        )
    stem = os.path.join(what, "results") if os.path.isdir(what) else os.path.splitext(what)[0]
    return UsageError(
        f"batch answers in JSON lines, and '{what}' is not the name of such a file",
        help=f"-o {stem}.jsonl",
    )
