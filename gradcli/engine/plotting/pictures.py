"""A picture of a program: its curves for each setting, or its field over two ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.plotting.curves import drawn
from gradcli.engine.plotting.evaluation import Function
from gradcli.engine.plotting.fields import field_over
from gradcli.errors import InputError, UsageError, shortened
from gradcli.render.picture import PRIMES, UNRESOLVED, Band, Curve, Mark, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.plotting.breaks import Break
    from gradcli.engine.plotting.curves import Part
    from gradcli.engine.program import Text
    from gradcli.engine.settings import Settings
    from gradcli.render.picture import Axis, Points

LONGEST = 48
"""Characters of a program up to which it is its own title."""


class Setting(NamedTuple):
    """Values for all inputs but those with a range, and how the ones that vary are shown."""

    values: Mapping[str, Any]
    label: str


def picture_of(
    text: Text,
    axes: Sequence[Axis],
    settings: Sequence[Setting],
    how: Settings,
    *,
    order: int = 1,
    points: Points | None = None,
) -> Picture:
    """The curves over one axis, up to a derivative of this order, or the field over two."""
    axis = axes[0]
    title = shortened(" ".join(text.source.text.split()), LONGEST)
    picture = Picture(title, axis, points=points)
    if len(axes) == 2:
        if order > 1:
            message = "contours show the value and its gradient, not higher derivatives"
            raise UsageError(message, help="leave ⟨order⟩ out, or give one range")
        picture.field = field_over(text, axes, settings[0].values, how)
        _refuse_nothing([picture.field.values], "ranges")
        return picture
    for group, setting in enumerate(settings):
        function = Function(text, axis.name, setting.values, how, order)
        curve = drawn(function, axis.low, axis.high)
        for i, y in enumerate(curve.y):
            label = f"f{PRIMES[i]}" + (f"  {setting.label}" if setting.label else "")
            bands = [
                Band(part.left, part.right, part.lows[i], part.highs[i]) for part in curve.bands
            ]
            picture.curves.append(Curve(label, group, i, curve.x, y, bands))
        picture.marks += [_mark(point, group, setting.label, axis) for point in curve.breaks]
        picture.marks += [_unresolved(part, group, setting.label, axis) for part in curve.bands]
    _refuse_nothing([curve.y for curve in picture.curves], "range")
    return picture


def _refuse_nothing(values: Sequence[Any], where: str) -> None:
    """There is nothing to draw where no value is a finite number."""
    if not any(np.isfinite(y).any() for y in values):
        message = f"the program has no finite value anywhere in the {where}"
        raise InputError(
            message, help=f"give other {where}" if where == "ranges" else "give another range"
        )


def _unresolved(part: Part, group: int, label: str, axis: Axis) -> Mark:
    """The words for a band."""
    ends = f"{part.left:.2g} to {part.right:.2g}"
    text = f"too fine to follow from {axis.name} = {ends}: nearly all values lie in the band"
    middle, nan = (part.left + part.right) / 2, float("nan")
    whole = f"{label}: {text}" if label else text
    return Mark(UNRESOLVED, group, middle, (nan, nan), nan, whole)


def _mark(point: Break, group: int, label: str, axis: Axis) -> Mark:
    """A break in words, and where it is drawn."""
    left, right = (side.limit if np.isfinite(side.limit) else np.nan for side in point.sides[0])
    where = f"{_what(point)} at {axis.name} = {axis.shown(point.x)}"
    text = f"{label}: {where}" if label else where
    return Mark(point.kind, group, point.x, (left, right), point.value, text + _more(point))


def _what(point: Break) -> str:
    """What a break is called: of a bend which derivative is the first that breaks."""
    if point.kind == "bend":
        is_pole = any(np.isinf(side.limit) for side in point.sides[_order(point)])
        does = "jumps" if _ends(point) else "has a pole" if is_pole else "breaks"
        return f"f{PRIMES[_order(point)]} {does}"
    return "the curve ends" if point.kind == "end" else point.kind


def _order(point: Break) -> int:
    """Of which derivative a break is told."""
    return {"jump": 0, "kink": 1}.get(point.kind, point.broken.index(True))


def _ends(point: Break) -> tuple[str, str] | None:
    """What both sides are, if both are."""
    left, right = (side.limit for side in point.sides[_order(point)])
    return (f"{left:.4g}", f"{right:.4g}") if np.isfinite([left, right]).all() else None


def _more(point: Break) -> str:
    """What both sides of a jump or a kink are."""
    if point.kind not in ("jump", "kink", "bend") or (ends := _ends(point)) is None:
        return ""
    left, right = ends
    return f", slopes {left} and {right}" if point.kind == "kink" else f" from {left} to {right}"
