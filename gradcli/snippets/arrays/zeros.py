"""Derivatives to the last digit as frameworks give them, the signs of zeros included.

There a zero is the product of a slope and a zero of the seed, and shows the sign of the slope; here
nothing flows where a seed is 0. So what leaves a transformation takes its numbers from the products
where these say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops.compare import WHERE
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.ruled import Ruled
from gradcli.snippets.arrays.oneway import OneWay
from gradcli.snippets.arrays.recorder import LOOKED_AT, is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.snippets.arrays.recorder import Recorder

NEAR = 64
"""Units in the last place by which numbers of both ways may differ."""

SHOWN = 1000
"""Elements of a derivative whose zeros are looked at: larger ones are not printed whole."""


ALIKE = Elementwise(
    "alike",
    lambda x, y: np.abs(x - y) <= NEAR * np.finfo(y.dtype).eps * np.abs(y),
    nothing,
    nothing,
    result_bool=True,
    flat=True,
)
"""Whether numbers are the same but for rounding."""

CHOICE = Elementwise("choice", WHERE.kernel, *WHERE.partials, selects=WHERE.selects)
"""The one of two derivatives that counts, whose own derivative is that of this one."""


def jacobian(home: Any, y: Node, x: Node, *, forward: bool = False) -> Node:
    """The derivative of each element of y by each element of x.

    Its zeros are those of units of each element, pulled back or pushed `forward`.
    """
    recorder = home.recorder
    recorder.use(recorder.widest([y, x]))
    recorder.look_for_points([y], [x])
    if any(isinstance(part.op, OneWay) for part in dependents([y], [x])):
        return modes.by_tangents(y, x) if forward else modes.by_cotangents(y, x)
    is_last = home.is_last and not home.leads_on(y)
    with recorder.pushes.deriving(is_last=is_last):
        node = modes.jacobian(y, x)
        has_rules = bool(recorder.pushes.table)
        fewest = 1 if forward and has_rules else 2
        is_shown = (is_last or has_rules) and fewest <= node.size <= SHOWN
        if not (is_shown and _is_small([y], [x])):
            return node
        products = _by_units(recorder, y, x, forward=forward)
    return _alike_later(node, products) if home.records([]) else _alike(recorder, node, products)


def pulled(
    home: Any, ys: Sequence[Node], xs: Sequence[Node], seeds: Sequence[Node | None]
) -> list[Node | None]:
    """The gradients of sums of ys times their seeds."""
    recorder = home.recorder
    given = [seed for seed in seeds if seed is not None]
    is_last = not (given or home.records([]))
    found: list[Node | None] = recorder.gradients(ys, xs, given and seeds, numbers=is_last)
    if not any(seed.shape for seed in given):
        return signed(home, ys, xs, found, given and seeds, is_last=not home.records([]))
    given = [seed for seed in given if seed.shape]
    if not (all(map(is_plain, given)) and _is_left(home, ys, xs)):
        return found
    if all(np.all(recorder.value(seed)) for seed in given):
        return found
    moved = [None if seed is None else recorder.moved(seed) for seed in seeds]
    products = modes.reverse(ys, xs, moved, whole=True, loose=recorder.factors)
    return [_of_products(recorder, g, p) for g, p in zip(found, products, strict=True)]


def signed(
    home: Any,
    ys: Sequence[Node],
    xs: Sequence[Node],
    found: list[Node | None],
    seeds: Sequence[Node | None] | None = None,
    *,
    is_last: bool,
) -> list[Node | None]:
    """Gradients of numbers, whose zeros get their signs where somebody may look at these."""
    recorder = home.recorder
    if not (is_last or _is_mapped(home)) or recorder.asked > LOOKED_AT or not _is_small(ys, xs):
        return found
    if is_last and all(np.all(recorder.value(g)) for g in found if g is not None):
        return found
    products = modes.reverse(ys, xs, seeds, whole=True, loose=recorder.factors)
    if is_last:
        return [_of_products(recorder, g, p) for g, p in zip(found, products, strict=True)]
    return _each_later(found, products)


def pushed(
    home: Any,
    ys: Sequence[Node],
    xs: Sequence[Node],
    tangents: Sequence[Node],
    *,
    stepwise: bool = False,
) -> list[Node | None]:
    """The tangents of ys where xs move by tangents; `stepwise` as in `Pushes.rules`."""
    recorder = home.recorder
    recorder.use(recorder.widest([*ys, *xs]))
    recorder.look_for_points(ys, xs)
    rules = recorder.pushes.rules(stepwise=stepwise, in_rows=_is_mapped(home))
    with recorder.pushes.deriving(is_last=not home.records([])):
        found = modes.forward(ys, xs, tangents, rules=rules)
    if _is_mapped(home) and _is_small(ys, xs):
        products = modes.forward(ys, xs, tangents, whole=True, loose=True, rules=rules)
        return _each_later(found, products)
    given = [t for t in tangents if t.shape or rules]
    if not (given and all(map(is_plain, given)) and _is_left(home, ys, xs)):
        return found
    if not rules and all(np.all(recorder.value(t)) for t in given):
        return found
    products = modes.forward(ys, xs, tangents, whole=True, loose=True, rules=rules)
    return [_of_products(recorder, t, p) for t, p in zip(found, products, strict=True)]


def _is_mapped(home: Any) -> bool:
    """Whether nothing but maps over rows is about to be done with what is made now."""
    return bool(0 < home.machine.depth_of_tracing == len(home.mapping))


def _is_left(home: Any, ys: Sequence[Node], xs: Sequence[Node]) -> bool:
    """Whether a derivative is a constant from now on, and no rule of the snippet's is in it."""
    return not (home.records([]) or home.recorder.watching) and _is_small(ys, xs)


