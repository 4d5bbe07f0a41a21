"""How programs are run: the one object for what commands and calls can set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import UsageError
from gradcli.ir.graph import MAX_ELEMENTS
from gradcli.lower.interpreter import MAX_STEPS
from gradcli.syntax.names import canonical, is_name

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DTYPES",
    "MAX_ELEMENTS",
    "MAX_STEPS",
    "METHODS",
    "UNCONNECTED",
    "Settings",
    "canonical",
    "is_name",
]

METHODS = ("reverse", "forward", "numeric", "complex-step")
DTYPES = ("float64", "float32")
UNCONNECTED = ("zero", "none")


class Settings:
    """The working dtype, the method of differentiation, and the limits.

    `unconnected` is what stands for a gradient of something the value does not depend on: "zero",
    "none", or None for what the command does by itself. Without `stabilize` formulas are computed
    as they are written. `verdict` asks what kind of point each element stands at, `strict` for a
    warning at each use of a convention. `threads` share the work on large arrays, 0 standing for
    one a core. `printed` receives the lines of `print`, `planned` the plan of each computation.
    """

    __slots__ = (
        "dtype",
        "max_elements",
        "max_steps",
        "method",
        "planned",
        "printed",
        "stabilize",
        "strict",
        "threads",
        "unconnected",
        "verdict",
    )

    def __init__(
        self,
        *,
        dtype: str = "float64",
        method: str = "reverse",
        unconnected: str | None = None,
        max_steps: int = MAX_STEPS,
        max_elements: int = MAX_ELEMENTS,
        stabilize: bool = True,
        verdict: bool = False,
        strict: bool = False,
        threads: int = 0,
        printed: Callable[[str], None] | None = None,
        planned: Callable[[str], None] | None = None,
    ) -> None:
        self.dtype = _one_of("dtype", str(dtype), DTYPES)
        self.method = _one_of("method", method, METHODS)
        if unconnected is not None:
            unconnected = _one_of("unconnected", unconnected, UNCONNECTED)
        self.unconnected = unconnected
        self.max_steps = max_steps
        self.max_elements = max_elements
        self.stabilize = stabilize
        self.verdict = verdict
        self.strict = strict
        self.threads = threads
        self.printed = printed
        self.planned = planned

    def silent(self) -> Settings:
        """The same settings for another run, which prints nothing."""
        return Settings(
            dtype=self.dtype,
            method=self.method,
            unconnected=self.unconnected,
            max_steps=self.max_steps,
            max_elements=self.max_elements,
            stabilize=self.stabilize,
            threads=self.threads,
        )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UsageError(f"{name} is {value!r}", help=f"one of {', '.join(allowed)}")
    return value
