"""`gradcli run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.options import answer, command

if TYPE_CHECKING:
    import click


@command("run", metavar="FILE")
def run(ctx: click.Context, **options: Any) -> None:
    """Runs the script FILE (- for standard input): shows what it prints, then its result."""
    typed = options["program"]
    if typed is not None and typed != "-" and not typed.startswith("@"):
        options["program"] = f"@{typed}"
    answer(ctx, options, kind="run")
