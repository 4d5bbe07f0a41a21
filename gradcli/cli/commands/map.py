"""`gradcli map`: reads its command line, and hands the work to the engine."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Given, Values, names_in, near_option, once, pairs, valueless
from gradcli.cli.kinds import OneOf, Whole
from gradcli.cli.messages import tell
from gradcli.cli.options import (
    DEBUG,
    INPUT,
    PRECISION,
    QUIET,
    click_option,
    offered_files,
    program_argument,
    program_of,
    settings_of,
    with_options,
)
from gradcli.cli.patience import within_limits
from gradcli.cli.split import VARIABLES, Command, OptionalValue, assignments
from gradcli.data.formats.page import Page
from gradcli.data.tables.dialect import Dialect
from gradcli.data.tables.files import expand, folder_keys
from gradcli.data.tables.flaws import POLICIES, TableError
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.kinds import named_kind
from gradcli.data.tables.output import default_kind, output_of
from gradcli.engine.options import DY, UNCONNECTED_, WRT
from gradcli.engine.question import FILES
from gradcli.engine.tables.mapping import LOCAL, Options, columns_by_name, listed, map_table
from gradcli.engine.tables.row_program import RowRequest, names_of
from gradcli.engine.tables.workers import Watcher, refuse_little_memory, set_up_process
from gradcli.errors import (
    GradcliError,
    InputError,
    ParseError,
    ProgramNameError,
    ProgramTypeError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gradcli.data.console import Console, StandardInput
    from gradcli.data.tables.output import TableOutput
    from gradcli.engine.program import Text
    from gradcli.engine.tables.mapping import Outcome

ADDRESS = r"\w+://.*|[\w.-]+:\d+"
"""What `--dask` takes for an address: a URL or HOST:PORT."""

SOME_BAD = 3
"""The exit status when some rows were bad."""

_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that ask to end, where there are such; who ignores one, as under nohup, means it."""


@click.command(
    "map",
    cls=Command,
    group=FILES,
    rank=1,
    examples=("map 'S*exp(-r*T)' prices.csv --r 0.03", "map 'x^2*y' in.parquet -o out.parquet"),
)
@with_options(program_argument())
@click.argument("data", nargs=-1, shell_complete=offered_files)
@click.option(
    "-o",
    "--output",
    "output",
    metavar="OUT",
    shell_complete=offered_files,
    help="The file to write; a name without extension is a folder of parts; a kind's name, table "
    "(the first rows) or - is standard output. GRADCLI_FORMAT sets the default.",
)
@click.option(
    "--from",
    "from_",
    metavar="KIND",
    help="What the table is: csv, tsv, json, jsonl, parquet, arrow; if not told, its extension, or "
    "the first bytes of a pipe, say.",
)
@click.option("--to", metavar="KIND", help="What is written, if not told by the extension.")
@click.option("--keep", metavar="NAMES", help="The columns that pass through, and no others.")
@click.option("--drop", metavar="NAMES", help="Columns that do not pass through.")
@click.option(
    "--rename", multiple=True, metavar="NAME=COLUMN", help="What the program calls a column."
)
@click.option("--prefix", default="", metavar="TEXT", help="Before the names of new columns.")
@click.option(
    "--as",
    "results",
    metavar="NAMES",
    help="Names for value, or for value_1, value_2 … of a tuple; its gradients are of the sum.",
)
@click.option("--hessian", is_flag=True, help="Second derivatives too, as d2_x_y.")
@click.option(
    "--ask",
    multiple=True,
    metavar="[NAME=]QUESTION",
    help="One more column, as of a tape: d2f/dx2, or gamma=d2f/dx2.",
)
@click.option(
    "--on-bad-row",
    type=OneOf(POLICIES),
    default="fail",
    help="A row with a cell that is not a number ends the run (so it is unless said), has no "
    "results, or is left out.",
)
@click.option(
    "--on-missing",
    type=OneOf(POLICIES),
    default="null",
    help="The same for a row in which a cell is missing (it has no results unless said), unless "
    "the program asks isnan of it.",
)
@click.option("--sep", metavar="MARK", help="What stands between the cells of a CSV: ';', '\\t'.")
@click.option("--decimal", metavar="MARK", help="The decimal mark of its numbers: ','.")
@click.option("--thousands", metavar="MARK", help="What groups their digits in threes: '.'.")
@click.option(
    "--null-words",
    metavar="WORDS",
    help="What stands for a missing cell, besides nothing; NA,NULL if not told.",
)
@click.option(
    "--workers", type=Whole(1), metavar="N", help="Threads, or processes of a local Dask cluster."
)
@click.option(
    "--dask",
    cls=OptionalValue,
    pattern=ADDRESS,
    absent=LOCAL,
    metavar="[ADDRESS]",
    help="On a Dask cluster: a local one, or the scheduler at ADDRESS.",
)
@with_options(*(click_option(o) for o in (WRT, DY, UNCONNECTED_)), *INPUT, PRECISION, QUIET, DEBUG)
@click.pass_context
def map(  # noqa: A001 - the command's name
    ctx: click.Context, /, data: tuple[str, ...], **options: Any
) -> int:
    """The value and gradients of PROGRAM in each row of the tables DATA.

    The columns are the inputs; other names come from options. Written are the columns of the
    table, `value`, and `d_<name>` for each column that the program uses, or for those in --wrt.
    Reads and writes CSV, TSV, JSON lines, Parquet and Arrow IPC, and reads arrays of JSON; DATA are
    files (compressed ones, too), folders, whose key=value folders give columns, globs or - for
    standard input. A terminal shows the first rows.
    """
    console: Console = ctx.obj
    try:
        return _answered(ctx, data, options)
    except (ParseError, ProgramNameError, ProgramTypeError, InputError, TableError) as error:
        from gradcli.cli.blanks import with_names

        raise with_names(error, data, options, console) from None


