"""The everyday questions: value, gradient, gradients, and TF.js's variableGrads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.engine.answers.asked import require_scalar, several_inputs, sources, variables
from gradcli.engine.answers.gradients import fill_unconnected, gradients
from gradcli.engine.questions import answered
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.answer import Answer, Array
    from gradcli.engine.program import Recording
    from gradcli.engine.questions import Question


def eval(question: Question) -> Answer:  # noqa: A001 - the command's name
    """The value."""
    return answered(question.record(), with_value=True, alone=True)


def run(question: Question) -> Answer:
    """The value of a script, which may end without one."""
    recording = question.record(whole=False)
    return answered(recording, with_value=recording.value is not None, alone=True)


def _gradients(question: Question, recording: Recording, wrt: list[str]) -> dict[str, Array | None]:
    found = gradients(recording, wrt, question.settings, question.dy, question.record)
    for name, gradient in found.items():
        if gradient is not None and not np.any(gradient):
            from gradcli.engine.points.vanishing import vanishes

            notice = vanishes(recording.results, name, recording.inputs[name])
            recording.notices += [notice] if notice is not None else []
    if question.settings.strict:
        from gradcli.engine.points.verdicts import strict

        recording.notices += strict(recording, wrt, question.dy)
    return fill_unconnected(recording, found, question.settings.unconnected or "zero")


def _judged(question: Question, recording: Recording, answer: Answer) -> Answer:
    """The answer with a verdict for each element, if they are asked for."""
    if question.settings.verdict:
        from gradcli.engine.points.verdicts import verdicts

        answer.verdicts = verdicts(
            recording, answer.parts, question.frozen, question.dy, question.record
        )
    return answer


def grads(question: Question, *, with_value: bool = False) -> Answer:
    """The gradients by all inputs, or those asked for."""
    question.check()
    wrt = sources(question.names, question.wrt)
    recording = question.record()
    recording.shown = recording.results if with_value else []
    found = _gradients(question, recording, wrt)
    alone = question.wrt is not None and len(wrt) == 1 and not with_value
    answer = answered(recording, with_value=with_value, kind="grads", parts=found, alone=alone)
    return _judged(question, recording, answer)


def grad(question: Question, *, with_value: bool = False) -> Answer:
    """The gradient by the one input, or the one asked for."""
    question.check()
    wrt = sources(question.names, question.wrt)
    if len(wrt) != 1:
        error = several_inputs("value-and-grad" if with_value else "grad", wrt)
        raise UsageError(error.message, help=error.help and error.help.replace("wrt", "--wrt"))
    answer = grads(question, with_value=with_value)
    answer.alone = not with_value
    return answer


def value_and_grad(question: Question) -> Answer:
    """Value and gradient by the one input."""
    return grad(question, with_value=True)


def value_and_grads(question: Question) -> Answer:
    """Value and gradients."""
    return grads(question, with_value=True)


def variable_grads(question: Question) -> Answer:
    """The value, one number, and the gradients by the trainable variables."""
    question.check()
    asked, wrt = variables(question.names, question.wrt, question.const, question.frozen)
    recording = question.record()
    require_scalar(recording, "variable-grads")
    recording.shown = recording.results
    found = _gradients(question, recording, wrt)
    parts = {name: found.get(name) for name in asked}
    answer = answered(recording, with_value=True, kind="grads", parts=parts)
    return _judged(question, recording, answer)
