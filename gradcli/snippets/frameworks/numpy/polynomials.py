"""`np.poly1d`: a polynomial that is called, derived and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nograd import plain, roots, wrapped
from gradcli.snippets.values import Array, Kind, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FUNCTIONS = ("polyval", "polyder", "polyint", "polyadd", "polysub", "polymul")
"""Functions of coefficients, or of polynomials."""


def polynomials(home: Any) -> dict[str, Any]:
    """The class, and the functions of coefficients, under their names."""

    def make(c_or_r: Any, r: bool = False, variable: str = "x") -> Polynomial:
        given = c_or_r.own if isinstance(c_or_r, Polynomial) else plain(home, c_or_r)
        return Polynomial(home, np.poly1d(given, r, variable))

    kind = Kind("poly1d", make, lambda v: isinstance(v, Polynomial))
    functions = {name: Native(name, of_coefficients(home, name)) for name in FUNCTIONS}
    return {"poly1d": kind, **functions}


def of_coefficients(home: Any, name: str) -> Callable[..., Any]:
    """A function of NumPy; the library has it where something is differentiated by."""

    def call(*args: Any, **named: Any) -> Any:
        given = [x.coeffs() if isinstance(x, Polynomial) else x for x in args]
        if home.records([x for x in given if isinstance(x, Array)]):
            return home.call(home.library_function((name,)), given, named)
        own = [x.own if isinstance(x, Polynomial) else plain(home, x) for x in args]
        value = getattr(np, name)(*own, **named)
        return Polynomial(home, value) if isinstance(value, np.poly1d) else wrapped(home, value)

    return call


class Polynomial(Object):
    """A polynomial of one variable, by its coefficients from the highest power down."""

    kind = "poly1d"

    def __init__(self, home: Any, own: np.poly1d) -> None:
        self.home = home
        self.own = own

    @exposed
    def __call__(self, x: Any) -> Any:
        """The polynomial at a number or at numbers, or of another polynomial."""
        home = self.home
        if isinstance(x, Polynomial):
            return self.made(self.own(x.own))
        array = home.asarray(x)
        if not home.records([array]):
            return wrapped(home, self.own(plain(home, array)))
        return home.result_of("polyval", self.coeffs(), array)

    @exposed
    def deriv(self, m: int = 1) -> Polynomial:
        """The derivative, m times."""
        return self.made(self.own.deriv(m))

    @exposed
    def integ(self, m: int = 1, k: Any = 0) -> Polynomial:
        """The integral, m times."""
        return self.made(self.own.integ(m, k))

    @shown
    def coeffs(self) -> Array:
        """The coefficients."""
        array: Array = wrapped(self.home, self.own.coeffs)
        return array

    c = coef = coefficients = coeffs

    @shown
    def order(self) -> int:
        """The highest power."""
        return int(self.own.order)

    o = order

    @shown
    def roots(self) -> Any:
        """Where it is 0."""
        return wrapped(self.home, roots(self.own.coeffs))

    r = roots

    def made(self, own: Any) -> Polynomial:
        """Another polynomial."""
        return Polynomial(self.home, own)

    def item(self, key: int) -> Any:
        """`p[k]`: the coefficient of a power."""
        return wrapped(self.home, np.asarray(self.own[key]))

    def iterate(self) -> Iterator[Any]:
        """The coefficients."""
        return (wrapped(self.home, np.asarray(c)) for c in self.own.coeffs)

    @exposed
    def __neg__(self) -> Polynomial:
        """-p."""
        return self.made(-self.own)

    @exposed
    def __add__(self, other: Any) -> Polynomial:
        """p + q."""
        return self.made(self.own + self.theirs(other))

    @exposed
    def __sub__(self, other: Any) -> Polynomial:
        """p - q."""
        return self.made(self.own - self.theirs(other))

    @exposed
    def __rsub__(self, other: Any) -> Polynomial:
        """q - p."""
        return self.made(self.theirs(other) - self.own)

    @exposed
    def __mul__(self, other: Any) -> Polynomial:
        """p * q."""
        return self.made(self.own * self.theirs(other))

    __radd__, __rmul__ = __add__, __mul__

    @exposed
    def __truediv__(self, other: Any) -> Any:
        """A polynomial divided by a number, or by another: the quotient and the rest."""
        value = self.own / self.theirs(other)
        return tuple(map(self.made, value)) if isinstance(value, tuple) else self.made(value)

    @exposed
    def __pow__(self, power: int) -> Polynomial:
        """p**n."""
        return self.made(self.own**power)

    def theirs(self, other: Any) -> Any:
        """Another operand as NumPy takes it."""
        return other.own if isinstance(other, Polynomial) else plain(self.home, other)

    def show(self) -> str:
        """How a session shows it."""
        return repr(self.own)

    def text(self) -> str:
        """How it is printed: with its powers in a line above."""
        return str(self.own)
