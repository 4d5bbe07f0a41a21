"""Length and time of derivatives as formulas: `python -m tests.bench.diff`."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from gradcli.render.text import tokens
from tests.test_diff import CASES, formula_of


def main() -> None:
    """Prints the shares of short formulas over the golden file, and the times of one process."""
    ratios, times = [], []
    formula_of(CASES[0])
    for case in CASES:
        start = perf_counter()
        formula = formula_of(case)
        times.append(perf_counter() - start)
        ratios.append(tokens(formula) / (case.get("short") or tokens(case["reference"])))
    for most in (1.2, 1.5):
        share = sum(ratio <= most for ratio in ratios) / len(ratios)
        print(f"{share:.0%} within {most} times a person's form")
    print(f"median {1000 * median(times):.1f} ms, slowest {1000 * max(times):.0f} ms")


if __name__ == "__main__":
    main()
