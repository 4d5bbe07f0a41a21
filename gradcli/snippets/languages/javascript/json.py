"""JavaScript's `JSON`."""

from __future__ import annotations

import json
import math
from typing import Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.javascript.sequences import whole
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import (
    Module,
    Thing,
    is_array,
    module,
    sorted_items,
)
from gradcli.snippets.limits import check_nested, joined
from gradcli.snippets.values import Instance


def make_json(language: Any) -> Module:
    """`JSON`."""
    return module(
        {
            "stringify": lambda value, replacer=None, indent=UNDEFINED: to_json(
                language, value, replacer, indent
            ),
            "parse": lambda text: from_json(language, text),
        }
    )


WIDEST = 10
"""Characters by which a level is indented at most."""


def to_json(language: Any, value: Any, _replacer: Any, indent: Any) -> Any:
    """`JSON.stringify(value, null, indent)`."""
    step = indent[:WIDEST] if isinstance(indent, str) else ""
    if isinstance(indent, float):
        step = " " * min(whole(language, indent), WIDEST)
    check_nested(value)
    try:
        return _json(language, value, step, "\n")
    except RecursionError:
        raise Raised("TypeError", "Converting circular structure to JSON") from None


def _json(language: Any, value: Any, step: str, line: str) -> Any:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, (bool, int, float)):
        is_number = isinstance(value, float) and not math.isfinite(value)
        return "null" if is_number else language.text(value)
    inner = line + step
    between, opening, closing = ("," + inner, inner, line) if step else (",", "", "")
    if is_array(value):
        items = [_json(language, item, step, inner) or "null" for item in value]
        return f"[{opening}{joined(items, between)}{closing}]" if items else "[]"
    if not isinstance(value, (dict, list, Instance)):
        return UNDEFINED if not isinstance(value, Thing) else "{}"
    pairs = [
        (json.dumps(name, ensure_ascii=False), _json(language, item, step, inner))
        for name, item in sorted_items(language.properties(value))
    ]
    colon = ": " if step else ":"
    texts = [f"{name}{colon}{text}" for name, text in pairs if text is not UNDEFINED]
    return f"{{{opening}{joined(texts, between)}{closing}}}" if texts else "{}"


def from_json(language: Any, text: Any) -> Any:
    """`JSON.parse(text)`."""
    try:
        return json.loads(language.text(text), parse_int=float)
    except (ValueError, RecursionError):
        raise Raised("SyntaxError", "this is not valid JSON") from None
