"""The functions of the language: the list by family, the page of one, and the search."""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING, Any

from gradcli.data.json_text import json_text
from gradcli.data.report import Report
from gradcli.engine.request import ask
from gradcli.errors import GradcliError, ProgramNameError, UsageError
from gradcli.ir.node import Graph, Node
from gradcli.ir.op import Elementwise
from gradcli.lower.functions import prefixed_function, what_to_write
from gradcli.lower.pages import PAGES, SIGNS
from gradcli.lower.signatures import signature
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.render.formula import formula
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from gradcli.ir.function import Function


_OPERANDS = " 0123456789" + ascii_letters
"""What may stand around a sign."""


def listed(search: str | None = None) -> Report:
    """All functions by family, or those in whose names or sentence a word occurs."""
    word = (search or "").lower()
    records = [record for record in catalog.FUNCTIONS.values() if _mentions(record, word)]
    if not records:
        near = nearest(word, catalog.FUNCTIONS)
        help_ = f"did you mean '{near}'?" if near else "`gradcli functions` lists them"
        raise UsageError(f"no function mentions '{search}'", help=help_)
    order = list(catalog.FAMILIES)
    records.sort(key=lambda record: (order.index(record.family), record.name.lower()))
    rows = [[record.family, signature(record), record.doc.split("\n")[0]] for record in records]
    whole = [described(record) for record in records]
    return Report(["family", "function", ""], _once(rows), whole)


def _mentions(record: Function, word: str) -> bool:
    return any(word in text.lower() for text in (record.name, record.doc, *record.aliases))


def _once(rows: list[list[str]]) -> list[list[str]]:
    """The rows, a family's name only in the first of its rows."""
    before = None
    for row in rows:
        before, row[0] = row[0], "" if row[0] == before else row[0]
    return rows


def described(record: Function) -> dict[str, Any]:
    """A function as data: name, aliases, family, signature, doc, example."""
    return {
        "name": record.name,
        "aliases": list(record.aliases),
        "family": record.family,
        "signature": signature(record),
        "doc": record.doc,
        "example": record.example,
        "variants": {prefix: dict(given) for prefix, given in record.variants.items()},
        "signatures": list(record.signatures),
    }


def function_named(name: str) -> Function:
    """The function of a name, with or without a prefix; a ProgramNameError if there is none."""
    *prefix, last = name.split(".")
    record = catalog.find(last)
    if prefix and prefix[0] in catalog.PREFIXES:
        function = prefixed_function(catalog, [*prefix, last])
        record = function.record if isinstance(function, BuiltIn) else None
    if record is None:
        message = f"there is no function '{name}'"
        raise ProgramNameError(message, help=what_to_write(name, catalog))
    return record


def names_with(start: str) -> list[str]:
    """The names of functions, and words of the language, that start so."""
    return sorted(name for name in (*catalog.NAMES, *PAGES) if name.startswith(start))


def page(name: str) -> Report:
    """All there is to know of one function, or of a word of the language."""
    word = PAGES.get(name) or SIGNS.get(name) or SIGNS.get(name.strip(_OPERANDS))
    if word is not None:
        shown = _shown(word.example)
        rows = [["", word.forms], ["", word.doc], ["example", word.example], ["", shown]]
        return Report(["", ""], rows, {"name": name, **word._asdict(), "result": shown})
    record = function_named(name)
    rows = [["", signature(record)], ["", record.doc]]
    if record.aliases:
        rows.append(["also", ", ".join(record.aliases)])
    rows.append(["family", record.family])
    rows += [[f"behind {p}.", _variant(given)] for p, given in record.variants.items()]
    rows += [["in frameworks", line] for line in record.signatures]
    rows += [["derivative", text] for text in slopes(record)]
    if record.domain:
        spans = ", ".join(f"{low:g} to {high:g}" for low, high in record.domain)
        rows.append(["smooth", f"on {spans}, at least"])
    rows += [["at", text] for text in edges(record)]
    rows += [["example", record.example], ["", _shown(record.example)]]
    whole = described(record)
    whole["derivatives"] = slopes(record)
    whole["result"] = _shown(record.example)
    return Report(["", ""], rows, whole)


def _variant(given: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


def _operands(record: Function) -> tuple[Graph, list[Node]] | None:
    """Inputs for the parameters of an elementwise function; None for any other."""
    arrays = [p for p in record.parameters if p.kind == "Array"]
    if not isinstance(record.op, Elementwise) or len(arrays) != len(record.parameters):
        return None
    graph = Graph(stabilize=False)
    return graph, [graph.input(p.name, ()) for p in arrays]


def slopes(record: Function) -> list[str]:
    """The derivative of an elementwise function by each of its operands, as formulas."""
    made = _operands(record)
    if made is None:
        return []
    _, xs = made
    y = record(*xs)
    if y.is_bool:
        return []
    texts = []
    for x, slope in zip(xs, modes.reverse([y], xs), strict=True):
        text = "0" if slope is None else formula(slope)
        texts.append(text if len(xs) == 1 else f"by {x.attrs[0]}: {text}")
    return texts


def edges(record: Function) -> list[str]:
    """Value and gradient at the points where the derivative follows a convention."""
    texts = []
    names = [p.name for p in record.parameters if p.kind == "Array"]
    for point in record.points:
        values = point if isinstance(point, tuple) else (point,)
        given = dict(zip(names, values, strict=False))
        texts.append(_edge(record, given))
    return texts


def _edge(record: Function, given: dict[str, float]) -> str:
    call = f"{record.name}({', '.join(given)})"
    answer = ask("value-and-grads", call, given)
    at = ", ".join(f"{name} = {number:g}" for name, number in given.items())
    slope = ", ".join(f"{float(g):g}" for g in answer.parts.values())
    return f"{at}: value {float(answer.value):g}, gradient {slope}"


def _shown(example: str) -> str:
    """What an example gives, as one line."""
    try:
        value = ask("eval", example, {}).value
    except GradcliError as error:
        return f"error: {error.message}"
    return json_text(value)
