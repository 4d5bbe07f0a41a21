"""`gradcli map`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Values, names_in, near_option, once, pairs, valueless
from gradcli.cli.options import (
    DEBUG,
    INPUT,
    QUIET,
    click_option,
    program_argument,
    program_of,
    settings_of,
    with_options,
)
from gradcli.cli.split import VARIABLES, Command, OptionalValue, long_names
from gradcli.data.files import read_inputs
from gradcli.data.tables.bad import POLICIES
from gradcli.engine.deadline import Deadline
from gradcli.engine.options import DY, UNCONNECTED_, WRT
from gradcli.engine.question import FILES
from gradcli.engine.settings import canonical
from gradcli.engine.tables.task import Task, check_collisions
from gradcli.errors import Notice, UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.data.console import Console
    from gradcli.data.tables.source import Source
    from gradcli.data.tables.target import Target
    from gradcli.engine.program import Text
    from gradcli.engine.tables.account import Count
    from gradcli.engine.tables.mapping import Job

LOCAL = "local"
"""What `--dask` without an address stands for."""

ADDRESS = r"\w+://.*|[\w.-]+:\d+"
"""What `--dask` takes for an address: a URL or HOST:PORT."""

_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that ask to end, where there are such; who ignores one, as under nohup, means it."""


@click.command(
    "map", cls=Command, group=FILES, rank=1, options_metavar="[--VARIABLE VALUE]... [OPTIONS]"
)
@with_options(program_argument())
@click.argument("data", nargs=-1)
@click.option(
    "-o",
    "--output",
    "output",
    metavar="OUT",
    help="The file to write; a name "
    "without extension is a folder of parts; a kind's name or - is standard output.",
)
@click.option(
    "--from", "from_", metavar="KIND", help="What the table is: csv, tsv, jsonl, parquet, arrow."
)
@click.option("--to", metavar="KIND", help="What is written, if not told by the extension.")
@click.option("--keep", metavar="NAMES", help="The columns that pass through, and no others.")
@click.option("--drop", metavar="NAMES", help="Columns that do not pass through.")
@click.option(
    "--rename", multiple=True, metavar="NAME=COLUMN", help="What the program calls a column."
)
@click.option("--prefix", default="", metavar="TEXT", help="Before the names of new columns.")
@click.option("--hessian", is_flag=True, help="Second derivatives too, as d2_x_y.")
@click.option(
    "--ask", multiple=True, metavar="QUESTION", help="One more column, as of a tape: d2f/dx2."
)
@click.option(
    "--on-bad-row",
    "policy",
    type=click.Choice(POLICIES),
    default="fail",
    help="A row with a cell that is no number ends the run, has no results, or is left out.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Threads, or processes of a local Dask cluster.",
)
@click.option(
    "--dask",
    cls=OptionalValue,
    pattern=ADDRESS,
    absent=LOCAL,
    metavar="[ADDRESS]",
    help="On a Dask cluster: a local one, or the scheduler at ADDRESS.",
)
@with_options(*(click_option(o) for o in (WRT, DY, UNCONNECTED_)), *INPUT, QUIET, DEBUG)
@click.pass_context
def map(  # noqa: A001 - the command's name
    ctx: click.Context, /, data: tuple[str, ...], **options: Any
) -> int:
    """The value and gradients of PROGRAM in each row of the tables DATA.

    The columns are the inputs; other names come from options. Written are the columns of the
    table, `value`, and `d_<name>` for each column that the program uses, or for those in --wrt.
    Reads and writes CSV, TSV, JSON lines, Parquet and Arrow IPC; DATA are files (compressed ones,
    too), folders, whose key=value folders give columns, globs or - for standard input.
    """
    console: Console = ctx.obj
    text = program_of(ctx, options, console)
    if not data:
        raise UsageError("map needs a table", help='gradcli map "x*y" data.csv -o out.csv')
    with Deadline(options["timeout"]), _orderly():
        count, notices = _map(ctx, text, data, options)
    if not options["quiet"]:
        _tell(console, notices)
    return 3 if count.bad else 0


def _map(
    ctx: click.Context, text: Text, data: tuple[str, ...], options: dict[str, Any]
) -> tuple[Count, list[Notice]]:
    from gradcli.data.tables.kinds import TEXT, expand, folder_keys, named_kind
    from gradcli.data.tables.source import Source
    from gradcli.data.tables.target import target_of
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.survey import survey

    console: Console = ctx.obj
    to, from_ = (named_kind(options[key], f"--{key.rstrip('_')}") for key in ("to", "from_"))
    target = target_of(options["output"], to, console.is_terminal)
    source = Source(expand(data), from_, console.stdin, folder_keys(data))
    ctx.call_on_close(source.close)
    is_shown = target.path is None and console.is_terminal
    kind = target.kind or ("csv" if is_shown and source.kind not in TEXT else source.kind)
    renamed = _renamed(options["rename"], source.columns)
    task, notices = _task(ctx, text, source, renamed, options)
    kept = _kept(source.columns, options["keep"], options["drop"])
    check_collisions(kept, task.outputs)
    everything = options["keep"] is None
    layout = Layout(task, kind, kept, renamed, options["policy"], everything=everything)
    source.wanted = list({*kept, *(layout.column(name) for name in task.columns)})
    job = survey(task, source, layout)
    count = _settled(job, target, options, console)
    mapper = job.mapper
    found = count.notices(job.task.outputs, mapper.explained) if not options["quiet"] else []
    return count, [*notices, *mapper.all_notices(), *found]


