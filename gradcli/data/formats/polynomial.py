"""The coefficients of a power series as a polynomial that a program may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable


def polynomial(
    coefficients: Iterable[float], name: str, point: float, digits: int | None = None
) -> str:
    """`1 + 2*(x - 0.5) - 3*(x - 0.5)^2`: the terms that are not 0, of a variable by its name."""
    sign = "+" if point < 0 else "-"
    base = f"({name} {sign} {number(abs(point), digits)})" if point else name
    text = ""
    for k, coefficient in enumerate(coefficients):
        if coefficient:
            sign = "-" if coefficient < 0 else "+"
            before = f" {sign} " if text else sign.strip("+")
            text += before + _term(number(abs(coefficient), digits), base, k)
    return text or "0"


def _term(size: str, base: str, k: int) -> str:
    """A term without its sign: `3`, `x`, `2*x^2`."""
    power = base if k == 1 else f"{base}^{k}"
    return size if not k else power if size == "1" else f"{size}*{power}"
