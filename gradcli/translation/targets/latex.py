"""LaTeX: the value and its derivatives as formulas, in a document of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translation.python import comments
from gradcli.translation.target import Target

if TYPE_CHECKING:
    from gradcli.translation.work import Work


def write(work: Work) -> str:
    """The document of a program that goes one way."""
    work.refuse_decisions("LaTeX")
    value, slopes, symbols = work.formulas()
    lines = [f"    f &= {value}"] if value else []
    what = "The value and the gradients of" if value else "The gradients of"
    lines += [
        rf"    \frac{{\partial f}}{{\partial {symbols[name]}}} &= {formula}"
        for name, formula in slopes.items()
    ]
    return "\n".join(
        [
            *comments([what, work.source.text], "%"),
            r"\documentclass{article}",
            r"\usepackage{amsmath}",
            r"\begin{document}",
            r"\begin{align*}",
            " \\\\\n".join(lines),
            r"\end{align*}",
            r"\end{document}",
            "",
        ]
    )


TARGET = Target("LaTeX", write, goes_one_way=True)