def _settled(job: Job, target: Target, options: dict[str, Any], console: Console) -> Count:
    """Runs the job with types that hold for all rows: a stream cannot be begun anew."""
    from gradcli.engine.tables.survey import learn, settled

    layout = job.layout
    if not target.is_stream:
        return settled(job, lambda: _run(job, target, options, console))
    if layout.schema is not None and layout.given is None and job.source.is_lasting:
        learn(job)
    return _run(job, target, options, console)


def _run(job: Job, target: Target, options: dict[str, Any], console: Console) -> Count:
    from gradcli.engine.tables import mapping

    progress = _progress(console, options["quiet"])
    console.flush()
    stream = console.stdout.buffer
    if options["dask"] is not None:
        from gradcli.engine.tables.cluster import run_on_cluster

        address = None if options["dask"] == LOCAL else options["dask"]
        tell = (lambda text: None) if options["quiet"] else console.tell
        return run_on_cluster(job, target, address, options["workers"], stream, progress, tell)
    workers = options["workers"] or options["threads"] or os.cpu_count() or 1
    if target.path is None:
        return mapping.run_to_stream(job, stream, workers, progress)
    run = mapping.run_to_folder if target.is_folder else mapping.run_to_file
    return run(job, target.path, workers, progress)


# --- what is computed ---------------------------------------------------------------------------


def _task(
    ctx: click.Context, text: Text, source: Source, renamed: dict[str, str], options: dict[str, Any]
) -> tuple[Task, list[Notice]]:
    console: Console = ctx.obj
    settings = settings_of(options, console)
    read = Values(console, settings)
    called = {column: name for name, column in renamed.items()}
    columns = [called.get(column, column) for column in source.columns]
    typed = once([*ctx.meta[VARIABLES], *pairs(options["set"], "set")])
    names = text.names({*typed, *columns})
    constants: dict[str, Any] = {}
    for name, value in typed.items():
        if name not in names.inputs:
            raise _no_variable(ctx, name, names, columns)
        if value is None:
            raise valueless(name)
        constants[name] = read(name, value)
    if options["inputs"] is not None:
        path = options["inputs"].removeprefix("@")
        wanted = [name for name in names.inputs if name not in columns]
        constants = {**read_inputs(path, console.stdin, wanted), **constants}
    dy = None if options["dy"] is None else read("dy", options["dy"])
    task = Task(
        text,
        columns,
        constants,
        settings,
        wrt=_wrt(options["wrt"]),
        dy=dy,
        hessian=options["hessian"],
        ask=options["ask"],
        prefix=options["prefix"],
        option=_option(long_names(ctx.command.params)),
    )
    notices = [
        Notice(f"the column '{name}' is hidden by --{name}")
        for name in constants
        if name in columns
    ]
    return task, notices


def _option(known: Sequence[str]) -> Callable[[str], str]:
    """How a value is given to a name: an option of gradcli's may have taken it."""
    return lambda name: f"--set {name}=VALUE" if name in known else f"--{name} VALUE"


def _wrt(text: str | None) -> list[str] | None:
    """The names to differentiate by; an empty text asks for no gradient at all."""
    return [] if text == "" else names_in(text, "wrt")


def _no_variable(ctx: click.Context, name: str, names: Any, columns: Sequence[str]) -> UsageError:
    """The error of an option that is neither gradcli's nor a variable."""
    near = near_option(name, [*names.inputs, *long_names(ctx.command.params)])
    listed = ", ".join(f"--{n}" for n in names.inputs if n not in columns) or "none"
    return UsageError(
        f"--{name} is neither an option nor a variable of the program",
        help=f"{f'did you mean --{near}? ' if near else ''}variables besides columns: {listed}",
    )


def _renamed(texts: tuple[str, ...], columns: Sequence[str]) -> dict[str, str]:
    """Columns by the name that the program has for them, where that is not their own."""
    found = once(pairs(texts, "rename"), "rename")
    for name, column in found.items():
        _check_column(column, columns)
        if name in columns and name not in found.values():
            raise UsageError(f"the table has a column '{name}' already", help="choose another name")
    spelt = {canonical(column): column for column in columns}
    return {name: column for name, column in spelt.items() if name != column} | found


def _check_column(name: str, columns: Sequence[str]) -> None:
    if name not in columns:
        near = nearest(name, columns)
        lead = f"did you mean '{near}'? " if near else ""
        raise UsageError(
            f"the table has no column '{name}'",
            help=f"{lead}its columns are {', '.join(list(columns)[:12])}",
        )


def _kept(columns: Sequence[str], keep: str | None, drop: str | None) -> list[str]:
    """The columns that pass through."""
    if keep is not None and drop is not None:
        raise UsageError("--keep and --drop exclude each other")
    named = [name.strip() for name in (keep or drop or "").split(",") if name.strip()]
    for name in named:
        _check_column(name, columns)
    if keep is not None:
        return [name for name in columns if name in named]
    return [name for name in columns if name not in named]


# --- where it goes ------------------------------------------------------------------------------


@contextmanager
def _orderly() -> Iterator[None]:
    """Within it, being told to end leaves no unfinished file behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDS}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


def _progress(console: Console, quiet: bool) -> Callable[[int], None]:
    """Says how far it is, on a terminal."""
    if quiet or not console.stderr_is_terminal:
        return lambda rows: None
    import time

    begun = shown = time.monotonic()

    def show(rows: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown > 0.2:
            shown = now
            console.stderr.write(f"\r{rows:,} rows, {rows / (now - begun):,.0f} a second\x1b[K")
            console.stderr.flush()

    return show


def _tell(console: Console, notices: Sequence[Notice]) -> None:
    from gradcli.cli.messages import coloured

    if console.stderr_is_terminal:
        console.stderr.write("\r\x1b[K")
    for notice in notices:
        console.tell(coloured(str(notice), console))
