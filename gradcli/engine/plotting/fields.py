"""A program as a function of two variables: values and gradients on a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.plotting.evaluation import evaluated
from gradcli.engine.tables.mapper import Mapper
from gradcli.engine.tables.row_program import RowProgram, RowRequest
from gradcli.render.picture import LARGEST, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.program import Text
    from gradcli.engine.settings import Settings
    from gradcli.render.picture import Axis

    Array = np.ndarray[Any, np.dtype[Any]]

SIDE = 161
"""Points on each side of the grid."""


def field_over(
    text: Text, axes: Sequence[Axis], constants: Mapping[str, Any], how: Settings
) -> Field:
    """The field over the ranges of two variables; one number a point is needed."""
    names = [axis.name for axis in axes]
    x, y = (np.linspace(axis.low, axis.high, SIDE) for axis in axes)
    columns = dict(zip(names, (grid.ravel() for grid in np.meshgrid(x, y)), strict=True))
    request = RowRequest(wrt=tuple(names), over="two ranges")
    program = RowProgram(text, names, constants, how.silent(), request)
    mapper = Mapper(program)
    outputs = evaluated(mapper, [columns[name] for name in program.columns])
    by_name = dict(zip(["", *program.wrt], outputs, strict=True))
    value, *slopes = (_drawn(by_name[name]).reshape(SIDE, SIDE) for name in ("", *names))
    return Field(axes[1], x, y, value, (slopes[0], slopes[1]))


def _drawn(array: Array) -> Array:
    """The numbers that can be drawn, NaN for others."""
    return np.where(np.abs(array) <= LARGEST, array, np.nan)
