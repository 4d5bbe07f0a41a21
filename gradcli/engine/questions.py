"""A question: a program, the values of its inputs, and what is asked; one registry of all kinds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.answer import Answer
from gradcli.engine.points.nonfinite import explain
from gradcli.engine.program import Recording, check_values
from gradcli.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gradcli.engine.program import Text

QUESTIONS = {
    "eval": "everyday",
    "run": "everyday",
    "grad": "everyday",
    "grads": "everyday",
    "value-and-grad": "everyday",
    "value-and-grads": "everyday",
    "variable-grads": "everyday",
    "gradients": "recorded",
    "tape": "recorded",
    "backward": "recorded",
    "derivative": "matrices",
    "jacobian": "matrices",
    "hessian": "matrices",
    "jvp": "matrices",
    "vjp": "matrices",
    "hvp": "matrices",
    "check": "check",
}
"""Each kind of question, and the module of `answers` that has it."""


class Question:
    """A program, the values of its inputs, and what is asked about it.

    `values` are those of plain inputs; `var`, `const` and `frozen` those that the command tells
    apart. `wrt` are names in any order, `dy` an array; `asks` is what only some kinds ask for
    (`ys`, `xs`, `grad_ys`, `stop`, `tangent`, `order`, `ask`, `claim` …), `option` says how a
    value is given to a name.
    """

    __slots__ = (
        "asks",
        "const",
        "dy",
        "frozen",
        "names",
        "option",
        "settings",
        "text",
        "values",
        "var",
        "wrt",
    )

    def __init__(
        self,
        text: Text,
        values: Mapping[str, Any],
        settings: Settings | None = None,
        *,
        wrt: list[str] | None = None,
        dy: Any = None,
        groups: Mapping[str, Mapping[str, Any]] | None = None,
        asks: Mapping[str, Any] | None = None,
        option: Callable[[str], str] = "--{} VALUE".format,
    ) -> None:
        groups = groups or {}
        self.text = text
        self.settings = settings or Settings()
        self.wrt = wrt
        self.dy = dy
        self.option = option
        self.asks = dict(asks or {})
        self.var = dict(groups.get("var", {}))
        self.const = dict(groups.get("const", {}))
        self.frozen = dict(groups.get("frozen", {}))
        self.values = {**values, **self.var, **self.const, **self.frozen}
        self.names = text.names(self.values)

    def check(self) -> None:
        """Every input must have a value, and every value an input."""
        check_values(self.text, self.names, self.values, self.option)

    def record(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        marks: Collection[str] = (),
        whole: bool = True,
    ) -> Recording:
        """A run at the question's values, or at others, which prints nothing.

        Gradients can be asked for the names in `marks`; with `whole` it must have a value.
        """
        settings = self.settings if values is None else self.settings.silent()
        given = self.values if values is None else values
        check_values(self.text, self.names, given, self.option)
        ordered = {name: given[name] for name in self.names.inputs}
        return Recording(self.text, self.names, ordered, settings, marks=marks, whole=whole)

    def answer(self, kind: str) -> Answer:
        """The answer to the question of this kind, a name in QUESTIONS."""
        module = import_module(f"gradcli.engine.answers.{QUESTIONS[kind]}")
        found: Answer = getattr(module, kind.replace("-", "_"))(self)
        return found


def answered(recording: Recording, *, with_value: bool = False, **parts: Any) -> Answer:
    """The answer of a recording, with its inputs and warnings."""
    value = recording.arrays(recording.value) if with_value else None
    inputs = {name: np.asarray(recording.evaluator(x)) for name, x in recording.inputs.items()}
    explain(recording)
    return Answer(value=value, inputs=inputs, warnings=recording.notices, **parts)
