"""`python -m tests.bench.frameworks.options [--left]`: calls that say what is usually left out.

What the frameworks answer to those of `options.txt` goes into `tests/golden/options.jsonl`. The
calls of all names draw arrays of a few shapes; filters, classes and groups need others. `--left`
lists what is left out in all tables, those of definitions in `tests/reference` among them.
"""

from __future__ import annotations

import ast
import sys
import zlib
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from gradcli.engine.api import Program
from gradcli.errors import GradcliError
from gradcli.ir.function import REQUIRED
from gradcli.lower import calls
from gradcli.ops.catalog import FUNCTIONS
from tests.bench.frameworks.__main__ import judged
from tests.bench.frameworks.calls import Call, Drawn
from tests.bench.frameworks.modules import answer, module
from tests.frameworks import FILE, OPTIONS, read, rounded, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.frameworks import Line

CALLS = Path(__file__).with_suffix(".txt")

WITHIN_1 = "qtv"
"""Names of arrays whose numbers are chances or variances."""


def parsed(text: str) -> tuple[str, str, Call]:
    """The prefix and the name of what is called, and the call with its arrays."""
    written, _, shapes = text.partition("  #")
    call: Any = ast.parse(written, mode="eval").body
    prefix, _, name = ast.unparse(call.func).rpartition(".")
    random = np.random.default_rng(zlib.crc32(written.encode()))
    arrays = {}
    for array in shapes.split():
        letter, _, lengths = array.partition("=")
        low, high = (0.1, 0.9) if letter in WITHIN_1 else (-2.0, 2.0)
        drawn = random.uniform(low, high, [int(n) for n in lengths.split(",")])
        arrays[letter] = drawn.round(3)
    keywords = {k.arg: _value(k.value) for k in call.keywords}
    return prefix, name, Call(written, tuple(map(_value, call.args)), keywords, arrays)


def _value(node: ast.expr) -> Any:
    return Drawn(node.id) if isinstance(node, ast.Name) else ast.literal_eval(node)


def line_of(text: str) -> Line:
    """What the framework answers; what gradcli answers otherwise goes to standard error."""
    prefix, name, call = parsed(text)
    if prefix.startswith(("F", "torch")):
        import torch

        call = call.listed(lambda x: torch.as_tensor(np.array(x)))
    function = getattr(module(prefix), name)
    values, gradients = answer(prefix, lambda arrays: call.made_by(function, arrays), call.arrays)
    line: Line = {
        "call": call.text,
        "at": {letter: array.tolist() for letter, array in call.arrays.items()},
        "gives": [rounded(x) for x in values],
    }
    if gradients:
        line["slopes"] = {letter: rounded(x) for letter, x in gradients.items()}
    return judged(line, lambda: line["slopes"])


# --- what no table says -------------------------------------------------------------------------


def left() -> Iterator[str]:
    """Parameters of our functions that have their defaults in all calls, `function.parameter`."""
    given: dict[str, set[str]] = defaultdict(set)
    bind = calls.bind

    def noted(walk: Any, function: Any, *call: Any) -> dict[str, Any]:
        bound = bind(walk, function, *call)
        parameters = function.record.parameters
        given[function.record.name] |= {
            p.name for p in parameters if not _is_same(bound[p.name], p.default)
        }
        return bound

    with patch.object(calls, "bind", noted):
        for text, values in _every_call():
            with suppress(GradcliError):
                Program(text).record(values)
    for function in dict.fromkeys(FUNCTIONS.values()):
        options = {p.name for p in function.parameters if p.default is not REQUIRED}
        yield from (f"{function.name}.{name}" for name in sorted(options - given[function.name]))


def _every_call() -> Iterator[tuple[str, dict[str, Any]]]:
    from tests.test_ops import EVERY_CALL, drawn

    for file in (FILE, OPTIONS):
        for line in read(file.read_text(encoding="utf-8").splitlines()):
            yield line["call"], line["at"]
    yield from ((call.text, drawn(call)) for call in EVERY_CALL)


def _is_same(value: Any, default: Any) -> bool:
    """Whether a value is a default; what is traced has a node besides."""
    plain = getattr(value, "value", value)
    return type(plain) is type(default) and bool(plain == default)


def main() -> None:
    """Writes the file anew, or lists what no table says."""
    if sys.argv[1:] == ["--left"]:
        print("\n".join(left()))
        return
    texts = CALLS.read_text(encoding="utf-8").splitlines()
    lines = [line_of(text) for text in texts if text and not text.startswith("#")]
    OPTIONS.write_text("".join(f"{text}\n" for text in written(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
