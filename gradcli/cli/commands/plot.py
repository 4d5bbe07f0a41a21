"""`gradcli plot`: a program and its derivatives over a range, in the terminal or as a file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Given, Values, pairs, valueless
from gradcli.cli.kinds import Whole
from gradcli.cli.messages import tell
from gradcli.cli.options import (
    DEBUG,
    INPUT,
    PRECISION,
    QUIET,
    offered_files,
    output_of,
    program_argument,
    program_of,
    settings_of,
    with_options,
)
from gradcli.cli.patience import within_limits
from gradcli.cli.split import Command
from gradcli.data.writer import write, write_file
from gradcli.engine.plotting import settings as curves
from gradcli.engine.plotting.api import HIGHEST, file_of
from gradcli.engine.plotting.pictures import picture_of
from gradcli.engine.plotting.points import points_in
from gradcli.engine.plotting.ranges import axis, is_range
from gradcli.engine.plotting.report import report_of
from gradcli.engine.question import EVERYDAY
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.data.console import Console
    from gradcli.data.writer import Output
    from gradcli.engine.program import Text
    from gradcli.render.picture import Axis, Picture

KINDS = ("png", "svg", "pdf")
PICTURES = ("plain", "table")
"""Formats that mean the picture itself."""

TABLES = ("json", "jsonl", "csv", "tsv")
PIPE = (80, 24)
"""Columns and lines of a picture that goes into a pipe or a file."""

EXAMPLES = ('plot "atan(x)" --x -4:4', 'plot "sin(a*x)" --x -pi:pi --over a=1,2 --save waves.svg')


@click.command(
    "plot",
    cls=Command,
    takes_range=True,
    group=EVERYDAY,
    rank=9,
    examples=EXAMPLES,
    options_metavar="--VARIABLE LO:HI [--VARIABLE VALUE]... [OPTIONS]",
)
@with_options(program_argument())
@click.option(
    "--order",
    type=Whole(0, HIGHEST),
    default=1,
    metavar="N",
    help="The highest derivative that is drawn (default: 1).",
)
@click.option(
    "--over",
    multiple=True,
    metavar="NAME=VALUES",
    help="A curve for each of these values; so does a variable that is given several times.",
)
@click.option(
    "--data",
    metavar="FILE",
    shell_complete=offered_files,
    help="Points with it, from any table that map reads: columns of the variable and of y.",
)
@click.option(
    "--save",
    metavar="FILE",
    help="A picture in a file: .png, .svg or .pdf.",
    shell_complete=offered_files,
)
@click.option(
    "-o",
    "what",
    metavar="WHAT",
    help="The points: json, csv, tsv, or such a file; or a picture's file.",
)
@with_options(PRECISION, *INPUT, QUIET, DEBUG)
@click.pass_context
def plot(ctx: click.Context, /, **options: Any) -> None:
    """PROGRAM and its derivative over the range of a variable, or contours over two ranges.

    Where the curve has a pole or a jump it is not joined; kinks and other places without a
    derivative are marked and told below; where it is too fine to follow there is a band. On a
    terminal the picture fills it, in colour; in a pipe it has 80 columns. It opens no window.
    """
    console: Console = ctx.obj
    if options["save"] is None and _extension(options["what"] or "") in KINDS:
        options["save"], options["what"] = options["what"], None
    kind = _kind(options["save"])
    output = output_of({**options, "format_": None, "output": None, "everything": True}, console)
    if output.format not in (*PICTURES, *TABLES):
        raise UsageError(f"plot does not answer in {output.format}", help=", ".join(TABLES))
    with within_limits(options, console):
        text = program_of(ctx, options, console)
        picture = _Asked(ctx, options, console).picture(text)
        if kind is not None:
            write_file(options["save"], file_of(picture, kind))
        if kind is None or options["what"] is not None:
            _show(picture, output, console)


for _option in plot.params:
    if isinstance(_option, click.Option):
        _option.hidden = _option.hidden or _option.name == "dtype"  # pictures are of float64


def _kind(path: str | None) -> str | None:
    """The kind of picture that a file's name asks for."""
    if path is None:
        return None
    kind = _extension(path)
    if kind not in KINDS:
        stem = os.path.splitext(path)[0].rstrip("./") or "plot"
        raise UsageError(f"--save writes png, svg or pdf, not '{path}'", help=f"--save {stem}.png")
    return kind


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower().removeprefix(".")


def _show(picture: Picture, output: Output, console: Console) -> None:
    """The points in a format, or the picture in characters."""
    if output.format in TABLES:
        write(report_of(picture), output, console)
        return
    from gradcli.render.terminal_plot import Screen, in_characters

    to_screen = console.is_terminal and output.path is None
    width, height = (console.width, min(console.height - 1, 40)) if to_screen else PIPE
    screen = Screen(width, height, console.unicode, console.colour and to_screen)
    drawn = in_characters(picture, screen)
    if output.path is None:
        console.write(drawn)
    else:
        write_file(output.path, drawn.encode())


