"""The values that a command line gives to a program's variables.

What is wrong is told in this order: the form of options, the program, what variables are given.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.cli.split import VARIABLES, assignments, long_names
from gradcli.data.files import is_reference, read_inputs, read_value, split_reference
from gradcli.engine.program import check_values, unknown_variable
from gradcli.engine.rounding import as_floats, in_value
from gradcli.engine.settings import canonical, is_name
from gradcli.engine.values import in_groups, typed_value
from gradcli.errors import (
    GradcliError,
    InputError,
    Notice,
    ParseError,
    ProgramNameError,
    UsageError,
)
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import click

    from gradcli.data.console import Console
    from gradcli.engine.program import Text
    from gradcli.engine.settings import Settings

    Texts = list[tuple[str, str | None]]


_LONGEST = 60
"""Characters of a program that a help shows."""

_RATIO = r"[d∂](?:\^?[2²])?\w*\s*/\s*[d∂]\w+(?:\^?[2²])?"
"""`dy/dx` as a whole program."""


class Values:
    """Reads values: what is typed, what a file holds, what standard input brings.

    `files` are the paths of those that were read, `rounded` tells of whole numbers that float64
    does not hold.
    """

    def __init__(self, console: Console, settings: Settings) -> None:
        self.console = console
        self.files: list[str] = []
        self._most = settings.max_elements
        self.rounded: dict[Notice, None] = {}
        self.typed = partial(
            typed_value,
            dtype=settings.dtype,
            max_steps=settings.max_steps,
            max_elements=settings.max_elements,
        )

    def __call__(self, name: str, text: str, option: str = "") -> Any:
        """The array of a value's text; `option` is how messages cite it."""
        if is_reference(text):
            self.files.append(split_reference(text)[0])
            return self._floats(name, read_value(text, name, self.console.stdin, self._most))
        option = option or f"--{name}"
        self.rounded |= dict.fromkeys(in_value(text, option))
        return self.typed(text, option)

    def inputs(self, file: str | None, wanted: Collection[str] | None = None) -> dict[str, Any]:
        """The arrays by name in the file of `--inputs`, all or those that are wanted."""
        if file is None:
            return {}
        if file.startswith("{"):
            raise UsageError("--inputs takes the name of a file", help=assignments([file]))
        path = file.removeprefix("@")
        self.files.append(path)
        arrays = read_inputs(path, self.console.stdin, wanted, self._most)
        return {name: self._floats(name, array) for name, array in arrays.items()}

    def _floats(self, name: str, array: Any) -> Any:
        """An array of a file; whole numbers that are rounded are told of."""
        floats, rounded = as_floats(name, array)
        self.rounded |= dict.fromkeys(rounded)
        return floats

    def named(self, texts: Sequence[str], option: str) -> Any:
        """`NAME=VALUE` of each by name; of one without a name, the value alone; None for none."""
        if not texts:
            return None
        if len(texts) == 1 and "=" not in texts[0]:
            return self(option, texts[0])
        by_name = once(pairs(texts, option), option)
        return {name: self(name, text, f"--{option} {name}") for name, text in by_name.items()}


