"""How long pictures take after start-up: `python -m tests.bench.plots`, of 200 functions."""

from __future__ import annotations

import re
from statistics import median
from time import process_time

from gradcli.engine.plotting.pictures import Setting, picture_of
from gradcli.engine.program import Text
from gradcli.engine.settings import Settings
from gradcli.render.picture import Axis
from gradcli.render.terminal_plot import Screen, in_characters
from tests.test_plot import CASES, HIGH, LOW

MOST = 0.3
"""Seconds that a picture may take."""


def seconds(text: str) -> float:
    """The time of the processor from the text of a program to the lines of its picture."""
    start = process_time()
    picture = picture_of(Text(text), [Axis("x", LOW, HIGH)], [Setting({}, "")], Settings())
    in_characters(picture, Screen(100, 30, unicode=True, colour=True))
    return process_time() - start


def main() -> None:
    """Prints the median, the slowest ones, and how many take too long."""
    times = []
    seconds("gamma(x)")  # SciPy is imported by the first that needs it
    for text, (a, b), around in CASES:
        whole = around.format(re.sub(r"\bu\b", f"({a}*x + {b})", text))
        times.append((seconds(whole), whole))
    print(f"median {1000 * median(t for t, _ in times):.0f} ms")
    for time, text in sorted(times, reverse=True)[:5]:
        print(f"{1000 * time:.0f} ms  {text}")
    print(f"{sum(t > MOST for t, _ in times)} of {len(times)} take more than {1000 * MOST:.0f} ms")


if __name__ == "__main__":
    main()
