"""`gradcli run`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gradcli.cli.options import answer, command
from gradcli.errors import UsageError

if TYPE_CHECKING:
    import click


@command("run", metavar="FILE")
def run(ctx: click.Context, **options: Any) -> None:
    """Runs the script FILE (- for standard input): shows what it prints, then its result."""
    typed = options["program"]
    if typed is not None and typed != "-" and not typed.startswith("@"):
        if not os.path.exists(typed) and any(c in typed for c in " ^*+=()"):
            raise UsageError(f"there is no file '{typed}'", help="a text is for `gradcli eval`")
        options["program"] = f"@{typed}"
    answer(ctx, options, kind="run")
