"""The line that does what a wrong text means in another notation, for the help of its error."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from gradcli.errors import GradcliError, Source
from gradcli.lower.functions import function_named
from gradcli.lower.names import read_names
from gradcli.ops import catalog
from gradcli.syntax.elsewhere import rewritten
from gradcli.syntax.parser import completed, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_LONGEST = 80
"""Characters of a line that a help shows."""


def line_here(
    text: str,
    given: Collection[str] = (),
    *,
    with_: str = "",
    without: str = "",
    ranks: Mapping[str, int] | None = None,
) -> str | None:
    """The text as it is written here; None if it is no other, or none that is understood.

    Names that values are `given` to are not taken apart; the inputs of what is written here must
    be `with_` a name and `without` another. `ranks` are those of the values that are known.
    """
    found = _line_with_inputs(text, given, ranks)
    if found is None:
        return None
    line, inputs = found
    return line if without not in inputs and (not with_ or with_ in inputs) else None


def without_names(
    text: str, given: Collection[str], names: Iterable[str]
) -> tuple[str | None, list[str]]:
    """The text as it is written here, and those of the names that are no inputs of it."""
    line, inputs = _line_with_inputs(text, given) or (None, ())
    return line, [name for name in names if name not in inputs]


def functions_among(names: Iterable[str]) -> list[str]:
    """The names that a reader takes for functions: `sin`, but neither `gamma` nor `y0`."""
    return [
        name
        for name in names
        if name.isalpha() and catalog.is_elementwise(name) and not _is_letter(name)
    ]


def _is_letter(name: str) -> bool:
    """Whether a name is that of a Greek letter, as variables have it."""
    try:
        unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return False
    return True


def _line_with_inputs(
    text: str, given: Collection[str], ranks: Mapping[str, int] | None = None
) -> tuple[str | None, Collection[str]] | None:
    """What is shown of the text as it is written here, if it is another program; its inputs."""
    other = rewritten(text, _is_function, given, ranks)
    if other == text.strip() and not ranks:
        return None
    other = completed(other, catalog.is_elementwise, ranks) or other
    if other == text.strip():
        return None
    inputs = _inputs(other, given)
    return None if inputs is None else (_shown(text, other), inputs)


def _inputs(text: str, given: Collection[str]) -> Collection[str] | None:
    """The names of a program's inputs; None for a text that is no program."""
    try:
        tree = parse(Source(text), is_elementwise=catalog.is_elementwise)
        return read_names(tree, catalog, given).inputs
    except GradcliError:
        return None


_PLACE = re.compile(
    r"(?<![\w.])(?:\$(?P<number>\d+)|(?P<letter>[A-Z])\d+|(?:col|column|c|V|X)_?(?P<count>\d+))"
    r"(?![\w(])"
)


def line_by_columns(text: str, columns: Sequence[str]) -> str | None:
    """A text that calls columns by their places, `$1/$2` of awk or `=A2/B2`, with their names.

    None if it calls none so, or there is no such column.
    """
    printed = re.fullmatch(r"\s*\{\s*print\s+([^,{}]*)\}\s*", text)
    named = _PLACE.sub(lambda place: _column(place, columns), printed[1] if printed else text)
    if named == text:
        return None
    line = line_here(named, columns) or named.strip()
    inputs = _inputs(line, columns)
    return _shown(text, line) if inputs and set(columns).issuperset(inputs) else None


def _column(place: re.Match[str], columns: Sequence[str]) -> str:
    """The name of the column at a place; the place as it is written if there is none."""
    letter = place["letter"]
    index = ord(letter) - ord("A") if letter else int(place["number"] or place["count"]) - 1
    is_one = place[0] not in columns and 0 <= index < len(columns)
    return columns[index] if is_one else place[0]


def advice(line: str | None) -> str | None:
    """The help that shows a line, and says so where commands differentiate by themselves."""
    if line is None:
        return None
    derivative = re.fullmatch(r"grad\(((?!grad).*), \w+\)", line)
    more = f"; `gradcli diff` and `grad` take `{derivative[1]}` alone" if derivative else ""
    return f"write `{line}`{more}"


def _is_function(name: str) -> bool:
    return function_named(catalog, name) is not None


def _shown(text: str, other: str) -> str | None:
    """What a help shows of a text: the whole, or the one line that is another."""
    old, new = text.split("\n"), other.split("\n")
    if len(new) > 1 and len(old) == len(new):
        new = [line.strip() for line, before in zip(new, old, strict=True) if line != before]
    elif "{" not in other:
        new = ["; ".join(line.strip() for line in new if line.strip())]
    return new[0] if len(new) == 1 and len(new[0]) <= _LONGEST else None


def uncalled(program: str, inputs: Iterable[str]) -> str:
    """The function that a program names, but gives no argument to; "" for none."""
    words = [*inputs, *re.findall(r"\b([^\W\d]\w*)\(\s*\)", program)]
    return next((word for word in words if catalog.find(word) is not None), "")
