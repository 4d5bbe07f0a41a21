"""What comes of a question, by a run or by known steps; and whose its arrays are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.errors import Notice


class Outcome:
    """What came of a question: value, derivatives, notices, and the inputs, arrays or numbers.

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
    holder = _holder(part)
    if holder is None or id(holder) in taken:
        return np.array(part)
    taken.add(id(holder))
    return part


def holders(arrays: Iterable[Any]) -> Iterator[int]:
    """The identities of arrays, and of those that they show."""
    for array in arrays:
        yield id(array)
        yield id(getattr(array, "base", None))


def _holder(array: Any) -> Any:
    """The array that holds the memory of one, if that shows all of it; None if it is not known."""
    if array.base is None:
        return array
    from gradcli.exec.rooms import is_lent

    if is_lent(array):
        return array
    base, flags = array.base, array.flags
    if not isinstance(base, np.ndarray) or not is_lent(base):
        return None
    is_whole = flags.forc and flags.writeable and array.nbytes == base.nbytes
    return base if is_whole else None
