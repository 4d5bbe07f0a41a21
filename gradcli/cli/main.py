"""The entrance: finds the command, runs it, and turns what went wrong into words and a status."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from gradcli import __version__
from gradcli.data.console import Console
from gradcli.errors import GradcliError, InputError, UsageError, as_error
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERYDAY = "Everyday"
FILES = "Files"
FRAMEWORKS = "As in TF.js, TensorFlow, PyTorch and JAX"

COMMANDS = {
    "eval": ("evaluate", EVERYDAY, "The value of a program."),
    "grad": ("grads", EVERYDAY, "The gradient by its one input."),
    "grads": ("grads", EVERYDAY, "The gradients by all its inputs."),
    "check": ("check", EVERYDAY, "Checks a gradient against differences, and a claimed formula."),
    "run": ("run", EVERYDAY, "Runs a script: what it prints, then its result."),
    "functions": ("functions", EVERYDAY, "Every function, and all there is to know of one."),
    "batch": ("batch", FILES, "Many jobs from files: a line of JSON, a row, or a line each."),
    "map": ("map", FILES, "One program over the rows of a table."),
    "value-and-grad": ("grads", FRAMEWORKS, "Value and gradient by its one input."),
    "value-and-grads": ("grads", FRAMEWORKS, "Value and gradients by all its inputs."),
    "variable-grads": ("variables", FRAMEWORKS, "Value and gradients by trainable variables."),
    "gradients": ("gradients", FRAMEWORKS, "tf.gradients: lists of ys and xs, seeds, stops."),
    "tape": ("tape", FRAMEWORKS, "GradientTape: dz/dx, d2z/dxdy … of one recording."),
    "backward": ("backward", FRAMEWORKS, "PyTorch's backward: what the leaves' .grad become."),
    "derivative": ("derivative", FRAMEWORKS, "The n-th elementwise derivative."),
    "jacobian": ("matrices", FRAMEWORKS, "The derivative of each element by each."),
    "hessian": ("matrices", FRAMEWORKS, "The second derivatives of one number."),
    "jvp": ("products", FRAMEWORKS, "The Jacobian times a direction."),
    "vjp": ("products", FRAMEWORKS, "A seed times the Jacobian."),
    "hvp": ("products", FRAMEWORKS, "The Hessian times a direction."),
}
"""Each command: the module in `commands` that holds it, its place in the help, its sentence."""


class Group(click.Group):
    """All commands, each imported when it is called; the help shows them in groups."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        if name not in COMMANDS:
            return None
        module = import_module(f"gradcli.cli.commands.{COMMANDS[name][0]}")
        found: click.Command = getattr(module, name.replace("-", "_"))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments start with, or what was meant by its name."""
        name = args[0]
        if name not in COMMANDS:
            near = nearest(name, COMMANDS)
            help_ = f"did you mean '{near}'?" if near else "`gradcli --help` lists them"
            raise UsageError(f"there is no command '{name}'", help=help_)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by group, without importing them."""
        for section in dict.fromkeys(section for _, section, _ in COMMANDS.values()):
            rows = [(n, doc) for n, (_, group, doc) in COMMANDS.items() if group == section]
            with formatter.section(section):
                formatter.write_dl(rows)


EPILOG = """\b
Examples:
  gradcli grad "atan(x)" --x -4,-2,0,2,4
  gradcli grads "x*y" --x 1,2 --y=-1,-2
  seq -4 2 4 | gradcli grad "atan(x)" --x -
"""


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.version_option(__version__, message="gradcli %(version)s")
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
        return _fail(_as_error(error), args, console)
    return status if isinstance(status, int) else 0


def _invoked(args: Sequence[str], console: Console) -> Any:
    """What the command returns; click's own `main` would make a failure of a closed pipe."""
    if "_GRADCLI_COMPLETE" in os.environ:
        return cli.main(list(args), "gradcli", standalone_mode=False, obj=console)
    try:
        with cli.make_context("gradcli", list(args), obj=console) as ctx:
            return cli.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code


def _as_error(error: Exception) -> GradcliError:
    """Any exception as one of ours, those of click and of writing the answer, too."""
    if isinstance(error, GradcliError):
        return error
    if isinstance(error, click.UsageError):
        message = error.format_message().rstrip(".")
        return UsageError(message[:1].lower() + message[1:])
    if isinstance(error, OSError):
        return InputError(f"the answer cannot be written: {(error.strerror or str(error)).lower()}")
    return as_error(error, "this is a bug in gradcli; --debug shows where")


def _fail(error: GradcliError, args: Sequence[str], console: Console) -> int:
    if "--debug" in args:
        import traceback

        console.tell("".join(traceback.format_exception(error)).rstrip())
    if wants_json(args, console):
        from gradcli.data.json_text import json_text

        console.tell(json_text({"error": error.as_dict()}))
    else:
        console.tell(coloured(str(error), console))
    return error.status


def coloured(text: str, console: Console) -> str:
    """A message with its label, its carets and its help in colour, where there is colour."""
    if not console.stderr_colour:
        return text
    lines = text.split("\n")
    label, colon, rest = lines[0].partition(":")
    colour = "red" if label == "error" else "yellow"
    lines[0] = click.style(label + colon, fg=colour, bold=True) + click.style(rest, bold=True)
    for i, line in enumerate(lines[1:], 1):
        if line.strip(" │^") == "" and "^" in line:
            lines[i] = click.style(line, fg=colour, bold=True)
        elif line.startswith("  help:"):
            lines[i] = click.style("  help:", fg="cyan", bold=True) + line[7:]
    return "\n".join(lines)


def wants_json(args: Sequence[str], console: Console) -> bool:
    """Whether the answer was to be JSON, as far as the arguments tell."""
    wish = console.environ.get("GRADCLI_FORMAT", "")
    for arg, value in zip(args, [*args[1:], ""], strict=True):
        if arg == "--":
            break
        if arg in ("-o", "--format"):
            wish = value
        elif arg.startswith("--format="):
            wish = arg.partition("=")[2]
    return wish == "json"


def _close_quietly() -> None:
    """Nobody reads on: what is still buffered goes nowhere, without a complaint at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