def _answered(ctx: click.Context, data: tuple[str, ...], options: dict[str, Any]) -> int:
    """Writes the answers and what is to be told of them; the status."""
    console: Console = ctx.obj
    set_up_process()
    if options["max_memory"] is not None:
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own takes 1 GB at once
    with within_limits(options, console), _orderly():
        refuse_little_memory()
        try:
            program = program_of(ctx, options, console)
        except ParseError as error:
            raise error.advised(_by_columns(error, data, options)) from None
        if not data or (data[0].startswith("-") and len(data[0]) == 2 and data[1:]):
            raise _no_table(program.source.text, data[1:] or dict(ctx.meta[VARIABLES]))
        _refuse_assignments(data)
        outcome = _mapped(ctx, program, data, options)
        notices = [] if options["quiet"] else outcome.notices()
    tell(notices, console)
    return SOME_BAD if outcome.account.bad else 0


_TABLE = ("data", "input", "table", "file", "csv", "in")
"""Options that would be guessed for the table."""


def _refuse_assignments(data: tuple[str, ...]) -> None:
    """Refuses `r=0.1` among the files."""
    words = [word for word in data if "=" in word and not os.path.exists(word)]
    if words and re.fullmatch(r"\w+=d\S*/d\S+", words[0]):
        help_: str | None = f"each column has its own option: --ask {words[0]}"
    else:
        help_ = assignments(word for word in words if not any(mark in word for mark in "/*"))
    if help_ is not None:
        raise UsageError(f"there is no file '{words[0]}'", help=help_)


def _no_table(text: str, given: Sequence[str] | Mapping[str, str | None]) -> UsageError:
    """The error without a table, which may be given as `--data FILE` or `-i FILE`."""
    shown = quote(text) if len(text) <= 60 and "\n" not in text else "PROGRAM"
    meant = given[:1] if not isinstance(given, Mapping) else [given.get(word) for word in _TABLE]
    file = next(filter(None, meant), None)
    help_ = f"gradcli map {shown} {file or 'data.csv, or - for standard input'}"
    return UsageError("map needs a table", help=help_)


def _by_columns(error: ParseError, data: tuple[str, ...], options: dict[str, Any]) -> str | None:
    """What to write for a text that is no program, but calls columns by their places."""
    from gradcli.engine.elsewhere import line_by_columns

    if not data or "-" in data or error.span is None:
        return None
    with suppress(GradcliError):
        table = _table(data, options)
        line = line_by_columns(error.span.source.text, list(table.columns))
        table.close()
        return line and f"columns go by their names: write `{line}`"
    return None


def _table(
    data: tuple[str, ...], options: dict[str, Any], stdin: StandardInput | None = None
) -> FileInput:
    """The table to read, as the options say."""
    from_ = named_kind(options["from_"], "--from")
    dialect = Dialect.of(*(options[n] for n in ("sep", "decimal", "thousands", "null_words")))
    return FileInput(expand(data), from_, stdin, folder_keys(data), dialect)


