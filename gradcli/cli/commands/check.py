"""`gradcli check`."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.options import answer, command
from gradcli.data.report import Report
from gradcli.errors import UsageError

DISAGREES = 4


@command("check", wrt=True, seed=True)
@click.option("--claim", multiple=True, metavar='NAME="FORMULA"', help="A gradient derived by "
              "hand: x=\"1/(1+x^2)\".")  # fmt: skip
@click.option("--eps", type=click.FloatRange(0, min_open=True), metavar="STEP", help="First step "
              "of the differences, relative.")  # fmt: skip
@click.option("--rtol", type=click.FloatRange(0), metavar="TOL", help="Relative tolerance.")
@click.option("--atol", type=click.FloatRange(0), metavar="TOL", help="Absolute tolerance.")
def check(
    ctx: click.Context,
    claim: tuple[str, ...],
    eps: float | None,
    rtol: float | None,
    atol: float | None,
    **options: Any,
) -> None:
    """Checks the gradient of PROGRAM: reverse and forward mode, finite differences, complex step.

    Ends with status 4 where they disagree. A kink is no mistake: it is reported as not
    differentiable.
    """

    def asks(_values: Any) -> dict[str, Any]:
        return {"claim": _claims(claim), "eps": eps, "rtol": rtol, "atol": atol}

    found = answer(ctx, options, asks=asks)
    if isinstance(found, Report) and not found.whole["agree"]:
        ctx.exit(DISAGREES)


def _claims(texts: tuple[str, ...]) -> dict[str, str]:
    """Claims by name; the formula is a text, not a value."""
    found = {}
    for text in texts:
        name, equals, formula = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--claim takes NAME=FORMULA, not '{text}'", help='x="1/(1+x^2)"')
        found[name.strip()] = formula
    return found
