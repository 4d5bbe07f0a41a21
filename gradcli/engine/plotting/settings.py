"""Which curves there are: a setting for each combination of values that were given several of."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.plotting.pictures import Setting
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.render.picture import Axis

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
