"""Lines of `golden/frameworks.jsonl`: calls, and what the framework of their prefix answers.

The first line has the arrays by name. Any other has "calls" (the same call, by position and by
keyword), which array each variable is "at", the results that it "gives" and the "slopes" of the
first of them; with "signs" the columns of the results may have the other sign. A call that gradcli
refuses is "refused", one that it answers otherwise "differs", and says why.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.api import Program
from gradcli.ir.node import WORDS
from gradcli.passes.modes import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Line = dict[str, Any]

FILE = Path(__file__).parent / "golden" / "frameworks.jsonl"
OPTIONS = FILE.with_name("options.jsonl")
REFUSED = "refused"


def name_of(call: str) -> str:
    """The name of what a line calls, that of a method behind its class: `torch.Tensor.max`."""
    method = re.match(r"(\w+)\.asarray\([^()]*\)\.(\w+)", call)
    if method is None:
        return call.partition("(")[0]
    return f"{method[1]}.{'Tensor' if method[1] == 'torch' else 'ndarray'}.{method[2]}"


# --- the file -----------------------------------------------------------------------------------


def read(texts: Iterable[str]) -> Iterator[Line]:
    """A line for each call, with its arrays."""
    first, *rest = map(json.loads, texts)
    arrays = first["arrays"]
    for line in rest:
        at = {name: arrays[array] for name, array in line.pop("at").items()}
        for call in line.pop("calls"):
            yield {"call": call, "at": at, **line}


def written(lines: Iterable[Line]) -> Iterator[str]:
    """The texts of such lines; calls one after another with the same answer stand together."""
    names: dict[str, str] = {}
    groups: list[Line] = []
    for line in lines:
        at = {x: names.setdefault(_text(v), f"a{len(names)}") for x, v in line["at"].items()}
        answer = {key: value for key, value in line.items() if key not in ("call", "at")}
        if groups and groups[-1] == {"calls": groups[-1]["calls"], "at": at, **answer}:
            groups[-1]["calls"].append(line["call"])
        else:
            groups.append({"calls": [line["call"]], "at": at, **answer})
    yield _text({"arrays": {name: json.loads(text) for text, name in names.items()}})
    yield from map(_text, groups)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def rounded(array: Any) -> Any:
    """Numbers to six digits, as nested lists."""
    array = np.asarray(array)
    if array.dtype.kind in "biu":
        return array.astype(int).tolist()
    return [rounded(x) for x in array] if array.ndim else _short(float(f"{float(array):.6g}"))


def _short(x: float) -> float:
    """A whole number without `.0`."""
    return int(x) if x.is_integer() and abs(x) < 1e6 and (x or not np.signbit(x)) else x


# --- what gradcli answers -----------------------------------------------------------------------


def seed(shape: Any) -> Any:
    """The cotangent that the gradients are of: 1, 2, 3 … in C order."""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)


def difference(line: Line) -> str:
    """What gradcli answers otherwise; "" for nothing. GradcliError if it refuses the call."""
    run = Program(line["call"]).record(line["at"])
    values = [np.asarray(run.evaluator(y)) for y in run.results]
    if len(values) != len(line["gives"]):
        return f"{len(values)} results, not {len(line['gives'])}"
    signs = [1.0] * len(values)
    if "signs" in line:
        pairs = zip(values, line["gives"], strict=True)
        signs = [np.where(got * np.asarray(wanted) < 0, -1.0, 1.0) for got, wanted in pairs]
    for i, (got, sign, wanted) in enumerate(zip(values, signs, line["gives"], strict=True)):
        if not _near(got * sign, wanted):
            return f"result {i}: {got.tolist()}, not {wanted}"
    return _slopes(run, signs[0], line["slopes"]) if "slopes" in line else ""


def _slopes(run: Any, signs: Any, wanted: dict[str, Any]) -> str:
    """What is different in the gradient of the first result, with its signs as they are there."""
    y = run.results[0]
    xs = [run.inputs[name] for name in wanted if name in run.inputs]
    slopes = reverse([y], xs, [run.graph.constant(seed(y.shape) * signs)])
    zeros = WORDS["spread"]
    for name, x, node in zip(wanted, xs, slopes, strict=True):
        got = run.evaluator(zeros(run.graph.constant(0.0), x.shape) if node is None else node)
        if not _near(np.asarray(got), wanted[name]):
            return f"slope by {name}: {np.asarray(got).tolist()}, not {wanted[name]}"
    return ""


def _near(got: Any, wanted: Any) -> bool:
    """Whether numbers agree in shape and to the digits that the file has.

    The shape of an array without elements is not always to be seen in nested lists.
    """
    wanted = np.asarray(wanted, float)
    if got.size == wanted.size == 0:
        return True
    return got.shape == wanted.shape and np.allclose(got, wanted, 1e-5, 1e-9, equal_nan=True)
