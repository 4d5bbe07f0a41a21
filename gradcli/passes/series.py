"""Taylor mode: the power series of results from those of a few nodes, coefficient by coefficient.

Every operation says how its result moves: z' is the tangent of the inputs' derivatives. So the
coefficient of order k of z is that of order k - 1 of the tangent, over k: a recurrence where the
partials are made of the result and of what leads back to it, as with `exp`, `tan` and `erf`, and a
chain of records where they are not, as with `gamma`. Linear operations work on each coefficient,
products and quotients as those of polynomials.
"""

from __future__ import annotations

from itertools import chain, product
from math import factorial, perm, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import PRODUCT, QUOTIENT, Closed, Elementwise, Multilinear
from gradcli.passes.cotangent import selected
from gradcli.passes.forward import elementwise_tangent, tangent
from gradcli.passes.loop import ENDS, ends_beside
from gradcli.passes.loop_turns import or_zeros
from gradcli.passes.products import sum_of_products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.ir.loop import Loop, Turn
    from gradcli.passes.cotangent import Carried

    Maybe = Node | None
    Zeros = Callable[[Node], Any]
    Term = tuple[Node, int]


def series(x: Node, order: int, zeros: Zeros | None = None, *, derivatives: bool = False) -> Series:
    """Power series in h, where every element of x moves by h, to an order and beyond.

    `zeros` says where a node is 0, or None if that is not known: a quotient that is 0/0 has the
    series of its limit. Of order k are the coefficients, or the `derivatives`, which are k! times
    as large: each loses no digits where the other would.
    """
    one = WORDS["spread"](x.graph.constant(1.0), x.shape)
    return Series({x: [x, one]}, order, zeros, derivatives=derivatives)


class CircularError(Exception):
    """What a quotient begins with hangs on its own value, in a part that no element takes."""


class Rule:
    """How the coefficients of a node follow: of order k from those that `needs(k)` lists.

    The first is the node itself, unless the rule is for the `whole` series.
    """

    __slots__ = ("coefficient", "needs", "whole")

    def __init__(
        self,
        needs: Callable[[int], Iterable[Term]],
        coefficient: Callable[[int], Maybe],
        *,
        whole: bool = False,
    ) -> None:
        self.needs = needs
        self.coefficient = coefficient
        self.whole = whole


_TIMES = frozenset({PRODUCT, QUOTIENT})
"""Of what series is zero where that of the first operand is."""

RESTS, JUMPS, FLOWS = range(3)
"""How a node moves: not at all, from one value to another, or with a series."""

_ENDED = Rule(lambda k: (), lambda k: None)
"""The rule of a series of which all that is not zero is known."""


