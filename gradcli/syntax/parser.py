"""From text to tree: the loop over the tables, and the two ways in."""

from __future__ import annotations

from gradcli.errors import ParseError, Source, Span
from gradcli.syntax import actions
from gradcli.syntax.lexer import MAX_NESTING, Mistake, Tokens, scan
from gradcli.syntax.tables import ROWS, RULES, STARTS
from gradcli.syntax.tree import Program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.syntax.tree import Rows

_RULES = tuple(
    (left, length, getattr(actions, name) if name else None) for left, length, name in RULES
)


def parse(source: Source, *, limit: int = MAX_NESTING) -> Program:
    """The tree of a program; ParseError where it is none, LimitError beyond `limit` brackets."""
    block, tokens = _run(source, "program", limit)
    return Program(block, len(tokens.kinds), source)


def parse_value(source: Source, *, limit: int = MAX_NESTING) -> Rows:
    """The tree of an option's value: rows of items."""
    rows: Rows = _run(source, "value", limit)[0]
    return rows


def _run(source: Source, start: str, limit: int) -> tuple[Any, Tokens]:
    try:
        tokens = scan(source, value=start == "value", limit=limit)
        return _reduce(tokens, start, source.text), tokens
    except Mistake as mistake:
        span = Span(source, mistake.start, mistake.end)
        raise ParseError(mistake.message, span=span, help=mistake.help) from None


def _reduce(tokens: Tokens, start: str, text: str) -> Any:
    """Shift and reduce: `states` holds rows of the table, `values` what the actions make."""
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
                if act is not None:
                    act(values)
                del states[-length:]
                row = rows[states[-1][left]]
                states.append(row)
                action = row[kind]
            row = rows[action]
            states.append(row)
            values.append(leaf)
    except KeyError:
        from operator import length_hint

        from gradcli.syntax.unexpected import unexpected

        at = len(tokens.kinds) - length_hint(ahead) - 1
        raise unexpected(tokens, at, states, text, start == "value") from None
    return values[0]
