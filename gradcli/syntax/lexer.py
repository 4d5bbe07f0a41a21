"""From text to terminals, in one pass with one expression that is made of the grammar.

Leaves of the tree are finished here, so the parser only puts them together. Operators stand for
themselves as text, start and end; all other terminals as the offset where they start.
"""

from __future__ import annotations

import re

from gradcli.errors import LimitError
from gradcli.syntax import Mistake, tables
from gradcli.syntax.names import OTHER_SPELLINGS, canonical, is_name
from gradcli.syntax.tables import (
    ARROW,
    AUGMENT,
    COMMA,
    END,
    LBRACE,
    LPAR,
    LSQB,
    NAME,
    NEWLINE,
    NOT,
    NUMBER,
    OP,
    RBRACE,
    RESERVED,
    RPAR,
    RSQB,
    SEMICOLON,
    SEP,
    SIGN,
    STRING,
    VJP,
)
from gradcli.syntax.tree import Name, Number, String

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Rule = Callable[["Scanner", int, str, int], int | None]

MAX_NESTING = 1_000
MAX_BYTES = 16 * 2**20

WORD = re.compile(tables.WORD)
CLOSERS = {LPAR: RPAR, LSQB: RSQB, LBRACE: RBRACE}
OPENERS = {closer: opener for opener, closer in CLOSERS.items()}
ENDERS = frozenset((NAME, NUMBER, STRING, RPAR, RSQB, RBRACE))
"""Terminals after which a statement can end."""