_ENDS = (
    ("from", "to"),
    ("min", "max"),
    ("xmin", "xmax"),
    ("start", "stop"),
    ("start", "end"),
    ("lo", "hi"),
    ("low", "high"),
)
_RANGES = ("range", "xrange", "xlim", "domain", "interval", "over")
"""Options that would be guessed for the ends of a range, and for a range."""


class _Asked:
    """What a command line gives: ranges, values, and names with several values."""

    def __init__(self, ctx: click.Context, options: dict[str, Any], console: Console) -> None:
        self.options = options
        self.console = console
        self.how = settings_of(options, console)
        if self.how.dtype != "float64":
            raise UsageError("pictures are computed in float64", help="leave --dtype out")
        self.read = Values(console, self.how)
        self.given = Given(ctx, options["set"], options["inputs"], {})
        self.over = dict(pairs(options["over"], "over", "a=1,2,3"))
        self.texts: dict[str, list[str]] = {}
        for name, typed in [*self.given.own, *self.given.chosen]:
            if typed is None:
                raise valueless(name)
            self.texts.setdefault(name, []).append(typed)
        for name in self.over:
            if name in self.texts:
                raise InputError(f"'{name}' is given twice", help=f"by --{name} and by --over")

    def picture(self, text: Text) -> Picture:
        """The picture of a program."""
        axes = self._axes(text)
        values, several = self._values(text, axes)
        data = self.options["data"]
        points = None
        if data is not None:
            if len(axes) > 1:
                raise UsageError("--data is drawn with curves, and two ranges give contours")
            points = points_in(data.removeprefix("@"), axes[0], self.console.stdin)
        settings = curves.settings_of(values, several)
        return picture_of(
            text, axes, settings, self.how, order=self.options["order"], points=points
        )

    def _axes(self, text: Text) -> list[Axis]:
        """The ranges, each of a variable of its own."""
        axes = []
        inputs = text.names({*self.texts, *self.over}).inputs
        self._refuse_nameless(inputs)
        for name, typed in self.texts.items():
            if not any(map(is_range, typed)):
                continue
            if len(typed) > 1:
                raise InputError(f"'{name}' is given twice", help="a range is given once")
            axes.append(axis(name, typed[0], self._end(name), f"--{name}"))
        several = [*self.over, *(name for name, typed in self.texts.items() if len(typed) > 1)]
        without = next((name for name in inputs if name not in several), "")
        curves.refuse_axes(axes, several, without, self._range)
        return axes

    def _refuse_nameless(self, inputs: Mapping[str, Any]) -> None:
        """Refuses `--range -5:5`, which is no variable's."""
        name = next((name for name in self.texts if name in _RANGES and name not in inputs), None)
        if name is not None and inputs:
            variable = next(iter(inputs))
            raise UsageError(f"there is no option --{name}", help=self._range(variable))

    def _range(self, name: str) -> str:
        """How a range is given, for one that is typed as `-5,5`, `-5..5` or `[-5, 5]`, too."""
        for first, last in _ENDS:
            if first in self.texts and last in self.texts:
                return f"--{name} {self.texts[first][0]}:{self.texts[last][0]}"
        typed = next((self.texts[word][0] for word in (name, *_RANGES) if word in self.texts), "")
        ends = re.fullmatch(r"[\[(]?\s*([^,]+?)\s*(?:,|:|\.\.|\bto\b|…)\s*([^,]+?)\s*[\])]?", typed)
        return f"--{name} {ends[1]}:{ends[2]}" if ends else f"--{name} -4:4"

    def _end(self, name: str) -> Any:
        return lambda typed: self.read(name, typed)

    def _values(self, text: Text, axes: list[Axis]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values of names without a range, and all those of names that have several."""
        named = {axis.name for axis in axes}
        first = [(name, "0" if name in named else typed[0]) for name, typed in self.texts.items()]
        self.given.own = [*first, *((name, "0") for name in self.over)]
        self.given.chosen = []
        values, _, notices = self.given.read(text, self.read)
        several = self._several()
        if not self.options["quiet"]:
            tell([*notices, *self.read.rounded], self.console)
        return {n: v for n, v in values.items() if n not in named and n not in several}, several

    def _several(self) -> dict[str, list[Any]]:
        """The values of names that have several, each of which makes a curve."""
        several = {
            name: [self.read(name, item) for item in typed]
            for name, typed in self.texts.items()
            if len(typed) > 1
        }
        return several | {name: list(self._items(name, typed)) for name, typed in self.over.items()}

    def _items(self, name: str, typed: str) -> Any:
        """The values of `--over`, each of which makes a curve."""
        items = self.read(name, typed, f"--over {name}")
        return items if items.ndim else [items]
