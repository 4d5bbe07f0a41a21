"""What comes of a question, by a run or by known steps; and whose its arrays are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradcli.errors import Notice


class Outcome:
    """What came of a question: value, derivatives, notices, and the arrays of the inputs.

    `others` are the identities of arrays that somebody else holds, too; None if nobody does.
    """

    __slots__ = ("inputs", "notices", "others", "parts", "value", "verdicts")

    def __init__(
        self,
        value: Any,
        parts: Any,
        notices: list[Notice],
        inputs: dict[str, Any],
        others: frozenset[int] | None = None,
        verdicts: dict[str, Any] | None = None,
    ) -> None:
        self.value = value
        self.parts = parts
        self.notices = notices
        self.inputs = inputs
        self.others = others
        self.verdicts = verdicts


def owned(part: Any, taken: set[int]) -> Any:
    """Arrays that nobody else holds, so that they can be changed, and scalars; in tuples and dicts.

    `taken` are the identities of arrays that somebody holds, to which these are added.
    """
    if isinstance(part, dict):
        return {name: owned(item, taken) for name, item in part.items()}
    if isinstance(part, tuple):
        return tuple([owned(item, taken) for item in part])
    if part is None:
        return None
    if part.ndim == 0:
        return part[()]
    if id(part) in taken or _is_view(part):
        return np.array(part)
    taken.add(id(part))
    return part


def _is_view(array: Any) -> bool:
    """Whether an array shows what another one holds."""
    if array.base is None:
        return False
    from gradcli.exec.rooms import is_lent

    return not is_lent(array)
