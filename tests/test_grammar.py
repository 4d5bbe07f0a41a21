"""The grammar: its tables are fresh, and Lark by itself reads programs as our parser does."""

from __future__ import annotations

import inspect
import logging
import math
import re
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import LarkError, Token, Transformer, v_args
from lark.lark import PostLex

from gradcli.errors import Source
from gradcli.syntax import Mistake, actions, build, tables, tree
from gradcli.syntax.names import canonical, is_name
from gradcli.syntax.parser import as_it_stands, parse_value
from tests.sessions import ROOT
from tests.test_syntax import MORE, golden_programs, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Separators(PostLex):
    """A second opinion on the newlines and `;` that separate, between Lark's lexer and parser."""

    always_accept = ("NEWLINE", "SEMICOLON", "RESERVED")
    opening, closing = ("LPAR", "LSQB", "LBRACE"), ("RPAR", "RSQB", "RBRACE")

    def __init__(self, value: bool = False) -> None:
        self.value = value

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        brackets, last = ["LBRACE"], "SEP"
        for token in stream:
            if token.type in self.opening:
                brackets.append(token.type)
            elif token.type in self.closing:
                brackets.pop()
            elif token.type == "NEWLINE":
                ends = last in ("NAME", "NUMBER", "STRING", *self.closing)
                if brackets[-1] != "LBRACE" or not ends:
                    continue
                token.type = "SEP"
            elif token.type == "SEMICOLON":
                if last in ("SEP", "LBRACE") and not self.value:
                    continue
                token.type = "SEP"
            yield token
            last = token.type


OPERATORS = {
    "**": "^",
    "**=": "^=",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "&&": "and",
    "||": "or",
    "!": "not",
}


class Leaves(Transformer[Token, tree.Tree]):
    """What terminals are for the parser: names, numbers and strings, operators, and offsets."""

    def NAME(self, token: Token) -> tree.Name:  # noqa: N802 - so Lark calls it
        if not is_name(token):
            raise LarkError(f"{token} is no name")
        return tree.Name(canonical(token), token.start_pos, token.end_pos)

    def NUMBER(self, token: Token) -> tree.Number:  # noqa: N802
        return tree.Number(float(token), token.start_pos, token.end_pos)

    def STRING(self, token: Token) -> tree.String:  # noqa: N802
        return tree.String(token[1:-1], token.start_pos, token.end_pos)

    def OP(self, token: Token) -> tuple[str, int, int]:  # noqa: N802
        return OPERATORS.get(token, str(token)), token.start_pos, token.end_pos

    SIGN = NOT = AUGMENT = OP

    def __default_token__(self, token: Token) -> int:
        return token.start_pos


def reader(value: bool = False) -> Callable[[str], tree.Tree]:
    """Lark from end to end: its lexer, its parser, and our actions as its Transformer."""
    lark = build.lark_parser(lexer="basic", postlex=Separators(value))
    rules = {name: staticmethod(f) for name, f in vars(actions).items() if inspect.isfunction(f)}
    transformer = v_args(inline=True)(type("Actions", (Leaves,), rules))()
    return lambda text: transformer.transform(lark.parse(text, "value" if value else "program"))


LARK = reader()
MISTAKE = "a mistake"


def compare(text: str) -> str:
    """What both make of a text, as text; a bracket that closes nothing makes an IndexError here."""
    try:
        ours = shown(as_it_stands(text, "program")[0], offsets=True)
    except Mistake:
        ours = MISTAKE
    try:
        theirs = shown(LARK(text), offsets=True)
    except (LarkError, IndexError):
        theirs = MISTAKE
    assert ours == theirs
    return ours


def test_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "lark"):
        build.lark_parser(lexer="basic", postlex=Separators(), debug=True)
    assert caplog.messages == []


def test_tables_are_those_of_the_grammar() -> None:
    assert Path(tables.__file__).read_text(encoding="utf-8") == build.tables()


def test_tables_of_snippets_are_those_of_their_grammar() -> None:
    made = build.SNIPPETS / "tables.py"
    assert made.read_text(encoding="utf-8") == build.plain_tables("tfjs")


def test_programs() -> None:
    programs = golden_programs() + MORE
    assert len(programs) > len(MORE)
    for text in programs:
        assert compare(text) != MISTAKE


def test_samples() -> None:
    """What stands in quotes in commands; many of them are programs."""
    sessions = [path.read_text(encoding="utf-8") for path in (ROOT / "samples").rglob("*.console")]
    words = {word for text in sessions for word in re.findall(r"""["']([^"']+)["']""", text)}
    outcomes = [compare(word) for word in sorted(words)]
    assert len(outcomes) - outcomes.count(MISTAKE) > 100


def test_programs_that_lack_a_word() -> None:
    outcomes = []
    for text in MORE:
        words = re.findall(r"\w+|\s+|.", text)
        outcomes += [compare("".join(words[:at] + words[at + 1 :])) for at in range(len(words))]
    assert 0.2 < outcomes.count(MISTAKE) / len(outcomes) < 0.8


@pytest.mark.parametrize(
    "text", ["2", "2,", "1,2 ; 3", "a,-b", "[1,\n2]\n3, # c", "1;2,(3, 4)\n5", "-1\n\n- 2"]
)
def test_values(text: str) -> None:
    lark = reader(value=True)
    assert shown(parse_value(Source(text)), offsets=True) == shown(lark(text), offsets=True)


WORDS = build.spellings() | {
    "NAME": ["a", "b", "f", "θ", "π"],
    "NUMBER": ["1", "2.5", ".5", "1e-3", "1_0"],
    "STRING": ["'s'", '"s"'],
    "SEP": [";", "\n"],
    "before ASSIGN": ["a", "a, (b, c)", "f(x, n=2)", "g()"],
    "before AUGMENT": ["a"],
    "before ARROW": ["x", "(x, y)"],
    "before IN": ["i", "a, b"],
}
RULES: dict[str, list[list[str]]] = {}
for _rule in build.lark_parser(lexer=build.NoLexer).rules:
    RULES.setdefault(_rule.origin.name, []).append([s.name for s in _rule.expansion])
SHORTEST = dict.fromkeys(RULES, math.inf)


def length(symbols: list[str]) -> float:
    """How many words they become at least."""
    return sum(SHORTEST.get(symbol, 1) for symbol in symbols)


for _ in RULES:
    SHORTEST |= {name: min(map(length, expansions)) for name, expansions in RULES.items()}


def sentence(random: Random) -> str:
    """A text by the rules of the grammar, which comes to its end when it has grown long."""
    text = ""
    waiting = ["program"]
    while waiting:
        name = waiting.pop()
        if name in WORDS:
            text += random.choice(WORDS[name]) + random.choice([*" " * 100, "", " # c\n"])
            continue
        grown = len(waiting) + len(text) / 5 > random.randrange(50)
        symbols = min(RULES[name], key=length) if grown else random.choice(RULES[name])
        for symbol, following in reversed([*pairwise(symbols), (symbols[-1], "")]):
            target = f"before {following}"
            waiting.append(target if target in WORDS and symbol in RULES else symbol)
    return text


@settings(max_examples=500, deadline=None)
@given(st.randoms(use_true_random=True))
def test_made_programs(random: Random) -> None:
    compare(sentence(random))


def test_made_programs_are_programs() -> None:
    """Enough of them, so that the test above compares trees."""
    outcomes = [compare(sentence(Random(seed))) for seed in range(100)]
    assert outcomes.count(MISTAKE) < 80
