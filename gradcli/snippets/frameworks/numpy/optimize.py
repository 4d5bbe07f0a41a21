"""`scipy.optimize`: SciPy's own searches, which call the functions of a snippet."""

from __future__ import annotations

import contextlib
import io
import warnings
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Closure, Method, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = """minimize minimize_scalar root root_scalar least_squares curve_fit fsolve newton bisect
brentq fmin fmin_bfgs fmin_cg fmin_l_bfgs_b fmin_ncg check_grad approx_fprime line_search rosen
rosen_der rosen_hess rosen_hess_prod""".split()
"""The functions."""

BUILT = ("Bounds", "LinearConstraint", "NonlinearConstraint")
"""What is made to be given to them."""

MOST = 2_000
"""Variables that are searched together: methods keep squares of them."""


def optimize(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    names = (*NAMES, *BUILT)
    return {f"scipy.optimize.{name}": Native(name, Search(home, name).call) for name in names}


class Search:
    """One function of SciPy."""

    def __init__(self, home: Any, name: str) -> None:
        self._home = home
        self._name = name

    def call(self, *args: Any, **named: Any) -> Any:
        """Its answer; what it prints is printed."""
        import scipy.optimize

        function = getattr(scipy.optimize, self._name)
        given = [self._plain(value) for value in args]
        rest = {name: self._plain(value) for name, value in named.items()}
        said = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(said):
            warnings.simplefilter("ignore")
            try:
                found = function(*given, **rest)
            except (ValueError, TypeError, RuntimeError, np.linalg.LinAlgError) as error:
                raise Raised(type(error).__name__, str(error)) from None
        if said.getvalue():
            self._home.machine.write(said.getvalue())
        return answer(self._home, found)

    def _plain(self, value: Any) -> Any:
        """An argument as SciPy takes it; a function of the snippet is one that SciPy can call."""
        if isinstance(value, (Closure, Method, Native)):
            return self._callable(value)
        if isinstance(value, Array):
            numbers = value.home.recorder.array(value).copy()
            check_length(max(numbers.shape, default=0))
            return numbers if numbers.ndim else numbers[()]
        if isinstance(value, Found):
            return value.own
        if isinstance(value, dict):
            return {key: self._plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            check_length(len(value))
            items = [self._plain(item) for item in value]
            return items if isinstance(value, list) else tuple(items)
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        shown = self._home.machine.language.type_name(value)
        raise Refusal(f"a {shown} given to scipy.optimize is not part of the subset")

    def _callable(self, function: Any) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            given = [answer(self._home, value) for value in args]
            rest = {name: answer(self._home, value) for name, value in named.items()}
            return self._plain(self._home.machine.call(function, given, rest))

        if isinstance(function, Closure) and not function.bound:
            names = [getattr(p.target, "id", "") for p in function.function.parameters]
            parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names]
            call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        return call


def check_length(length: int) -> None:
    """Refuses to search over so many numbers."""
    if length > MOST:
        raise Refusal(f"a search over more than {MOST:,} numbers is not part of the subset")


class Found(Object):
    """What a search has found, or is given: an object of SciPy's with parts that have names."""

    open = True

    def __init__(self, home: Any, own: Any) -> None:
        self._home = home
        self.own = own
        self.kind = type(own).__name__  # type: ignore[misc]

    def lookup(self, name: str) -> Any:
        """A part."""
        return self.item(name) if name in vars_of(self.own) else None

    def item(self, key: Any) -> Any:
        """The same, by its name in brackets."""
        parts = vars_of(self.own)
        if key not in parts:
            raise Raised("KeyError", key)
        return answer(self._home, parts[key])

    def show(self) -> str:
        """How SciPy shows it."""
        return repr(self.own)


def vars_of(own: Any) -> dict[str, Any]:
    """The parts of an object of SciPy's."""
    return dict(own) if isinstance(own, dict) else vars(own)


def answer(home: Any, value: Any) -> Any:
    """What SciPy gives, as a snippet has it."""
    if isinstance(value, (np.ndarray, np.generic)):
        return home.constant(np.array(value), value.dtype)
    if isinstance(value, tuple):
        return tuple(answer(home, part) for part in value)
    if isinstance(value, list):
        return [answer(home, part) for part in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if type(value).__module__.startswith("scipy.optimize"):
        return Found(home, value)
    raise Refusal("this part of what scipy.optimize gives is not part of the subset")
