"""Small graphs as scalar code: each element of each array is a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.elements import Elements
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Code

LARGEST = 256
"""Elements of an array, each of which is a number of its own here."""


class Tracer(Elements):
    """Writes code of up to so many instructions: for each node an array of scalars.

    A TypeError says that there is none, or that it is too long.
    """

    def __init__(self, code: Code, longest: int) -> None:
        super().__init__(code, _refuse_others)
        self._longest = longest

    def follow(self, body: Sequence[Node]) -> None:
        """Writes code for nodes, of which inputs come first."""
        for node in body:
            self.apply(node)
            if len(self.code) > self._longest:
                raise TypeError("this is too long for machine code")


def _refuse_others(node: Node) -> None:
    if node.size > LARGEST or node.dtype not in (DOUBLE, BOOL):
        raise TypeError("only few numbers of 64 bits are turned into machine code")
