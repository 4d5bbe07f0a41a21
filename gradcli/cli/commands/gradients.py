"""`gradcli gradients`, as tf.gradients."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.options import Values, answer, command, names_in, pairs
from gradcli.errors import UsageError


@command("gradients", unconnected=True)
@click.option("--ys", metavar="NAMES", help="What is differentiated: c,d (default: the result).")
@click.option("--xs", metavar="NAMES", help="By what: inputs or intermediates, a,b.")
@click.option("--grad-ys", multiple=True, metavar="VALUE", help="Seeds: 2,-1 for the ys in order, "
              "or c=2 for one of them.")  # fmt: skip
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

    def asks(values: Values) -> dict[str, Any]:
        return {
            "ys": names_in(ys),
            "xs": names_in(xs),
            "stop": names_in(stop),
            "grad_ys": _seeds(values, grad_ys),
        }

    answer(ctx, options, asks=asks)


def _seeds(values: Values, texts: tuple[str, ...]) -> Any:
    """Seeds by name, or in the order of the ys."""
    if not texts:
        return None
    if len(texts) == 1 and "=" not in texts[0]:
        return values("grad-ys", texts[0])
    return {name: values(name, text, f"--grad-ys {name}") for name, text in pairs(texts, "grad-ys")}
