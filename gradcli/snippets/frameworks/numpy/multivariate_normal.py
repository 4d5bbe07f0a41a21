"""`scipy.stats.multivariate_normal`, of which autograd has the gradients, too."""

from __future__ import annotations

from math import log, pi
from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from gradcli.snippets.values import Array


def multivariate_normal(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = home.result_of

    def logpdf(x: Any, mean: Any, cov: Any, allow_singular: bool = False) -> Array:
        del allow_singular
        points = home.asarray(x)
        rows = of("atleast_2d", home.operator("-", points, home.asarray(mean)))
        columns = of("transpose", rows)
        solved = of("linalg.solve", home.asarray(cov), columns)
        distances = of("sum", home.operator("*", columns, solved), axis=0)
        _, logdet = of("linalg.slogdet", home.asarray(cov))
        constant = solved.shape[0] * log(2 * pi)
        whole = home.operator("+", home.operator("+", distances, logdet), constant)
        value: Array = home.operator("*", whole, -0.5)
        return value if len(points.shape) > 1 else home.item(value, 0)

    rows = {"logpdf": logpdf, "pdf": lambda *args: of("exp", logpdf(*args))}
    return {f"scipy.stats.multivariate_normal.{n}": Native(n, row) for n, row in rows.items()}
