"""Steps of NumPy as the lines of a function: shared ones under names, all others where they go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.translation.notes import Step
from gradcli.translation.python import ATOM, WIDTH, filled, nested, number, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.translation.python import Term

SPELLED = {"inf": "np.inf", "nan": "np.nan"}


class Lines:
    """The lines that compute some steps.

    `operators` are the functions that are written as one, in templates that say how strongly they
    bind, `functions` what all others are called. Steps in `named` have names, and `new()` gives one
    to what is used more than once or grows long.
    """

    def __init__(
        self,
        operators: Mapping[Any, Term],
        functions: Mapping[Any, str],
        named: Mapping[Step, str],
        new: Callable[[], str],
    ) -> None:
        self.lines: list[str] = []
        self._operators = operators
        self._functions = functions
        self._named = named
        self._new = new
        self._terms: dict[Step, Term] = {}

    def given(self, steps: Mapping[Step, str]) -> None:
        """Steps that have a value before the first line."""
        self._terms.update({step: (name, ATOM) for step, name in steps.items()})

    def write(self, outputs: Sequence[Any]) -> list[str]:
        """Writes all that the outputs need, and gives the text of each."""
        order = _ordered([x for x in outputs if isinstance(x, Step)], self._terms)
        uses = Counter(x for step in order for x in step.operands())
        uses.update(x for x in outputs if isinstance(x, Step))
        for step in order:
            term = self._spelled(step)
            self._terms[step] = self._kept(step, term, uses[step])
        return [self._term(x, True)[0] for x in outputs]

    def _kept(self, step: Step, term: Term, uses: int) -> Term:
        """How a step is referred to: by a name, or by itself."""
        name = self._named.get(step)
        if term[0].isidentifier() and name is None:
            return term
        if name is None and uses < 2 and len(term[0]) < WIDTH - 30:
            return term
        name = name or self._new()
        self.lines.append(f"{name} = {term[0]}")
        return name, ATOM

    def _spelled(self, step: Step) -> Term:
        """A step as it is written where it goes."""
        if not step.method and step.head in self._operators:
            template, binds = self._operators[step.head]
            return filled(template, binds, [self._term(x, False) for x in step.arguments])
        if step.method == "[":
            return self._indexed(*step.arguments)
        first, *rest = step.arguments
        head = self._functions.get(step.head, step.head)
        if step.method in (".", ".="):
            head = f"{filled('{0:10}', ATOM, [self._term(first, True)])[0]}.{step.head}"
        elif step.method == "helper" or not step.method:
            rest = [first, *rest]
        else:
            head, rest = f"{head}.{step.method}", [first, *rest]
        if step.method == ".=":
            return head, ATOM
        parts = [self._term(x, True)[0] for x in rest]
        parts += [f"{key}={self._term(x, True)[0]}" for key, x in step.keywords.items()]
        return f"{head}({', '.join(parts)})", ATOM

    def _indexed(self, array: Any, key: Any) -> Term:
        """Elements of an array."""
        items = key if isinstance(key, tuple) else (key,)
        inner = ", ".join(map(self._item, items)) or "()"
        return filled("{0:10}[{1}]", ATOM, [self._term(array, True), (inner, ATOM)])

    def _item(self, item: Any) -> str:
        if isinstance(item, slice):
            ends = ["" if x is None else str(x) for x in (item.start, item.stop)]
            return ":".join(ends if item.step is None else [*ends, str(item.step)])
        return "..." if item is Ellipsis else self._term(item, True)[0]

    def _term(self, item: Any, exact: bool) -> Term:
        """What an argument is written as; a number without `.0` unless it is `exact`."""
        if isinstance(item, Step):
            return self._terms[item]
        term = literal(item, lambda part: self._term(part, True)[0])
        return term if exact else short(term)


def _ordered(outputs: Iterable[Step], known: Mapping[Step, Any]) -> list[Step]:
    """What the outputs are made of and is not known, operands first; without recursion."""
    order: dict[Step, None] = {}
    stack = [*outputs][::-1]
    while stack:
        step = stack[-1]
        missing = [x for x in step.operands() if x not in order and x not in known]
        if step in order or step in known or not missing:
            stack.pop()
            if step not in known:
                order.setdefault(step)
        else:
            stack += missing[::-1]
    return [*order]


def literal(item: Any, write: Callable[[Any], str]) -> Term:
    """A value of Python as it is written."""
    if isinstance(item, (tuple, list)):
        inner = ", ".join(map(write, item))
        if isinstance(item, list):
            return f"[{inner}]", ATOM
        return f"({inner},)" if len(item) == 1 else f"({inner})", ATOM
    if isinstance(item, np.dtype):
        return {"b": "bool", "i": "int"}.get(item.kind, "float"), ATOM
    if isinstance(item, np.ndarray) and item.ndim:
        return f"np.array({nested(item, SPELLED)})", ATOM
    if isinstance(item, np.ndarray):
        item = item[()]
    if isinstance(item, (float, np.floating)):
        return number(float(item), SPELLED)
    if isinstance(item, np.generic):
        item = item.item()
    return repr(item), ATOM if not isinstance(item, int) or item >= 0 else 7