def _is_small(ys: Sequence[Node], xs: Sequence[Node]) -> bool:
    """Whether a derivative is small enough to be shown, and no rule of the snippet's is in it."""
    if max(n.size for n in [*ys, *xs]) > SHOWN:
        return False
    return not any(isinstance(node.op, Ruled) for node in dependents(ys, xs))


def _by_units(recorder: Recorder, y: Node, x: Node, *, forward: bool) -> Node | None:
    """The Jacobian of products with zeros and ones, none of which is left out."""
    own, other = (x, y) if forward else (y, x)
    seed = own.graph.input("unit", own.shape)
    if forward:
        rules = recorder.pushes.rules(in_rows=True)
        (found,) = modes.forward([y], [x], [seed], whole=True, loose=True, rules=rules)
    else:
        (found,) = modes.reverse([y], [x], [seed], whole=True, loose=recorder.factors)
    if found is None:
        return None
    units = own.graph.constant(np.eye(own.size).reshape(own.size, *own.shape))
    (rows,) = modes.batch([found], {seed: units})
    if forward:
        rows = WORDS["permute"](WORDS["reshape"](rows, (own.size, other.size)), (1, 0))
    return WORDS["reshape"](rows, y.shape + x.shape)


def _of_products(recorder: Recorder, node: Node | None, products: Node | None) -> Node | None:
    return None if node is None else _alike(recorder, node, products)


def _each_later(found: Sequence[Node | None], products: Sequence[Node | None]) -> list[Node | None]:
    return [None if g is None else _alike_later(g, p) for g, p in zip(found, products, strict=True)]


def _alike_later(node: Node, products: Node | None) -> Node:
    """The same as a node, whose numbers are not known yet."""
    if products is None:
        return node
    return CHOICE(ALIKE(products, node), products, node)


def _alike(recorder: Recorder, node: Node, products: Node | None) -> Node:
    """A derivative with the numbers of products where these are the same but for rounding."""
    if products is None:
        return node
    numbers, theirs = (np.asarray(recorder.value(x)) for x in (node, products))
    is_same = np.isclose(theirs, numbers, NEAR * np.finfo(numbers.dtype).eps, 0.0)
    return recorder.follow(recorder.constant(np.where(is_same, theirs, numbers), node.dtype), node)
