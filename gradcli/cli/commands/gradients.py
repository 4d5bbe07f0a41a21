"""`gradcli gradients`, as tf.gradients."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.given import Values, names_in
from gradcli.cli.options import answer, command
from gradcli.errors import UsageError


@command("gradients", unconnected=True)
@click.option("--ys", metavar="NAMES", help="What is differentiated: c,d (default: the result).")
@click.option("--xs", metavar="NAMES", help="By what: inputs or intermediates, a,b.")
@click.option(
    "--grad-ys",
    multiple=True,
    metavar="VALUE",
    help="Seeds: 2,-1 for the ys in order, or c=2 for one of them.",
)
@click.option("--stop", metavar="NAMES", help="Names through which nothing is differentiated.")
def gradients(
    ctx: click.Context,
    ys: str | None,
    xs: str | None,
    grad_ys: tuple[str, ...],
    stop: str | None,
    **options: Any,
) -> None:
    """The gradients of the sum of --ys by each of --xs, as tf.gradients gives them.

    Any name of the program may be a y, an x or a stop; what is not connected answers null.
    """
    if xs is None:
        raise UsageError("gradients needs --xs", help="--xs a,b")
    asked = {"ys": names_in(ys, "ys"), "xs": names_in(xs, "xs"), "stop": names_in(stop, "stop")}

    def asks(values: Values) -> dict[str, Any]:
        return {**asked, "grad_ys": values.named(grad_ys, "grad-ys")}

    answer(ctx, options, asks=asks)
