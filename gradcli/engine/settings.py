"""How programs are run: the one object for what commands, jobs and calls can set."""

from __future__ import annotations

import os
from numbers import Real
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

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
    "SETTINGS",
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

EXECUTOR = "GRADCLI_EXECUTOR"
"""The variable of the environment that names what runs large arrays."""


class Settings:
    """The working dtype, the method of differentiation, and the limits; never changed once made.

    What is not said is as the class says; `but` gives the same with some of it changed. A plain
    class, for what a dataclass is made of takes longer to import and run than most modules.

    `unconnected` is what stands for a gradient of something the value does not depend on: "zero",
    "none", or None for what the question does by itself. Without `stabilize` formulas are computed
    as they are written. `verdict` asks what kind of point each element stands at, `strict` for a
    warning at each use of a convention. `threads` share the work on large arrays and tables; if
    None, as many as GRADCLI_THREADS says, or one a core. `timeout` is how many seconds a call from
    Python may take. `printed` receives the lines of `print`, `planned` the plan of each
    computation, with the machine code if `dumps_code`.
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
    timeout: float | None = None
    printed: Callable[[str], None] | None = None
    planned: Callable[[str], None] | None = None
    dumps_code: bool = False

    def __init__(self, **chosen: Any) -> None:
        vars(self).update({name: getattr(Settings, name) for name in SETTINGS} | chosen)
        if len(vars(self)) > len(SETTINGS):
            raise TypeError(f"no settings: {', '.join(chosen.keys() - {*SETTINGS})}")
        self._check()

    def _check(self) -> None:
        _one_of("dtype", self.dtype, DTYPES)
        _one_of("method", self.method, METHODS)
        if self.unconnected is not None:
            _one_of("unconnected", self.unconnected, UNCONNECTED)
        for name in ("max_steps", "max_elements"):
            count(name, getattr(self, name))
        if self.threads is not None:
            count("threads", self.threads)
        if self.timeout is not None:
            seconds_in("timeout", self.timeout)
        for name in ("stabilize", "verdict", "strict"):
            if not isinstance(getattr(self, name), (int, np.bool_)):
                raise UsageError(f"{name} is {getattr(self, name)!r}", help="True or False")
        for name in ("printed", "planned"):
            if not (getattr(self, name) is None or callable(getattr(self, name))):
                raise UsageError(f"{name} is {getattr(self, name)!r}", help="a function of a text")

    @property
    def workers(self) -> int:
        """How many threads or processes share the work."""
        from gradcli.exec.blocked import CORES

        wish = os.environ.get(THREADS) if self.threads is None else None
        if not wish:
            return self.threads or CORES
        return count(THREADS, int(wish) if wish.isdecimal() else wish)

    @property
    def executor(self) -> str:
        """The executor that the environment asks for; "" for the one that is best."""
        name = os.environ.get(EXECUTOR, "")
        if name:
            from gradcli.exec.executors import COMPILED, EXECUTORS, has_compiler

            _one_of(EXECUTOR, name, EXECUTORS)
            if name == COMPILED and not has_compiler():
                message = f"{EXECUTOR} is {name!r} and needs llvmlite, which is not installed"
                raise UsageError(message, help="pip install 'gradcli[fast]'")
        return name

    def but(self, **changed: Any) -> Settings:
        """The same settings with some of them changed."""
        return Settings(**(vars(self) | changed))

    def silent(self) -> Settings:
        """The same settings for another run, which prints nothing and judges nothing."""
        return self.but(verdict=False, strict=False, printed=None, planned=None)


SETTINGS = tuple(Settings.__annotations__)
"""What can be set."""


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise UsageError(f"{name} is {value!r}", help=f"one of {', '.join(allowed)}")


def count(name: str, value: Any) -> int:
    """A whole number from 1 on, given by that name."""
    number = whole(value)
    if number is None or number < 1:
        raise UsageError(f"{name} is {value!r}", help="a whole number from 1 on")
    return number


def whole(value: Any) -> int | None:
    """A whole number of Python or NumPy; None for anything else, truth values too."""
    try:
        return None if isinstance(value, bool) else index(value)
    except TypeError:
        return None


def real(value: Any) -> float:
    """A number of Python or NumPy; NaN for anything else, and for what no float can hold."""
    try:
        return float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    except (OverflowError, TypeError):  # of a huge integer, of NumPy's time spans
        return np.nan


def seconds_in(name: str, value: Any) -> float:
    """A time longer than none, given by that name; infinity for no limit."""
    seconds = real(value)
    if not seconds > 0:
        raise UsageError(f"{name} is {value!r}", help="a number of seconds above 0")
    return seconds
