"""Lines of `golden/frameworks.jsonl`: a call, and what the framework of its prefix answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gradcli.engine.api import Program
from gradcli.ir.node import WORDS
from gradcli.passes.modes import reverse

FILE = Path(__file__).parent / "golden" / "frameworks.jsonl"
REFUSED = "refused"


def rounded(array: Any) -> Any:
    """Numbers to six digits, as nested lists."""
    array = np.asarray(array)
    if array.dtype.kind in "biu":
        return array.astype(int).tolist()
    return [rounded(x) for x in array] if array.ndim else float(f"{float(array):.6g}")


def seed(shape: Any) -> Any:
    """The cotangent that the gradients are of: 1, 2, 3 … in C order."""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)


def difference(line: dict[str, Any]) -> str:
    """What gradcli answers otherwise; "" for nothing. GradcliError if it refuses the call."""
    run = Program(line["call"]).record(line["at"])
    values = [np.asarray(run.evaluator(y)) for y in run.results]
    if len(values) != len(line["gives"]):
        return f"{len(values)} results, not {len(line['gives'])}"
    for i, (got, wanted) in enumerate(zip(values, line["gives"], strict=True)):
        if not _near(got, wanted):
            return f"result {i}: {got.tolist()}, not {wanted}"
    return _slopes(run, line["slopes"]) if "slopes" in line else ""


def _slopes(run: Any, wanted: dict[str, Any]) -> str:
    """What is different in the gradient of the first result."""
    y = run.results[0]
    xs = [run.inputs[name] for name in wanted if name in run.inputs]
    slopes = reverse([y], xs, [run.graph.constant(seed(y.shape))])
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
