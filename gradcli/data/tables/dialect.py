"""How a CSV or TSV writes its cells: what stands between them, in numbers, and where none is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.tables.arrow import compute, text_column
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

TAB = "\\t"
"""How a shell has a tab typed."""

SEPARATORS = {TAB: "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
"""Marks between cells, by the words for them."""

MARKS = (";", "\t", "|", ",")
"""What stands between the cells of tables that people have."""


@dataclass(frozen=True)
class Dialect:
    """How tables of text are read.

    `sep` stands between cells (None: what their kind has), `decimal` and `thousands` in numbers;
    `null_words` stand for a missing value, as an empty cell always does.
    """

    sep: str | None = None
    decimal: str = "."
    thousands: str = ""
    null_words: tuple[str, ...] = ("NA", "NULL")

    def __post_init__(self) -> None:
        for name in ("sep", "decimal", "thousands"):
            _refuse_odd(name, getattr(self, name))
        if self.decimal == self.thousands:
            raise UsageError(
                f"⟨decimal⟩ and ⟨thousands⟩ are both '{self.decimal}'",
                help="give the two different marks",
            )

    @classmethod
    def of(
        cls,
        sep: str | None,
        decimal: str | None,
        thousands: str | None,
        null_words: str | Sequence[str] | None,
    ) -> Dialect:
        """The dialect of options, of which None leaves what is usual."""
        words = null_words.split(",") if isinstance(null_words, str) else null_words
        options = {
            "sep": sep if sep is None else SEPARATORS.get(sep, sep),
            "decimal": decimal,
            "thousands": thousands,
            "null_words": None if words is None else tuple(word.strip() for word in words),
        }
        return cls(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]

    def refuse_other(self, kind: str, shown: str) -> None:
        """Refuses to read a table of a kind that has its own rules for cells."""
        if kind in DELIMITERS:
            return
        usual = Dialect()
        for name in (field.name for field in fields(self)):
            if getattr(self, name) != getattr(usual, name):
                raise UsageError(
                    f"⟨{name}⟩ is for CSV and TSV, and {shown} is {kind}",
                    help=f"leave ⟨{name}⟩ out",
                )

    def delimiter(self, kind: str) -> str:
        """What stands between the cells of a CSV or TSV."""
        return self.sep or DELIMITERS[kind]

    # --- missing cells and numbers ----------------------------------------------------------

    def trimmed(self, column: Any) -> Any:
        """Texts without blanks around them, null where they stand for a missing value."""
        column = compute().utf8_trim_whitespace(column)
        words = text_column(["", *self.null_words]).cast(column.type)
        return compute().if_else(compute().is_in(column, value_set=words), None, column)

    @property
    def is_local(self) -> bool:
        """Whether numbers are written otherwise than programs write them."""
        return bool(self.thousands) or self.decimal != "."

    @cached_property
    def is_plain(self) -> bool:
        """Whether what reads as a number is one: no mark is local, no word for missing a number."""
        return not (self.is_local or any(map(is_number, self.null_words)))

    @cached_property
    def number(self) -> str:
        """What matches a number, as RE2 reads it."""
        point = _escaped(self.decimal)
        groups = rf"\d{{1,3}}({_escaped(self.thousands)}\d{{3}})+|" if self.thousands else ""
        digits = rf"(({groups}\d+)({point}\d*)?|{point}\d+)"
        return rf"(?i)^[+-]?({digits}(e[+-]?\d+)?|inf(inity)?|nan)$"

    def plain(self, column: Any) -> Any:
        """Texts that are numbers as programs write them."""
        if self.thousands:
            column = compute().replace_substring(column, self.thousands, "")
        if self.decimal != ".":
            column = compute().replace_substring(column, self.decimal, ".")
        return column

    def written(self, column: Any) -> Any:
        """A column of texts as standard CSV has it: its numbers as programs write them."""
        if not self.is_local:
            return column
        cells = self.trimmed(column)
        is_number = compute().fill_null(compute().match_substring_regex(cells, self.number), False)
        return compute().if_else(is_number, self.plain(cells), column)


def is_number(text: str) -> bool:
    """Whether a text is a number as programs write them."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _escaped(character: str) -> str:
    return f"[\\{character}]" if character in "\\]^" else f"[{character}]"


def _refuse_odd(name: str, mark: str | None) -> None:
    """Refuses what cannot stand between cells or digits."""
    if mark is None or (name == "thousands" and not mark):
        return
    if len(mark) != 1:
        raise UsageError(f"⟨{name}⟩ is one character, not '{mark}'", help="a tab is \\t")
    if mark.isalnum() or mark in '"\n\r+-' or (name == "sep" and not mark.isascii()):
        raise UsageError(f"⟨{name}⟩ cannot be {mark!r}", help="choose a mark such as ; , . or |")


def misread(columns: Sequence[str], name: str = "") -> InputError | None:
    """The error of a first line that does not name the columns as it was meant to; None if so.

    Blanks are between names where one of them is the `name` that no column has.
    """
    first = columns[0] if columns else ""
    if first.startswith("#"):
        return InputError(
            f"the first line of the table is a comment, '{first}', and must name the columns",
            help="grep -v '^#' FILE leaves comments out",
        )
    mark = next((mark for mark in MARKS if mark in first), None)
    words = first.split()
    if mark is None and name in words and len(words) > 1:
        mark = " "
    if len(columns) > 1 or mark is None:
        return None
    shown = TAB if mark == "\t" else mark
    help_ = f"⟨sep '{shown}'⟩"
    if mark == " " and first != " ".join(words):
        help_ += "; first make several blanks one: tr -s ' ' < FILE"
    return InputError(f"the table has one column, '{first.replace(mark, shown)}'", help=help_)


USUAL = Dialect()
"""How tables of text are read unless somebody says otherwise."""
