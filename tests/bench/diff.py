"""Length and time of derivatives as formulas: `python -m tests.bench.diff`."""

from __future__ import annotations

import warnings
from statistics import median
from time import process_time

import gradcli
from gradcli.render.text import tokens
from tests.formulas import CASES, INTEGRALS, formula_of


def main() -> None:
    """Prints the shares of short formulas, and the processor times of the golden file's."""
    warnings.simplefilter("ignore", gradcli.GradcliWarning)
    ratios, times = [], []
    formula_of(CASES[0])
    for case in CASES:
        start = process_time()
        formula = formula_of(case)
        times.append(process_time() - start)
        ratios.append(tokens(formula) / (case.get("short") or tokens(case["reference"])))
    others = [tokens(str(gradcli.diff(e, wrt="x"))) / tokens(person) for e, person in INTEGRALS]
    for most in (1.2, 1.5):
        shares = [sum(ratio <= most for ratio in x) / len(x) for x in (ratios, others)]
        print("{:.0%}, of others {:.0%}".format(*shares), f"within {most} times a person's form")
    print(f"median {1000 * median(times):.1f} ms, slowest {1000 * max(times):.0f} ms")


if __name__ == "__main__":
    main()