_OPERATORS = {
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
"""The other spellings of operators."""
_UNBOUNDED = {"nan": "nan", "inf": "inf", "infinity": "inf"}


def terminal(word: str) -> int | None:
    """NAME, NUMBER or STRING, of a word that is no fixed one; None for what is no word at all."""
    first = word[0]
    if first.isalpha() or first == "_":
        return NAME
    if first in ".0123456789":
        return NUMBER
    return STRING if first in "\"'" and len(word) > 1 else None


def is_blank(word: str) -> bool:
    """Whether what is none of the known words is white space or a comment."""
    return word[0] == "#" or word[0].isspace()


class Tokens:
    """The terminals of a text, in parallel lists: kinds, leaves of the tree, and offsets."""

    __slots__ = ("kinds", "leaves", "starts")

    def __init__(self) -> None:
        self.kinds: list[int] = []
        self.leaves: list[Any] = []
        self.starts: list[int] = []

    def put(self, kind: int, leaf: object, start: int) -> None:
        """One terminal more."""
        self.kinds.append(kind)
        self.leaves.append(leaf)
        self.starts.append(start)

    def drop(self) -> None:
        """One terminal less."""
        self.kinds.pop()
        self.leaves.pop()
        self.starts.pop()

    def insert(self, index: int, kind: int, leaf: object, start: int) -> None:
        """One terminal more, before others."""
        self.kinds.insert(index, kind)
        self.leaves.insert(index, leaf)
        self.starts.insert(index, start)

    def remove(self, index: int) -> None:
        """One terminal less, among others."""
        for items in (self.kinds, self.leaves, self.starts):
            del items[index]

    def insert_behind(self, indices: set[int], kind: int, operator: str) -> None:
        """An operator behind each of some terminals, where the next one starts."""
        whole = Tokens()
        for index, (word, leaf, start) in enumerate(
            zip(self.kinds, self.leaves, self.starts, strict=True)
        ):
            if index - 1 in indices:
                whole.put(kind, (operator, start, start), start)
            whole.put(word, leaf, start)
        self.kinds, self.leaves, self.starts = whole.kinds, whole.leaves, whole.starts

    def move(self, first: int, last: int, to: int) -> None:
        """The terminals from `first` to before `last` go behind those that end before `to`."""
        for items in (self.kinds, self.leaves, self.starts):
            items[first:to] = [*items[last:to], *items[first:last]]

    @property
    def last(self) -> int:
        """The kind of the terminal before; a separator at the start."""
        return self.kinds[-1] if self.kinds else SEP


def scan(text: str, *, value: bool = False, limit: int = MAX_NESTING) -> Tokens:
    """All terminals of a text; `value` for that of an option, `limit` for the nesting allowed."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise LimitError(f"the program is longer than {MAX_BYTES:,} bytes")
    scanner = Scanner(text, value, limit)
    scanner.words()
    scanner.end()
    return scanner.tokens


def is_open(text: str) -> bool:
    """Whether a text ends within something: brackets, a block, an operator and what it is for."""
    scanner = Scanner(text, False, MAX_NESTING)
    try:
        scanner.words()
    except Mistake:
        return False
    scanner.end_functions()
    kinds = scanner.tokens.kinds
    return bool(scanner.open) or bool(kinds and kinds[-1] not in ENDERS and kinds[-1] != SEP)


class Scanner:
    """One pass over a text: the terminals so far, and the brackets and functions still open.

    An entry of `open` is the terminal that opens something, and its offset. The body of a function
    is open from its arrow to the comma, the separator or the bracket that ends it.
    """

    __slots__ = ("limit", "open", "text", "tokens", "value")

    def __init__(self, text: str, value: bool, limit: int) -> None:
        self.text = text
        self.value = value
        self.limit = limit
        self.tokens = Tokens()
        self.open: list[tuple[int, int]] = []

    def words(self) -> None:
        """The terminal and the leaf of each word."""
        kinds, leaves, starts = self.tokens.kinds, self.tokens.leaves, self.tokens.starts
        plain = self.text.isascii() and not self.value
        known = _IN_VALUE if self.value else _FIXED
        opened, opens, closes, limit = self.open, Scanner.opens, Scanner.closes, self.limit
        kind: int | None
        leaf: object
        end = 1 if self.text.startswith("\ufeff") else 0
        for word in WORD.findall(self.text, end):
            start, end = end, end + len(word)
            fixed = known.get(word)
            if fixed:
                kind, operator, rule = fixed
                leaf = (operator, start, end) if operator else start
                if rule is None:
                    pass
                elif rule is opens and len(opened) < limit:
                    opened.append((kind, start))
                elif rule is closes and opened and opened[-1][0] == OPENERS[kind]:
                    opened.pop()
                else:
                    kind = rule(self, kind, word, start)
                    if kind is None:
                        continue
            elif fixed is not None:
                continue
            elif plain and word.isidentifier():
                kind, leaf = NAME, Name(word, start, end)
            elif "0" <= word[0] <= "9":
                kind, leaf = NUMBER, Number(float(word), start, end)
            elif is_blank(word):
                continue
            else:
                kind = terminal(word)
                if kind is None:
                    self.other(word, start)
                    continue
                leaf = self.leaf(kind, word, start, end)
            kinds.append(kind)
            leaves.append(leaf)
            starts.append(start)

    def end(self) -> None:
        """The end of the text; no bracket is open any more, and no row begins."""
        tokens = self.tokens
        self.end_functions()
        if self.open:
            from gradcli.syntax.wrong_words import unclosed

            raise unclosed(self.text, self.open[-1][1])
        if self.value and tokens.kinds and self.text[tokens.starts[-1]] == "\n":
            tokens.drop()
        tokens.put(END, len(self.text), len(self.text))

    def leaf(self, kind: int, word: str, start: int, end: int) -> Name | Number | String:
        """The leaf of a number, of a string, or of a name that may be no plain one."""
        if kind == NUMBER:
            return Number(float(word), start, end)
        return String(word[1:-1], start, end) if kind == STRING else self.name(word, start, end)

    def name(self, word: str, start: int, end: int) -> Name:
        """A name that is not plain ASCII, or stands in a value."""
        name = canonical(word)
        if not (is_name(word) and is_name(name)) or (name != word and name in tables.WORDS):
            raise self.wrong(start)
        if self.value:
            name = _UNBOUNDED.get(name.lower(), name)
        return Name(name, start, end)

    def other(self, _: str, start: int) -> None:
        """Characters that are no word."""
        raise self.wrong(start)

    def wrong(self, start: int) -> Mistake:
        """What to say of characters that are no word."""
        from gradcli.syntax.wrong_words import wrong_word

        return wrong_word(self.text, start, after_operand=self.tokens.last in ENDERS)

    # Rules for words whose meaning depends on what is around: they give the terminal that a word
    # is here, or None when there is nothing more to do.

    def opens(self, kind: int, _: str, start: int) -> int:
        """A bracket or a function opens."""
        self.open.append((kind, start))
        if len(self.open) > self.limit:
            raise Mistake(
                f"brackets, blocks and functions are nested more than {self.limit:,} deep",
                start,
                start + 1,
                "give inner parts names of their own: `part = …`",
                LimitError,
            )
        return kind

    def closes(self, kind: int, _: str, start: int) -> int:
        """A closing bracket that is not that of the last opener ends the functions before it."""
        self.end_functions()
        if not self.open or self.open[-1][0] != OPENERS[kind]:
            from gradcli.syntax.wrong_words import wrong_bracket

            raise wrong_bracket(self.text, start, self.open[-1][1] if self.open else None)
        self.open.pop()
        return kind

    def comma(self, kind: int, *_: object) -> int:
        """A comma parts arguments, items and parameters."""
        self.end_functions()
        return kind

    def end_functions(self) -> None:
        """A comma, separator or closing bracket ends the functions whose bodies reach to it."""
        while self.open and self.open[-1][0] == ARROW:
            self.open.pop()

    def newline(self, _kind: int, _word: str, start: int) -> int | None:
        """A newline ends a statement, unless it is white space.

        It is so in brackets, after an operator, and before `else`.
        """
        bracket = next((kind for kind, _ in reversed(self.open) if kind != ARROW), LBRACE)
        if bracket != LBRACE or self.tokens.last not in ENDERS:
            return None
        if re.compile(tables.BEFORE_ELSE).match(self.text, start):
            return None
        self.end_functions()
        return SEP

    def semicolon(self, *_: object) -> int | None:
        """`;` ends a statement, or the row of a value; several in a row are one in a program."""
        self.end_functions()
        return SEP if self.value or self.tokens.last not in (SEP, LBRACE) else None

    def sign(self, kind: int, _: str, start: int) -> int:
        """Refuses `1 -2` in a value, which may be a difference or two numbers."""
        if not self.open and self.tokens.last in ENDERS:
            before, after = self.text[start - 1], self.text[start + 1 : start + 2]
            if before.isspace() and not after.isspace():
                from gradcli.syntax.wrong_words import doubtful_sign

                raise doubtful_sign(self.text, start)
        return kind

    def constant(self, kind: int, word: str, start: int) -> None:
        """Another spelling of a constant."""
        self.tokens.put(kind, Name(OTHER_SPELLINGS[word], start, start + len(word)), start)

    def vjp(self, kind: int, word: str, start: int) -> int | None:
        """`vjp` is a word of its own before the head of a rule, and a name elsewhere."""
        if re.compile(tables.VJP_HEAD).match(self.text, start):
            return kind
        self.tokens.put(NAME, Name(word, start, start + len(word)), start)
        return None

    def reserved(self, _: int, __: str, start: int) -> None:
        """A word of another language."""
        raise self.wrong(start)


_RULES: dict[int, Rule] = {
    **dict.fromkeys((LPAR, LSQB, LBRACE, ARROW), Scanner.opens),
    **dict.fromkeys((RPAR, RSQB, RBRACE), Scanner.closes),
    COMMA: Scanner.comma,
    NEWLINE: Scanner.newline,
    SEMICOLON: Scanner.semicolon,
    VJP: Scanner.vjp,
    RESERVED: Scanner.reserved,
}


def _operator(word: str, kind: int) -> str | None:
    """The operator that a word is, if it is one."""
    return _OPERATORS.get(word, word) if kind in (OP, SIGN, NOT, AUGMENT) else None


_FIXED: dict[str, tuple[int, str | None, Rule | None] | tuple[()]] = {
    **{w: (kind, _operator(w, kind), _RULES.get(kind)) for w, kind in tables.WORDS.items()},
    **dict.fromkeys(OTHER_SPELLINGS, (NAME, None, Scanner.constant)),
    " ": (),
}
"""What is known of a word by itself: its terminal, the operator that it is, and its rule.

Of the most frequent blank there is nothing to know.
"""
_IN_VALUE = _FIXED | {
    word: (SIGN, _operator(word, SIGN), Scanner.sign)
    for word, kind in tables.WORDS.items()
    if kind == SIGN
}
"""The same in the value of an option."""
