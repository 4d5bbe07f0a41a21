"""The options that commands share, and the way from a command line to a question and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.split import VARIABLES, Command
from gradcli.data.files import is_reference, read_inputs, read_text, read_value
from gradcli.data.writer import Output, choose_output, write
from gradcli.engine.program import Text, unknown_variable
from gradcli.engine.questions import Question
from gradcli.engine.settings import (
    DTYPES,
    MAX_ELEMENTS,
    MAX_STEPS,
    METHODS,
    Settings,
    canonical,
    is_name,
)
from gradcli.engine.values import typed_value
from gradcli.errors import InputError, Notice, UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console
    from gradcli.data.report import Report

Options = dict[str, Any]

_INPUT = (
    click.option("-s", "--set", multiple=True, metavar="NAME=VALUE", help="Give a variable its "
                 "value; safe for every name."),
    click.option("--inputs", metavar="FILE", help="Many values from a .json, .npz or .csv file."),
    click.option("--dtype", type=click.Choice(DTYPES), default="float64", help="The numbers "
                 "computed with."),
    click.option("--max-steps", type=click.IntRange(1), default=MAX_STEPS, metavar="N",
                 help="Statements, conditions and calls that may be executed."),
    click.option("--max-elements", type=click.IntRange(1), default=MAX_ELEMENTS, metavar="N",
                 help="Elements that one array may have."),
    click.option("--threads", type=click.IntRange(1), metavar="N", help="Threads for large arrays "
                 "(default: one a core)."),
    click.option("--no-stabilize", is_flag=True, help="Compute formulas as they are written."),
    click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
                 help="Give up after this time."),
)  # fmt: skip

_OUTPUT = (
    click.option("-o", "what", metavar="WHAT", help="A format (table, plain, json, jsonl, csv, "
                 "tsv, npy, npz) or a file to write."),
    click.option("--format", "format_", metavar="FORMAT", help="The format alone."),
    click.option("--output", metavar="FILE", help="The file alone."),
    click.option("--all", "everything", is_flag=True, help="Long arrays in full in tables."),
    click.option("--precision", type=click.IntRange(1, 17), metavar="N", help="Significant "
                 "digits."),
    click.option("-q", "--quiet", is_flag=True, help="No warnings."),
    click.option("--debug", is_flag=True, help="Show Python's traceback of an error."),
)  # fmt: skip

_WRT = (
    click.option("--wrt", metavar="NAMES", help="The variables to differentiate by: x,y."),
)  # fmt: skip

_METHOD = (
    click.option("--method", type=click.Choice(METHODS), default="reverse", help="How to "
                 "differentiate."),
)  # fmt: skip

_JUDGEMENT = (
    click.option("--verdict", is_flag=True, help="What kind of point each element stands at."),
    click.option("--strict", is_flag=True, help="Warn where a convention stands for a derivative."),
)  # fmt: skip

_UNCONNECTED = (
    click.option("--unconnected", type=click.Choice(["zero", "none"]), help="What stands for a "
                 "gradient of something the value does not depend on."),
)  # fmt: skip

_SEED = (
    click.option("--dy", metavar="VALUE", help="The seed: the gradient of sum(value * dy)."),
)  # fmt: skip


def _with(*bundles: Any) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        for option in reversed([option for bundle in bundles for option in bundle]):
            function = option(function)
        return function

    return decorate


def command(
    name: str,
    *,
    gradient: bool = False,
    wrt: bool = False,
    seed: bool = False,
    unconnected: bool = False,
    metavar: str = "PROGRAM",
) -> Callable[[Any], click.Command]:
    """Makes a command with a PROGRAM, the variables' options, and the bundles it needs.

    `gradient` stands for `wrt`, `unconnected` and the method together.
    """
    wanted = {
        _WRT: gradient or wrt, _METHOD: gradient, _JUDGEMENT: gradient,
        _UNCONNECTED: gradient or unconnected,
        _SEED: seed,
    }  # fmt: skip
    bundles = [_INPUT, *(bundle for bundle, needed in wanted.items() if needed), _OUTPUT]

    def decorate(function: Any) -> click.Command:
        # The program comes first, before what the command takes besides.
        function.__click_params__ = [
            *getattr(function, "__click_params__", ()),
            click.Argument(["program"], required=False, metavar=metavar),
        ]
        return click.command(name, cls=Command, options_metavar="[--VARIABLE VALUE]... [OPTIONS]")(
            click.pass_context(_with(*bundles)(function))
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
    text = program_of(ctx, options, console)
    with Deadline(options.get("timeout")):
        question = question_of(ctx, text, options, settings, groups or {})
        if asks is not None:
            question.asks = asks(Values(console, settings.dtype))
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
        options["what"], options["format_"], options["output"], console.environ,
        console.is_terminal,
    )  # fmt: skip
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
        known = [o.lstrip("-") for p in ctx.command.params for o in p.opts if len(o) > 2]
        near = nearest(name, known)
        if near:
            raise UsageError(f"there is no option --{name}", help=f"did you mean --{near}?")


def question_of(
    ctx: click.Context,
    text: Text,
    options: Options,
    settings: Settings,
    kinds: Mapping[str, tuple[str, ...]],
) -> Question:
    """The question with all its values read."""
    console: Console = ctx.obj
    own = own_texts(ctx, options["set"])
    grouped = {kind: dict(pairs(texts, kind)) for kind, texts in kinds.items()}
    _refuse_twice(own, grouped)
    named = {name for name, _ in own}.union(*grouped.values()) if grouped else {n for n, _ in own}
    names = text.names(named)
    for name, typed in own:
        _check_option(ctx, name, typed, names)
    for group in grouped.values():
        for name in group:
            if name not in names.inputs:
                raise unknown_variable(name, names)
    values = _from_file(options, names, console)
    read = Values(console, settings.dtype)
    used = [(name, typed) for name, typed in own if typed is not None and name in names.inputs]
    values.update({name: read(name, typed) for name, typed in used})
    groups = {
        kind: {name: read(name, typed, f"--{kind} {name}") for name, typed in group.items()}
        for kind, group in grouped.items()
    }
    dy = options.get("dy")
    return Question(
        text, values, settings, wrt=names_in(options.get("wrt")),
        dy=None if dy is None else read("dy", dy), groups=groups,
    )  # fmt: skip


def own_texts(ctx: click.Context, settings: tuple[str, ...]) -> list[tuple[str, str | None]]:
    """The variables' texts, from options of their names and from `--set`."""
    found: list[tuple[str, str | None]] = list(ctx.meta[VARIABLES])
    found += list(pairs(settings, "set"))
    return found


