"""How programs are run: the one object for what commands, jobs and calls can set."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradcli.errors import UsageError
from gradcli.ir.node import MAX_ELEMENTS
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

THREADS = "GRADCLI_THREADS"
"""The variable of the environment that says how many threads there may be."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)  # what is made costs start-up time
class Settings:
    """The working dtype, the method of differentiation, and the limits; narrowed with `replace`.

    `unconnected` is what stands for a gradient of something the value does not depend on: "zero",
    "none", or None for what the question does by itself. Without `stabilize` formulas are computed
    as they are written. `verdict` asks what kind of point each element stands at, `strict` for a
    warning at each use of a convention. `threads` share the work on large arrays and tables; if
    None, as many as GRADCLI_THREADS says, or one a core. `printed` receives the lines of `print`,
    `planned` the plan of each computation.
    """

    dtype: str = "float64"
    method: str = "reverse"
    unconnected: str | None = None
    max_steps: int = MAX_STEPS
    max_elements: int = MAX_ELEMENTS
    stabilize: bool = True
    verdict: bool = False
    strict: bool = False
    threads: int | None = None
    printed: Callable[[str], None] | None = None
    planned: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        _one_of("dtype", self.dtype, DTYPES)
        _one_of("method", self.method, METHODS)
        if self.unconnected is not None:
            _one_of("unconnected", self.unconnected, UNCONNECTED)
        if self.threads is not None:
            count("threads", self.threads)

    @property
    def workers(self) -> int:
        """How many threads or processes share the work."""
        from gradcli.exec.blocked import CORES

        wish = self.threads or os.environ.get(THREADS)
        return count(THREADS, wish) if wish else CORES

    def silent(self) -> Settings:
        """The same settings for another run, which prints nothing and judges nothing."""
        return replace(self, verdict=False, strict=False, printed=None, planned=None)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} is {value!r}", help=f"one of {', '.join(allowed)}")


def count(name: str, value: object) -> int:
    """A number from 1 on, given by that name."""
    text = str(value)
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{name} is {value!r}", help="a whole number, from 1 on")
    return int(text)
