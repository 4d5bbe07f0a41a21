"""Options on the command line: click's from the records, their values, and the way to an answer."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Given, Values, names_in, near_option, once, pairs
from gradcli.cli.kinds import OneOf, Real, Whole
from gradcli.cli.messages import tell
from gradcli.cli.patience import within_limits
from gradcli.cli.split import POSITIONAL, VARIABLES, Command, OptionalValue, long_names
from gradcli.data.files import read_text
from gradcli.data.formats import FORMATS
from gradcli.data.numbers import parse
from gradcli.data.writer import Output, choose_output, write
from gradcli.engine.memory_limit import bytes_in
from gradcli.engine.options import (
    ARRAY,
    ARRAYS,
    CHOICE,
    COUNT,
    FILE,
    FLAG,
    FORMULAS,
    NAMES,
    NUMBER,
    RUNNING,
    SHAPES,
    TEXTS,
    VALUES,
    Option,
)
from gradcli.engine.program import Text
from gradcli.engine.request import Request
from gradcli.engine.settings import SETTINGS, Settings
from gradcli.engine.values import is_file_name
from gradcli.errors import (
    InputError,
    ParseError,
    ProgramNameError,
    ProgramTypeError,
    ShapeError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console
    from gradcli.data.report import Report
    from gradcli.engine.question import Question

Options = dict[str, Any]

PLAN, CODE = "plan", "code"
"""What `--dump-plan` shows: how arrays are computed, and the machine code, too."""

# --- click's options from the records -----------------------------------------------------------


def click_option(option: Option, sentence: str = "") -> click.Option:
    """The option of a record as click has it; what is not given is None."""
    switches_off = option.kind == FLAG and option.default
    return click.Option(
        [f"--no-{option.spelled[2:]}" if switches_off else option.spelled, option.name],
        is_flag=option.kind == FLAG or None,
        callback=(lambda _ctx, _option, typed: not typed) if switches_off else None,
        multiple=option.kind in (ARRAYS, VALUES, FORMULAS, SHAPES),
        type=None if option.kind == FLAG else _type(option),
        metavar=None if option.kind in (CHOICE, FLAG) else option.metavar,
        help=sentence or option.sentence,
        shell_complete=_OFFERED.get(option.kind),
    )


def offered_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> Any:
    """What a shell may offer where names of the program are typed."""
    from gradcli.cli.completion import inputs

    positional = ctx.meta.get(POSITIONAL)
    return inputs(positional[0], incomplete) if positional else []


def offered_files(_ctx: click.Context, _option: click.Parameter, incomplete: str) -> Any:
    """What a shell may offer where the name of a file is typed."""
    from gradcli.cli.completion import paths

    return paths(incomplete)


def _offered_formats(ctx: click.Context, option: click.Parameter, incomplete: str) -> Any:
    """Formats, or else files."""
    formats = [name for name in FORMATS if name.startswith(incomplete)]
    return formats or offered_files(ctx, option, incomplete)


_OFFERED = {NAMES: offered_names, FILE: offered_files}


def _type(option: Option) -> Any:
    """What click checks of the text of an option."""
    if option.kind == COUNT:
        return Whole(int(option.least))
    if option.kind == NUMBER:
        return Real(option.least, min_open=option.above)
    return OneOf(option.choices) if option.kind == CHOICE else click.STRING


def _seconds(_ctx: click.Context, _option: click.Parameter, typed: str | None) -> float | None:
    """A time to wait, longer than none; None for no limit."""
    if typed is None:
        return None
    seconds = parse(typed)
    if seconds is None or not seconds > 0:
        raise UsageError(f"--timeout takes seconds, not '{typed}'", help="--timeout 10")
    return None if seconds == math.inf else seconds


def _described(*names: str, **more: Any) -> click.Option:
    return click.Option(names, **more)


DUMP_PLAN = OptionalValue(
    ["--dump-plan"],
    pattern=CODE,
    absent=PLAN,
    type=OneOf((PLAN, CODE)),
    metavar="[=code]",
    help="Show on standard error how arrays are computed; =code shows machine code in LLVM's IR.",
)
QUIET = _described("-q", "--quiet", is_flag=True, help="No warnings.")
DEBUG = _described("--debug", is_flag=True, help="Show Python's traceback of an error.")
PRECISION = _described("--precision", type=Whole(1, 17), metavar="N", help="Significant digits.")

INPUT = (
    _described(
        "-s",
        "--set",
        multiple=True,
        metavar="NAME=VALUE",
        help="Give a variable its value; safe for every name.",
    ),
    _described(
        "--inputs",
        metavar="FILE",
        help="Many values from a .json, .npz or .csv file.",
        shell_complete=offered_files,
    ),
    *map(click_option, RUNNING),
    _described(
        "--max-memory",
        metavar="BYTES",
        callback=lambda _ctx, _option, typed: None if typed is None else bytes_in(typed),
        help="Memory that may be taken, such as 2G (default: a quarter of the machine's).",
    ),
    _described("--timeout", metavar="SECONDS", callback=_seconds, help="Give up after this time."),
)
"""Where values come from, and how programs are run."""

OUTPUT = (
    _described(
        "-o",
        "what",
        metavar="WHAT",
        help=f"A format ({', '.join(FORMATS)}) or a file to write.",
        shell_complete=_offered_formats,
    ),
    _described("--format", "format_", metavar="FORMAT", help="The format alone."),
    _described("--output", metavar="FILE", help="The file alone.", shell_complete=offered_files),
    _described("--all", "everything", is_flag=True, help="Long arrays and all steps in tables."),
    PRECISION,
    QUIET,
    DUMP_PLAN,
    DEBUG,
)
"""How an answer is shown, and where it goes."""


def with_options(*options: click.Parameter) -> Callable[[Any], Any]:
    """Gives a command these options, in their order, as a row of click's decorators would."""

    def decorate(function: Any) -> Any:
        own = getattr(function, "__click_params__", [])
        function.__click_params__ = [*own, *reversed(options)]  # click lists them from the last
        return function

    return decorate


