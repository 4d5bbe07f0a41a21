"""A formula in LaTeX as it is written here; loaded for the help of an error."""

from __future__ import annotations

import re

from gradcli.syntax.replacing import compiled, replaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.syntax.replacing import Rules

_SPACING = re.compile(
    r"\\(?:(?:left|right|displaystyle|limits|q?quad|[bB]ig[lr]?)(?![A-Za-z])|[,;:!() \[\]])"
)
_ATOM = r"[^\W_][\w.]*"
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|λ|mu|nu|xi|pi|rho|sigma|tau"
    "|phi|varphi|chi|psi|omega"
)
_RULES: Rules = [
    (r"\\lambda(?!\w)", r"\\λ"),
    (rf"\\({_GREEK})\s+(?=[\w(\\])", r"\1*"),
    (r"\.T\s+(?=\w)", r".T @ "),
    (r"\\(?:operatorname|mathrm|mathbf|boldsymbol|text|vec)\*?\s*\{([^{}]*)\}", r" \1"),
    (r"\\(?:hat|bar|tilde)\s*\{(\w+)\}", r"\1_hat"),
    (r"\\sigma\s*(?=\()", r" sigmoid"),
    (r"\\Phi\s*(?=\()", r" ndtr"),
    (r"\\[dt]?binom\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r" binom(\1, \2)"),
    (r"\\[dt]?frac\s*\{[d∂]\s*(\w+)\}\s*\{[d∂]\s*(\w+)\}", r" d\1/d\2"),
    (r"\\d?frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}"),
    (r"\\[dt]?frac\s*\{[d∂]\}\s*\{[d∂](\w+)\}", r"d/d\1 "),
    (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\sqrt\s*\[\s*(\w+)\s*\]\s*\{(\w+)\}", r"\2^(1/\1)"),
    (r"\\sqrt\s*\[\s*(\w+)\s*\]\s*\{([^{}]*)\}", r"(\2)^(1/\1)"),
    (r"\s*\^\s*(?:\{\s*\\?(?:top|T)\s*\}|\\top|T\b)", ".T"),
    (rf"\^\s*\{{\s*({_ATOM}|-(?:\d+|\w))\s*\}}", r"^\1"),
    (r"\^\s*\{([^{}]*)\}", r"^(\1)"),
    (r"\\log_(?:\{(\w+)\}|(\w))\s*(\d+)", r" log_\1\2(\3)"),
    (r"\\log_(?:\{(\w+)\}|(\w))", r" log_\1\2 "),
    (r"_\s*\{\s*(\w+)\s*\}", r"_\1"),
    (r"(\.T @ )([A-Z])\^(?:\{-1\}|-1)\s*(?=[a-z(])", r"\1inv(\2) @ "),
    (r"\\(ln|log\w*|exp|a?(?:sin|cos|tan)h?|arc\w+)\s*\{([^{}]*)\}", r"\1(\2)"),
]
"""What stands for what, the innermost braces first, until nothing changes."""

_SUBSTITUTIONS = compiled(_RULES)

_WORDS = {
    "cdot": "*",
    "times": "*",
    "div": "/",
    "le": "<=",
    "leq": "<=",
    "ge": ">=",
    "geq": ">=",
    "ne": "!=",
    "neq": "!=",
    "infty": "inf",
    "lvert": "|",
    "rvert": "|",
    "lVert": "‖",
    "rVert": "‖",
    "partial": "d",
    "land": " and ",
    "lor": " or ",
    "lnot": " not ",
}
"""Commands that are operators, or have another name here; all others are names without `\\`."""


_MATRIX = re.compile(r"\\begin\{[a-zA-Z]*matrix\}(.*?)\\end\{[a-zA-Z]*matrix\}\s*", re.DOTALL)
_UNKNOWN = re.compile(r"\\(?:sum|prod|i*int|lim|begin)(?![a-z])")
"""What has no equal here."""


def from_latex(text: str) -> str:
    """The formula without backslashes and braces, as far as it is known."""
    text = _MATRIX.sub(_rows, text)
    if _UNKNOWN.search(text) or not re.search(r"\\[A-Za-z]{2}|[\^_]\s*\{", text):
        return text
    text = _SPACING.sub(" ", text.replace("\\|", "‖").replace("\\partial", "∂"))
    before = ""
    while before != text:
        before = text
        text = _FRACTION.sub(_quotient, replaced(text, _SUBSTITUTIONS))
    text = re.sub(r"\\([A-Za-zλ]+)", lambda word: _WORDS.get(word[1], f" {word[1]} "), text)
    text = re.sub(r"((?<=[a-z])|(?<=log_10)) (?=\()", "", " ".join(text.split()))
    return re.sub(r"(?<=[(|]) | (?=[)|^])", "", text)


def _rows(matrix: re.Match[str]) -> str:
    """The rows of a matrix, and `@` where a name follows."""
    rows = [row.replace("&", ",").strip() for row in matrix[1].split(r"\\") if row.strip()]
    product = " @ " if re.match(r"[a-z]", matrix.string[matrix.end() :]) else ""
    return f"[{','.join(f'[{row}]' for row in rows)}]{product}"


_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")


def _quotient(fraction: re.Match[str]) -> str:
    """`x^2/2`, in brackets where something stands directly before or behind it."""
    over, under = (part.strip() for part in fraction.groups())
    over = over if re.fullmatch(r"-?[\w.]+(?:\^\w+)?", over) else f"({over})"
    under = under if re.fullmatch(r"[\w.]+", under) else f"({under})"
    before = fraction.string[: fraction.start()].rstrip()[-1:]
    behind = fraction.string[fraction.end() :].lstrip()[:1]
    alone = before in "+-(,={" and behind in "+-),=}"
    return f"{over}/{under}" if alone else f"({over}/{under})"
