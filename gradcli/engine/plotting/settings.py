"""Which curves there are: a setting for each combination of values that were given several of."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.plotting.pictures import Setting
from gradcli.engine.program import as_input
from gradcli.errors import InputError, UsageError
from gradcli.render.picture import Axis, Points

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Array = np.ndarray[Any, np.dtype[Any]]

MOST = 12
"""Settings whose curves can be told apart."""


def settings_of(values: Mapping[str, Any], several: Mapping[str, Sequence[Any]]) -> list[Setting]:
    """A setting for each combination of the values of those names that have several."""
    count = int(np.prod([len(items) for items in several.values()], initial=1))
    if count > MOST:
        raise UsageError(
            f"that makes {count} curves, which nobody can tell apart", help=f"at most {MOST}"
        )
    return [
        Setting(
            {**values, **dict(zip(several, items, strict=True))},
            ", ".join(f"{n}={_short(v)}" for n, v in zip(several, items, strict=True)),
        )
        for items in product(*several.values())
    ]


def _short(value: Any) -> str:
    array = np.asarray(value)
    return f"{float(array):.6g}" if not array.ndim else f"[{', '.join(map(_short, array.ravel()))}]"


def refuse_axes(
    axes: Sequence[Axis], several: Collection[str], without: str, option: Callable[[str], str]
) -> None:
    """There is one range, or two and one curve; `without` is an input that could have one."""
    if not axes:
        if not without:
            raise UsageError("the program has no variable to draw it over")
        raise UsageError(f"plot needs a range of its variable '{without}'", help=option(without))
    if len(axes) > 2:
        names = ", ".join(axis.name for axis in axes)
        raise UsageError(f"plot draws over one range or two, and {names} have one each")
    if len(axes) == 2 and several:
        name = next(iter(several))
        raise UsageError(f"contours are of one function, and '{name}' has several values")


def points_of(columns: Mapping[str, Any], axis: Axis, shown: str) -> Points:
    """The points of a table that has a column of the variable's name and a column y."""
    for name in (axis.name, "y"):
        if name not in columns:
            help_ = f"its columns are {', '.join(columns)}" if columns else None
            raise InputError(f"{shown} has no column '{name}'", help=help_)
    double = np.dtype(float)
    x, y = (as_input(name, columns[name], double).ravel() for name in (axis.name, "y"))
    if len(x) != len(y):
        raise InputError(f"{shown} has {len(x)} numbers {axis.name} and {len(y)} numbers y")
    inside = (x >= axis.low) & (x <= axis.high) & np.isfinite(y)
    return Points(x[inside], y[inside])
