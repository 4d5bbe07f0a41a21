"""`gradcli derivative`."""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.options import answer, command


@command("derivative", wrt=True)
@click.option("--order", type=click.IntRange(1), default=1, metavar="N", help="How often.")
def derivative(ctx: click.Context, order: int, **options: Any) -> None:
    """The derivative of an elementwise PROGRAM by its one input, --order times."""
    answer(ctx, options, asks=lambda _values: {"order": order})
