"""`gradcli tape`, as tf.GradientTape."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.given import names_in
from gradcli.cli.options import answer, command
from gradcli.errors import UsageError


@command("tape", unconnected=True)
@click.argument("questions", nargs=-1)
@click.option(
    "--var", multiple=True, metavar="NAME=VALUE", help="A watched variable; so is --NAME VALUE."
)
@click.option("--const", multiple=True, metavar="NAME=VALUE", help="A constant, not watched.")
@click.option("--watch", metavar="NAMES", help="Constants that are watched all the same.")
def tape(
    ctx: click.Context,
    questions: tuple[str, ...],
    var: tuple[str, ...],
    const: tuple[str, ...],
    watch: str | None,
    **options: Any,
) -> None:
    """Derivatives of one recording: dz/dx, d2z/dx2, d2z/dxdy, d/dx of the result.

    Any name of the program may stand above or below the line; a second derivative is the gradient
    of the summed gradient. What is not watched or not connected answers null.
    """
    if not questions:
        raise UsageError("tape needs a question", help='gradcli tape "y = x^2" --x 3 dy/dx')
    asked = {"ask": questions, "watch": names_in(watch, "watch")}
    answer(ctx, options, {"var": var, "const": const}, lambda _values: asked)
