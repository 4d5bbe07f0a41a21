"""Derivations step by step: a line a rule, as data, as tables for a screen, and for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.data.report import Report
from gradcli.engine.derivation import next_step, pending
from gradcli.engine.formulas import Formula, collected, formula_of, slopes_of
from gradcli.engine.gradient import total
from gradcli.errors import UsageError
from gradcli.ir.node import ancestors
from gradcli.render.parts import with_parts
from gradcli.render.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gradcli.data.formats.page import Page
    from gradcli.engine.lengths import Lengths
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node
    from gradcli.ir.written import Written

    Write = Callable[[Written], str]

LARGEST = 400
"""Operations, names and numbers beyond which nobody reads a derivation."""


class Step(NamedTuple):
    """One line: the rule that was applied, and what it made of the line before."""

    rule: str
    expression: Formula


class Derivation(list[Step]):
    """The lines from `grad(u, x)` to the derivative; a notebook shows them as a table."""

    def __str__(self) -> str:
        width = max(len(step.rule) for step in self)
        return "\n".join(f"{rule:{width}}  {expression}" for rule, expression in self)

    def _repr_html_(self) -> str:
        from html import escape

        rows = (
            f"<tr><td>{escape(rule)}</td><td>{expression._repr_latex_()}</td></tr>"
            for rule, expression in self
        )
        return f"<table>{''.join(rows)}</table>"


def derivation(run: Run, name: str, order: int, write: Write) -> Derivation:
    """The lines of a derivative; those of a second one follow those of the first."""
    _refuse_large(total(run))
    start, *slopes = slopes_of(run, name, order)
    formula, lines = formula_of(run, start), Derivation()
    for slope in slopes:
        last = formula_of(run, slope, name)
        for rule, expression in _lines(formula, last, name, write):
            lines.append(Step(rule, Formula.of(expression, write)))
        formula = last
    return lines


def _lines(
    formula: Written, last: Written, name: str, write: Write
) -> Iterator[tuple[str, Written]]:
    """The rules applied to one formula, then what is collected, then its simplest form."""
    current = pending(formula, name)
    yield "derivative", current
    while (step := next_step(current)) is not None:
        rule, parts, current = step
        named = ", ".join(f"{letter} = {write(part)}" for letter, part in parts.items())
        yield (f"{rule} with {named}" if named else rule), current
    gathered = collected(current, name)
    if text(gathered) not in (text(current), text(last)):
        yield "collect", gathered
    simplest = with_parts(last)
    if text(current) != text(simplest):
        yield "simplify", simplest


def array_derivation(
    run: Run, name: str, order: int, shapes: Mapping[str, Lengths], write: Write
) -> Derivation:
    """The lines of a gradient by a vector or a matrix, or of a program that has such inputs."""
    from gradcli.engine.array_steps import ArrayDerivation

    _refuse_large(total(run))
    if order > 1:
        raise UsageError(
            "of arrays, steps are shown of the first derivative",
            help="without ⟨steps⟩ there is the derivative alone",
        )
    lines = ArrayDerivation(run, name, shapes, write).lines()
    return Derivation(Step(rule, Formula.of(line, write)) for rule, line in lines)


def _refuse_large(node: Node) -> None:
    """Written out, a formula is as large as its operands together, however many they share."""
    sizes: dict[Node, int] = {}
    for each in ancestors([node]):
        sizes[each] = 1 + sum(sizes[x] for x in each.inputs)
    if sizes[node] > LARGEST:
        raise UsageError(
            "the formula is too long to be derived step by step",
            help="without ⟨steps⟩ there is the derivative alone",
        )


class StepsReport(Report):
    """Derivations by the name of their input: a block each, and a table each on a terminal."""

    __slots__ = ("derivations",)

    def __init__(self, derivations: dict[str, Derivation]) -> None:
        self.derivations = derivations
        alone = len(derivations) == 1
        rows = [[*step] if alone else [n, *step] for n, d in derivations.items() for step in d]
        whole = {
            "diff": {name: d[-1].expression for name, d in derivations.items()},
            "steps": {name: [s._asdict() for s in d] for name, d in derivations.items()},
        }
        columns = [*([] if alone else ["input"]), *Step._fields]
        plain = next(iter(derivations.values())) if alone else derivations
        super().__init__(columns, rows, whole, plain=plain)

    def sections(self, page: Page) -> list[Report]:  # noqa: ARG002 - alike on all pages
        """A table for each input."""
        alone = len(self.derivations) == 1
        return [
            Report([*Step._fields], [[*step] for step in d], {}, title="" if alone else f"by {n}")
            for n, d in self.derivations.items()
        ]

    def lines(self, precision: int | None = None) -> list[list[str]]:  # noqa: ARG002 - no numbers
        """A line a rule; of several inputs a block each, under its name."""
        blocks = [[[*step] for step in d] for d in self.derivations.values()]
        if len(blocks) == 1:
            return blocks[0]
        named = [[[n], *block] for n, block in zip(self.derivations, blocks, strict=True)]
        return [line for i, block in enumerate(named) for line in [[""]] * bool(i) + block]


def steps_of(
    run: Run, names: list[str], order: int, shapes: Mapping[str, Lengths], write: Write
) -> StepsReport:
    """The derivations by each of the names."""
    if any(x.shape for x in run.inputs.values()):
        return StepsReport({n: array_derivation(run, n, order, shapes, write) for n in names})
    return StepsReport({name: derivation(run, name, order, write) for name in names})
