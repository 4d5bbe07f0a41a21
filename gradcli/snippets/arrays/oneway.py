"""Results through which derivatives are pushed forward, and never pulled back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.op import Structural
from gradcli.snippets.errors import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node


class OneWay(Structural):
    """A result that is what it is made of; pulling back through it is an error of the snippet."""

    __slots__ = ()

    def __init__(self, name: str, text: str, help_: str, kind: str = "ValueError") -> None:
        def vjp(_node: Node, _g: Node) -> Sequence[Node | None]:
            raise Raised(kind, text, help=help_)

        def batch(_node: Node, inputs: Sequence[Node], _size: int) -> Any:
            return self(inputs[0])

        super().__init__(name, lambda z: z, lambda shapes: shapes[0], vjp, _moved, batch=batch)


def _moved(_node: Node, tangents: Sequence[Node | None]) -> Node | None:
    return tangents[0]