def pairs(texts: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    """`NAME=VALUE` taken apart."""
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        name = canonical(name.strip())
        if not equals or not is_name(name):
            raise UsageError(f"--{option} takes NAME=VALUE, not '{text}'", help=f"--{option} x=1,2")
        found.append((name, value))
    return found


def _refuse_twice(
    own: list[tuple[str, str | None]], groups: Mapping[str, Mapping[str, str]]
) -> None:
    seen: set[str] = set()
    every = [name for name, _ in own] + [name for group in groups.values() for name in group]
    for name in every:
        if name in seen:
            raise InputError(f"'{name}' is given twice")
        seen.add(name)


def _check_option(ctx: click.Context, name: str, typed: str | None, names: Any) -> None:
    """An option must be a variable of the program, and have a value.

    A name that is also an option of gradcli can only come from `--set`, and may be unused.
    """
    known = [o.lstrip("-") for p in ctx.command.params for o in p.opts if len(o) > 2]
    if name not in names.inputs:
        if name in known:
            names.notices.append(Notice(f"the program has no variable '{name}'"))
            return
        near = nearest(name, [*names.inputs, *known])
        listed = ", ".join(f"--{n}" for n in names.inputs) or "none"
        lead = f"did you mean --{near}? " if near else ""
        raise UsageError(
            f"--{name} is neither an option nor a variable of the program",
            help=f"{lead}variables: {listed}",
        )
    if typed is None:
        raise InputError(f"--{name} needs a value", help=f"--{name} 1,2")


def _from_file(options: Options, names: Any, console: Console) -> dict[str, Any]:
    if options["inputs"] is None:
        return {}
    return read_inputs(options["inputs"].removeprefix("@"), console.stdin, names.inputs)


def names_in(text: str | None) -> list[str] | None:
    """`x,y` as names."""
    if text is None:
        return None
    return [canonical(name.strip()) for name in text.split(",") if name.strip()]


class Values:
    """Reads values: what is typed, what a file holds, what standard input brings."""

    def __init__(self, console: Console, dtype: str) -> None:
        self.console = console
        self.dtype = dtype

    def __call__(self, name: str, text: str, option: str = "") -> Any:
        """The array of a value's text; `option` is how messages cite it."""
        if is_reference(text):
            return read_value(text, name, self.console.stdin)
        return typed_value(text, option or f"--{name}", self.dtype)


class Deadline:
    """Within it, `--timeout` ends what runs too long."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        if self.seconds is not None:
            import signal

            signal.signal(signal.SIGALRM, self._expired)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def _expired(self, *_: Any) -> None:
        from gradcli.errors import DeadlineError

        raise DeadlineError(f"not done after {self.seconds:g} s", help="--timeout gives more time")

    def __exit__(self, *_: object) -> None:
        if self.seconds is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
