"""What is between two numbers that have a term in common: x + w and x differ by w, not rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ops.arithmetic import add, neg, sub

if TYPE_CHECKING:
    from gradcli.ir.node import Node


def _terms(x: Node) -> list[tuple[float, Node]]:
    """The terms of a sum or a difference, each with its sign."""
    if x.op is add.op or x.op is sub.op:
        return [(1.0, x.inputs[0]), (1.0 if x.op is add.op else -1.0, x.inputs[1])]
    return [(1.0, x)]


def between(a: Node, b: Node) -> Node | None:
    """a - b by what is left of them without the term that both have; None if there is none."""
    p, q = _terms(a), _terms(b)
    common = next((term for term in p if term in q), None)
    if common is None or a is b:
        return None
    p.remove(common)
    q.remove(common)
    if p and q:
        (s, u), (t, v) = p[0], q[0]
        if u is v:
            return 2.0 * s * u if s != t else None
        first, second = signed(s, u), signed(t, v)
        return first - second
    return signed(*p[0]) if p else signed(-q[0][0], q[0][1])


def signed(sign: float, x: Node) -> Node:
    """x or -x."""
    return x if sign > 0 else -x


def is_minus(a: Node, b: Node) -> bool:
    """Whether one of two nodes is the other one behind a minus."""
    return (a.op is neg.op and a.inputs[0] is b) or (b.op is neg.op and b.inputs[0] is a)
