"""A report in each of the formats for reading: rows under columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from gradcli.data.formats.objects import json_text
from gradcli.data.numbers import number, significant
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.console import Console
    from gradcli.data.report import Report


def report_text(report: Report, name: str, precision: int | None = None) -> str:
    """The report as plain, csv, tsv, json or jsonl."""
    if name == "json":
        whole = report.whole
        if report.warnings:
            whole = {**whole, "warnings": [notice.as_dict() for notice in report.warnings]}
        return json_text(whole, precision) + "\n"
    if name == "jsonl":
        rows = (dict(zip(report.columns, row, strict=True)) for row in report.rows)
        return "".join(json_text(row, precision) + "\n" for row in rows)
    if name == "csv":
        return _csv(report, precision)
    if name in ("plain", "tsv"):
        lines = [report.columns] if any(report.columns) else []
        lines += _texts(report, precision)
        return "".join("\t".join(line) + "\n" for line in lines)
    raise UsageError(f"'{name}' is for arrays", help="table, plain, json, jsonl, csv or tsv")


def _texts(report: Report, precision: int | None) -> list[list[str]]:
    return [[_cell(item, precision) for item in row] for row in report.rows]


def _cell(item: Any, precision: int | None) -> str:
    if item is None:
        return "none"
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return "true" if item else "false"
    return number(float(item)) if precision is None else significant(float(item), precision)


def _csv(report: Report, precision: int | None) -> str:
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(report.columns)
    writer.writerows(_texts(report, precision))
    return stream.getvalue()


def report_table(report: Report, console: Console | None, precision: int | None = None) -> str:
    """The report for the eye."""
    from rich.table import Table
    from rich.text import Text

    from gradcli.data.formats.table import Page, box_of, printed

    page = Page.of(console, everything=True, precision=precision)
    table = Table(box=box_of(page), show_header=any(report.columns))
    for i, column in enumerate(report.columns):
        numeric = any(not isinstance(row[i], (str, type(None))) for row in report.rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in _texts(report, page.precision):
        table.add_row(*map(Text, row))
    around = [report.title and f"{report.title}\n", printed(table, page)]
    return "".join(around) + (f"  {report.footer}\n" if report.footer else "")
