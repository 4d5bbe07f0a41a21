"""A report for a terminal: numbers in columns, texts by Rich, which folds long ones."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD, Box
from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text

from gradcli.data.formats.layout import number_column, tables, text_column

if TYPE_CHECKING:
    from gradcli.data.formats.page import Page
    from gradcli.data.report import Report

_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def report_table(report: Report, page: Page) -> str:
    """The tables of a report, below one another."""
    drawing = report.drawing(page)
    if drawing is not None:
        return drawing
    return "\n".join(_section(section, page) for section in report.sections(page))


def _section(report: Report, page: Page) -> str:
    """The rows below the names of their columns, between title and footer."""
    title = f"{report.title}\n" if report.title else ""
    footer = f"  {report.footer}\n" if report.footer else ""
    numeric = [
        any(isinstance(row[i], (int, float)) for row in report.rows)
        for i in range(len(report.columns))
    ]
    body = _numbers(report, numeric, page) if any(numeric) else _folded(report, page)
    return title + body + footer


def _numbers(report: Report, numeric: list[bool], page: Page) -> str:
    """Rows with numbers, which are never folded: several tables where the page is too narrow."""
    key, *rest = (
        (number_column if is_numeric else text_column)(heading, list(cells))
        for heading, is_numeric, *cells in zip(
            report.columns, numeric, *report.texts(page.digits), strict=True
        )
    )
    return tables(key, rest, page)


def _folded(report: Report, page: Page) -> str:
    """Rows of texts, long ones on several lines."""
    table = Table(box=SIMPLE_HEAD if page.unicode else _ASCII, show_header=any(report.columns))
    for name in report.columns:
        table.add_column(name, overflow="fold")
    for row in report.texts(page.digits):
        table.add_row(*map(Text, row))
    return _printed(table, page)


def _printed(table: Table, page: Page) -> str:
    """The table as lines, without the empty ones that Rich puts around it."""
    stream = io.StringIO()
    screen = Screen(
        file=stream,
        width=page.width,
        force_terminal=page.colour,
        no_color=not page.colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
    )
    screen.print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "".join(line + "\n" for line in lines if line)
