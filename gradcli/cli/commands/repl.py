"""`gradcli repl`: an interactive session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import numpy as np

from gradcli.cli.messages import as_gradcli_error, coloured, tell
from gradcli.cli.options import DEBUG, PRECISION, click_option, settings_of, with_options
from gradcli.cli.piped import Piped
from gradcli.cli.split import Listed
from gradcli.data.writer import Output, choose_output, write
from gradcli.engine.entry import foreign
from gradcli.engine.options import RUNNING
from gradcli.engine.question import EVERYDAY, every
from gradcli.engine.session import Outside, Session
from gradcli.errors import (
    GradcliError,
    Notice,
    ParseError,
    ProgramNameError,
    ProgramTypeError,
    UsageError,
    render,
)
from gradcli.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console

DIGITS = 6
"""Significant digits of a number on a terminal, as in tables."""

WELCOME = "gradcli: formulas, `x = 3`, `d(ans)/dx`; :help lists commands, Ctrl-D ends"

OWN = {
    "vars": "the names that have a value",
    "save FILE": "the session as a program",
    "undo": "takes back the last entry",
    "clear": "forgets everything; `clear` clears the screen",
    "quit": "ends the session",
}
"""Commands of the session itself."""

HELP = """\
x = 3                       gives a value; `y = x^2`, `f(t) = t^3`, loops, too
sin(x) + ans                a formula is answered; `ans` is the last answer
dy/dx, y', d(ans)/dx        slopes by any name
atan?                       the page of a function
:grad sin(x)                any command of the shell: :diff, :explain, :check …,
                            by all values given; without a formula: of ans
:plot sin(t) --t -4:4       with its options
"""

_AS_TYPED = ("functions", "help", "version")
"""Commands that take no program."""


@click.command(
    "repl",
    cls=Listed,
    group=EVERYDAY,
    rank=12,
    examples=("repl --precision 6", "repl --dtype float32"),
)
@with_options(PRECISION, *map(click_option, RUNNING), DEBUG)
@click.pass_context
def repl(ctx: click.Context, /, **options: Any) -> int:
    """A session at a prompt: values, formulas, slopes, and every command behind a colon."""
    console: Console = ctx.obj
    group = ctx.find_root().command
    format_, _ = choose_output(None, None, None, console.environ, console.is_terminal)
    output = Output(format_, precision=options["precision"])
    passed = _passed_on(options)

    def command(args: Sequence[str]) -> None:
        more = [] if args[0] in _AS_TYPED else passed
        with group.make_context("gradcli", [args[0], *more, *args[1:]], obj=console) as inner:
            group.invoke(inner)

    def told(notices: Iterable[Notice]) -> None:
        tell(map(piped.placed, notices) if piped else notices, console)

    def show(answer: Answer) -> None:
        _show(answer, output, console)
        told(answer.warnings)

    is_typed = console.is_terminal and console.stdin_is_terminal
    piped = None if is_typed else Piped(console.stdin)
    session = Session(Outside(command, show, told, console.write), settings_of(options, console))
    return _Loop(session, console, piped).run(piped or _typed(session, console))


def _passed_on(options: dict[str, Any]) -> list[str]:
    """The options of the session as those of a command."""
    words: list[str] = []
    for option in (*RUNNING, PRECISION):
        typed = options[option.name or ""]
        if isinstance(typed, (str, int)) and not isinstance(typed, bool):
            words += [f"--{str(option.name).replace('_', '-')}", str(typed)]
    return words


def _show(answer: Answer, output: Output, console: Console) -> None:
    """Shows a value by itself: a number needs no table, an array no columns of inputs."""
    answer.inputs = {}
    if output.format == "table" and np.ndim(answer.value) == 0:
        output = Output("plain", precision=output.precision or DIGITS)
    write(answer, output, console)
    console.flush()


def _typed(session: Session, console: Console) -> Iterable[str]:
    """What is typed on a terminal."""
    from gradcli.cli.prompt import entries

    console.tell(WELCOME)
    return entries(session.names, [*_words(), *_asked()], lambda: f"{session.line}> ")


def _words() -> list[str]:
    """The session's own commands, without what they take."""
    return [form.split()[0] for form in (*OWN, "help")]


