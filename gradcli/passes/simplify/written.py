"""Reads formulas as records write them, `1/(1 + {0}^2)`, and builds what they say."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Tree = tuple[Any, ...]

_TOKEN = re.compile(r"\s*(\{\d(?::\d+)?\}|[\d.]+(?:e[+-]?\d+)?|\w+|==|!=|<=|>=|//|.)")
_BINDING = {
    "or": 1,
    "and": 2,
    "==": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "@": 6,
    "//": 6,
    "%": 6,
    "^": 8,
}


class _Reader:
    """Precedence climbing over the few tokens that formulas have."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_TOKEN.findall(text.strip()), ""]
        self.index = 0

    def take(self) -> str:
        self.index += 1
        token: str = self.tokens[self.index - 1]
        return token

    @property
    def next(self) -> str:
        return str(self.tokens[self.index])

    def expression(self, least: int = 0) -> Tree:
        left = self.operand()
        while (binding := _BINDING.get(self.next, -1)) > least:
            operator = self.take()
            left = (operator, left, self.expression(7 if operator == "^" else binding))
        return left

    def operand(self) -> Tree:
        word = self.take()
        if word == "-":
            return ("neg", self.expression(6))
        if word == "not":
            return ("not", self.expression(3))
        if word == "(":
            inner = self.expression()
            self.take()
            return inner
        if word[0] == "{":
            return ("slot", int(word[1]))
        if word[0].isdigit():
            return ("number", word)
        return self.call(word) if self.next == "(" else ("name", word)

    def call(self, name: str) -> Tree:
        arguments: list[Tree] = []
        while self.take() in "(,":
            arguments.append(self.expression())
        return ("call", name, *arguments)


@cache
def read(text: str) -> Tree:
    """The tree of a formula: an operator or a kind, and its parts."""
    return _Reader(text).expression()
