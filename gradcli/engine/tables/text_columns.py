"""Columns of text in a program of `map`: strings that they are compared with become numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.program import Text
from gradcli.errors import ProgramTypeError, Span
from gradcli.lower.trees import walked
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Collection

    Words = dict[str, list[str]]
    """The strings that each column is compared with; their numbers are those of the places."""

EQUALITIES = (("==",), ("!=",))


def words_of(text: Text, columns: Collection[str]) -> Words:
    """The columns that a program compares with strings, and these strings."""
    words: Words = {}
    compared: set[tree.Name] = set()
    for node in walked(text.tree.block):
        if isinstance(node, tree.Compare) and _strings(node):
            name, string = _sides(text, node, columns)
            words.setdefault(name.id, [])
            if string.text not in words[name.id]:
                words[name.id].append(string.text)
            compared.add(name)
    if words:
        _refuse_uncompared(text, words, compared)
    return words


def _refuse_uncompared(text: Text, words: Words, compared: Collection[tree.Name]) -> None:
    """A column of text has no other use."""
    for node in walked(text.tree.block):
        if isinstance(node, tree.Name) and node.id in words and node not in compared:
            raise ProgramTypeError(
                f"{node.id} is a column of text, which can only be compared with a string",
                span=Span(text.source, node.start, node.end),
                help=f'{node.id} == "{words[node.id][0]}"',
            )


def numbered(text: Text, words: Words) -> Text:
    """The program with numbers in the place of the strings."""
    if not words:
        return text
    other = Text(text.source.text, text.source.name)
    for node in walked(other.tree.block):
        if isinstance(node, tree.Compare) and _strings(node):
            name, string = _sides(other, node, words)
            number = float(words[name.id].index(string.text))
            node.operands = (name, tree.Number(number, string.start, string.end))
    return other


def _strings(node: tree.Compare) -> bool:
    return any(isinstance(operand, tree.String) for operand in node.operands)


def _sides(
    text: Text, node: tree.Compare, columns: Collection[str]
) -> tuple[tree.Name, tree.String]:
    """The column and the string that a comparison is between, whichever comes first."""
    first, second = node.operands[:2]
    if isinstance(first, tree.String):
        first, second = second, first
    is_column = isinstance(first, tree.Name) and first.id in columns
    if node.ops in EQUALITIES and isinstance(second, tree.String) and is_column:
        assert isinstance(first, tree.Name)
        return first, second
    raise ProgramTypeError(
        "a string can only be compared with a column of text, by == or !=",
        span=Span(text.source, node.start, node.end),
        help='type == "call"',
    )
