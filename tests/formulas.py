"""`python -m tests.formulas`: what `diff` writes of the formulas in tests, into `formulas.txt`."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import gradcli
from gradcli.errors import GradcliWarning

HERE = Path(__file__).parent
PLACE = HERE / "formulas.txt"


def pairs_in(text: str) -> list[list[str]]:
    """The formulas and derivatives of a text file."""
    lines = text.splitlines()
    return [line.split(" -> ") for line in lines if " -> " in line and line[0] != "#"]


CASES = [json.loads(line) for line in (HERE / "golden" / "diff.jsonl").read_text().splitlines()]
PERSONS = (HERE / "derivatives.txt").read_text()
TEXTBOOK, TABLE = map(pairs_in, PERSONS.split("# polynomials times exponentials"))
INTEGRALS = pairs_in((HERE / "integrals.txt").read_text())
MATRICES = [
    tuple(map(str.strip, line.split("|")))
    for line in (HERE / "matrices.txt").read_text().splitlines()
    if line and line[0] != "#"
]


def formula_of(case: dict[str, Any]) -> str:
    """The derivative of a case of the golden file."""
    return str(gradcli.diff(case["expr"], wrt=case["wrt"], order=case.get("order", 1)))


def written() -> dict[str, str]:
    """What the file has."""
    return dict(pairs_in(PLACE.read_text(encoding="utf-8")))


def main() -> None:
    """Writes the file."""
    warnings.simplefilter("ignore", GradcliWarning)
    found = {case["id"]: formula_of(case) for case in CASES}
    others = dict([*TEXTBOOK, *TABLE, *INTEGRALS])
    found |= {expr: str(gradcli.diff(expr, wrt="x")) for expr in others}
    for program, wrt, shapes, _ in MATRICES:
        shape = dict(pair.split("=") for pair in shapes.split())
        found[f"{program} | {wrt} | {shapes}"] = str(gradcli.diff(program, wrt=wrt, shape=shape))
    head = "# A formula, or its name in golden/diff.jsonl -> its derivative as `diff` writes it."
    lines = [head, "", *map(" -> ".join, found.items())]
    PLACE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
