"""`gradcli jacobian` and `gradcli hessian`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.options import answer, command

if TYPE_CHECKING:
    import click


@command("jacobian", wrt=True)
def jacobian(ctx: click.Context, **options: Any) -> None:
    """The derivative of each element of PROGRAM's value by each element of its inputs."""
    answer(ctx, options)


@command("hessian", wrt=True)
def hessian(ctx: click.Context, **options: Any) -> None:
    """The second derivatives of PROGRAM, one number, by each pair of its inputs."""
    answer(ctx, options)
