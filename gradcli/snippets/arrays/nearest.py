"""Evaluates the nodes of a snippet: in single precision to the nearest number."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.blocked import BlockedEvaluator
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction
from gradcli.ops.compare import repaired
from gradcli.ops.exponential import xlog1py, xlogy
from gradcli.ops.matmul import MASKED_MATMUL, MATMUL
from gradcli.ops.softmax import LOGSUMEXP
from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from gradcli.exec.needs import How
    from gradcli.ir.node import Node
    from gradcli.ir.record import Op


def _moved(x: Any, _dtype: Any) -> Any:
    return x


CONVERT = Elementwise(
    "convert", _moved, lambda x, z: 1, notation=("{0}", 10), analytic=True, identity=True
)
"""Numbers of one type as those of another: its result has a type of its own."""


EXACT = frozenset({operator.add, operator.sub, operator.mul, operator.truediv, operator.neg})
"""Kernels that give the nearest number in single precision as they are."""


SUMMING = (Linear, Multilinear, Reduction)
"""Operations that move numbers or add them up, in single precision as the frameworks do."""


def rounded_once(a: Any, b: Any, c: Any) -> Any:
    """a * b + c in single precision, as a machine gives it that does both in one instruction."""
    return (np.asarray(a, float) * np.asarray(b, float) + np.asarray(c, float)).astype(FLOAT32)


def times_log(log: Callable[..., Any]) -> Callable[..., Any]:
    """x times the logarithm of y as all frameworks have it: 0 where x is 0 and y is a number."""

    def kernel(x: Any, y: Any) -> Any:
        return repaired(x * log(np.asarray(y, float)), (x == 0) & ~np.isnan(y), 0)

    return kernel


OF_LOGS: dict[Any, Callable[..., Any]] = {
    xlogy.op: times_log(np.log),
    xlog1py.op: times_log(np.log1p),
}
"""Functions that gradcli itself has undefined where y is beyond the logarithm's domain."""


class Nearest(BlockedEvaluator):
    """Evaluates functions of numbers in single precision to the nearest number.

    NumPy's own may be two numbers off; those of the frameworks are rarely more than a half.
    `single` are the operations that are left in single precision, `own` those that a framework
    computes in a way of its own, `doubles` the same in double precision. `rewritten`, where a graph
    is computed, may have another value of a node.
    """

    single: tuple[type, ...] = SUMMING

    def __init__(self, values: Mapping[Node, Any], how: How | None = None) -> None:
        super().__init__(values, how)
        self.wide: dict[Node, Any] = {}
        self.rounded: dict[Op, bool] = {}
        self.own: dict[Op, Callable[..., Any]] = {**OF_LOGS}
        self.doubles: dict[Op, Callable[..., Any]] = {**OF_LOGS}
        self.rewritten: Any = None

    def another(self, values: Mapping[Node, Any] | None = None, how: How | None = None) -> Nearest:
        """Another that computes as this one does, perhaps of other values."""
        made = Nearest(values or {}, how)
        made.own, made.doubles = self.own, self.doubles
        return made

    def run(self, nodes: Collection[Node]) -> None:
        """Evaluates nodes; NumPy's warnings are silenced for the whole snippet."""
        self.evaluate(nodes)

    def perform(self, nodes: Iterable[Node]) -> None:
        """Evaluates nodes one by one."""
        values = self.values
        rewritten = self.rewritten
        for node in nodes:
            op = node.op
            if rewritten is not None and (made := rewritten.value(node)) is not None:
                values[node] = made
            elif node.dtype is not FLOAT32 and node.dtype != FLOAT32:
                double = self.doubles.get(op)
                if double is None:
                    super().perform((node,))
                else:
                    values[node] = double(
                        *[np.asarray(values[x]) for x in node.inputs], *node.attrs
                    )
            elif op in self.own:
                operands = [np.asarray(values[x], FLOAT32) for x in node.inputs]
                values[node] = np.asarray(self.own[op](*operands, *node.attrs), FLOAT32)[()]
            elif op is MASKED_MATMUL and self.multiplied(node):
                continue
            elif op is LOGSUMEXP:
                self.wide[node] = op.kernel(self.widened(node.inputs[0]), *node.attrs)
                values[node] = self.wide[node].astype(FLOAT32)
            elif self.is_rounded(op) and node.inputs:
                wide = [self.widened(x) for x in node.inputs]
                values[node] = np.asarray(op.kernel(*wide, *node.attrs)).astype(FLOAT32)[()]
            else:
                super().perform((node,))

    def multiplied(self, node: Node) -> bool:
        """Whether a product behind a mask is finite, and so is evaluated as any other."""
        product = self.own.get(MATMUL)
        if product is None:
            return False
        whole = product(*[np.asarray(self.values[x], FLOAT32) for x in node.inputs[:2]])
        if not np.isfinite(whole).all():
            return False
        self.values[node] = np.asarray(whole, FLOAT32)
        return True

    def is_rounded(self, op: Op) -> bool:
        """Whether results in single precision are computed in double, and rounded."""
        is_rounded = self.rounded.get(op)
        if is_rounded is None:
            is_rounded = not isinstance(op, self.single) and op.kernel not in EXACT
            is_rounded = self.rounded[op] = is_rounded and op is not CONVERT
        return is_rounded

    def widened(self, node: Node) -> Any:
        """A value for a function whose result is rounded.

        The logarithm of a sum has all its digits: what is left of it in a difference may be little.
        """
        value = self.wide.get(node)
        if value is None:
            value = self.values[node]
        return value.astype(FLOAT64) if value.dtype == FLOAT32 else value

    def forget(self, live: AbstractSet[Node]) -> None:
        """Lets go of what is not live."""
        for table in (self.values, self.wide):
            for node in [node for node in table if node not in live]:
                del table[node]
