"""An unexpected word, and what stands around it; loaded when the parser meets one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.syntax import Mistake
from gradcli.syntax.lexer import CLOSERS, WORD, Tokens
from gradcli.syntax.tables import (
    ARROW,
    ASSIGN,
    LBRACE,
    LPAR,
    LSQB,
    NAME,
    NOT,
    NUMBER,
    ROWS,
    RULES,
    SEP,
    SIGN,
    STRING,
)

if TYPE_CHECKING:
    from gradcli.syntax import IsElementwise

STARTERS = (NAME, NUMBER, STRING, LPAR, LSQB, SIGN, NOT)
"""What an operand starts with."""


class Here:
    """An unexpected word: what it is, what stands before it, and what could stand in its place."""

    def __init__(
        self,
        tokens: Tokens,
        index: int,
        states: list[Any],
        text: str,
        value: bool,
        is_elementwise: IsElementwise,
    ) -> None:
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.index = index
        self.states = states
        self.text = text
        self.value = value
        self.is_elementwise = is_elementwise
        self.kind = self.kinds[index]
        self.previous = self.kinds[index - 1] if index else SEP
        self.word = self.word_at(index)
        self.word_before = self.word_at(index - 1)
        self.touches = self.starts[index] == self.starts[index - 1] + len(self.word_before)
        end = "the end of the line" if self.kind == SEP else "the end"
        self.shown = f"`{self.word}`" if self.word else end

    def word_at(self, index: int) -> str:
        """The word in the text; nothing for the end of a line or of the text."""
        if index < 0:
            return ""
        match = WORD.match(self.text, self.starts[index])
        return match[0].strip("\n") if match else ""

    def accepts(self, kind: int) -> bool:
        """Whether another terminal could stand here."""
        states = list(self.states)
        while True:
            action = states[-1].get(kind)
            if action is None or action >= 0:
                return action is not None
            left, length, _ = RULES[~action]
            del states[-length:]
            states.append(ROWS[states[-1][left]])

    @cached_property
    def statement(self) -> tuple[int, list[int]]:
        """Where the innermost bracket or the statement around starts, and what is directly in it.

        The first is the index of a bracket or a separator, -1 for the start of the text; the
        second are indices of terminals before here, the last one first.
        """
        direct: list[int] = []
        closed: list[int] = []
        for index in reversed(range(self.index)):
            kind = self.kinds[index]
            if kind in CLOSERS.values():
                closed.append(index)
            elif kind in CLOSERS:
                if not closed:
                    return index, direct
                closer = closed.pop()
                compound = kind == LBRACE and self.kinds[index - 1] not in (ASSIGN, ARROW)
                if compound and not closed:
                    return closer, direct
            elif not closed:
                if kind == SEP:
                    return index, direct
                direct.append(index)
        return -1, direct

    @property
    def bracket(self) -> int | None:
        """The kind of the bracket around, LPAR or LSQB; None directly in a block or the text."""
        border = self.statement[0]
        kind = self.kinds[border] if border >= 0 else None
        return kind if kind in (LPAR, LSQB) else None

    def last(self, *kinds: int) -> int | None:
        """The index of the last of some terminals directly in this statement or bracket."""
        return next((index for index in self.statement[1] if self.kinds[index] in kinds), None)

    def mistake(self, message: str, advice: str | None = None) -> Mistake:
        """A mistake at the unexpected word."""
        start = self.starts[self.index]
        return Mistake(message, start, start + max(len(self.word), 1), advice)

    def lacks_product(self, mistake: Mistake) -> Mistake:
        """The mistake, which a `*` before this word mends, if no quotient may end there."""
        from gradcli.syntax.operands import operand_begin

        if self.word_at(operand_begin(self.kinds, self.index - 1) - 1) not in ("/", "//", "%"):
            mistake.product = self.starts[self.index]
        return mistake

    def before(self, message: str, advice: str | None = None) -> Mistake:
        """A mistake at the word before it."""
        start = self.starts[self.index - 1]
        return Mistake(message, start, start + len(self.word_before), advice)
