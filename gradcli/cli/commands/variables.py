"""`gradcli variable-grads`."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.options import answer, command


@command("variable-grads", gradient=True)
@click.option(
    "--var", multiple=True, metavar="NAME=VALUE", help="A trainable variable; so is --NAME VALUE."
)
@click.option("--const", multiple=True, metavar="NAME=VALUE", help="A constant.")
@click.option(
    "--frozen",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable that is not trained: its gradient is null.",
)
def variable_grads(
    ctx: click.Context,
    var: tuple[str, ...],
    const: tuple[str, ...],
    frozen: tuple[str, ...],
    **options: Any,
) -> None:
    """The value of PROGRAM, one number, and its gradients by the trainable variables."""
    answer(ctx, options, {"var": var, "const": const, "frozen": frozen})
