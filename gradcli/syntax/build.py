"""Makes the tables of the grammars: `python -m gradcli.syntax.build`, the only user of Lark."""

from __future__ import annotations

import re
from ast import literal_eval
from collections import defaultdict
from itertools import chain
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer, TerminalDef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STARTS = ["program", "value"]

SNIPPETS = Path(__file__).parents[1] / "snippets/languages/javascript"
"""Where the tables of other languages stand."""


def grammar(name: str = "gradcli") -> str:
    """The text of `grammars/NAME.lark`: in the package when installed, else beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "grammars" / f"{name}.lark"
    file = inside if inside.exists() else package.parent / "grammars" / f"{name}.lark"
    return file.read_text(encoding="utf-8")


class NoLexer(Lexer):
    """Stands where Lark wants a lexer; the tables of the parser are the same with any."""

    def __init__(self, conf: object) -> None:
        """Without a state."""

    def lex(self, *_: object) -> Iterator[Any]:
        """No token at all."""
        return iter(())


def lark_parser(**options: Any) -> Lark:
    """Lark's own parser of the grammar."""
    return Lark(grammar(), parser="lalr", start=STARTS, keep_all_tokens=True, **options)


def tables() -> str:
    """The text of tables.py; raises lark.GrammarError where the grammar has a conflict."""
    lark = lark_parser(lexer=NoLexer, strict=True)
    words = spellings()
    terminals = [name for name in words if name not in lark.ignore_tokens] + ["SEP", "$END"]
    kinds = {word: terminals.index(name) for name in words for word in words[name]}
    rows, starts, rules = _parser(lark, terminals, STARTS)
    lines = [
        '"""Made of the grammar by `python -m gradcli.syntax.build`; do not edit."""',
        "",
        *_wrapped("(", (name.strip("$") for name in terminals), f") = range({len(terminals)})"),
        "# A word, or what is blank between words.",
        "WORD = (",
        *(f"    {part!a}" for part in _expression(lark, words)),
        ")",
        f"VJP_HEAD = {_pattern(lark, 'VJP')!a}",
        f"BEFORE_ELSE = {_pattern(lark, 'BEFORE_ELSE')!a}",
        *_wrapped("WORDS = {", (f"{word!r}: {kind}" for word, kind in kinds.items()), "}"),
        f"STARTS = {starts!r}",
        "# Left side, length, action.",
        *_wrapped("RULES = (", rules, ")"),
        "# For each state: where a symbol leads, or below zero the rule that it completes.",
        *_wrapped("ROWS = (", rows, ")"),
    ]
    return "\n".join(lines) + "\n"


def spellings() -> dict[str, list[str]]:
    """The strings in the definition of each terminal, read with Lark's grammar of grammars."""
    notation = Lark.open_from_package(
        "lark", "lark.lark", ["grammars"], parser="lalr", maybe_placeholders=False
    )
    items: Any = notation.parse(grammar()).children
    return {
        str(item.children[0]): [
            literal_eval(string) for string in item.scan_values(lambda leaf: leaf.type == "STRING")
        ]
        for item in items
        if item.data == "token"
    }


def _pattern(lark: Lark, terminal: str) -> str:
    return lark.get_terminal(terminal).pattern.to_regexp()


def _expression(lark: Lark, words: dict[str, list[str]]) -> Iterator[str]:
    """The parts of the expression that finds the next word, the longest there is, or blank.

    What is frequent and told by one character is tried first: one that begins no longer word, such
    as a bracket, a blank alone, and one that might begin a longer word, where none follows (in
    ASCII: others take long to compile; but for the point, which begins numbers). Words of one
    spelling are grouped by what follows their first character; those made of letters are found as
    names, the rest as any character.
    """
    spellings = [*chain(*words.values())]
    heads: defaultdict[str, str] = defaultdict(str)
    for word in spellings:
        if len(word) > 1 and not word.isalpha():
            heads[word[1:]] += word[0]
    begun = {*"".join(heads.values())}
    single = [c for c in spellings if len(c) == 1 and "!" <= c <= "~" and c != "."]
    seconds = "".join(sorted({tail[0] for tail in heads}))
    yield f"[{re.escape(''.join(c for c in single if c not in begun))}]|"
    yield r" (?![\s#])|"
    yield f"[{re.escape(''.join(c for c in single if c in begun))}](?![{re.escape(seconds)}])|"
    for name, spelled in words.items():
        if not spelled and name not in lark.ignore_tokens:
            yield f"{_pattern(lark, name)}|"
    yield f"{_pattern(lark, 'BLANK')}|"
    for tail in sorted(heads, key=len, reverse=True):
        yield f"[{re.escape(heads[tail])}]{re.escape(tail)}|"
    yield r".|\n"


