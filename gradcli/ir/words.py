"""The few operations that rules and passes spell by name; the files in `ops` fill the list in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

WORDS: dict[str, Callable[..., Node]] = {}
"""Word to what builds its node: where, sum, sum_to, spread, reshape, any, ne, and, or, not …"""


def word(name: str) -> Callable[..., Node]:
    """What builds the node of that name, looked up when it is called."""

    def build(*args: Any) -> Node:
        return WORDS[name](*args)

    return build
