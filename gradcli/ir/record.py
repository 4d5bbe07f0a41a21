"""The record of an operation, as far as it is the same for all: it knows no node."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradcli.ir.cells import Cells
    from gradcli.ir.kinds import Special
    from gradcli.ir.product import Product

    Notation = tuple[str, int]


def _unnoted(_: Any) -> None:
    """What is written as its record says, whatever its operands are."""


def _without_cells(_: Any) -> None:
    """What is done to whole arrays, or to each element."""


def _no_product(_: Any) -> None:
    """What is no product of two arrays."""


class Rule:
    """Another form of an operation: `apply(*inputs)` gives it, or None.

    One operand at least, or `every` one, must be made by one of the operations `wanted`; none stand
    for any. A rule with what is `written`, and what is computed instead, keeps digits that are lost
    as it is written; without, both are the same to the bit, or as exact. One that moves `signs` may
    leave other ones to zeros of derivatives.
    """

    __slots__ = ("apply", "computed", "every", "signs", "wanted", "written")

    def __init__(
        self,
        apply: Callable[..., Any],
        wanted: Iterable[Op] = (),
        written: str = "",
        computed: str = "",
        *,
        every: bool = False,
        signs: bool = False,
    ) -> None:
        self.apply = apply
        self.signs = signs
        self.every = every
        self.wanted = frozenset(wanted)
        self.written = written
        self.computed = computed

    def looks_for(self, operands: tuple[Op, ...]) -> bool:
        """Whether the rule may fit operands that these operations made."""
        if self.every:
            return self.wanted.issuperset(operands)
        return not self.wanted or not self.wanted.isdisjoint(operands)


class Op:
    """A primitive operation: its name and its kernel `kernel(*arrays, *attrs)` over NumPy arrays.

    `word` is what messages call it. `notation` is how it is written where that is not
    `name(operands)`: a template with operand 0 as `{0:6}`, in brackets if it binds less than 6, and
    how strongly the whole binds: 5 for sums, 6 for products, 7 for signs, 8 for powers. Where that
    depends on shapes or attributes, `notes(node)` gives it, or None.
    `flat` says that the operation is piecewise constant: its derivative is 0 wherever it has one.
    `special(*arrays, result)` gives the kind (`ir.kinds`) of the point at which each element of
    the result is computed; without it, and where the result is finite, all points are smooth.
    `analytic` says that the kernel computes the same function of complex numbers. `rules` may give
    a node another form, the first that fits, and `fitting` are those of them that look for operands
    made by certain operations, as far as these have come. `identity` says that the value is that of
    the first input; `into(*arrays, out=array)`, where there is one, is the kernel that writes into
    an array, which may be one of the inputs if it is a NumPy function. What is neither elementwise
    nor a reduction states how it works on a `batch` (`ir.batching`). `undefined` is the way out for
    people where it gives NaN of numbers. `indexing` says that its numbers are indices. `form` is
    the kernel over scalars of code (`ir.scalar`), or the C function that it is, where the kernel
    itself is none. `whole` says that the kernel looks at whole arrays, so that it cannot run on
    blocks of them; `rows(node)`, where given, are the axes of its first input that it has to see
    whole. A product of matrices states the `term` that it adds up, over an element of each input
    and attributes. What does the same to small parts of its inputs gives their `cells(node)`, or
    None; so does what adds up products of two arrays with `product(node)`, their letters.
    `together`, where there is one, is what computes it in blocks along with others of its operand.
    """

    __slots__ = (
        "_analytic",
        "batch",
        "cells",
        "drops",
        "fitting",
        "flat",
        "form",
        "identity",
        "indexing",
        "into",
        "kernel",
        "name",
        "notation",
        "notes",
        "product",
        "rows",
        "rules",
        "special",
        "term",
        "together",
        "undefined",
        "whole",
        "word",
    )

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        *,
        word: str = "",
        notation: Notation | None = None,
        notes: Callable[[Any], Notation | None] = _unnoted,
        flat: bool = False,
        special: Special | None = None,
        analytic: bool | None = None,
        identity: bool = False,
        into: Callable[..., Any] | None = None,
        batch: Callable[..., Any] | None = None,
        undefined: str = "",
        indexing: bool = False,
        form: str | Callable[..., Any] | None = None,
        whole: bool = False,
        rows: Callable[[Any], tuple[int, ...]] | None = None,
        term: Callable[..., Any] | None = None,
        cells: Callable[[Any], Cells | None] = _without_cells,
        product: Callable[[Any], Product | None] = _no_product,
    ) -> None:
        self.name = name
        self.kernel = kernel
        self.form = form
        self.whole = whole
        self.rows = rows
        self.term = term
        self.cells = cells
        self.product = product
        self.word = word or name
        self.notation = notation
        self.notes = notes
        self.flat = flat
        self.special = special
        self.drops = special is not None and special.drops
        self.identity = identity
        self.batch = batch
        self.undefined = undefined
        self.indexing = indexing
        self.into = into or _INTO.get(kernel, kernel if isinstance(kernel, np.ufunc) else None)
        self.together: Together | None = None
        self._analytic = analytic
        self.rules: tuple[Rule, ...] = ()
        self.fitting: dict[tuple[Op, ...], tuple[Rule, ...]] = {}

    @property
    def analytic(self) -> bool:
        """Whether the kernel computes the same function of complex numbers."""
        return _is_analytic(self.kernel) if self._analytic is None else self._analytic

    def add_rule(self, rule: Rule) -> None:
        """Adds a rule, behind those that are there."""
        self.rules = (*self.rules, rule)
        self.fitting.clear()

    def fitted(self, *operands: Op) -> tuple[Rule, ...]:
        """The rules for operands that these operations made, looked for once."""
        rules = self.fitting.get(operands)
        if rules is None:
            rules = self.fitting[operands] = tuple(r for r in self.rules if r.looks_for(operands))
        return rules

    def flows(self, count: int) -> list[bool]:
        """Whether a derivative can flow to each of so many inputs."""
        return [not self.flat] * count

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Together:
    """Operations of one operand that blocks have one kernel for: `into(x, results, spare)`.

    What the one needs is most of what the others do, of which a NumPy kernel knows nothing.
    `results` are arrays to be filled, for each of `ops`, or None where that is not asked for;
    `spare` are `rows` more that it may use. All are of so many numbers of double precision.
    """

    __slots__ = ("into", "ops", "rows")

    def __init__(self, into: Callable[[Any, Any, Any], None], rows: int, *ops: Op) -> None:
        self.into = into
        self.rows = rows
        self.ops = ops
        for op in ops:
            op.together = self


_INTO = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.neg: np.negative,
}
"""The NumPy functions behind Python's operators, which can write into an array."""


def _is_analytic(kernel: Any) -> bool:
    """Whether a kernel is a NumPy function that takes complex numbers to complex numbers."""
    types = getattr(kernel, "types", ())
    return "D->D" in types or "DD->D" in types


def _no_value(name: str) -> Any:
    raise InputError(f"the value of {name!r} is needed here, and not known yet")


INPUT = Op("input", _no_value)
CONSTANT = Op("constant", lambda value: value)
TRUTH = Op("truth", _no_value)
"""What rules look for that fit a truth value, whatever it was made by: `x > 0` is no `-x`."""
