"""Reads arguments from left to right: which are gradcli's options, which are variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from gradcli.engine.settings import canonical
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from click.shell_completion import CompletionItem

VARIABLES = "gradcli.variables"
"""Under this key a context keeps the variables of its command line: pairs of name and text."""

POSITIONAL = "gradcli.positional"
"""Under this key that of a line which is not typed to its end keeps what is no option."""


class OptionalValue(click.Option):
    """An option whose value may be left out; what fits `pattern` as a whole is its value."""

    def __init__(self, *args: Any, pattern: str, absent: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pattern = pattern
        self.absent = absent


class Helped(click.Command):
    """A command that takes `-h` and `--help`.

    Click's own option is the same in the reader's language, whose catalogs it looks for at each
    start.
    """

    def get_help_option(self, _ctx: click.Context) -> click.Option:
        """One for all commands."""
        return _HELP


def _show_help(ctx: click.Context, _param: click.Parameter, is_asked: bool) -> None:
    if is_asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def standard_option(
    names: Sequence[str], sentence: str, callback: Callable[..., None]
) -> click.Option:
    """A flag that answers at once, whatever else the line says."""
    return click.Option(
        names, is_flag=True, is_eager=True, expose_value=False, help=sentence, callback=callback
    )


_HELP = standard_option(("shown_help", "-h", "--help"), "Show this message and exit.", _show_help)


class Listed(Helped):
    """A command that says where it stands in the help: in which group, at which rank there.

    `examples` are command lines without `gradcli`.
    """

    def __init__(
        self, *args: Any, group: str, rank: int, examples: Sequence[str] = (), **more: Any
    ) -> None:
        if examples:
            more["epilog"] = "\n".join(["\b", "Examples:", *(f"  gradcli {x}" for x in examples)])
        super().__init__(*args, **more)
        self.group = group
        self.rank = rank


class Command(Listed):
    """A command whose unknown options are variables of the program, of ranges if it `takes_range`.

    `--NAME VALUE` takes the next argument whatever it looks like, unless that is an option itself;
    everything that is no option is positional, in any order with options.
    """

    def __init__(
        self,
        *args: Any,
        options_metavar: str = "[--VARIABLE VALUE]... [OPTIONS]",
        takes_range: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*args, options_metavar=options_metavar, **more)
        self.takes_range = takes_range

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sorts the arguments and leaves the rest to click."""
        params = self.get_params(ctx)
        if ctx.resilient_parsing:
            return self._parse_half(ctx, args)
        options, variables, positional = split(args, params)
        ctx.meta[VARIABLES] = variables
        _refuse_surplus(positional, params, variables, self.takes_range)
        return super().parse_args(ctx, [*options, "--", *positional])

    def _parse_half(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sorts the arguments of a line that is not typed to its end; nothing is wrong yet."""
        try:
            _, variables, positional = split(args, self.get_params(ctx))
        except UsageError:  # the last one lacks its value
            _, variables, positional = split(args[:-1], self.get_params(ctx))
        ctx.meta[VARIABLES] = variables
        ctx.meta[POSITIONAL] = positional
        return super().parse_args(ctx, ["--", *positional])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Options, the program's variables among them, and files behind `@`."""
        from gradcli.cli.completion import files, variables

        own = [*super().shell_complete(ctx, incomplete), *files(incomplete)]
        positional = ctx.meta.get(POSITIONAL)
        return [*variables(positional[0], incomplete), *own] if positional else own


def long_names(params: Sequence[click.Parameter]) -> list[str]:
    """The names of gradcli's own options that a variable could have, too."""
    return [name[2:] for p in params for name in p.opts if name.startswith("--")]


def _refuse_surplus(
    positional: list[str],
    params: Sequence[click.Parameter],
    variables: Sequence[tuple[str, str | None]],
    takes_range: bool,
) -> None:
    """Refuses arguments that there is no place for."""
    places = [p.nargs for p in params if isinstance(p, click.Argument)]
    if -1 in places or len(positional) <= sum(places):
        return
    surplus, program = positional[sum(places) :], positional[0]
    help_ = _no_option(program)
    if help_ is None and takes_range:
        help_ = _range(surplus, program, variables)
    help_ = help_ or _several(surplus, variables) or assignments(surplus) or _two_words(surplus)
    help_ = help_ or _unnamed(surplus[0], program, [*long_names(params), "help"])
    help_ = help_ or _way_out(surplus[0], variables, program)
    raise UsageError(f"there is no place for the argument '{surplus[0]}'", help=help_)


def _no_option(program: str) -> str | None:
    """What to say of the `-v` that stands where the program does."""
    is_letter = re.fullmatch(r"-[^\W\d]", program)
    return f"{program} is no option, so it is read as the program" if is_letter else None


def _unnamed(surplus: str, program: str, own: Collection[str]) -> str | None:
    """What to write for a `3` that stands by itself, maybe for a variable named like an option."""
    if not _is_numbers(surplus):
        return None
    name = _variable(program)
    return f"a value has a name: --{f'set {name}=' if name in own else f'{name} '}{surplus}"


_ASSIGNS = r"([^\W\d]\w*)\s*=\s*([^=\s].*)"
"""`x=3`, which is meant as an option."""


def assignments(words: Iterable[str]) -> str | None:
    """What to write for `x=3 y=4`."""
    assigned: list[tuple[str, str]] = []
    for word in words:
        found = re.fullmatch(_ASSIGNS, word.rstrip(",;"))
        are_several = word.startswith("{") or "=" in word.partition(",")[2]
        several = re.findall(_PAIRS, word) if are_several else []
        assigned += several or ([(found[1], found[2])] if found else [])
    if not assigned:
        return None
    from shlex import quote

    return "write " + " ".join(f"--{name} {quote(value)}" for name, value in assigned)


_PAIRS = r"[\"']?\b([^\W\d]\w*)[\"']?\s*[:=]\s*(\[[^\[\]]*\]|[-+\w.]+)"
"""`x=2,y=3` and `{"x": 2, "y": [3, 4]}`."""


def _range(
    surplus: list[str], program: str, variables: Sequence[tuple[str, str | None]]
) -> str | None:
    """What to write for `-5 5`, `-5:5`, `[-5, 5]`, `t=0..10`, and for `--x -5 5`."""
    name, first = variables[-1] if variables else (_variable(program), None)
    words = " ".join([first or "", *surplus])
    if (assigned := re.fullmatch(_ASSIGNS, words.strip())) is not None:
        name, words = assigned[1], assigned[2]
    ends = [*filter(None, re.split(r"[\[\](),:\s]+|\.\.|\b(?:from|to)\b", words))]
    if len(ends) != 2 or not all(re.fullmatch(r"[-+]?[\w.*/]+", end) for end in ends):
        return None
    return f"a range has a name and a colon: --{name} {ends[0]}:{ends[1]}"


def _variable(program: str) -> str:
    """The first variable of a program, or x."""
    from gradcli.cli.completion import variables

    return next((item.value[2:] for item in variables(program, "--")), "x")


def _several(surplus: list[str], variables: Sequence[tuple[str, str | None]]) -> str | None:
    """What to write for `--x 1 2 3`, and for `--x 1, 2 --y 3`."""
    begun = [pair for pair in variables if pair[1] and pair[1].endswith(",")]
    name, first = begun[-1] if begun else variables[-1] if variables else ("", None)
    numbers = [number.strip(",") for number in (first or "", *surplus)]
    is_list = all(re.fullmatch(r"[-+]?(?:\d+\.?|\.\d)\d*", number) for number in numbers)
    return f"several numbers are one value: --{name} {','.join(numbers)}" if is_list else None


def _two_words(surplus: list[str]) -> str | None:
    """What to write for `-x 3`, `x 3` and `wrt x`, which are two arguments."""
    first, second, *_ = [*surplus, "", ""]
    if re.fullmatch(r"w\.?r\.?t\.?|by", first) and second:
        return f"what to differentiate by is written --wrt {second}"
    name = first not in ("-f", "-n") and re.fullmatch(r"-?([^\W\d])", first)
    is_meant = name and _is_numbers(second)
    return f"a variable has two dashes: --{name[1]} {second}" if name and is_meant else None


def _is_numbers(text: str) -> bool:
    """Whether a text is a number, or several with commas."""
    return re.fullmatch(r"[-+]?[.\d][-+.,\de]*", text) is not None


def _way_out(surplus: str, variables: Sequence[tuple[str, str | None]], program: str) -> str:
    """What was probably meant by an argument that there is no place for."""
    valueless = next((name for name, text in variables if text is None), None)
    if valueless is not None:
        return f"--{valueless} is no option of this command, and has no value"
    if surplus.startswith("@"):
        return f"values of a file have a name: --{_variable(program)} {surplus}"
    if surplus in (",", ";", "and", "&"):
        return f"options stand apart by blanks: leave the `{surplus}` out"
    if surplus == "-f":
        return "a format is written -o json; a variable has two dashes: --f VALUE"
    if surplus == "-n":
        return "an order is written --order 2; a variable has two dashes: --n VALUE"
    by = re.fullmatch(r"(?:(?:w\.?r\.?t\.?|by) )?d?([^\W\d])", surplus)
    if by is not None:
        return f"what to differentiate by is written --wrt {by[1]}"
    name = re.match(r"-[^\W\d](?=$|[ =:])", surplus)
    if name is not None and name[0] != "-o":
        value = surplus[name.end() :].strip(" =:") or "VALUE"
        return f"a variable has two dashes: -{name[0]} {value}"
    if surplus.startswith("-") and len(surplus) > 2 and surplus[1].isalpha():
        return f"a short option stands by itself: {surplus[:2]} {surplus[2:].lstrip('=')}"
    if surplus.startswith("--"):
        return "an option is --NAME, and a name starts with a letter"
    return 'a program that has blanks stands in quotes: "x + y"'


def split(
    args: Sequence[str], params: Sequence[click.Parameter]
) -> tuple[list[str], list[tuple[str, str | None]], list[str]]:
    """Options as click takes them, variables with their texts (None: missing), and the rest."""
    known = {name: p for p in params if isinstance(p, click.Option) for name in p.opts}
    options: list[str] = []
    variables: list[tuple[str, str | None]] = []
    positional: list[str] = []
    waiting = list(reversed(args))
    while waiting:
        arg = waiting.pop()
        if arg == "--":
            positional.extend(reversed(waiting))
            break
        name, equals, value = arg.partition("=")
        if not is_option(arg, known):
            positional.append(arg)
        elif name in known:
            options += _own(known[name], name, value if equals else None, waiting)
        else:
            text = value if equals else _next(waiting, known)
            variables.append((canonical(name[2:]), text))
    return options, variables, positional


def is_option(arg: str, known: Any = ()) -> bool:
    """Whether an argument is `--NAME`, `--NAME=VALUE`, or one of the short options as a whole."""
    if arg.startswith("--"):
        return len(arg) > 2 and (arg[2].isalpha() or arg[2] == "_")
    return arg in known


def _next(waiting: list[str], known: Any = ()) -> str | None:
    """The next argument as a value, unless it is an option itself."""
    if not waiting or waiting[-1] == "--" or is_option(waiting[-1], known):
        return None
    return waiting.pop()


def _own(option: click.Option, name: str, value: str | None, waiting: list[str]) -> list[str]:
    """One of gradcli's own options, with its value.

    A short one goes by its long name: click would first make an error of it, which looks for words
    in the user's language, and takes a sixtieth of a start.
    """
    written = next((x for x in (name, *option.opts) if x.startswith("--")), name)
    if option.is_flag:
        if value is not None:
            raise UsageError(f"{name} takes no value")
        return [written]
    if value is None and isinstance(option, OptionalValue):
        fits = waiting and re.fullmatch(option.pattern, waiting[-1])
        value = waiting.pop() if fits else option.absent
    elif value is None:
        value = _next(waiting)
    if value is None:
        raise UsageError(f"{name} needs a value", help=f"{name} {option.metavar or 'VALUE'}")
    return [f"{written}={value}"] if written.startswith("--") else [name, value]
