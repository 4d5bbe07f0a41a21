"""The options that commands share, and the way from a command line to a question and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Given, Values, names_in, near_option
from gradcli.cli.split import VARIABLES, Command, long_names
from gradcli.data.files import read_text
from gradcli.data.formats import FORMATS
from gradcli.data.numbers import parse
from gradcli.data.writer import Output, choose_output, write
from gradcli.engine.deadline import Deadline
from gradcli.engine.program import Text
from gradcli.engine.questions import Question
from gradcli.engine.settings import DTYPES, MAX_ELEMENTS, MAX_STEPS, METHODS, UNCONNECTED, Settings
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console
    from gradcli.data.report import Report

__all__ = [
    "Deadline",
    "Options",
    "answer",
    "bundled",
    "calculation",
    "command",
    "finish",
    "output_of",
    "program_of",
    "settings_of",
]

Options = dict[str, Any]


def _seconds(_ctx: click.Context, _option: click.Parameter, typed: str | None) -> float | None:
    """A time to wait, longer than none; None for no limit."""
    if typed is None:
        return None
    found = parse(typed)
    if found is None or not found > 0:
        raise UsageError(f"--timeout takes seconds, not '{typed}'", help="--timeout 10")
    return None if found == math.inf else found


_INPUT = (
    click.option(
        "-s",
        "--set",
        multiple=True,
        metavar="NAME=VALUE",
        help="Give a variable its value; safe for every name.",
    ),
    click.option("--inputs", metavar="FILE", help="Many values from a .json, .npz or .csv file."),
    click.option(
        "--dtype", type=click.Choice(DTYPES), default="float64", help="The numbers computed with."
    ),
    click.option(
        "--max-steps",
        type=click.IntRange(1),
        default=MAX_STEPS,
        metavar="N",
        help="Statements, conditions and calls that may be executed.",
    ),
    click.option(
        "--max-elements",
        type=click.IntRange(1),
        default=MAX_ELEMENTS,
        metavar="N",
        help="Elements that one array may have.",
    ),
    click.option(
        "--threads",
        type=click.IntRange(1),
        metavar="N",
        help="Threads for large arrays (default: one a core).",
    ),
    click.option("--no-stabilize", is_flag=True, help="Compute formulas as they are written."),
    click.option(
        "--timeout",
        metavar="SECONDS",
        callback=_seconds,
        help="Give up after this time; one long operation is not interrupted.",
    ),
)

_OUTPUT = (
    click.option(
        "-o", "what", metavar="WHAT", help=f"A format ({', '.join(FORMATS)}) or a file to write."
    ),
    click.option("--format", "format_", metavar="FORMAT", help="The format alone."),
    click.option("--output", metavar="FILE", help="The file alone."),
    click.option("--all", "everything", is_flag=True, help="Long arrays in full in tables."),
    click.option(
        "--precision", type=click.IntRange(1, 17), metavar="N", help="Significant digits."
    ),
    click.option("-q", "--quiet", is_flag=True, help="No warnings."),
    click.option(
        "--dump-plan", is_flag=True, help="Show on standard error how the arrays are computed."
    ),
    click.option("--debug", is_flag=True, help="Show Python's traceback of an error."),
)

_WRT = (click.option("--wrt", metavar="NAMES", help="The variables to differentiate by: x,y."),)

_METHOD = (
    click.option(
        "--method", type=click.Choice(METHODS), default="reverse", help="How to differentiate."
    ),
)

_JUDGEMENT = (
    click.option("--verdict", is_flag=True, help="What kind of point each element stands at."),
    click.option("--strict", is_flag=True, help="Warn where a convention stands for a derivative."),
)

_UNCONNECTED = (
    click.option(
        "--unconnected",
        type=click.Choice(UNCONNECTED),
        help="What stands for a gradient of something the value does not depend on.",
    ),
)

SEED = (click.option("--dy", metavar="VALUE", help="The seed: the gradient of sum(value * dy)."),)


def bundled(*bundles: Any) -> Callable[[Any], Any]:
    """What gives a command the options of some bundles, in their order."""

    def decorate(function: Any) -> Any:
        for option in reversed([option for bundle in bundles for option in bundle]):
            function = option(function)
        return function

    return decorate


calculation = bundled(_INPUT, _WRT, _METHOD, _JUDGEMENT, _UNCONNECTED)
"""Gives a command of many questions the options that hold for all of them."""


def command(
    name: str,
    *,
    gradient: bool = False,
    wrt: bool = False,
    seed: bool = False,
    unconnected: bool = False,
    answers: bool = True,
    metavar: str = "PROGRAM",
) -> Callable[[Any], click.Command]:
    """Makes a command with a PROGRAM, the variables' options, and the bundles it needs.

    `gradient` stands for `wrt`, `unconnected` and the method together; `answers` says that it
    answers in one of the formats.
    """
    wanted = {
        _WRT: gradient or wrt,
        _METHOD: gradient,
        _JUDGEMENT: gradient,
        _UNCONNECTED: gradient or unconnected,
        SEED: seed,
        _INPUT: True,
        _OUTPUT: answers,
    }
    bundles = [bundle for bundle, needed in wanted.items() if needed]

    def decorate(function: Any) -> click.Command:
        # Click lists parameters from the last: the program, what the command takes, the bundles.
        own = getattr(function, "__click_params__", [])
        function.__click_params__ = []
        bundled(*bundles)(function)
        program = click.Argument(["program"], required=False, metavar=metavar)
        function.__click_params__ += [*own, program]
        return click.command(name, cls=Command, options_metavar="[--VARIABLE VALUE]... [OPTIONS]")(
            click.pass_context(function)
        )

    return decorate


# --- from a command line to a question ----------------------------------------------------------


def answer(
    ctx: click.Context,
    options: Options,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    asks: Callable[[Values], dict[str, Any]] | None = None,
    kind: str = "",
) -> Answer | Report:
    """Asks the question of a command line and writes the answer.

    `groups` are further variables by group (`var`, `const`, `frozen`), as texts; `asks` gives what
    else is asked, with a reader of values. `kind` is the question, if not the command's name.
    """
    console: Console = ctx.obj
    output = output_of(options, console)
    settings = settings_of(options, console)
    if kind == "run":
        settings.printed = lambda line: console.write(line + "\n")
    given = Given(ctx, options["set"], options["inputs"], groups or {})
    options["wrt"] = names_in(options.get("wrt"), "wrt")
    text = program_of(ctx, options, console)
    with Deadline(options.get("timeout")):
        read = Values(
            console,
            settings.dtype,
            max_steps=settings.max_steps,
            max_elements=settings.max_elements,
        )
        question = question_of(text, options, settings, given, read)
        if asks is not None:
            question.asks = asks(read)
        found = question.answer(kind or str(ctx.info_name))
    finish(found, output, options, console)
    return found


def finish(found: Answer | Report, output: Output, options: Options, console: Console) -> None:
    """Writes an answer, and its warnings to standard error."""
    from gradcli.cli.main import coloured

    if options.get("quiet"):
        found.warnings = []
    write(found, output, console)
    if output.format not in ("json", "jsonl") or output.path is not None:
        console.flush()
        for notice in found.warnings:
            console.tell(coloured(str(notice), console))


def output_of(options: Options, console: Console) -> Output:
    """Where the answer goes, and how it looks."""
    format_, path = choose_output(
        options["what"], options["format_"], options["output"], console.environ, console.is_terminal
    )
    return Output(format_, path, everything=options["everything"], precision=options["precision"])


def settings_of(options: Options, console: Console) -> Settings:
    """How the program is run."""
    return Settings(
        dtype=options["dtype"],
        method=options.get("method", "reverse"),
        unconnected=options.get("unconnected"),
        max_steps=options["max_steps"],
        max_elements=options["max_elements"],
        stabilize=not options["no_stabilize"],
        threads=options["threads"] or 0,
        verdict=options.get("verdict", False),
        strict=options.get("strict", False),
        printed=console.tell,
        planned=console.tell if options.get("dump_plan") else None,
    )


def program_of(ctx: click.Context, options: Options, console: Console) -> Text:
    """The program: a text, `@FILE`, or `-` for standard input."""
    typed = options["program"]
    if typed is None:
        _refuse_variables_without_program(ctx)
        raise UsageError(f"{ctx.info_name} needs a program", help=f'{ctx.command_path} "x^2" --x 3')
    if typed == "-" or typed.startswith("@"):
        path = typed.removeprefix("@")
        shown = "stdin" if path == "-" else path
        return Text(read_text(path, console.stdin), shown)
    return Text(typed)


def _refuse_variables_without_program(ctx: click.Context) -> None:
    for name, _ in ctx.meta[VARIABLES]:
        near = near_option(name, long_names(ctx.command.params))
        if near:
            raise UsageError(f"there is no option --{name}", help=f"did you mean --{near}?")


def question_of(
    text: Text, options: Options, settings: Settings, given: Given, read: Values
) -> Question:
    """The question with all its values read."""
    values, groups, notices = given.read(text, read)
    dy = options.get("dy")
    question = Question(
        text,
        values,
        settings,
        wrt=options.get("wrt"),
        dy=None if dy is None else read("dy", dy),
        groups=groups,
        option=given.option,
    )
    question.names.notices += notices
    return question