def offered_functions(ctx: click.Context, option: click.Parameter, incomplete: str) -> Any:
    """What a shell may offer where a program or a function is typed."""
    from gradcli.cli.completion import functions

    return functions(ctx, option, incomplete)


def program_argument(metavar: str = "PROGRAM") -> click.Argument:
    """The program, which may be missing as far as click is concerned."""
    offered = offered_files if metavar == "FILE" else offered_functions
    return click.Argument(["program"], required=False, metavar=metavar, shell_complete=offered)


def command_of(question: Question) -> Command:
    """The command that asks a question."""

    @click.pass_context
    def ask(ctx: click.Context, /, **options: Any) -> int:
        return _asked(ctx, question, options)

    arguments: list[click.Parameter] = [program_argument("FILE" if question.script else "PROGRAM")]
    own: list[click.Parameter] = []
    for option in question.options.values():
        if option.positional:
            arguments.append(click.Argument([option.name], nargs=-1, metavar=option.metavar))
        else:
            own.append(click_option(option))
    if question.script:
        from gradcli.cli import snippets

        own += snippets.OPTIONS
    return Command(
        question.name,
        group=question.group,
        rank=question.rank,
        callback=ask,
        params=[*arguments, *own, *INPUT, *OUTPUT],
        help=question.doc,
        examples=question.examples,
    )


# --- from a command line to an answer -----------------------------------------------------------


