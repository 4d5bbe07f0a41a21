"""The types that columns get where a table is written with types: found in texts, and widened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.arrow import arrow, compute
from gradcli.data.tables.dialect import USUAL
from gradcli.data.tables.encode import as_texts, dumps

if TYPE_CHECKING:
    from gradcli.data.tables.dialect import Dialect

_INTEGER = r"^(0|-?[1-9]\d*)$"
_LEADING_ZERO = r"^[+-]?0\d"
_TRUTH = r"(?i)^(true|false)$"


def inferred(column: Any, used: bool, dialect: Dialect = USUAL) -> Any:
    """The type of a column of texts: whole numbers, numbers, truth values, dates, or text.

    Numbers with zeros before them are text: they are codes. In a column that the program uses only
    cells that are numbers count, as others are bad; null is the type of one without any.
    """
    pa = arrow()
    pc = compute()
    cells = dialect.trimmed(column).drop_null()
    if used and pc.any(pc.starts_with(cells, "[")).as_py():
        return pa.string()
    if used:
        cells = cells.filter(pc.match_substring_regex(cells, USUAL.number))
    if not len(cells):
        return pa.null()
    if _all_match(cells, USUAL.number):
        return _of_numbers(cells)
    if _all_match(cells, _TRUTH):
        return pa.bool_()
    dates = pa.date32(), pa.timestamp("s")
    return next((kind for kind in dates if _casts(cells, kind)), pa.string())


def _all_match(cells: Any, pattern: str) -> bool:
    pc = compute()
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _of_numbers(cells: Any) -> Any:
    """The type of texts that are all numbers: text where no type of numbers keeps what they say."""
    pa = arrow()
    if compute().any(compute().match_substring_regex(cells, _LEADING_ZERO)).as_py():
        return pa.string()
    if not _all_match(cells, _INTEGER):
        return pa.float64()
    return pa.int64() if _casts(cells, pa.int64()) else pa.string()


def _casts(column: Any, kind: Any) -> bool:
    pa = arrow()
    try:
        column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def cast(column: Any, wanted: Any, dialect: Dialect = USUAL) -> Any | None:
    """A column in the type that it is to have; None if that would change what it says."""
    pa = arrow()
    try:
        if common(column.type, wanted) == wanted:
            return column.cast(wanted)
        if wanted == pa.string():
            return as_texts(column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return None
    return _parsed(column, wanted, dialect) if pa.types.is_string(column.type) else None


def _parsed(column: Any, wanted: Any, dialect: Dialect) -> Any | None:
    """A column of texts as what they say."""
    cells = dialect.trimmed(column)
    own = inferred(cells, used=False, dialect=dialect)
    return cells.cast(wanted) if widened(own, wanted) == wanted else None


def widened(a: Any, b: Any) -> Any:
    """The type that holds what both hold; text if there is no other."""
    pa = arrow()
    dates = (pa.date32(), pa.timestamp("s"))
    if a != b and a in dates and b in dates:
        return pa.timestamp("s")
    return common(a, b) or pa.string()


def common(a: Any, b: Any) -> Any | None:
    """The type that two types of columns have in common; None if there is none."""
    pa = arrow()
    if a == b:
        return a
    both = [pa.schema([("", kind)]) for kind in (a, b)]
    try:
        return pa.unify_schemas(both, promote_options="permissive").field(0).type
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return None


# --- texts as JSON has them ---------------------------------------------------------------------

_JSON_NUMBER = r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$"


def as_json(column: Any, kind: Any, dialect: Dialect = USUAL) -> Any:
    """A column of texts as JSON: numbers and truth values digit for digit, if it is of that type.

    A cell that is of another sort is a text, even where the others are numbers.
    """
    pa = arrow()
    pc = compute()
    cells = dialect.trimmed(column)
    if pa.types.is_boolean(kind):
        cells = pc.if_else(pc.match_substring_regex(cells, _TRUTH), pc.utf8_lower(cells), cells)
        good = pc.is_in(cells, value_set=pa.array(["true", "false"]))
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        good = pc.match_substring_regex(cells, _JSON_NUMBER)
    else:
        texts = column if pa.types.is_string(kind) else cells
        return pa.array([dumps(text) for text in texts.to_pylist()], pa.string())
    odd = pc.and_(pc.is_valid(cells), pc.invert(good))
    if not pc.any(odd).as_py():
        return pc.fill_null(cells, "null")
    texts = cells.to_pylist()
    for row in pc.indices_nonzero(odd).to_pylist():
        texts[row] = _json_cell(column[row].as_py(), texts[row], kind)
    return pa.array(["null" if text is None else text for text in texts], pa.string())


def _json_cell(raw: str, cell: str, kind: Any) -> str:
    """A number as JSON writes it, or a text."""
    is_number = re.match(USUAL.number, cell) and not re.match(_LEADING_ZERO, cell)
    if is_number and not arrow().types.is_boolean(kind):
        return dumps(float(cell))
    return dumps(raw)
