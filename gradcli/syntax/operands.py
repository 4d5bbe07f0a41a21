"""Where operands begin and brackets are closed, among the kinds of terminals."""

from __future__ import annotations

from gradcli.syntax.lexer import CLOSERS
from gradcli.syntax.tables import DOT, NAME, RBRACE, RPAR, RSQB


def operand_begin(kinds: list[int], last: int) -> int:
    """Where the operand begins that ends at a terminal."""
    while True:
        if kinds[last] in (RPAR, RSQB, RBRACE):
            last = opener_of(kinds, last)
            if last and kinds[last - 1] in (NAME, RPAR, RSQB):
                last -= 1
                continue
        if kinds[last] == NAME and last >= 2 and kinds[last - 1] == DOT:
            last -= 2
            continue
        return last


def opener_of(kinds: list[int], closer: int) -> int:
    """The index of the bracket that another closes."""
    depth = 0
    for index in range(closer, -1, -1):
        depth += (kinds[index] in CLOSERS.values()) - (kinds[index] in CLOSERS)
        if not depth:
            return index
    return 0


def closer_of(kinds: list[int], opener: int) -> int:
    """The index of the bracket that closes another."""
    depth = 0
    for index in range(opener, len(kinds)):
        depth += (kinds[index] in CLOSERS) - (kinds[index] in CLOSERS.values())
        if not depth:
            return index
    return opener