def _asked(ctx: click.Context, question: Question, options: Options) -> int:
    """Asks the question of a command line, writes the answer, and gives the exit status."""
    console: Console = ctx.obj
    _take_picture(options)
    output = output_of(options, console, question.extension and question.extension(options))
    settings = settings_of(options, console)
    if question.script:
        from gradcli.cli import snippets

        language = snippets.language_of(options)
        if language is not None:
            _refuse_values(ctx.meta[VARIABLES])
            return snippets.run_file(options, console, settings, language)
        settings = settings.but(printed=lambda line: console.write(line + "\n"))
    _require(question, options, ctx.meta[VARIABLES])
    groups = {o.name: options[o.name] for o in question.options.values() if o.kind == VALUES}
    given = Given(ctx, options["set"], options["inputs"], groups)
    asked = without_values(question.options.values(), options)
    with within_limits(options, console):
        read = Values(console, settings)
        try:
            text = program_of(ctx, options, console, is_script=question.script)
            if question.answers in ("grads", "derivative") and not question.groups:
                given.formula = options["program"]
            values, grouped, notices = given.read(text, read, whole=question.fills is None)
            asked |= grouped | with_values(question.options.values(), options, read)
            request = Request(question, text, values, asked, settings, way=given.way)
            answer = request.answer()
        except (ParseError, ProgramNameError, ProgramTypeError, ShapeError) as error:
            if question.script and error.span and snippets.is_session(error.span.source.text):
                return snippets.run_text(error.span.source, options, console, settings)
            helped = given.helped(error, read)
            if question.script and error.span:
                helped = helped.advised(snippets.advice(error.span.source.text))
            raise helped from None
        except InputError as error:
            if error.span is not None or not options.get("wrt") or options["program"] is None:
                raise
            raise given.without_name(error, options["program"], options["wrt"]) from None
        answer.warnings = [*notices, *read.rounded, *answer.warnings]
        finish(answer, output, console, quiet=options["quiet"])
    return getattr(answer, "status", 0)


def _require(
    question: Question, options: Options, variables: Sequence[tuple[str, str | None]]
) -> None:
    """Refuses a question without what it cannot be asked without."""
    typed = dict(variables)
    for option in question.options.values():
        if option.needed and not options[option.name]:
            if option.positional:
                help_ = f"gradcli {question.examples[0]}"
                raise UsageError(f"{question.name} needs a question", help=help_)
            meant = next(filter(None, map(typed.get, ("v", "u", "direction", "vector"))), None)
            is_number = len(typed) == 1 and "," not in (next(iter(typed.values())) or ",")
            is_array = option.needed[0].isdigit()
            one = meant or ("1" if is_number else "") if is_array else ""
            if len(typed) > 1 and option.kind == ARRAYS and not meant:
                one = f"{next(iter(typed))}=VALUE"
            help_ = f"{option.spelled} {one or option.needed}"
            raise UsageError(f"{question.name} needs {option.spelled}", help=help_)


def without_values(records: Iterable[Option], options: Options) -> Options:
    """Those options of a question, of those that were typed, for which no array is read."""
    readers: dict[str, Callable[[Any, str], Any]] = {
        NAMES: names_in,
        TEXTS: _texts,
        FORMULAS: lambda typed, name: once(pairs(typed, name, 'x="1/(1+x^2)"'), name) or None,
        SHAPES: _shapes,
    }
    asked: Options = {}
    for option in records:
        typed = options[option.name]
        has_arrays = option.kind in (ARRAY, ARRAYS, VALUES)
        if option.setting or has_arrays or typed is None or typed is False or typed == ():
            continue
        reader = readers.get(option.kind)
        asked[option.name] = typed if reader is None else reader(typed, option.spelled[2:])
    return asked


def _texts(typed: Any, _name: str) -> list[str]:
    """Texts with commas between them, in one argument or several."""
    texts = [typed] if isinstance(typed, str) else typed
    parts = [part for text in texts for part in ([text] if "(" in text else text.split(","))]
    return [part.strip() for part in parts if part.strip()]


def _shapes(typed: Any, name: str) -> dict[str, Any]:
    """`A=n,m` as shapes by name."""
    from gradcli.engine.lengths import lengths_in

    shapes = once(pairs(typed, name, "A=n,m"), name)
    return {array: lengths_in(array, shape) for array, shape in shapes.items()}


def with_values(records: Iterable[Option], options: Options, read: Values) -> Options:
    """The arrays of those options of a question that take some."""
    asked: Options = {}
    for option in records:
        typed = options[option.name]
        if option.kind == ARRAY and typed is not None:
            asked[option.name] = read(option.spelled[2:], typed)
        elif option.kind == ARRAYS and typed:
            asked[option.name] = read.named(typed, option.spelled[2:])
    return asked


def finish(answer: Answer | Report, output: Output, console: Console, *, quiet: bool) -> None:
    """Writes an answer, and its warnings to standard error."""
    if quiet:
        answer.warnings = []
    write(answer, output, console)
    if output.format not in ("json", "jsonl") or output.path is not None:
        console.flush()
        tell(answer.warnings, console)


