"""`gradcli check`."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.given import once, pairs
from gradcli.cli.options import answer, command
from gradcli.data.report import Report

DISAGREES = 4


@command("check", wrt=True, seed=True)
@click.option(
    "--claim",
    multiple=True,
    metavar='NAME="FORMULA"',
    help='A gradient derived by hand: x="1/(1+x^2)".',
)
@click.option(
    "--eps",
    type=click.FloatRange(0, min_open=True),
    metavar="STEP",
    help="First step of the differences, relative.",
)
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
    claims = once(pairs(claim, "claim", 'x="1/(1+x^2)"'), "claim")
    asked = {"claim": claims, "eps": eps, "rtol": rtol, "atol": atol}
    found = answer(ctx, options, asks=lambda _values: asked)
    if isinstance(found, Report) and not found.whole["agree"]:
        ctx.exit(DISAGREES)
