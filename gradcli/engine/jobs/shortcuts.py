"""Jobs that ask the same of the same program at other numbers: the steps of one run serve them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gradcli.data.answer import Answer
from gradcli.engine.answers.asked import sources
from gradcli.engine.repeated import Repeated, prepared, repeatable

if TYPE_CHECKING:
    from gradcli.engine.questions import Question

OPERATIONS = ("eval", "grad", "grads", "value-and-grad", "value-and-grads")
_KEPT = 512


class Shortcuts:
    """The steps of programs that came twice at the same shapes, the ones used last.

    They are taken only where an answer has nothing to say but numbers: a value that is not
    finite, a gradient that vanishes, an error are left to the question itself.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, Repeated | Literal[False] | None] = OrderedDict()

    def key(self, op: str, question: Question) -> Any:
        """Under what the steps of a question are kept; None where it has none."""
        settings = question.settings
        if (
            op not in OPERATIONS
            or question.dy is not None
            or settings.method != "reverse"
            or settings.unconnected == "none"
            or settings.verdict
            or settings.strict
        ):
            return None
        given = question.values
        shapes = tuple((name, np.shape(given[name])) for name in question.names.inputs)
        wrt = None if question.wrt is None else tuple(question.wrt)
        return question.text.source.text, op, shapes, wrt, settings.dtype

    def answer(self, key: Any, question: Question) -> Answer | None:
        """The answer by steps that are known; None if the question has to be asked."""
        steps = self._kept.get(key)
        if not steps:
            return None
        self._kept.move_to_end(key)
        try:
            values = prepared(steps.names, question.values, steps.dtype)
            with np.errstate(all="ignore"):
                found = None if values is None else steps(values)
        except Exception:  # the question itself will say it better
            return None
        if found is None:
            return None
        value, gradients = found
        if not np.isfinite(value).all() or not all(map(_is_plain, gradients.values())):
            return None
        op = key[1]
        if op == "eval":
            return Answer(value=value)
        return Answer(
            value=value if op.startswith("value") else None, kind="grads", parts=gradients
        )

    def keep(self, key: Any, question: Question, found: Any) -> None:
        """Keeps the steps of a question that is asked a second time, if they serve all numbers."""
        if key not in self._kept:
            self._kept[key] = None
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        elif self._kept[key] is None and not found.warnings:
            question.settings.printed = None
            recording = question.record()
            wrt = [] if key[1] == "eval" else sources(question.names, question.wrt)
            self._kept[key] = Repeated(recording, wrt) if repeatable(recording) else False


def _is_plain(gradient: Any) -> bool:
    return bool(np.isfinite(gradient).all() and np.any(gradient))
