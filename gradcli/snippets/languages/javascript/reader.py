"""Reads JavaScript: from words to the common tree, with the semicolons that were left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ParseError, Span
from gradcli.snippets.languages.javascript import expressions, statements
from gradcli.snippets.languages.javascript.lexer import Lexer, Word
from gradcli.snippets.languages.javascript.tables import KINDS, ROWS, RULES, START

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.errors import GradcliError, Source
    from gradcli.snippets import tree

_ACTIONS = {**vars(expressions), **vars(statements), "": None}
_RULES: list[tuple[int, int, Callable[..., Any] | None]] = [
    (left, length, _ACTIONS[name]) for left, length, name in RULES
]
_SEMI = KINDS["SEMI"]


def read(source: Source) -> tree.Block:
    """The tree of a snippet; ParseError, or Refusal, where it is none."""
    parser = Parser(source)
    try:
        for word in Lexer(source).read():
            parser.take(word)
    except expressions.UnreadableError as error:
        place = error.node
        raise error.error(span=Span(source, place.start, place.end)) from None
    block: tree.Block = parser.values[0]
    return block


class Parser:
    """Shifts and reduces: `states` are rows of the table, `values` what they have led to so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.states = [ROWS[START]]
        self.values: list[Any] = []
        self.last: Word | None = None

    def take(self, word: Word) -> None:
        """One more word; before it a semicolon that was left out, if only that can be meant."""
        if not self.shift(KINDS[word.kind], word):
            ends = word.begins_line or word.kind in ("RBRACE", "$END") or self.ends_loop()
            at = self.last.end if self.last is not None else 0
            semicolon = Word("SEMI", ";", at, at, False)
            if not (ends and self.shift(_SEMI, semicolon) and self.shift(KINDS[word.kind], word)):
                raise self.unexpected(word)
        self.last = word

    def ends_loop(self) -> bool:
        """Whether a `do … while (…)` ends here, which needs no semicolon."""
        return len(self.values) > 3 and getattr(self.values[-4], "kind", "") == "DO"

    def shift(self, kind: int, word: Word) -> bool:
        """Reduces as far as the word asks for, and takes it; False where it cannot stand here."""
        action = self.states[-1].get(kind)
        while action is not None and action < 0:
            self.reduce(*_RULES[~action])
            action = self.states[-1].get(kind)
        if action is None:
            return False
        self.states.append(ROWS[action])
        self.values.append(word)
        return True

    def reduce(self, left: int, length: int, act: Callable[..., Any] | None) -> None:
        """Puts what a rule makes of its children in their place."""
        if act is not None:
            start = len(self.values) - length
            self.values[start:] = [act(*self.values[start:])]
        if length:
            del self.states[-length:]
        self.states.append(ROWS[self.states[-1][left]])

    def unexpected(self, word: Word) -> GradcliError:
        """The error of a word that cannot stand where it stands."""
        text = self.source.text[word.start : word.end]
        span = Span(self.source, word.start, word.end)
        if word.kind == "$END":
            return ParseError("the snippet ends in the middle of a statement", span=span)
        shown = text if len(text) < 20 else text[:20] + "…"
        return ParseError(f"`{shown}` cannot stand here", span=span)
