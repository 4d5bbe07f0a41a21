"""Reads derivatives as they are written: `dz/dx`, `d2z/dxdy`, `d^2f/dx1^2`, `d/dx`."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from gradcli.errors import UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_ORDER = 12


class Ratio:
    """What is differentiated (`of`; empty for the result) and by what, in order."""

    __slots__ = ("by", "of")

    def __init__(self, of: str, by: tuple[str, ...]) -> None:
        self.of = of
        self.by = by


def parse_ratio(text: str, names: Sequence[str]) -> Ratio:
    """The one way to read the text with the program's names; a UsageError if none or several.

    The orders below the line add up to the one above it.
    """
    plain = re.sub(r"[¹²³⁴-⁹]", _digit, text.replace(" ", "").replace("∂", "d"))
    above, slash, below = plain.partition("/")
    if not slash or not above.startswith("d") or not below.startswith("d"):
        raise UsageError(f"'{text}' is not a derivative", help=_written(plain, names))
    readings = [
        Ratio(of, by)
        for order, of in _above(above[1:], names)
        for by in _below(below, names, order)
        if len(by) == order
    ]
    if len(readings) == 1:
        return readings[0]
    if readings:
        raise UsageError(
            f"'{text}' can be read in {len(readings)} ways", help="write orders with ^: d^2f/dx1^2"
        )
    raise _unreadable(text, above[1:], below, names)


def _digit(power: re.Match[str]) -> str:
    """`²` as an order."""
    return f"^{unicodedata.digit(power[0])}"


def _written(text: str, names: Sequence[str]) -> str:
    """How `x`, `dx` and `grad(z, x)` are asked for, as derivatives of what is named."""
    asked = re.fullmatch(r"(?:grad|diff|D)\((?:(\w*),)?(\w+)\)|d?(\w+)", text)
    if asked is not None and (asked[2] or asked[3]) in names:
        return f"write it as d{asked[1] or ''}/d{asked[2] or asked[3]}"
    return "write it as dz/dx, or d2z/dxdy"


def _above(text: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Readings of what stands after the first d: an order (1 if there is none) and a name."""
    if text == "" or text in names:
        yield 1, text
    match = re.fullmatch(r"\^?(\d+)(.*)", text)
    if match and (match[2] == "" or match[2] in names) and 1 <= int(match[1]) <= MAX_ORDER:
        yield int(match[1]), match[2]


def _below(text: str, names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Readings of `dx2dy` as names, each as often as its order says."""
    if text == "":
        yield ()
        return
    for name in names:
        if not text.startswith("d" + name) or most < 1:
            continue
        rest = text[1 + len(name) :]
        for order, after in _orders(rest):
            if order <= most:
                for more in _below(after, names, most - order):
                    yield (name,) * order + more


def _orders(text: str) -> Iterator[tuple[int, str]]:
    """Readings of the order at the start of a text, and the rest; a bare 1 is part of a name."""
    match = re.match(r"\^(\d+)", text)
    if match:
        yield int(match[1]), text[match.end() :]
        return
    if not text[:1].isdigit():
        yield 1, text
    match = re.match(r"\d+", text)
    if match and int(match[0]) > 1:
        yield int(match[0]), text[match.end() :]


def _unreadable(text: str, above: str, below: str, names: Sequence[str]) -> UsageError:
    order = re.match(r"\^?(\d+)", above)
    word = re.sub(r"^\^?\d+", "", above)
    is_unknown = bool(word) and word not in names
    if is_unknown and (word in ("f", "y", "z") or not nearest(word, names)):
        nameless = f"d{above.removesuffix(word)}/{below}"
        return UsageError(
            f"the program has no '{word}'", help=f"the result has no name: {nameless}"
        )
    if order and int(order[1]) > MAX_ORDER:
        return UsageError(f"'{text}' is of an order above {MAX_ORDER}")
    if "[" in text:
        whole = re.sub(r"\[.*?\]", "", text)
        help_ = f"{whole} is by every element; `gradcli explain --element` follows one"
        return UsageError(f"'{text}' asks for an element, not for a variable", help=help_)
    below_names = re.findall(r"d([^\W\d]\w*?)(?:\^?\d+)?(?=d|$)", below)
    listed = f"its names are {', '.join(names)}"
    for name in [word, *below_names]:
        if name and name not in names:
            near = nearest(name, names)
            help_ = f"did you mean '{near}'?" if near else listed
            return UsageError(f"'{text}': the program has no '{name}'", help=help_)
    most = int(order[1]) if order else 1
    under = re.fullmatch(r"d\D.*?\^?(\d+)", below) if len(below_names) == 1 else None
    least = int(under[1]) if under else len(below_names)
    if below_names and most != least:
        message = f"'{text}' is of order {most} above the line, and {least} below it"
        orders = [least] if len(below_names) > 1 else [most, least]
        ways = (_ratio(word, below_names, each) for each in sorted(orders))
        return UsageError(message, help=f"write {' or '.join(ways)}")
    return UsageError(
        f"'{text}' does not fit the program",
        help=f"{listed}, and the orders below add up to the one above",
    )


def _ratio(word: str, below: Sequence[str], order: int) -> str:
    """`d2z/dx2`; several names below, each once."""
    power = "" if order == 1 else str(order)
    last = power if len(below) == 1 else ""
    return f"d{power}{word}/{''.join(f'd{name}' for name in below)}{last}"
