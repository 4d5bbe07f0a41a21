"""Values that a person types: `1,2; 3,4`, where every item is an expression of constants."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, InputError, Notice, Source, Span
from gradcli.exec.plain import Evaluator
from gradcli.ir.node import MAX_ELEMENTS, Graph
from gradcli.lower.expressions import literal
from gradcli.lower.interpreter import MAX_STEPS, Interpreter
from gradcli.lower.names import read_names
from gradcli.lower.values import stacked_value
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.syntax import tree
from gradcli.syntax.parser import parse_value

if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray[Any, np.dtype[Any]]


def typed_value(
    text: str,
    name: str,
    dtype: str = "float64",
    *,
    max_steps: int = MAX_STEPS,
    max_elements: int = MAX_ELEMENTS,
) -> Array:
    """The array of a typed value; `name` is how messages cite it, such as `--x`.

    A row of items is a vector, several rows are a matrix, one item is itself. Raises InputError
    with the place of what is wrong.
    """
    source = Source(text, name)
    run = partial(_item, source=source, limits=(dtype, max_steps, max_elements))
    try:
        return _rows(parse_value(source), source, run)
    except InputError as error:
        raise error.advised(_written_here(text)) from None
    except GradcliError as error:
        help_ = f"to read a file, write @{text}" if is_file_name(text) else error.help
        raise InputError(
            error.message, span=error.span, help=_written_here(text) or help_
        ) from None


_ENDINGS = frozenset("arrow csv dat grad gz json jsonl npy npz parquet tsv txt".split())
"""Of files, behind the dot."""


def is_file_name(text: str) -> bool:
    """Whether a text looks like the name of a file."""
    path, _, ending = text.rpartition(".")
    return ending in _ENDINGS and re.fullmatch(r"[\w./~-]+", path) is not None


def _written_here(text: str) -> str | None:
    """What to write for a value that is typed as elsewhere."""
    from gradcli.engine.values_elsewhere import value_here

    return value_here(text)


_GROUPED = r"\s*-?\d{1,3}(,\d{3})*,(000|\d{3}\.\d+)\s*"
"""Digits in groups of three, as the parts of one number are written elsewhere."""


_POINTS = r"\s*-?\d{1,3}(\.\d{3})+,\d+\s*"
"""The same with points between groups, and the comma as the decimal mark."""


_ZERO = r"\s*-?\d+,0\d+\s*"
"""What can only be one number with a decimal comma: 2,05."""


def in_groups(place: str, text: str) -> list[Notice]:
    """The warning that commas separate numbers, where a value may be meant as one."""
    last = text.rpartition(",")[2]
    if "," not in text or not (last.startswith("0") or "." in text):
        return []
    if re.fullmatch(_GROUPED, text) is None:
        if not re.fullmatch(f"{_POINTS}|{_ZERO}", text):
            return []
        one = text.strip().replace(".", "").replace(",", ".")
        return [Notice(f"{place}{text.strip()} is 2 numbers", help=f"the one number is {one}")]
    count = text.count(",") + 1
    message = f"{place}{text.strip()} is {count} numbers, separated by commas"
    return [Notice(message, help=f"the one number is {text.replace(',', '').strip()}")]


def _rows(rows: tree.ValueRows, source: Source, run: Callable[[Any], Array]) -> Array:
    parsed = [[run(item) for item in row] for row in rows.rows]
    if len(parsed) == 1 and len(parsed[0]) == 1 and not rows.comma:
        return parsed[0][0]
    joined = [_row(row, rows, source) for row in parsed]
    if len(joined) == 1:
        return joined[0]
    if len({part.shape for part in joined}) > 1:
        lengths = ", ".join(str(part.shape[0]) for part in joined)
        raise InputError(
            f"the rows are of unequal length: {lengths}", span=Span(source, rows.start, rows.end)
        )
    return np.stack(joined)


def _row(items: list[Array], rows: tree.ValueRows, source: Source) -> Array:
    """One row: several items stacked; one item that is an array is the row itself."""
    if len(items) == 1 and items[0].ndim and not rows.comma:
        return items[0]
    if len({item.shape for item in items}) > 1:
        raise InputError(
            "the items of a row are of unequal shape", span=Span(source, rows.start, rows.end)
        )
    return np.stack(items)


def _item(item: Any, source: Source, limits: tuple[str, int, int]) -> Array:
    """The array of one item, an expression without inputs."""
    number = literal(item)
    if number is not None:
        with np.errstate(all="ignore"):
            return np.asarray(number, limits[0])
    block = tree.Block((item,), item.start, item.end)
    program = tree.SyntaxTree(block, tree.SHORT + 1, source)
    names = read_names(program, catalog)
    for name, first_use in names.inputs.items():
        raise InputError(
            f"a value is made of numbers and constants, and '{name}' is neither",
            span=Span(source, first_use.start, first_use.end),
            help="write it as a number, such as 3 or 1,2; a file is @FILE",
        )
    dtype, max_steps, max_elements = limits
    graph = Graph(dtype, max_elements=max_elements)
    evaluator = Evaluator({})
    run = Interpreter(
        source, names, catalog, graph, evaluator, modes, max_steps=max_steps, depth=program.depth
    )
    with np.errstate(all="ignore"):
        value = stacked_value(run.graph, run.run(block, {}), run.span(item))
        return np.asarray(evaluator(value))