class Given:
    """What a command line gives to variables, as texts.

    `own` are those from options of their names (None: the value is missing), `chosen` those from
    `--set`, `groups` those of `--var`, `--const` and `--frozen`, `inputs` the file of `--inputs`;
    `formula` is a program whose derivative is asked for, which needs no values as a formula.
    """

    def __init__(
        self,
        ctx: click.Context,
        chosen: Sequence[str],
        inputs: str | None,
        groups: Mapping[str, Sequence[str]],
    ) -> None:
        self.own: Texts = list(ctx.meta[VARIABLES])
        self.chosen = pairs(chosen, "set")
        self.groups = {kind: pairs(texts, kind) for kind, texts in groups.items()}
        self.inputs = inputs
        self.known = long_names(ctx.command.params)
        self.formula = ""

    def every(self) -> Texts:
        """All names with their texts."""
        grouped = [pair for group in self.groups.values() for pair in group]
        return [*self.own, *self.chosen, *grouped]

    def option(self, name: str) -> str:
        """How a value is given to a name: an option of gradcli's may have taken it."""
        return f"--set {name}=VALUE" if name in self.known else f"--{name} VALUE"

    def way(self, name: str) -> str:
        """The way out where a value is missing."""
        formula = ""
        if self.formula and not self.every() and len(self.formula) <= _LONGEST:
            from shlex import quote

            formula = f"; for the formula, gradcli diff {quote(self.formula)}"
        return f"add {self.option(name)}{formula}"

    def read(
        self, text: Text, read: Values, *, whole: bool = True
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]], list[Notice]]:
        """The values by name, those of each group, and warnings about what is not used.

        Every input must have a value, unless they need not be `whole`.
        """
        named = {name for name, _ in self.every()}
        names = text.names(named)
        notices = self._check(text, names, read)
        from_file = read.inputs(self.inputs, sorted(text.words() - named))
        names = text.names(named.union(from_file))
        given = {name: array for name, array in from_file.items() if name in names.inputs}
        used = [name for name in [*named, *given] if name in names.inputs]
        if whole:
            check_values(text, names, used, self.way)
        plain = [*self.own, *self.chosen]
        given |= {n: read(n, typed) for n, typed in plain if typed is not None and n in used}
        notices += [notice for n, typed in plain if typed for notice in in_groups(f"--{n} ", typed)]
        groups = {
            kind: {name: read(name, typed, f"--{kind} {name}") for name, typed in group}
            for kind, group in self.groups.items()
        }
        return given, groups, notices

    def _check(self, text: Text, names: Any, read: Values) -> list[Notice]:
        """Every name is a variable of the program, has a value, and has it once."""
        notices = []
        for name, _ in self.own:
            if name not in names.inputs:
                raise self._unknown(name, text, names, read)
        for name, _ in self.chosen:
            if name not in names.inputs and name not in self.known:
                raise unknown_variable(name, names)
            if name not in names.inputs:
                notices.append(Notice(f"the program has no variable '{name}'"))
        for name in [name for group in self.groups.values() for name, _ in group]:
            if name not in names.inputs:
                raise unknown_variable(name, names)
        for name, typed in self.own:
            if typed is None:
                raise valueless(name)
        once(self.every())
        return notices

    def helped(self, error: GradcliError, read: Values) -> GradcliError:
        """The error of a program, with the line to write for what is written so elsewhere."""
        from gradcli.engine.elsewhere import advice, line_here

        ranks, names = self._ranks(read), [name for name, _ in self.every()]
        unsure = re.search(r"where (\w+) is a matrix$", error.help or "")
        if error.span is None or (unsure is not None and unsure[1] not in ranks):
            return error
        line = line_here(error.span.source.text, names, ranks=ranks)
        told = error.help or ""
        if line is None or line in told or not told or told.startswith(("write ", "add ")):
            return error.advised(advice(line))
        is_whole = isinstance(error, (ParseError, ProgramNameError))
        return error.advised(advice(line) if is_whole else f"write `{line}`; {told}")

    def without_name(self, error: InputError, program: str, wrt: str) -> InputError:
        """The error of `--wrt x` for `ax^2 + bx`, whose names may be products."""
        from gradcli.engine.elsewhere import line_here

        named = [name.strip() for name in wrt.split(",")]
        letters = {*re.findall(r"[^\W\d_]", program), *named}
        line = line_here(program, letters, with_=named[0])
        return error.advised(line and f"write `{line}`; as it stands, {error.help}")

    def _ranks(self, read: Values) -> dict[str, int]:
        """How many axes the values have, of those for which that can be told."""
        ranks: dict[str, int] = {}
        for name, typed in self.every():
            if typed is not None and typed not in ("-", "@-"):
                with suppress(GradcliError):
                    ranks[name] = read(name, typed).ndim
        return ranks

    def _unknown(self, name: str, text: Text, names: Any, read: Values) -> UsageError:
        """The error for an option that is neither gradcli's nor a variable's."""
        from gradcli.engine.elsewhere import line_here, uncalled

        near = near_option(name, [*names.inputs, *self.known])
        listed = ", ".join(f"--{n}" for n in names.inputs)
        lead = f"did you mean --{near}? " if near else ""
        variables = f"variables: {listed}" if listed else "the program has no variables"
        given = [named for named, _ in self.every()]
        line = line_here(text.source.text, given, with_=name, ranks=self._ranks(read))
        if line is not None:
            lead = ""
            variables = f"write `{line}`{listed and f'; as it stands, the variables are {listed}'}"
        elif (called := uncalled(text.source.text, names.inputs)) and near is None:
            variables = f"'{called}' is a function: write {called}({name})"
        elif text.ends_with:
            variables = f"the program ends with a definition: add `; {text.ends_with}({name})`"
        elif re.fullmatch(_RATIO, text.source.text.strip()):
            variables = f'give the formula of what is differentiated: "x^2" --{name} VALUE'
        elif pairs_ := assignments([dict(self.own).get(name) or ""]):
            variables = pairs_
        elif ":" in name:
            variables = f"write --{' '.join(name.split(':', 1))}"
        elif name == "o":
            variables = "a format or a file is written -o WHAT"
        elif name in ("at", "point", "value") and len(names.inputs) == 1:
            variables = f"write {listed} VALUE"
        return UsageError(
            f"--{name} is neither an option nor a variable of the program", help=lead + variables
        )


