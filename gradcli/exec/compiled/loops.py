"""Code as loops over the elements of a row: what folds the row comes before what uses it.

What an earlier loop has computed is computed again where it is needed, unless that is dear: then
it is kept beside, for as many elements as a row has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gradcli.ir.scalar import Code

DEAR = frozenset("call fdiv frem sqrt scan".split())
"""Instructions that take longer than reading what they gave."""


class Loop(NamedTuple):
    """What is done, by index of instruction: once `before` the loop, then to each element.

    `kept` are results put aside for later loops, `read` those from earlier ones, `folds` what is
    folded here, and `scans` what depends on the elements before; if the loop is `reverse`, on those
    behind.
    """

    before: list[int]
    body: list[int]
    kept: list[int]
    read: list[int]
    folds: list[int]
    scans: list[int]
    reverse: bool


class Loops:
    """The loops in which code can be run over a row; `loop_of` says in which an instruction is.

    `elements` are the operands that differ in a row, `sinks` what is used of each element, `rows`
    what is used once a row, and `dear` results that take long, beside those of DEAR instructions.
    """

    def __init__(
        self,
        code: Code,
        elements: Collection[int],
        sinks: Iterable[int],
        rows: Iterable[int],
        dear: Collection[int] = (),
    ) -> None:
        self._code = code.instructions
        self._dear = dear
        self._differs: list[bool] = []
        self._reverse: dict[int, bool] = {}
        self.loop_of: list[int] = []
        for index in range(len(code)):
            self._place(index, index in elements)
        self._once: set[int] = set()
        self._kept: set[int] = set()
        self._roots: list[set[int]] = [set() for _ in range(max([*self.loop_of, 0]) + 1)]
        for index in sinks:
            self._roots[self.loop_of[index]].add(index)
        for index in rows:
            self._need_once(index)
        self.all = [self._loop(number) for number in reversed(range(len(self._roots)))][::-1]

    def _place(self, index: int, is_element: bool) -> None:
        """Whether an instruction's result differs in a row, and the first loop that can use it."""
        op, sources, _, data = self._code[index]
        is_fold, is_scan = op == "fold", op == "scan"
        is_made = not is_fold and any(self._differs[i] for i in sources)
        self._differs.append(is_element or is_scan or is_made)
        loop = max([self.loop_of[i] for i in sources], default=0) + is_fold
        if is_scan:
            _, reverse = data
            while self._reverse.setdefault(loop, reverse) is not reverse:
                loop += 1
        self.loop_of.append(loop)

    def _need_once(self, index: int) -> None:
        """Needs a result before a loop, and all that it is made of there."""
        todo = [index]
        while todo:
            i = todo.pop()
            if i in self._once:
                continue
            self._once.add(i)
            op, sources, *_ = self._code[i]
            if op == "fold":
                self._roots[self.loop_of[i] - 1].add(sources[0])
            else:
                todo.extend(sources)

    def _loop(self, number: int) -> Loop:
        """The loop of that number, all later ones being known."""
        body: set[int] = set()
        read: set[int] = set()
        todo = list(self._roots[number])
        while todo:
            i = todo.pop()
            if not self._differs[i]:
                self._need_once(i)
            elif self.loop_of[i] < number and (i in self._dear or self._code[i].op in DEAR):
                read.add(i)
                self._kept.add(i)
                self._roots[self.loop_of[i]].add(i)
            elif i not in body:
                body.add(i)
                todo.extend(self._code[i].sources)
        once = [i for i in sorted(self._once) if self.loop_of[i] == number]
        folds = [i for i in sorted(self._once) if self._is_fold_of(i, number)]
        kept = sorted(self._kept & body)
        return Loop(
            [i for i in once if self._code[i].op != "fold"],
            sorted(body),
            [i for i in kept if self.loop_of[i] == number],
            sorted(read),
            folds,
            sorted(i for i in body if self._code[i].op == "scan"),
            self._reverse.get(number, False),
        )

    def _is_fold_of(self, index: int, number: int) -> bool:
        return self._code[index].op == "fold" and self.loop_of[index] == number + 1
