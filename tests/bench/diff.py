"""Length and time of derivatives as formulas: `python -m tests.bench.diff`."""

from __future__ import annotations

import warnings
from statistics import median
from time import perf_counter

import gradcli
from gradcli.render.text import tokens
from tests.test_diff import CASES, INTEGRALS, formula_of


def main() -> None:
    """Prints the shares of short formulas, and the times of the golden file's in one process."""
    warnings.simplefilter("ignore", gradcli.GradcliWarning)
    ratios, times = [], []
    formula_of(CASES[0])
    for case in CASES:
        start = perf_counter()
        formula = formula_of(case)
        times.append(perf_counter() - start)
        ratios.append(tokens(formula) / (case.get("short") or tokens(case["reference"])))
    others = [tokens(str(gradcli.diff(e, wrt="x"))) / tokens(person) for e, person in INTEGRALS]
    for most in (1.2, 1.5):
        shares = [sum(ratio <= most for ratio in x) / len(x) for x in (ratios, others)]
        print("{:.0%}, of others {:.0%}".format(*shares), f"within {most} times a person's form")
    print(f"median {1000 * median(times):.1f} ms, slowest {1000 * max(times):.0f} ms")


if __name__ == "__main__":
    main()
