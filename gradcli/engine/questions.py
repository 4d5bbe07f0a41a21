"""What can be asked of a program, one function a command; the answers are ready to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.answer import Answer
from gradcli.engine.api import require_scalar, several_inputs, sources
from gradcli.engine.gradients import fill_unconnected, gradients
from gradcli.engine.nonfinite import explain
from gradcli.engine.program import Recording, check_values
from gradcli.engine.settings import Settings
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.engine.program import Text

OPTION = "--{name} VALUE"
"""How a value is given on the command line, for messages."""


class Question:
    """A program, the values of its inputs, and what is asked about it.

    `values` are those of plain inputs; `var`, `const` and `frozen` those that the command tells
    apart. `wrt` are names in any order, `dy` an array.
    """

    __slots__ = ("const", "dy", "frozen", "names", "settings", "text", "values", "var", "wrt")

    def __init__(
        self,
        text: Text,
        values: Mapping[str, Any],
        settings: Settings | None = None,
        *,
        wrt: list[str] | None = None,
        dy: Any = None,
        var: Mapping[str, Any] | None = None,
        const: Mapping[str, Any] | None = None,
        frozen: Mapping[str, Any] | None = None,
    ) -> None:
        self.text = text
        self.settings = settings or Settings()
        self.wrt = wrt
        self.dy = dy
        self.var = dict(var or {})
        self.const = dict(const or {})
        self.frozen = dict(frozen or {})
        self.values = {**values, **self.var, **self.const, **self.frozen}
        self.names = text.names(self.values)

    def record(self, values: Mapping[str, Any] | None = None) -> Recording:
        """A run at the question's values, or at others."""
        given = self.values if values is None else values
        check_values(self.text, self.names, given, OPTION)
        ordered = {name: given[name] for name in self.names.inputs}
        return Recording(self.text, self.names, ordered, self.settings)


def _answer(recording: Recording, *, with_value: bool = False, **parts: Any) -> Answer:
    """The answer of a recording, with its inputs and warnings."""
    value = recording.arrays(recording.value) if with_value else None
    inputs = {name: np.asarray(recording.evaluator(x)) for name, x in recording.inputs.items()}
    explain(recording)
    return Answer(value=value, inputs=inputs, warnings=recording.notices, **parts)


def evaluate(question: Question) -> Answer:
    """The value."""
    return _answer(question.record(), with_value=True, alone=True)


def _gradients(
    question: Question, recording: Recording, wrt: list[str]
) -> dict[str, np.ndarray[Any, Any] | None]:
    found = gradients(recording, wrt, question.settings, question.dy, question.record)
    return fill_unconnected(recording, found, question.settings.unconnected or "zero")


def grads(question: Question, *, with_value: bool = False) -> Answer:
    """The gradients by all inputs, or those asked for."""
    check_values(question.text, question.names, question.values, OPTION)
    wrt = sources(question.names, question.wrt)
    recording = question.record()
    found = _gradients(question, recording, wrt)
    alone = question.wrt is not None and len(wrt) == 1 and not with_value
    return _answer(recording, with_value=with_value, kind="grads", parts=found, alone=alone)


def grad(question: Question, *, with_value: bool = False) -> Answer:
    """The gradient by the one input, or the one asked for."""
    check_values(question.text, question.names, question.values, OPTION)
    wrt = sources(question.names, question.wrt)
    if len(wrt) != 1:
        error = several_inputs("value-and-grad" if with_value else "grad", wrt)
        raise UsageError(error.message, help=error.help and error.help.replace("wrt", "--wrt"))
    answer = grads(question, with_value=with_value)
    answer.alone = not with_value
    return answer


def variable_grads(question: Question) -> Answer:
    """The value, one number, and the gradients by the trainable variables."""
    trainable = [n for n in question.names.inputs if _is_trainable(question, n)]
    check_values(question.text, question.names, question.values, OPTION)
    asked = trainable if question.wrt is None else sources(question.names, question.wrt)
    for name in question.const:
        if name in asked:
            raise InputError(f"{name} is a constant and has no gradient", help="give it as --var")
    if not asked:
        raise InputError("there is no variable to differentiate by", help="--var NAME=VALUE")
    recording = question.record()
    require_scalar(recording, "variable-grads")
    wrt = [n for n in asked if n in trainable]
    found = _gradients(question, recording, wrt)
    parts = {name: found.get(name) for name in asked}
    return _answer(recording, with_value=True, kind="grads", parts=parts)


def _is_trainable(question: Question, name: str) -> bool:
    return name not in question.const and name not in question.frozen


def value_and_grad(question: Question) -> Answer:
    """Value and gradient by the one input."""
    return grad(question, with_value=True)


def value_and_grads(question: Question) -> Answer:
    """Value and gradients."""
    return grads(question, with_value=True)


QUESTIONS: dict[str, Callable[[Question], Answer]] = {
    "eval": evaluate,
    "grad": grad,
    "grads": grads,
    "value-and-grad": value_and_grad,
    "value-and-grads": value_and_grads,
    "variable-grads": variable_grads,
}