def _parser(
    lark: Lark, terminals: list[str], names: list[str]
) -> tuple[list[dict[int, int]], dict[str, int], list[tuple[int, int, str]]]:
    """Rows, first states by `names` and rules, numbered in the order in which they are reached."""
    data, memo = lark.memo_serialize([Rule, TerminalDef])
    table = data["parser"]["parser"]
    states = {
        state: sorted((table["tokens"][symbol], *action) for symbol, action in row.items())
        for state, row in table["states"].items()
    }
    numbers = _numbered(states, [table["start_states"][start] for start in reversed(names)])
    symbols = {name: number for number, name in enumerate(terminals)}
    rules: dict[tuple[int, int, str], int] = {}
    rows: list[dict[int, int]] = []
    for state in numbers:
        rows.append({})
        for name, reduces, to in states[state]:
            symbol = symbols.setdefault(name, len(symbols))
            if reduces:
                rule = _rule(memo[to["@"]], symbols)
                rows[-1][symbol] = -1 - rules.setdefault(rule, len(rules))
            else:
                rows[-1][symbol] = numbers[to]
    for end in table["end_states"].values():
        rows[numbers[end]][symbols["$END"]] = 0
    starts = {start: numbers[table["start_states"][start]] for start in names}
    return *_merged(rows, starts), list(rules)


def _merged(
    rows: list[dict[int, int]], starts: dict[str, int]
) -> tuple[list[dict[int, int]], dict[str, int]]:
    """Rows and first states when states that do the same are one."""
    distinct: dict[tuple[tuple[int, int], ...], int] = {}
    numbers = [distinct.setdefault(tuple(row.items()), len(distinct)) for row in rows]
    if len(distinct) == len(rows):
        return rows, starts
    merged = [{symbol: to if to < 0 else numbers[to] for symbol, to in row} for row in distinct]
    return _merged(merged, {start: numbers[state] for start, state in starts.items()})


def _numbered(states: dict[int, list[Any]], waiting: list[int]) -> dict[int, int]:
    """A number for each state that can be reached, the same at every run."""
    numbers: dict[int, int] = {}
    while waiting:
        state = waiting.pop()
        if state not in numbers:
            numbers[state] = len(numbers)
            waiting += [to for _, reduces, to in reversed(states[state]) if not reduces]
    return numbers


def _rule(rule: dict[str, Any], symbols: dict[str, int]) -> tuple[int, int, str]:
    """Left side, length and action of a rule; one without an action passes its only child on."""
    name, length = rule["origin"]["name"], len(rule["expansion"])
    passes = length == 1 and rule["options"]["expand1"]
    if not rule["alias"] and not passes:
        raise ValueError(f"a rule needs `?` and an only child, or an action: {rule}")
    return symbols.setdefault(name, len(symbols)), length, rule["alias"] or ""


def _wrapped(opening: str, items: Iterable[object], closing: str) -> list[str]:
    """Lines of items between brackets, none longer than a hundred characters."""
    text = ", ".join(map(str, items)) + ","
    lines = wrap(text, 96, break_long_words=False, break_on_hyphens=False)
    return [opening, *("    " + line for line in lines), closing]


def plain_tables(name: str) -> str:
    """Tables of a grammar whose lexer knows its terminals, which are declared, by their names."""
    text = grammar(name)
    lark = Lark(
        text, parser="lalr", start=["program"], keep_all_tokens=True, lexer=NoLexer, strict=True
    )
    declared = re.findall(r"^%declare (.*)", text, re.MULTILINE)
    terminals = [*" ".join(declared).split(), "$END"]
    rows, starts, rules = _parser(lark, terminals, ["program"])
    kinds = (f"{terminal!r}: {number}" for number, terminal in enumerate(terminals))
    lines = [
        f'"""Made of grammars/{name}.lark by `python -m gradcli.syntax.build`; do not edit."""',
        "",
        *_wrapped("KINDS = {", kinds, "}"),
        f"START = {starts['program']}",
        "# Left side, length, action.",
        *_wrapped("RULES = (", rules, ")"),
        "# For each state: where a symbol leads, or below zero the rule that it completes.",
        *_wrapped("ROWS = (", rows, ")"),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("tables.py").write_text(tables(), encoding="utf-8")
    (SNIPPETS / "tables.py").write_text(plain_tables("tfjs"), encoding="utf-8")