def _asked() -> list[str]:
    """The commands of the shell that a session has: those that take a program, and pages."""
    return [*(question.name for question in every() if not question.script), "plot", *_AS_TYPED]


class _Loop:
    """Entries one by one; what goes wrong with one is told, and the session goes on."""

    def __init__(self, session: Session, console: Console, piped: Piped | None) -> None:
        self.session = session
        self.console = console
        self.piped = piped
        self.asked = _asked()
        self.own: dict[str, Callable[[str], None]] = {
            "vars": self._vars,
            "save": self._save,
            "undo": self._undo,
            "clear": self._clear,
            "help": self._help,
        }

    def run(self, entries: Iterable[str]) -> int:
        """The status of the last entry that failed, 0 if none did."""
        status = 0
        for entry in entries:
            if entry.strip().lstrip(":").removesuffix("()") in ("quit", "q", "exit"):
                break
            try:
                status = self._answer(entry) or status
            except KeyboardInterrupt:  # of an entry, or of what is said about it
                self.console.tell("interrupted")
            self.console.flush()
        return status

    def _answer(self, entry: str) -> int:
        """Answers an entry, or says what is wrong with it: the status."""
        try:
            self._enter(entry)
        except Exception as error:  # a session outlives everything that goes wrong in it
            failure = as_gradcli_error(error)
            self._explain(failure, entry)
            return failure.status
        return 0

    def _enter(self, entry: str) -> None:
        word = entry.strip().removesuffix("()")
        if word == "clear" and word not in self.session.names():
            if self.console.is_terminal:
                click.clear()
            return
        if word in self.own and word not in self.session.names():
            entry = f":{word}"
        if not entry.startswith(":"):
            self.session.enter(entry)
            return
        name, _, rest = entry[1:].strip().partition(" ")
        if name in self.own:
            self.own[name](rest.strip())
        elif name in _AS_TYPED:
            self.session.outside.command([name, *rest.split()])
        elif name in self.asked:
            self.session.command(name, rest)
        else:
            near = did_you_mean(name, [*self.own, *_AS_TYPED, *self.asked], ":")
            raise UsageError(f"there is no command :{name}", help=near or ":help lists them")

    def _explain(self, failure: GradcliError, entry: str) -> None:
        failure = self.piped.placed(failure) if self.piped else failure
        self.console.tell(coloured(render(failure), self.console))
        is_unread = isinstance(failure, (ParseError, ProgramNameError, ProgramTypeError))
        language = foreign(entry) if is_unread else None
        if language is not None:
            message = f"this looks like {language}; formulas are typed here"
            help_ = "`gradcli run FILE` runs a file of it; :help language"
            tell([Notice(message, help=help_)], self.console)

    def _save(self, path: str) -> None:
        self.session.save(path)
        self.console.tell(f"written to {path}")

    def _undo(self, _: str) -> None:
        entry = self.session.undo()
        first, *more = (entry or "").splitlines() or [""]
        taken = f"took back {first}{' …' if more else ''}"
        self.console.tell("nothing to take back" if entry is None else taken)

    def _clear(self, _: str) -> None:
        names = self.session.names()
        self.session.clear()
        told = f"forgot {', '.join(names)}; :undo brings them back"
        self.console.tell(told if names else "nothing to forget")

    def _vars(self, _: str) -> None:
        for name, value in self.session.listed():
            line = f"{name} = {value}" if name else value
            self.console.write(f"{self._shortened(line)}\n")

    def _shortened(self, line: str) -> str:
        """A line that a terminal holds: of a long array, the first numbers."""
        width = self.console.width
        if not self.console.is_terminal or len(line) <= width or not line.endswith("]"):
            return line
        return line[: width - 4].rpartition(",")[0] + ", …]"

    def _help(self, topic: str) -> None:
        if topic:
            self.session.outside.command(["help", topic])
            return
        width = HELP.index("gives") - 2
        own = "".join(f":{form:<{width}} {sentence}\n" for form, sentence in OWN.items())
        self.console.write(HELP + own)
