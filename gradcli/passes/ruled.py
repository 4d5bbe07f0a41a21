"""Functions with a derivative rule of the user's own, as single nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gradcli.ir.op import Structural
from gradcli.passes.reverse import reverse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from gradcli.ir.node import Node

    Rule = Callable[[Sequence[Node], Node], Sequence[Node | None]]
    Push = Callable[[Sequence[Node | None]], Node]


class Ruled(Structural):
    """A function with a rule of the user's own, which may ask for the value of the cotangent.

    Two of one `key` have one rule, which uses nothing but the node and the cotangent.
    """

    __slots__ = ("key",)

    parts: ClassVar[bool] = True

    key: Hashable


def ruled(
    name: str,
    value: Node,
    inputs: Sequence[Node],
    rule: Rule,
    push: Push | None = None,
    key: Hashable = None,
) -> Node:
    """A node with the value of `value`, whose cotangents for `inputs` are what `rule` gives.

    A rule with a `key` is given the value, too, before the inputs. The node's tangent is what
    `push` gives. Without that it follows from the rule, which is linear in the cotangent: it is the
    gradient, by the cotangent, of the sum of the rule's results times the tangents.
    """
    first = 1 if key is None else 0

    def vjp(node: Node, g: Node) -> Sequence[Node | None]:
        return (None, *rule(node.inputs[first:], g))

    def jvp(node: Node, tangents: Sequence[Node | None]) -> Node | None:
        if push is not None:
            return push(tangents[1:])
        probe = node.graph.input("cotangent", node.shape)
        parts = rule(node.inputs[first:], probe)
        pairs = zip(parts, tangents[1:], strict=True)
        moving = [(p, t) for p, t in pairs if p is not None and t is not None]
        if not moving:
            return None
        (tangent,) = reverse([p for p, _ in moving], [probe], [t for _, t in moving])
        return tangent

    op = Ruled(name, lambda z, *_: z, lambda shapes: shapes[0], vjp, jvp)
    op.key = key
    return op(value, *inputs)
