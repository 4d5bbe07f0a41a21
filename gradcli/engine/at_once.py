"""Questions of numbers, asked again and again: all of an answer by one call of machine code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.executors import CALL, Turning, loads_compiler
from gradcli.ir.node import split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.exec.blocked import BlockedEvaluator
    from gradcli.ir.node import Node

    AtNumbers = Callable[[Mapping[str, Any]], tuple[Any, Any] | None]


class AtOnce:
    """Outputs from inputs, all of which are numbers, by a function that is compiled when it is due.

    `questions` are of weights, more than 1 of which a run of its own has something to say about:
    then `numbers` gives None, as it does where an output is not finite. It is None until it is due.
    """

    __slots__ = ("_due", "_executor", "_inputs", "_known", "_outputs", "_questions", "numbers")

    def __init__(
        self,
        outputs: Sequence[Node],
        inputs: Sequence[Node],
        questions: Mapping[Node, int],
        evaluator: BlockedEvaluator,
    ) -> None:
        moving, fixed = split([*outputs, *questions], inputs)
        self._outputs, self._inputs, self._questions = outputs, inputs, questions
        self._known = {node: evaluator(node) for node in fixed}
        self._due: Turning | None = Turning(moving, lambda node: CALL[bool(node.shape)])
        self._executor = evaluator.how.executor
        self.numbers: Callable[[Sequence[float]], list[float] | None] | None = None

    def ran(self) -> None:
        """Notes a call that went another way, and compiles the function when it is due."""
        if self._due is None:
            return
        self._due.ran(1)
        if self._due.turns_before(self._executor) > 0:
            return
        self._due = None
        if not loads_compiler():
            return
        from gradcli.exec.compiled.formula import compiled_formula

        try:
            self.numbers = compiled_formula(
                self._outputs, self._inputs, self._questions, self._known.__getitem__
            )
        except TypeError:  # there is no machine code for it
            return


def of_numbers(nodes: Sequence[Node]) -> bool:
    """Whether nodes are numbers of 64 bits, each by itself."""
    return all(not node.shape and node.dtype == np.float64 for node in nodes)
