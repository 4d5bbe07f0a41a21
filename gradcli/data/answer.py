"""What a command answers: the one shape of result that every output format can print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from gradcli.errors import Notice

    Array = np.ndarray[Any, np.dtype[Any]]


class Answer:
    """Value and derivatives of one question.

    `value` is an array, a (nested) tuple of arrays, or `None` where the command gives no value.
    `parts` holds the derivatives under the JSON key `kind` ("grads", "jacobian", "hessian", "vjp",
    "hvp", "derivative"): name to array, to None (null), or to another such dict; for "jvp" it is
    one array. `alone` says that the plain format prints the one array without its name.
    `inputs` are the values of the variables, arrays or numbers, for tables and CSV. `verdicts` name
    the kind of point that each element of a gradient is: arrays of text by variable.
    """

    __slots__ = ("alone", "inputs", "kind", "parts", "value", "verdicts", "warnings")

    def __init__(
        self,
        *,
        value: Any = None,
        kind: str | None = None,
        parts: Any = None,
        inputs: dict[str, Any] | None = None,
        alone: bool = False,
        warnings: list[Notice] | None = None,
        verdicts: dict[str, Any] | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.parts = parts
        self.inputs = inputs or {}
        self.alone = alone
        self.warnings = warnings or []
        self.verdicts = verdicts

    def __repr__(self) -> str:
        """What there is, by the names that it is read by; long arrays by a few elements."""
        fields = {"value": self.value, "parts": self.parts, "verdicts": self.verdicts}
        shown = {name: part for name, part in fields.items() if part is not None}
        if self.warnings:
            shown["warnings"] = self.warnings
        return f"Answer({', '.join(f'{name}={part!r}' for name, part in shown.items())})"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form: value, derivatives, verdicts and warnings, where there are any."""
        members = {} if self.value is None else {"value": self.value}
        if self.kind is not None:
            members[self.kind] = self.parts
        if self.verdicts is not None:
            members["verdicts"] = self.verdicts
        if self.warnings:
            members["warnings"] = [notice.as_dict() for notice in self.warnings]
        return members