def output_of(options: Options, console: Console, own: str | None = None) -> Output:
    """Where the answer goes, and how it looks; `own` is the extension of files that hold it."""
    _refuse_option(options["what"], options)
    format_, path = choose_output(
        options["what"],
        options["format_"],
        options["output"],
        console.environ,
        console.is_terminal,
        own,
    )
    return Output(format_, path, everything=options["everything"], precision=options["precision"])


def _refuse_values(variables: Sequence[tuple[str, str | None]]) -> None:
    """A snippet has all its values in it."""
    for name, _ in variables:
        raise UsageError(f"--{name}: a snippet takes no values", help="they stand in its text")


def _take_picture(options: Options) -> None:
    """`-o FILE.svg` is `--svg FILE.svg`, where there is such an option."""
    kind = os.path.splitext(options["what"] or "")[1][1:]
    if kind in ("svg", "png", "html") and options.get(kind, "") is None:
        options[kind], options["what"] = options["what"], None


def _refuse_option(what: str | None, options: Options) -> None:
    """Refuses what is no format but an option of its own: `-o latex`, `-o svg`."""
    name = {"tex": "latex", "graphviz": "dot"}.get(what or "", what)
    if name in FORMATS or name not in ("latex", "unicode", "dot", "mermaid", "svg", "png", "html"):
        return
    if name == "latex" and name not in options:
        help_ = "formulas in LaTeX: gradcli diff PROGRAM --latex"
        raise UsageError(f"-o: '{what}' is not a format", help=help_)
    if name in options or (name in ("svg", "png") and "save" in options):
        file = f"--{name} FILE.{name}" if name in options else f"--save FILE.{name}"
        help_ = f"it is an option of its own: {f'--{name}' if options.get(name) is False else file}"
        raise UsageError(f"-o: '{what}' is not a format", help=help_)


def settings_of(options: Options, console: Console) -> Settings:
    """How the program is run."""
    typed = {name: item for name, item in options.items() if name in SETTINGS and item is not None}
    dump = options.get("dump_plan")
    planned = None if dump is None else console.tell
    return Settings(**typed, printed=console.tell, planned=planned, dumps_code=dump == CODE)


def program_of(
    ctx: click.Context, options: Options, console: Console, *, is_script: bool = False
) -> Text:
    """The program: a text, `@FILE`, or `-` for standard input; a script is a file."""
    typed = options["program"]
    if typed is None:
        _refuse_variables_without_program(ctx)
        raise UsageError(f"{ctx.info_name} needs a program", help=f'{ctx.command_path} "x^2" --x 3')
    if is_script and typed != "-" and not typed.startswith("@"):
        if not os.path.exists(typed) and any(c in typed for c in " ^*+=()"):
            raise UsageError(f"there is no file '{typed}'", help="a text is for `gradcli eval`")
        typed = f"@{typed}"
    is_function = typed.startswith("@(") and not os.path.exists(typed[1:])  # as MATLAB writes one
    if typed == "-" or (typed.startswith("@") and not is_function):
        path = typed.removeprefix("@")
        shown = "stdin" if path == "-" else path
        source = read_text(path, console.stdin)
        return Text(source if is_script else _as_program(source, path, shown), shown)
    if is_file_name(typed) and os.path.isfile(typed):
        help_ = f"a program comes before it; to read one from the file, write @{typed}"
        raise UsageError(f"'{typed}' is a file, and a program is wanted here", help=help_)
    return Text(typed)


def _as_program(source: str, path: str, shown: str) -> str:
    """The program of a file, which may be a function in another language, by its extension."""
    from gradcli.cli.snippets import language_of

    language = language_of({"lang": None, "program": path})
    if language is None:
        return source
    from gradcli.snippets.function import program

    return program(source, shown, language)


def _refuse_variables_without_program(ctx: click.Context) -> None:
    for name, _ in ctx.meta[VARIABLES]:
        near = near_option(name, long_names(ctx.command.params))
        if near:
            raise UsageError(f"there is no option --{name}", help=f"did you mean --{near}?")
