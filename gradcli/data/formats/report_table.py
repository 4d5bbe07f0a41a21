"""A report for a terminal, by Rich, which folds long texts into lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD, Box
from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text

from gradcli.data.formats.layout import aligned

if TYPE_CHECKING:
    from gradcli.data.formats.page import Page
    from gradcli.data.report import Report

_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def report_table(report: Report, page: Page) -> str:
    """The rows below the names of their columns, between title and footer."""
    table = Table(box=SIMPLE_HEAD if page.unicode else _ASCII, show_header=any(report.columns))
    texts = report.texts(page.digits)
    columns = []
    for i, name in enumerate(report.columns):
        cells = [row[i] for row in texts]
        is_numeric = any(not isinstance(row[i], (str, type(None))) for row in report.rows)
        table.add_column(name, justify="right" if is_numeric else "left", overflow="fold")
        columns.append(aligned(cells) if is_numeric else cells)
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    title = f"{report.title}\n" if report.title else ""
    footer = f"  {report.footer}\n" if report.footer else ""
    return title + _printed(table, page) + footer


def _printed(table: Table, page: Page) -> str:
    """The table as lines, without the empty ones that Rich puts around it."""
    stream = io.StringIO()
    screen = Screen(
        file=stream,
        width=page.width,
        force_terminal=page.colour,
        no_color=not page.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    screen.print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "".join(line + "\n" for line in lines if line)