class Series:
    """The power series of nodes, each as far as it has been asked for; None is a zero.

    `rows` are the coefficients that are known, to begin with those of the nodes that move by
    themselves; `masks` say where a node moves, as in both modes. `order` is how far most will be
    asked for. Instead of coefficients, rows may hold `derivatives`.
    """

    def __init__(
        self,
        rows: Mapping[Node, Sequence[Maybe]],
        order: int,
        zeros: Zeros | None = None,
        *,
        derivatives: bool = False,
    ) -> None:
        self.rows: dict[Node, list[Maybe]] = {x: [*row] for x, row in rows.items()}
        self.masks: dict[Node, Maybe] = dict.fromkeys(rows)
        self.rules = dict.fromkeys(rows, _ENDED)
        self.motion: dict[Node, int] = dict.fromkeys(rows, FLOWS)
        self.order = order
        self.zeros = zeros or _unknown
        self.derivatives = derivatives

    def coefficient(self, node: Node, k: int) -> Maybe:
        """The coefficient of order k of a node; None for zero."""
        todo = self._missing([(node, k)])
        while todo:
            x, order = todo[-1]
            row, rule = self.rows[x], self.rules[x]
            if len(row) > order:
                todo.pop()
                continue
            n = len(row)
            terms = rule.needs(n) if n or rule.whole else [(y, 0) for y in x.inputs]
            if missing := self._missing(terms):
                todo += missing
            else:
                x.graph.place = x.place
                value = rule.coefficient(n) if n or rule.whole else self._rebuilt(x)
                row.append(None if value is None else WORDS["spread"](value, x.shape))
        return self._at(node, k)

    def _missing(self, terms: Iterable[Term]) -> list[Term]:
        """The terms that are not known yet."""
        missing = []
        for x, k in terms:
            if x not in self.rows and self.motion.get(x) != RESTS:
                self._prepare(x)
            row = self.rows.get(x)
            if row is not None and len(row) <= k:
                missing.append((x, k))
        return missing

    def _at(self, node: Node, k: int) -> Maybe:
        """A coefficient that is known."""
        row = self.rows.get(node)
        return row[k] if row is not None else None if k else node

    def _rebuilt(self, node: Node) -> Maybe:
        """A node over the first coefficients of its inputs: itself, but behind a 0/0."""
        op, parts = node.op, [self._at(x, 0) for x in node.inputs]
        inputs = tuple([or_zeros(x, part) for x, part in zip(node.inputs, parts, strict=True)])
        if inputs == node.inputs:
            return node
        how = getattr(op, "series", None)
        if (how in _TIMES and parts[0] is None) or (how is PRODUCT and None in parts):
            return None
        return node.graph.node(op, inputs, node.attrs, node.shape, node.dtype)

    # --- what moves -------------------------------------------------------------------------------

    def _prepare(self, node: Node) -> None:
        """Finds the rules of a node and of all that it is made of and that moves: inputs first."""
        self._classify(node)
        stack = [node]
        while stack:
            x = stack[-1]
            if x in self.rules or not self.motion[x]:
                stack.pop()
            elif before := [y for y in x.inputs if self.motion[y] and y not in self.rules]:
                stack += before
            else:
                self.rows[x] = []
                x.graph.place = x.place
                self.rules[x], self.masks[x] = _ENDED, None  # its mask may be made of its value
                self.rules[x], self.masks[x] = self._rule(x)
                if self.rules[x].whole and self.rows[x]:
                    raise CircularError

    def _classify(self, node: Node) -> list[Node]:
        """Tells how all moves that a node is made of, as far as that is not known."""
        new, stack = [], [node]
        while stack:
            x = stack[-1]
            if x in self.motion:
                stack.pop()
            elif unknown := [y for y in x.inputs if y not in self.motion]:
                stack += unknown
            else:
                self.motion[x] = self._moves(x)
                new.append(x)
        return new

    def _moves(self, node: Node) -> int:
        """How a node moves: as the inputs that a derivative flows through from, or by jumps."""
        flows = zip(node.op.flows(len(node.inputs)), node.inputs, strict=True)
        return max([min(self.motion[x], FLOWS if flow else JUMPS) for flow, x in flows], default=0)

    # --- rules ------------------------------------------------------------------------------------

    def _rule(self, node: Node) -> tuple[Rule, Maybe]:
        """The rule of a node, and the mask of where it moves."""
        op, inputs = node.op, node.inputs
        if self.motion[node] < FLOWS:
            return _ENDED, None
        if op is ENDS:
            return Rule(self._all_of(inputs[1:]), self._looped(inputs[0])), None
        if all(self.masks.get(x) is None for x in inputs):
            if isinstance(op, Multilinear):
                return Rule(self._each_of(inputs), self._convolved(node, op)), None
            if isinstance(op, Elementwise) and op.series is PRODUCT:
                return Rule(self._each_of(inputs), self._product(*inputs)), None
            if isinstance(op, Elementwise) and op.series is QUOTIENT:
                return self._quotient(node), None
        closed = getattr(op, "series", None)
        if isinstance(closed, Closed) and closed.form and self._is_closed(closed, node) is False:
            form = closed.form(*inputs)
            return Rule(self._each_of([form]), lambda k: self._at(form, k)), None
        return self._derived(node)

    def _each_of(self, nodes: Sequence[Node], ahead: int = 0) -> Callable[[int], list[Term]]:
        """What needs a coefficient of each node, so many orders ahead."""
        return lambda k: [(x, k + ahead) for x in nodes]

    def _all_of(self, nodes: Sequence[Node]) -> Callable[[int], list[Term]]:
        return lambda k: [(x, max(k, self.order)) for x in nodes]

    def _derived(self, node: Node) -> tuple[Rule, Maybe]:
        """By the tangent: of each coefficient, or where its factors move, of the derivatives."""
        moves: list[tuple[Node, Node] | None] = [
            (x, node.graph.input("derivative", x.shape)) if self.motion[x] == FLOWS else None
            for x in node.inputs
        ]
        slope, mask = self._tangent(node, [m and (m[1], self.masks[m[0]]) for m in moves])
        if slope is None:
            return _ENDED, None
        new = self._classify(slope)
        if self.motion[slope] < FLOWS:
            return Rule(self._each_of(node.inputs), self._linear(node)), mask
        for x, derivative in filter(None, moves):
            self.motion[derivative] = FLOWS
            self.masks[derivative] = None
            self.rows[derivative] = []
            self.rules[derivative] = self._shifted(x)
        for x in new:
            if x.inputs:
                self.motion[x] = self._moves(x)
        over = 1 if self.derivatives else None
        return Rule(
            lambda k: [(slope, k - 1)], lambda k: _over(self._at(slope, k - 1), over or k)
        ), mask

    def _tangent(self, node: Node, carried: Sequence[Carried | None]) -> Carried:
        """The tangent; without masks that hold everywhere, and what none of them lets through."""
        op = node.op
        if not isinstance(op, Elementwise):
            value, mask = tangent(node, carried)
            return value, self._unless_whole(mask)
        moves, selects = (
            [*carried],
            [selected(node, i) if c else None for i, c in enumerate(carried)],
        )
        for i, select in enumerate(selects):
            zeros = None if select is None else self._zeros_of(select)
            if zeros is not None and np.all(zeros):
                moves[i] = None
            elif zeros is not None and not np.any(zeros):
                selects[i] = None
        closed = op.series
        is_closed = isinstance(closed, Closed) and self._is_closed(closed, node)
        partials = closed.partials if isinstance(closed, Closed) and is_closed else op.partials
        value, mask = elementwise_tangent(node, moves, partials, selects)
        return value, self._unless_whole(mask)

    def _is_closed(self, closed: Closed, node: Node) -> bool | None:
        """Whether the partials of a closed form hold; None if that is not known."""
        nonzero = closed.nonzero(*node.inputs, node)
        if nonzero is None:
            return False
        zeros = self._zeros_of(nonzero)
        return None if zeros is None else not np.any(zeros)

    def _unless_whole(self, mask: Maybe) -> Maybe:
        zeros = None if mask is None else self._zeros_of(mask)
        return mask if zeros is None or np.any(zeros) else None

    def _zeros_of(self, node: Node) -> Any:
        """Where the value of a node is 0 or false, if that is known."""
        value = self.coefficient(node, 0)
        return None if value is None else self.zeros(value)

    def _shifted(self, x: Node) -> Rule:
        """The series of a derivative."""
        times = 1 if self.derivatives else None
        return Rule(
            self._each_of([x], 1), lambda k: _times(self._at(x, k + 1), times or k + 1), whole=True
        )

    def _linear(self, node: Node) -> Callable[[int], Maybe]:
        def coefficient(k: int) -> Maybe:
            parts = [
                (self._at(x, k), self.masks[x]) if x in self.masks else None for x in node.inputs
            ]
            return self._tangent(self._at(node, 0) or node, parts)[0]

        return coefficient

    def _product(self, x: Node, y: Maybe = None) -> Callable[[int], Maybe]:
        def coefficient(k: int) -> Maybe:
            return sum_of_products(
                (self._ways(i, k - i), self._at(x, i), self._at(y or x, k - i))
                for i in range(k + 1)
            )

        return coefficient

    def _convolved(self, node: Node, op: Multilinear) -> Callable[[int], Maybe]:
        """The sum of the operation over all coefficients whose orders add up."""

        def coefficient(k: int) -> Maybe:
            whole: Maybe = None
            for orders in product(range(k + 1), repeat=len(node.inputs) - 1):
                if sum(orders) > k:
                    continue
                each = (*orders, k - sum(orders))
                parts = [self._at(x, i) for x, i in zip(node.inputs, each, strict=True)]
                if None not in parts:
                    term = op(*filter(None, parts), attrs=node.attrs)
                    term = _times(term, self._ways(*each)) or term
                    whole = term if whole is None else whole + term
            return whole

        return coefficient

    def _ways(self, *orders: int) -> int:
        """The factor of a product of coefficients of these orders; of derivatives, Leibniz's."""
        return factorial(sum(orders)) // prod(map(factorial, orders)) if self.derivatives else 1

    # --- quotients --------------------------------------------------------------------------------

    def _quotient(self, node: Node) -> Rule:
        """By the product with the denominator; zeros that both begin with are left out."""
        *numerator, below = node.inputs
        above = numerator[0] if numerator else node.graph.constant(1.0)
        self._prepare(above)
        shifts = self._shifts(node, above, below)
        if not shifts.any():
            row = self.rows[node]
            needs = self._each_of([above, below])
            return Rule(needs, lambda k: self._ratio(above, below, 0, row))
        each = np.unique(shifts).tolist()
        rows: list[list[Maybe]] = [[] for _ in each]
        masks = [node.graph.constant(np.equal(shifts, n)) for n in each]

        def coefficient(k: int) -> Maybe:
            for n, row in zip(each, rows, strict=True):
                row.append(self._ratio(above, below, n, row))
            whole = rows[0][k]
            for mask, row in zip(masks[1:], rows[1:], strict=True):
                whole = WORDS["where"](mask, or_zeros(node, row[k]), or_zeros(node, whole))
            return whole

        return Rule(self._each_of([above, below], each[-1]), coefficient, whole=True)

    def _ratio(self, above: Node, below: Node, zeros: int, row: Sequence[Maybe]) -> Maybe:
        """The next coefficient of a quotient, where both begin with so many zeros."""
        k = len(row)
        below_at = [self._behind(below, zeros, i) for i in range(k + 1)]
        terms = [(self._ways(i, k - i), below_at[i], row[k - i]) for i in range(1, k + 1)]
        rest, value, lead = sum_of_products(terms), self._behind(above, zeros, k), below_at[0]
        if rest is not None:
            value = (0.0 if value is None else value) - rest
        return None if value is None or lead is None else value / lead

    def _behind(self, node: Node, zeros: int, k: int) -> Maybe:
        """A coefficient of a series without so many zeros in front."""
        return _over(self._at(node, zeros + k), perm(zeros + k, zeros) if self.derivatives else 1)

    def _shifts(self, node: Node, above: Node, below: Node) -> Any:
        """How many zeros both series begin with, for each element.

        Above a zero all that is not known counts as one: else there is no series.
        """
        shifts, pending = np.zeros(node.shape, int), self._is_zero(below, 0)
        if np.any(pending):
            pending = pending & self._is_zero(above, 0, unknown=True)
        for k in range(1, self.order + 2):
            if not np.any(pending):
                break
            ends = ~self._is_zero(below, k)
            shifts = np.where(pending & ends, k, shifts)
            pending = pending & ~ends & self._is_zero(above, k, unknown=True)
        return shifts

    def _is_zero(self, node: Node, k: int, *, unknown: bool = False) -> Any:
        """Where a coefficient is 0; what is not known counts as so `unknown`."""
        value = self.coefficient(node, k)
        zero = np.True_ if value is None else self.zeros(value)
        return np.bool_(unknown) if zero is None else np.asarray(zero)

    # --- loops ------------------------------------------------------------------------------------

    def _looped(self, node: Node) -> Callable[[int], Maybe]:
        """Coefficients by a loop that carries them along, of all orders at once."""
        orders: list[Node] = []

        def coefficient(k: int) -> Maybe:
            if k > len(orders):
                orders[:] = _Orders(self, node, max(k, self.order)).coefficients()
            return orders[k - 1]

        return coefficient

    def inside(self, turn: Turn, rows: Mapping[Node, Sequence[Maybe]], order: int) -> Series:
        """The series in a turn of a loop, of parameters and of what is captured from around it."""
        moving = [x for x in turn.captured if self.motion[x] == FLOWS]
        rows = {**rows, **{x: self.rows[x][: order + 1] for x in moving}}
        inner = Series(rows, order, derivatives=self.derivatives)
        inner.motion |= {x: RESTS for x in turn.captured if x not in inner.rows}
        return inner