def valueless(name: str) -> InputError:
    """The error of an option of a variable behind which no value stands."""
    return InputError(f"--{name} needs a value", help=f"--{name} 1,2")


def pairs(texts: Iterable[str], option: str, example: str = "x=1,2") -> list[tuple[str, str]]:
    """`NAME=VALUE` taken apart."""
    named = []
    for text in texts:
        name, equals, value = text.partition("=")
        name = canonical(name.strip())
        if re.search(r",\s*[^\W\d]\w*=(?!=)|;\s*[^\W\d]\w*\s*=(?!=)[^;]*$", value):
            parts = re.split(r"[,;]\s*(?=[^\W\d]\w*\s*=)", text)
            each = " ".join(f"--{option} {_quoted(part)}" for part in parts)
            raise UsageError(f"--{option} takes one NAME=VALUE", help=each)
        if not equals or not name or not is_name(name):
            message = f"--{option} takes NAME=VALUE, not '{text}'"
            raise UsageError(message, help=f"--{option} {_named(text, example)}")
        named.append((name, value))
    return named


def _named(text: str, example: str) -> str:
    """`2x` or `df/dx = 2x` as a pair, the name of the example where the text has none."""
    if is_name(text.strip()):
        return example
    before, _, value = text.rpartition("=" if "=" in text else ":")
    name = re.search(r"[d∂]\w*\s*/\s*[d∂](\w+)|\((\w+)\)|^\s*(\w+)\s*$", before)
    words = name.groups() if name else ()
    meant = next((word for word in words if word and is_name(word)), example.partition("=")[0])
    named = f"{meant}="
    return named + _quoted(value.strip())


def _quoted(text: str) -> str:
    """A text as a help shows it on the command line."""
    return text if re.fullmatch(r"[\w.,=^*/-]+", text) else f'"{text}"'


def once(given: Iterable[tuple[str, Any]], option: str = "") -> dict[str, Any]:
    """The pairs as a dict; a name given twice is a mistake."""
    seen: dict[str, Any] = {}
    for name, text in given:
        if name in seen:
            where = f" by --{option}" if option else ""
            raise InputError(f"'{name}' is given twice{where}", help="leave one of the two out")
        seen[name] = text
    return seen


def names_in(text: str | None, option: str = "wrt") -> list[str] | None:
    """`x,y` as names."""
    if text is None:
        return None
    names = [canonical(name.strip()) for name in text.split(",")]
    for name in names:
        if not name or not is_name(name):
            what = f"'{name}' is not one" if name else "one is missing"
            raise UsageError(f"--{option} takes names, and {what}", help=f"--{option} x,y")
    return names


_OPTIONS_INSTEAD = {
    **dict.fromkeys("json jsonl csv tsv npy npz table plain".split(), "what"),
    **dict.fromkeys("n nth times degree".split(), "order"),
    **dict.fromkeys("v direction".split(), "tangent"),
    **dict.fromkeys("u seed cotangent upstream grad-output".split(), "dy"),
    **dict.fromkeys("data input file".split(), "inputs"),
    **dict.fromkeys("variables by respect-to grad gradient d".split(), "wrt"),
    **dict.fromkeys("digits decimals places round".split(), "precision"),
    **dict.fromkeys("out save".split(), "output"),
    **dict.fromkeys("delimiter delim separator".split(), "sep"),
    **dict.fromkeys("columns cols select usecols".split(), "keep"),
    **dict.fromkeys("na-values na null".split(), "null-words"),
    "format": "to",
    "mode": "method",
}
"""Options that would be guessed, and those that are meant."""


def near_option(name: str, known: Iterable[str]) -> str | None:
    """The option that was meant: a slip away, one that starts or ends so, or has another name."""
    words = list(known)
    near = nearest(name, words)
    if near is None and len(name) > 1:
        begun = [word for word in words if word.startswith(name)]
        ends = {word.partition("-")[2]: word for word in words if "-" in word}
        end = name if name in ends else nearest(name, ends) if len(name) > 3 else None
        near = begun[0] if len(begun) == 1 else ends.get(end or "")
    other = _OPTIONS_INSTEAD.get(name)
    if near is None and other == "what" and "format" in words:
        return f"format={name}"
    return other if near is None and other in words else near
