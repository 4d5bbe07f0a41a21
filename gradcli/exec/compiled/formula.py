"""A formula of few numbers as machine code: one call for all of its results."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.forms import check
from gradcli.exec.compiled.instructions import Writer
from gradcli.exec.compiled.tracer import Tracer
from gradcli.ir.node import split
from gradcli.ir.scalar import DOUBLE, Code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Scalar

LANES = 1
"""Each number is by itself."""

LONGEST = 8_000
"""Instructions of a formula: compiling takes longer than they are many."""


class _FormulaEmitter(Writer):
    """The text of a function that computes outputs, and tells whether they are all that matters.

    It gives 1 if all outputs are finite and the weights of those questions whose answer is not 0
    come to one at most; else 0.
    """

    def __init__(
        self,
        code: Code,
        inputs: Sequence[Scalar],
        outputs: Sequence[Scalar],
        questions: Sequence[tuple[Scalar, int]],
    ) -> None:
        super().__init__(code, LANES)
        self._inputs = inputs
        self._outputs = outputs
        self._questions = questions

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        for i, x in enumerate(self._inputs):
            self._names[x.index] = f"%x{i}"
        self._write(range(len(self._code)))
        outputs = [self._names[x.index] for x in self._outputs]
        for i, name in enumerate(outputs):
            place = self._new(f"getelementptr double, ptr %out, i64 {i}")
            self._line(f"store double {name}, ptr {place}")
        self._line(f"ret i64 {self._is_all(outputs)}")
        parameters = ", ".join([*(f"double %x{i}" for i in range(len(self._inputs))), "ptr %out"])
        head = f"define i64 @run({parameters}) nounwind {{"
        return "\n".join([*self._declared.values(), head, *self._lines, "}"])

    def _is_all(self, outputs: Sequence[str]) -> str:
        gaps = "0.0"
        for name in outputs:
            gap = self._new(f"fsub double {name}, {name}")
            gaps = self._new(f"fadd double {gaps}, {gap}")
        finite = self._new(f"fcmp oeq double {gaps}, 0.0")
        weights = "0"
        for x, weight in self._questions:
            yes = self._names[x.index]
            if x.dtype == DOUBLE:
                yes = self._new(f"fcmp une double {yes}, 0.0")
            more = self._new(f"select i1 {yes}, i64 {weight}, i64 0")
            weights = self._new(f"add i64 {weights}, {more}")
        few = self._new(f"icmp sle i64 {weights}, 1")
        both = self._new(f"and i1 {finite}, {few}")
        return self._new(f"zext i1 {both} to i64")


def compiled_formula(
    outputs: Sequence[Node],
    inputs: Sequence[Node],
    questions: Mapping[Node, int],
    values: Callable[[Node], Any],
) -> Callable[[Collection[float]], list[float] | None]:
    """What gives the numbers of outputs for those of inputs; None if there is more to say of them.

    `values` gives those of nodes that depend on no input. A TypeError says that there is none.
    """
    code, moving = Code(), split([*outputs, *questions], inputs)
    tracer = Tracer(code, LONGEST)
    operands = tracer.parameters(inputs)
    for node in moving[1]:
        tracer.constant(node, values(node))
    tracer.follow(moving[0])
    results = tracer.all(outputs)
    asked = list(zip(tracer.all(questions), questions.values(), strict=True))
    check(code, LANES)
    text = _FormulaEmitter(code, operands, results, asked).text()
    kind, level = machine.of_numbers(len(operands)), machine.level_of(len(code))
    kernel = machine.compiled(text, kind, level)
    run, room = kernel.run, ctypes.c_double * len(results)

    def numbers(values: Collection[float], _kept: Any = kernel) -> list[float] | None:
        into = room()
        return into[:] if run(*values, into) else None

    return numbers