class _Orders:
    """A loop whose turns carry coefficients along, and take those of the stacks that move."""

    def __init__(self, outer: Series, node: Node, order: int) -> None:
        self.node = node
        self.outer = outer
        loop: Loop = node.attrs[0]
        self.starts, self.stacks, _, _ = loop.parts(node.inputs)
        self.orders = range(1, order + 1)
        self.carried = [[] if x.is_bool else self._parameters(x, x.shape) for x in loop.carried]
        self.rows = [
            self._parameters(x, x.shape[1:]) if outer.motion[x] == FLOWS else []
            for x in self.stacks
        ]

    def _parameters(self, x: Node, shape: tuple[int, ...]) -> list[Node]:
        return [x.graph.input("coefficient", shape) for _ in self.orders]

    def coefficients(self) -> list[Node]:
        """Those of what the loop carries at its end, as one vector for each order."""
        starts = self._known(self.starts, self.carried)
        stacks = self._known(self.stacks, self.rows)
        ends = iter(ends_beside(self.node, starts, stacks, self._beside))
        parts = [
            [next(ends) for _ in row] or [or_zeros(x, None)] * len(self.orders)
            for x, row in zip(self.starts, self.carried, strict=True)
        ]
        return [_joined(row) for row in zip(*parts, strict=True)]

    def _known(self, nodes: Sequence[Node], parameters: Sequence[Sequence[Node]]) -> list[Node]:
        """The coefficients, as the loop is given them, of nodes that have parameters for them."""
        at = self.outer.coefficient
        pairs = zip(nodes, parameters, strict=True)
        return [or_zeros(x, at(x, k)) for x, row in pairs if row for k in self.orders]

    def _beside(self, turn: Turn) -> tuple[list[Node], list[Maybe], list[Node]]:
        """The coefficients that a turn carries, takes of the stacks, and carries on."""
        rows = {x: [x, *row] for x, row in zip(turn.carried, self.carried, strict=True) if row}
        pairs = zip(turn.rows, self.rows, strict=True)
        rows |= {x: [x, *row] for x, row in pairs if x is not None and row}
        inner = self.outer.inside(turn, rows, len(self.orders))
        after = [
            or_zeros(y, inner.coefficient(y, k))
            for y in turn.after
            if not y.is_bool
            for k in self.orders
        ]
        return [*chain(*self.carried)], [*chain(*self.rows)], after


def _joined(parts: Iterable[Node]) -> Node:
    """Arrays one behind the other, as a vector."""
    return WORDS["concat"](tuple(WORDS["reshape"](x, (x.size,)) for x in parts))


def _unknown(_: Node) -> None:
    """Where nodes are zero that have no values."""


def _times(value: Maybe, factor: int) -> Maybe:
    return value if value is None or factor == 1 else value * factor


def _over(value: Maybe, divisor: int) -> Maybe:
    return value if value is None or divisor == 1 else value / divisor
