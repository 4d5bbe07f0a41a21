"""`python -m tests.asked`: what questions answer, or say, with each option at many values.

`asked.txt` has jobs and their answers, a block for each question; of equal answers one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradcli
from gradcli.engine import question as registry
from tests import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.engine.options import Option
    from gradcli.engine.question import Question

PLACE = Path(__file__).parent / "asked.txt"

NUMBERS, VECTORS = {"x": 2, "y": 3}, {"x": [1, 2], "y": [3, -4]}
PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("x^2*y", NUMBERS),
    ("sum(x*y^2)", VECTORS),
    ("a = x*y; exp(a)", VECTORS),
    ("a = x*y; a^2, x", NUMBERS),
    ("relu(x) + floor(y)", {"x": 0, "y": 1}),
    ("x^2", {"x": 3}),
    ("f(t) = t^3; s = 0; for i in range(3) { s = s + f(i*x) }; s", {"x": [0.5, 1]}),
    ("log(x)/y", {"x": -1, "y": 0}),
    ("3", {}),
    ("x + ", {}),
]
WITH_OPTIONS = 3
"""So many of the programs, the first ones, are asked with all options."""

MOST = 3
"""So many of what an option may be are asked; some have long answers."""

OTHERS: dict[str, list[Any]] = {
    "names": ["x", "y", "a", "q", ["x", "y"], ["y", "x"], ["x", "x"], [], 5],
    "array": [2, [1, -1], [[1]], "a", [1, 2, 3], True, None],
    "arrays": [2, [1, -1], {"x": 1}, {"x": [1, -1], "y": 2}, {"q": 1}, "a", [1, 2, 3]],
    "values": [{"x": 1}, {"a": 2}, {"q": [1, 2]}, 5, {}],
    "count": [0, 1, 2, 3, 7, -1, 1.5, "2", True],
    "number": [0, -1, 1e-3, 0.5, "a"],
    "flag": [True, False, 2],
    "texts": ["x", ["x", "a"], ["x*"], [], 5],
    "formulas": [{"x": "2*x*y"}, {"x": "0"}, {"q": "1"}, {"dx": "2*x*y"}, {"x": "x +"}, "x"],
    "shapes": [{"x": 2}, {"x": "n"}, {"x": "n,m", "y": "m"}, {"q": 2}, {"x": -1}, 5],
}
"""What options are given, by their kind, where they do not say what there is."""


def _values(option: Option) -> list[Any]:
    return [*option.choices[:MOST], "nosuch"] if option.choices else OTHERS[option.kind]


def _jobs(question: Question) -> Iterator[dict[str, Any]]:
    """A question of each program, of some with each value of each option."""
    needed = {option.name: _values(option)[0] for option in question.needs}
    options = [option for option in question.options.values() if option.in_jobs]
    for i, (program, inputs) in enumerate(PROGRAMS):
        job = {"op": question.name, "expr": program, "inputs": inputs}
        yield job
        if needed:
            yield job | needed
        for option in options if i < WITH_OPTIONS else ():
            yield from (job | needed | {option.name: value} for value in _values(option))


def answers(jobs: Iterable[str]) -> dict[str, str]:
    """The answers of jobs, but for their numbers."""
    lines = [*jobs]
    found = {}
    for line, answer in zip(lines, gradcli.batch(map(json.loads, lines)), strict=True):
        number = answer.pop("id")
        text = json.dumps(recorded.short(answer), ensure_ascii=False)
        found[line] = text.replace(f" at jobs:{number}", "")
    return found


def _first(found: dict[str, str]) -> dict[str, str]:
    """Of lines with the same answer the first."""
    lines = {answer: line for line, answer in reversed(found.items())}
    return {line: answer for line, answer in found.items() if lines[answer] == line}


def main() -> None:
    """Writes the file."""
    blocks = {}
    for question in registry.every():
        lines = [json.dumps(job, ensure_ascii=False) for job in _jobs(question)]
        blocks[question.name] = _first(answers(dict.fromkeys(lines)))
    recorded.write(PLACE, blocks)


if __name__ == "__main__":
    main()
