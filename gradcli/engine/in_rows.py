"""Questions of numbers, asked of many at a time: the graph of one answer over rows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.steps import Steps
from gradcli.passes.batch import batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.points.silent import Suspects
    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

ROWS = 256
"""Rows that are computed at a time: fewer are filled up, so that one graph does for all."""


class InRows:
    """Outputs from inputs, all of which are numbers, by a list of steps over rows.

    The steps are made at the first call; a BatchError says that there are none.
    """

    __slots__ = ("_evaluator", "_inputs", "_outputs", "_steps", "_suspects")

    def __init__(
        self,
        outputs: Sequence[Node],
        inputs: Sequence[Node],
        suspects: Suspects | None,
        evaluator: Evaluator,
    ) -> None:
        self._outputs, self._inputs = outputs, inputs
        self._suspects = suspects
        self._evaluator = evaluator
        self._steps: Steps | None = None

    def __call__(self, columns: Sequence[Array]) -> tuple[list[Array], Array]:
        """The outputs for at most ROWS rows, and in which of them these say it all.

        A run of its own has more to say where an output is not finite or conventions are met.
        """
        count = len(columns[0])
        if self._steps is None:
            self._steps = self._in_rows()
        filled = [np.resize(column, ROWS) for column in columns]
        results = [array[:count] for array in self._steps(filled)]
        outputs, answers = results[: len(self._outputs)], results[len(self._outputs) :]
        whole = np.ones(count, bool)
        for output in outputs:
            whole &= np.isfinite(output)
        if self._suspects is not None:
            weights = self._suspects.weights.values()
            met = sum(w * (x != 0) for w, x in zip(weights, answers, strict=True))
            whole &= met <= 1
        return outputs, whole

    def _in_rows(self) -> Steps:
        """The steps for ROWS rows."""
        graph = self._outputs[0].graph
        rows = {x: graph.input("rows", (ROWS,), x.dtype) for x in self._inputs}
        questions = [] if self._suspects is None else self._suspects.questions
        return Steps(batch([*self._outputs, *questions], rows), [*rows.values()], self._evaluator)
