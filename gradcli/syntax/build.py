"""Makes tables.py from the grammar: `python -m gradcli.syntax.build`, the only user of lark."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcli.syntax.lexer import TERMINALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark

STARTS = ["program", "value"]


def grammar_file() -> Path:
    """`grammars/gradcli.lark`: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "grammars" / "gradcli.lark"
    return inside if inside.exists() else package.parent / "grammars" / "gradcli.lark"


def fingerprint() -> str:
    """What a change of the grammar changes."""
    text = grammar_file().read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(text).hexdigest()[:16]


def lark_parser(lexer: type, **options: Any) -> Lark:
    """Lark's own parser of the grammar, which refuses any conflict."""
    from lark import Lark, logger

    logger.setLevel(logging.DEBUG)
    return Lark(
        grammar_file().read_text(encoding="utf-8"),
        parser="lalr",
        lexer=lexer,
        start=STARTS,
        keep_all_tokens=True,
        strict=True,
        debug=True,
        **options,
    )


def tables() -> str:
    """The text of tables.py."""
    from lark.lexer import Lexer

    no_lexer = type("NoLexer", (Lexer,), {"__init__": lambda *_: None, "lex": lambda *_: iter(())})
    table: Any = lark_parser(no_lexer).parser.parser._parse_table  # noqa: SLF001 - no other way
    states = _numbered(table)
    reductions: dict[Any, int] = {}
    symbols = dict(zip(TERMINALS, range(len(TERMINALS)), strict=True))
    rows = []
    for state in states:
        row = {}
        for symbol, (action, to) in sorted(table.states[state].items()):
            column = symbols.setdefault(symbol, len(symbols))
            if action.name == "Shift":
                row[column] = states[to]
            else:
                row[column] = -1 - reductions.setdefault(to, len(reductions))
        rows.append(row)
    for start in STARTS:
        rows[states[table.end_states[start]]][symbols["$END"]] = 0
    rules = [_rule(rule, symbols) for rule in reductions]
    starts = {start: states[table.start_states[start]] for start in STARTS}
    return "\n".join(_module(rows, rules, starts)) + "\n"


def _numbered(table: Any) -> dict[Any, int]:
    """A number for each state, the same at every run: in the order in which they are reached."""
    numbers: dict[Any, int] = {}
    waiting = [table.start_states[start] for start in reversed(STARTS)]
    while waiting:
        state = waiting.pop()
        if state not in numbers:
            numbers[state] = len(numbers)
            row = sorted(table.states[state].items(), reverse=True)
            waiting += [to for _, (action, to) in row if action.name == "Shift"]
    return numbers


def _rule(rule: Any, symbols: dict[str, int]) -> tuple[int, int, str]:
    """Left side, length and action of a rule; a rule without a name passes its one value on."""
    length = len(rule.expansion)
    if rule.alias is None and length != 1:
        raise ValueError(f"a rule of {length} parts needs a name: {rule}")
    return symbols[rule.origin.name], length, rule.alias or ""


def _module(
    rows: list[dict[int, int]], rules: list[tuple[int, int, str]], starts: dict[str, int]
) -> Iterator[str]:
    yield '"""The parser\'s tables, made by `python -m gradcli.syntax.build`; do not edit."""'
    yield ""
    yield f'FINGERPRINT = "{fingerprint()}"'
    yield f"STARTS = {starts}".replace("'", '"')
    yield "# Left side, length, action."
    yield from _wrapped("RULES", (f'({a}, {n}, "{name}")' for a, n, name in rules))
    yield "# For each state: where a symbol leads, or below zero the rule that it completes."
    yield from _wrapped("ROWS", (str(row).replace(" ", "") for row in rows))


def _wrapped(name: str, items: Iterator[str]) -> Iterator[str]:
    yield f"{name} = ("
    for item in items:
        line = item
        while len(line) > 94:
            cut = line.rindex(",", 0, 94) + 1
            yield "    " + line[:cut]
            line = line[cut:]
        yield f"    {line},"
    yield ")"


if __name__ == "__main__":
    Path(__file__).with_name("tables.py").write_text(tables(), encoding="utf-8")
