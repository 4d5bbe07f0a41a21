"""The rules for densities and shares: log(a*exp(u)), log(exp(u) + 2), exp(u)/(exp(u) + exp(v)).

Far out the exponentials are 0 or infinite, and these are still numbers. Loaded when a formula has
one of them (`stabilize.awaited`).
"""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from gradcli.ir.node import literal
from gradcli.ops.arithmetic import add, div, mul
from gradcli.ops.exponential import SOFTPLUS, exp, log, log1p, logaddexp, sigmoid
from gradcli.ops.growing import OVER_EXP
from gradcli.ops.powers import pow_, square
from gradcli.ops.stabilize import add_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node

DEPTH = 12
"""How deep products and sums are looked into: formulas written by hand, not those of loops."""


class Product(NamedTuple):
    """factor * exp(exponent); what is not there is None."""

    factor: Node | None
    exponent: Node | None


def _product(x: Node, depth: int = DEPTH) -> Product:
    """A node without the exponentials among its factors."""
    if x.op is exp.op:
        return Product(None, x.inputs[0])
    raised = _power_of_exp(x)
    if raised is not None:
        return Product(None, raised)
    if not depth or x.op not in (mul.op, div.op, OVER_EXP):
        return Product(x, None)
    a, b = (_product(part, depth - 1) for part in x.inputs[:2])
    if a.exponent is None and b.exponent is None:
        return Product(x, None)
    if x.op is mul.op:
        return Product(_both(mul, a.factor, b.factor), _both(add, a.exponent, b.exponent))
    factor = a.factor if b.factor is None else (1.0 if a.factor is None else a.factor) / b.factor
    less = None if b.exponent is None else -b.exponent
    return Product(factor, _both(add, a.exponent, less))


def _power_of_exp(x: Node) -> Node | None:
    """n*u, where the node is exp(u)^n."""
    if x.op not in (square.op, pow_.op) or x.inputs[0].op is not exp.op:
        return None
    return (2.0 if x.op is square.op else x.inputs[1]) * x.inputs[0].inputs[0]


def _both(joined: Callable[[Node, Node], Node], x: Node | None, y: Node | None) -> Node | None:
    """Two operands as one, or the one that is there."""
    if x is None or y is None:
        return y if x is None else x
    return joined(x, y)


def _log_of_product(x: Node) -> Node | None:
    factor, exponent = _product(x)
    if exponent is None or factor is None:
        return exponent
    return log(factor) + exponent


# --- sums ---------------------------------------------------------------------------------------


def _terms(x: Node, depth: int = DEPTH) -> list[Node]:
    if x.op is not add.op or not depth:
        return [x]
    return [term for part in x.inputs for term in _terms(part, depth - 1)]


def _log_of_term(x: Node) -> Node | None:
    """The logarithm of exp(u) with a constant factor, or of a constant, that is positive."""
    factor, exponent = _product(x)
    weight = 1.0 if factor is None else literal(factor)
    if weight is None or not 0 < weight < math.inf:
        return None
    if exponent is None:
        return x.graph.constant(math.log(weight))
    return exponent if weight == 1.0 else exponent + math.log(weight)


def _logs_of(terms: list[Node]) -> list[Node] | None:
    """Those of all terms; None where one may be negative."""
    logs = []
    for term in terms:
        z = _log_of_term(term)
        if z is None:
            return None
        logs.append(z)
    return logs


def _log_of_sum(terms: list[Node]) -> Node | None:
    """The logarithm of a sum with exponentials; None where a term may be negative."""
    logs = _logs_of(terms)
    if logs is None or all(literal(z) is not None for z in logs):
        return None
    return reduce(logaddexp, logs)


def _log1p_of_sum(x: Node) -> Node | None:
    z = _log_of_sum(_terms(x))
    return None if z is None else SOFTPLUS(z)


def _share(x: Node, y: Node) -> Node | None:
    """exp(u) over a sum in which it is a term."""
    terms = _terms(y)
    if x.op is not exp.op or terms.count(x) != 1:
        return None
    others = _logs_of([term for term in terms if term is not x])
    return sigmoid(x.inputs[0] - reduce(logaddexp, others)) if others else None


add_rule(log, "log(a*exp(x)), log(exp(x)/a)", "log(a) + x", _log_of_product, mul, div, OVER_EXP)
add_rule(log, "log(exp(x) + 2)", "logaddexp(x, log(2))", lambda x: _log_of_sum(_terms(x)), add)
add_rule(log1p, "log(1 + 2*exp(x))", "softplus(x + log(2))", _log1p_of_sum, mul, div, OVER_EXP, add)
add_rule(log, "log(exp(x)^n)", "n*x", _power_of_exp, pow_, square)
add_rule(div, "exp(x)/(exp(x) + exp(y))", "sigmoid(x - y)", _share, exp)
