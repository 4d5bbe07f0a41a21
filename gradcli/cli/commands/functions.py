"""`gradcli functions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli.options import DEBUG, offered_functions, with_options
from gradcli.cli.split import Listed
from gradcli.data.writer import Output, choose_output, write
from gradcli.engine.functions import listed, page
from gradcli.engine.question import EVERYDAY
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.console import Console


EXAMPLES = ("functions atan", "functions --search gamma")


@click.command("functions", cls=Listed, group=EVERYDAY, rank=8, examples=EXAMPLES)
@click.argument("name", required=False, shell_complete=offered_functions)
@click.option("--search", metavar="WORD", help="Functions that mention a word.")
@click.option("-o", "what", metavar="WHAT", help="A format or a file.")
@with_options(DEBUG)
@click.pass_obj
def functions(
    console: Console, name: str | None, search: str | None, what: str | None, debug: bool
) -> None:
    """Every function, by family; with a NAME all there is to know of that one."""
    del debug  # the entrance looks for it
    if name is not None and search is not None:
        raise UsageError("a NAME or --search, not both")
    format_, path = choose_output(what, None, None, console.environ, console.is_terminal)
    name = name and name.partition("(")[0].strip()
    report = page(name) if name is not None else listed(search)
    write(report, Output(format_, path), console)
