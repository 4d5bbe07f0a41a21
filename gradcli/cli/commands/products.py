"""`gradcli jvp`, `vjp` and `hvp`: products with a Jacobian or Hessian that is never built."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.options import answer, command

_TANGENT = click.option(
    "--tangent",
    multiple=True,
    metavar="[NAME=]VALUE",
    help="The direction, of each input that moves.",
)


@command("jvp", wrt=True)
@_TANGENT
def jvp(ctx: click.Context, tangent: tuple[str, ...], **options: Any) -> None:
    """How PROGRAM's value moves when its inputs move in a direction."""
    answer(ctx, options, asks=lambda values: {"tangent": values.named(tangent, "tangent")})


@command("vjp", gradient=True, seed=True)
def vjp(ctx: click.Context, **options: Any) -> None:
    """The gradient of sum(value * dy): the seed times the Jacobian."""
    answer(ctx, options)


@command("hvp", wrt=True)
@_TANGENT
def hvp(ctx: click.Context, tangent: tuple[str, ...], **options: Any) -> None:
    """The Hessian of PROGRAM, one number, times a direction."""
    answer(ctx, options, asks=lambda values: {"tangent": values.named(tangent, "tangent")})
