"""Scalar code as statements of C: shared numbers under names, all others where they go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gradcli.ir.scalar import BOOL
from gradcli.translation.python import ATOM, filled, number, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.ir.scalar import Code, Instruction, Scalar
    from gradcli.translation.python import Term

LONG = 60
"""Characters of a number that has a name of its own."""


class Statements:
    """The statements that compute some numbers of a code.

    `operands` are what its operands are written as, by number; `named` are names of instructions by
    their index, and `new()` gives one to what is used more than once or grows long.
    """

    def __init__(
        self,
        code: Code,
        operators: Mapping[str, Term],
        operands: Sequence[str],
        named: Mapping[int, str],
        new: Callable[[], str],
    ) -> None:
        self.lines: list[str] = []
        self._code = code.instructions
        self._operators = operators
        self._operands = operands
        self._named = named
        self._new = new
        self._terms: dict[int, Term] = {}
        self._uses: Counter[int] = Counter()

    def expect(self, outputs: Sequence[Scalar], often: Sequence[Scalar] = ()) -> None:
        """Says what will be written, and which of it stands where it would be computed often."""
        needed = self._needed([x.index for x in (*outputs, *often)])
        self._uses.update(i for index in needed for i in self._code[index].sources)
        self._uses.update([x.index for x in outputs])
        for x in often:
            self._uses[x.index] += 2

    def write(self, outputs: Sequence[Scalar]) -> list[str]:
        """Writes all that the outputs need and is not there, and gives the text of each."""
        for index in self._needed([x.index for x in outputs]):
            if index not in self._terms:
                self._terms[index] = self._kept(index, self._uses[index])
        return [self._terms[x.index][0] for x in outputs]

    def functions(self) -> set[str]:
        """The functions that are called."""
        return {i.data for n, i in enumerate(self._code) if i.op == "call" and n in self._terms}

    def operands(self) -> set[int]:
        """The numbers of the operands that are used."""
        return {i.data for n, i in enumerate(self._code) if i.op == "operand" and n in self._terms}

    def _needed(self, indices: Iterable[int]) -> list[int]:
        """The instructions behind some, in order."""
        needed = set(indices)
        for index in range(max(needed, default=-1), -1, -1):
            if index in needed:
                needed.update(self._code[index].sources)
        return sorted(needed)

    def _kept(self, index: int, uses: int) -> Term:
        """How an instruction is referred to: by a name, or by itself."""
        instruction = self._code[index]
        term = self._term(instruction)
        name = self._named.get(index)
        if not instruction.sources:
            return term
        if name is None and uses < 2 and len(term[0]) < LONG:
            return term
        name = name or self._new()
        kind = "int" if instruction.dtype == BOOL else "double"
        self.lines.append(f"const {kind} {name} = {term[0]};")
        return name, ATOM

    def _term(self, instruction: Instruction) -> Term:
        op, sources, dtype, data = instruction
        if op == "operand":
            return self._operands[data], ATOM
        if op == "constant":
            return self._constant(float.fromhex(data), dtype == BOOL)
        terms = [self._terms[i] for i in sources]
        if op == "call":
            return f"{data}({', '.join(text for text, _ in terms)})", ATOM
        if op == "fold":  # of a number, which is its own sum and its own maximum
            return terms[0]
        template, binds = self._operators[op]
        return filled(template, binds, terms)

    def _constant(self, value: float, is_bool: bool) -> Term:
        term = number(value, {"inf": "INFINITY", "nan": "NAN"})
        return short(term) if is_bool else term
