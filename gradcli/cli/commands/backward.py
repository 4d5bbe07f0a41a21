"""`gradcli backward`, as PyTorch's."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.given import names_in
from gradcli.cli.options import answer, command


@command("backward", seed=True, unconnected=True)
@click.option(
    "--var",
    multiple=True,
    metavar="NAME=VALUE",
    help="A leaf that requires a gradient; so is --NAME VALUE.",
)
@click.option("--const", multiple=True, metavar="NAME=VALUE", help="A leaf that requires none.")
@click.option("--retain", metavar="NAMES", help="Intermediates whose gradients are kept.")
def backward(
    ctx: click.Context,
    var: tuple[str, ...],
    const: tuple[str, ...],
    retain: str | None,
    **options: Any,
) -> None:
    """What backward leaves in .grad of the leaves of PROGRAM, whose value must be one number.

    A program that calls backward(y) itself is taken at its word: gradients accumulate.
    """
    asked = {"retain": names_in(retain, "retain")}
    answer(ctx, options, {"var": var, "const": const}, lambda _values: asked)
