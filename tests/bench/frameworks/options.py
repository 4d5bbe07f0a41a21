"""`python -m tests.bench.frameworks.options`: calls that say what is usually left out.

What the frameworks answer to those of `options.txt` goes into `tests/golden/options.jsonl`. The
calls of all names draw arrays of a few shapes; filters, classes and groups need others.
"""

from __future__ import annotations

import ast
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.frameworks.__main__ import judged
from tests.bench.frameworks.calls import Call, Drawn
from tests.bench.frameworks.modules import answer, module
from tests.frameworks import OPTIONS, rounded, written

if TYPE_CHECKING:
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


def main() -> None:
    """Writes the file anew."""
    texts = CALLS.read_text(encoding="utf-8").splitlines()
    lines = [line_of(text) for text in texts if text and not text.startswith("#")]
    OPTIONS.write_text("".join(f"{text}\n" for text in written(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