def _mapped(
    ctx: click.Context, program: Text, data: tuple[str, ...], options: dict[str, Any]
) -> Outcome:
    """Reads what the command line says, and runs it."""
    console: Console = ctx.obj
    to = named_kind(options["to"], "--to")
    stream = console.stdout.buffer
    page = Page(console, precision=options["precision"])
    what = options["output"]
    if what is None and to is None:
        what = default_kind(console.environ)
    output = output_of(what, to, stream, page, is_terminal=console.is_terminal)
    table = _table(data, options, console.stdin)
    ctx.call_on_close(table.close)
    rename = once(pairs(options["rename"], "rename"), "rename")
    columns = columns_by_name(table.columns, rename)
    variables = Given(ctx, options["set"], options["inputs"], {})
    settings = settings_of(options, console)
    read = Values(console, settings)
    constants = _constants(variables, program, columns, read)
    how = Options(
        request=_request(options, read),
        settings=settings,
        keep=listed(options["keep"]),
        drop=listed(options["drop"]),
        rename=rename,
        on_bad_row=options["on_bad_row"],
        on_missing=options["on_missing"],
        precision=options["precision"],
        workers=options["workers"] or 0,
        dask=options["dask"],
        option=variables.option,
    )
    if not options["quiet"]:
        tell(read.rounded, console)
    console.flush()
    with _watcher(console, output, quiet=options["quiet"]) as watcher:
        return map_table(program, table, output, constants, how, watcher)


def _constants(
    variables: Given, program: Text, columns: Collection[str], read: Values
) -> dict[str, Any]:
    """The values of names that are no columns, or are not to be."""
    typed = once(variables.every())
    names = names_of(program, columns, typed)
    wanted = [name for name in names.inputs if name not in columns]
    constants: dict[str, Any] = {}
    for name, text in typed.items():
        if name not in names.inputs:
            raise _unknown(name, near_option(name, [*names.inputs, *variables.known]), wanted)
        if text is None:
            raise valueless(name)
        constants[name] = read(name, text)
    wanted = [name for name in names.inputs if name not in columns]
    return {**read.inputs(variables.inputs, wanted), **constants}


_INSTEAD = {
    **{kind: f"write -o {kind}; " for kind in ("json", "jsonl", "csv", "tsv", "table", "parquet")},
    **dict.fromkeys(
        ("no-grad", "no-grads", "no-gradients", "value"), "for no gradients write --wrt ''; "
    ),
    "no-header": "the first line names the columns: (echo x,y; cat FILE) | gradcli map PROGRAM -; ",
    **dict.fromkeys(("order", "second"), "for second derivatives write --hessian; "),
}
"""What to say of options that would be guessed."""


def _unknown(name: str, near: str | None, variables: Sequence[str]) -> UsageError:
    """The error of an option that is neither gradcli's nor a variable."""
    lead = f"did you mean --{near}? " if near else ""
    lead = _INSTEAD.get(name, lead)
    if name in ("where", "filter", "query"):
        lead = "rows are chosen in the program: where(CONDITION, x, nan); "
    if name in ("head", "limit", "nrows", "rows", "n", "top", "first"):
        lead = "the first 9 rows: head -10 FILE | gradcli map PROGRAM -; "
    options = ", ".join(f"--{variable}" for variable in variables) or "none"
    return UsageError(
        f"--{name} is neither an option nor a variable of the program",
        help=f"{lead}variables besides columns: {options}",
    )


def _request(options: dict[str, Any], read: Values) -> RowRequest:
    """What is asked of each row; an empty --wrt asks for no gradient at all."""
    wrt = [] if options["wrt"] == "" else names_in(options["wrt"], "wrt")
    dy = None if options["dy"] is None else read("dy", options["dy"])
    return RowRequest(
        None if wrt is None else tuple(wrt),
        dy,
        options["hessian"],
        options["ask"],
        options["prefix"],
        tuple(listed(options["results"]) or ()),
    )


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


@contextmanager
def _watcher(console: Console, output: TableOutput, *, quiet: bool) -> Iterator[Watcher]:
    """Says how far it is, on a terminal, and what one waits for, unless it is to be quiet."""
    if quiet or not console.has_room_for_bar(is_written=output.stream is not None):
        yield Watcher() if quiet else Watcher(tell=console.tell)
        return
    from gradcli.cli.progress import Bar

    bar = Bar(console, None, "rows")
    try:
        yield Watcher(lambda rows, bad: bar.show(0, rows, bad), bar.tell)
    finally:
        bar.close()
