"""The points of a picture as a table and as JSON, for whoever draws it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.render.picture import UNRESOLVED

if TYPE_CHECKING:
    from gradcli.render.picture import Curve, Field, Mark, Picture


def report_of(picture: Picture) -> Report:
    """The points; where a curve is broken there is a point without a value."""
    if picture.field is not None:
        return _of_field(picture, picture.field)
    name = picture.axis.name
    keys = ["value", f"d_{name}", f"d2_{name}", f"d3_{name}"]
    curves: list[dict[str, Any]] = []
    columns: list[list[Any]] = []
    for curve in picture.curves:
        if curve.order == 0:
            curves.append({"label": curve.label, name: curve.x.tolist()})
        curves[curve.group][keys[curve.order]] = _cells(curve.y)
    orders = 1 + max(curve.order for curve in picture.curves)
    for curve in picture.curves[::orders]:
        group = picture.curves[curve.group * orders :][:orders]
        columns += _rows(curve, group, several=len(curves) > 1)
    marks = [_mark(name, mark) for mark in picture.marks if mark.kind != UNRESOLVED]
    bands = [
        {"curve": c.group, "order": c.order, name: [b.left, b.right], "value": [b.low, b.high]}
        for c in picture.curves
        for b in c.bands
    ]
    more = {"bands": bands} if bands else {}
    header = [*(["curve"] if len(curves) > 1 else []), name, *keys[:orders]]
    return Report(header, columns, {"curves": curves, "marks": marks} | more)


def _mark(name: str, mark: Mark) -> dict[str, Any]:
    left, right, value = _cells(np.array([*mark.ends, mark.value]))
    ends = {"left": left, "value": value, "right": right}
    return {"kind": mark.kind, "curve": mark.group, name: mark.x, **ends}


def _cells(y: Any) -> list[float | None]:
    """Numbers, and None for a gap."""
    return [v if np.isfinite(v) else None for v in y.tolist()]


def _rows(curve: Curve, group: list[Curve], *, several: bool) -> list[list[Any]]:
    """The points of one setting; a gap is an empty cell."""
    cells = [["" if v is None else v for v in _cells(c.y)] for c in group]
    first = [curve.group] if several else []
    return [[*first, x, *row] for x, *row in zip(curve.x.tolist(), *cells, strict=True)]


def _of_field(picture: Picture, field: Field) -> Report:
    """The grid, a row a point."""
    names = picture.axis.name, field.y_axis.name
    header = [*names, "value", *(f"d_{name}" for name in names)]
    grids = np.meshgrid(field.x, field.y)
    flat = [grid.ravel().tolist() for grid in (*grids, field.values, *field.slopes)]
    rows = [list(row) for row in zip(*flat, strict=True)]
    whole = {name: _cells(np.array(column)) for name, column in zip(header, flat, strict=True)}
    return Report(header, rows, whole)
