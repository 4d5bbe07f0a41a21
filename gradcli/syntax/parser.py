"""From text to tree: the loop over the tables, and the two ways in."""

from __future__ import annotations

from gradcli.errors import Source, Span
from gradcli.syntax import Doubtful, Mistake, actions
from gradcli.syntax.lexer import MAX_NESTING, Tokens, scan
from gradcli.syntax.tables import ROWS, RULES, STARTS
from gradcli.syntax.tree import SyntaxTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gradcli.syntax import IsElementwise
    from gradcli.syntax.tree import ValueRows

_RULES: Any = tuple(
    (left, length, getattr(actions, name) if name else None) for left, length, name in RULES
)
"""Of each rule the left side, how many children it has, and the action, which one may lack."""


def _is_elementwise(_: str) -> bool:
    return False


def parse(
    source: Source, *, limit: int = MAX_NESTING, is_elementwise: IsElementwise = _is_elementwise
) -> SyntaxTree:
    """The tree of a program; ParseError where it is none, LimitError beyond `limit` brackets.

    `is_elementwise` says of a name whether it is a function whose powers are written `sin^2(x)`.
    """
    block, tokens = _parse(source, "program", limit, is_elementwise)
    return SyntaxTree(block, len(tokens.kinds), source)


def parse_value(source: Source, *, limit: int = MAX_NESTING) -> ValueRows:
    """The tree of an option's value: rows of items."""
    rows: ValueRows = _parse(source, "value", limit, _is_elementwise)[0]
    return rows


def _parse(
    source: Source, start: str, limit: int, is_elementwise: IsElementwise
) -> tuple[Any, Tokens]:
    """The tree of a text, and its terminals; ParseError, with the way out, where it is none."""
    text = source.text
    try:
        return _read(text, start, limit, is_elementwise)
    except Mistake as mistake:
        wrong = mistake
    if wrong.readings or wrong.product is not None:
        from gradcli.syntax.products import both_readings, multiplied, statement

        def read(other: str) -> None:
            _read(other, start, limit, is_elementwise)

        if wrong.readings:
            wrong.help = both_readings(text, wrong, read) or wrong.help
        else:
            corrected = multiplied(text, wrong, read)
            line = corrected and statement(corrected, wrong.start)
            wrong.help = f"write `{line}`{_of_matrices(text, wrong)}" if line else wrong.help
    raise wrong.error(wrong.message, span=Span(source, wrong.start, wrong.end), help=wrong.help)


def _of_matrices(text: str, wrong: Mistake) -> str:
    """What else may be meant by `W x`: a capital is the name of a matrix more often than not."""
    start = wrong.start
    is_matrix = (
        text[start - 2 : start].strip().isupper() and not text[start - 3 : start - 2].isalnum()
    )
    vector = text[start : start + 2].strip()
    if not is_matrix or len(vector) != 1 or not vector.islower() or vector == "e":
        return ""
    left = text[start - 2 : start].strip()
    return f", or `{left} @ {vector}` where {left} is a matrix"


def completed(
    text: str, is_elementwise: IsElementwise, ranks: Mapping[str, int] | None = None
) -> str | None:
    """The text of a program with each `*` that lacks; None where that makes no program of it.

    `ranks` are how many axes names are known to have, which may make it `@`.
    """
    from gradcli.syntax.products import multiplied

    def read(other: str) -> None:
        _read(other, "program", MAX_NESTING, is_elementwise)

    try:
        read(text)
    except Mistake as mistake:
        return multiplied(text, mistake, read, ranks=ranks)
    return text


def _read(text: str, start: str, limit: int, is_elementwise: IsElementwise) -> tuple[Any, Tokens]:
    """The tree of a text as it stands, or in people's notation; Mistake where it is neither."""
    try:
        return as_it_stands(text, start, limit, is_elementwise)
    except Mistake as mistake:
        wrong = mistake
    from gradcli.syntax.notation import rescan

    tokens = None
    try:
        tokens = rescan(text, start == "value", limit, is_elementwise)
        return _reduce(tokens, start, text, is_elementwise), tokens
    except Mistake as mistake:
        if tokens is not None or isinstance(mistake, Doubtful) or mistake.start > wrong.start:
            wrong = mistake
    raise wrong


def as_it_stands(
    text: str, start: str, limit: int = MAX_NESTING, is_elementwise: IsElementwise = _is_elementwise
) -> tuple[Any, Tokens]:
    """What the grammar alone makes of a text; Mistake where that is nothing."""
    tokens = scan(text, value=start == "value", limit=limit)
    return _reduce(tokens, start, text, is_elementwise), tokens


def _reduce(tokens: Tokens, start: str, text: str, is_elementwise: IsElementwise) -> Any:
    """Shift and reduce: `states` are rows of the table, `values` what they have led to so far."""
    rows, rules = ROWS, _RULES
    row = rows[STARTS[start]]
    states = [row]
    values: list[Any] = []
    ahead = iter(tokens.kinds)
    try:
        for kind, leaf in zip(ahead, tokens.leaves):  # noqa: B905 - of one length, and faster so
            action = row[kind]
            while action < 0:
                left, length, act = rules[~action]
                if length == 3:
                    last, between = values.pop(), values.pop()
                    values[-1] = act(values[-1], between, last)
                    states.pop()
                    states.pop()
                elif length != 1:
                    values[-length:] = (act(*values[-length:]),)
                    del states[1 - length :]
                elif act is not None:
                    values[-1] = act(values[-1])
                row = states[-1] = rows[states[-2][left]]
                action = row[kind]
            row = rows[action]
            states.append(row)
            values.append(leaf)
    except KeyError:
        from operator import length_hint

        from gradcli.syntax.here import Here
        from gradcli.syntax.unexpected import unexpected

        at = len(tokens.kinds) - length_hint(ahead) - 1
        here = Here(tokens, at, states, text, start == "value", is_elementwise)
        raise unexpected(here) from None
    return values[0]
