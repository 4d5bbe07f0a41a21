"""The entrance: finds the command, runs it, and turns what went wrong into words and a status."""

from __future__ import annotations

import os
import re
import sys
from contextlib import redirect_stdout, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli import commands
from gradcli.cli.messages import as_gradcli_error, complain
from gradcli.cli.options import command_of
from gradcli.cli.split import Helped, standard_option
from gradcli.data.console import Console
from gradcli.engine import question as registry
from gradcli.engine.collector import Paused
from gradcli.errors import GradcliError, UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.cli.split import Listed


class Group(Helped, click.Group):
    """All commands, each imported when it is called; the help shows them in groups."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return [row.name for row in every_command()]

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name: that of a question, or one with a file of its own."""
        record = registry.find(name)
        if record is not None:
            return command_of(record)
        if name in _own_names():
            return _own_command(name)
        record = registry.aliased(name)
        return None if record is None else command_of(record)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What stands before the command: gradcli itself has few options."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            help_ = "the command comes before its options: gradcli grad 'x^2' --x 3"
            raise UsageError(
                f"there is no command before {error.option_name}", help=help_
            ) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments start with, or what was meant by its name."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None:
            raise _unknown_command(args)
        return name, command, args[1:]

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by group."""
        for group, rows in listed_commands():
            with formatter.section(group):
                formatter.write_dl(rows)


_INSTEAD = {
    **dict.fromkeys("slope differentiate deriv derive d dx d/dx".split(), "did you mean 'grad'?"),
    **dict.fromkeys("symbolic simplify formula".split(), "`gradcli diff` gives formulas"),
    **dict.fromkeys("draw tree dot visualize visualise show".split(), "did you mean 'graph'?"),
    **dict.fromkeys("chart curve".split(), "did you mean 'plot'?"),
    **dict.fromkeys("calc calculate compute value print".split(), "did you mean 'eval'?"),
    **dict.fromkeys("apply csv table columns".split(), "did you mean 'map'?"),
    **dict.fromkeys("tangent directional jvps".split(), "did you mean 'jvp'?"),
    **dict.fromkeys("verify test gradcheck gradient-check".split(), "did you mean 'check'?"),
    **dict.fromkeys(
        "integrate integral".split(),
        "there are no integrals of formulas; of samples, gradcli eval 'trapezoid(y, x)'",
    ),
    **dict.fromkeys(
        "solve limit lim".split(), "`gradcli grad` gives the slope for Newton's method"
    ),
    **dict.fromkeys(
        "min max minimize maximize optimize".split(),
        "`gradcli value-and-grad` gives an optimizer what it needs",
    ),
    **dict.fromkeys("latex tex".split(), "formulas in LaTeX: gradcli diff PROGRAM --latex"),
    "syntax": "the page is `gradcli help language`",
}
"""What to say of commands that are known elsewhere, or would be guessed."""


def _unknown_command(args: Sequence[str]) -> UsageError:
    """A name that is no command: a slip, or a program without one."""
    name = args[0]
    near = nearest(name, [*registry.names(), *_own_names()])
    help_ = f"did you mean '{near}'?" if near else "`gradcli --help` lists them"
    help_ = _INSTEAD.get(name, help_)
    if name not in _INSTEAD and not re.fullmatch(r"-?\w[\w-]*", name):
        from shlex import join

        from gradcli.engine.elsewhere import line_here

        derivative = re.fullmatch(r"grad\((.*), \w+\)", line_here(name) or "")
        line = join([derivative[1], *args[1:]] if derivative else args)
        help_ = f"a command comes first: gradcli eval {line}, or gradcli grad {line}"
        if derivative:
            help_ = f"the derivative as a formula: gradcli diff {line}"
    return UsageError(f"there is no command '{name}'", help=help_)


class _Row:
    """A command in the list of commands."""

    def __init__(self, name: str, group: str, rank: int, sentence: str) -> None:
        self.name = name
        self.group = group
        self.rank = rank
        self.sentence = sentence


def every_command() -> list[_Row]:
    """All commands in the order of the help."""
    rows = [_Row(q.name, q.group, q.rank, q.sentence) for q in registry.every()]
    for name in _own_names():
        command = _own_command(name)
        rows.append(_Row(name, command.group, command.rank, command.get_short_help_str(200)))
    return sorted(rows, key=lambda row: (registry.GROUPS.index(row.group), row.rank, row.name))


def listed_commands() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each group of commands with their names and sentences, in the order of the help."""
    rows = every_command()
    return [
        (group, [(row.name, row.sentence) for row in rows if row.group == group])
        for group in registry.GROUPS
    ]


def _own_names() -> list[str]:
    """The commands that are no questions: each has a file of its own."""
    return registry.modules_in(commands)


def _own_command(name: str) -> Listed:
    with Paused():
        command: Listed = getattr(import_module(f"{commands.__name__}.{name}"), name)
    return command


def _show_version(ctx: click.Context, _param: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        ctx.invoke(_own_command("version"))
        ctx.exit()


EPILOG = """\b
Examples:
  gradcli grad "atan(x)" --x -4,-2,0,2,4
  gradcli grads "x*y" --x 1,2 --y=-1,-2
  seq -4 2 4 | gradcli grad "atan(x)" --x -
"""


@click.group(
    cls=Group,
    params=[standard_option(("-V", "--version"), "Show the version and exit.", _show_version)],
    epilog=EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Values and gradients of formulas and small programs.

    Every name that a program uses before giving it a value is an input, and an option of its own
    name: --x 1,2 or --x "linspace(0, 1, 5)" or --x @file.npy or --x - for standard input.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(args: Sequence[str], console: Console | None = None) -> int:
    """Runs a command line and returns its exit status; nothing is raised."""
    console = console or Console.system()
    console.arguments = args
    try:
        with redirect_stdout(console.stdout):
            status = _invoked(args, console)
        console.flush()
    except BrokenPipeError:
        _close_quietly()
        return 0
    except KeyboardInterrupt:
        return 130
    except click.exceptions.Abort:
        return 130
    except Exception as error:  # the last resort: every error becomes words and a status
        return _fail(as_gradcli_error(error), console)
    return status if isinstance(status, int) else 0


def _invoked(args: Sequence[str], console: Console) -> Any:
    """What the command returns; click's own `main` would make a failure of a closed pipe."""
    if args[-1:] == ["--version"] or (args[-1:] == ["-V"] and "--V" not in args):
        args = ["version"]
    if commands.COMPLETE in os.environ:
        from gradcli.cli.completion import add_shells

        add_shells()
        with suppress(UsageError):  # a line that is wrong is told of when it is run
            return cli.main(list(args), "gradcli", standalone_mode=False, obj=console)
        return 0
    try:
        with cli.make_context("gradcli", list(args), obj=console) as ctx:
            return cli.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code


def _fail(error: GradcliError, console: Console) -> int:
    if "--debug" in console.arguments:
        import traceback

        console.tell("".join(traceback.format_exception(error)).rstrip())
    complain(error, console)
    return error.status


def _close_quietly() -> None:
    """Nobody reads on: what is still buffered goes nowhere, without a complaint at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
