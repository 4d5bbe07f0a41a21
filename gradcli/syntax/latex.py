"""A formula in LaTeX as it is written here; loaded for the help of an error."""

from __future__ import annotations

import re
from itertools import chain

from gradcli.syntax.bare import TIMES
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
_FUNCTION = r"\\(?:ln|log\w*|exp|a?(?:sin|cos|tan|cot|sec|csc)h?|arc\w+)"
_TRANSPOSE = r"(?:\\(?:top|intercal)|T\b)"
_BEHIND = r"(?=[A-Za-z(]|\\(?!cdot|times|div|[lg]eq?\b|neq?\b|l?or\b|land\b|[lr][vV]ert)[a-zA-Zλ])"
"""What is multiplied by what stands directly before it: a name, a bracket, a command's operand."""

_RULES: Rules = [
    (r"\\lambda(?!\w)", r"\\λ"),
    (rf"\\({_GREEK})((?:_\w)?)\s+{_BEHIND}", rf" \1\2{TIMES}"),
    (rf"\\({_GREEK})(_\w+)", r" \1\2"),
    (r"\\(?:operatorname|mathrm|mathbf|mathsf|bm|boldsymbol|text|vec)\*?\s*\{([^{}]*)\}", r" \1"),
    (r"\\(?:hat|bar|tilde)\s*\{(\w+)\}", r"\1_hat"),
    (r"\\sigma\s*(?=\()", r" sigmoid"),
    (r"\\Phi\s*(?=\()", r" ndtr"),
    (r"\\[dt]?binom\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r" binom(\1, \2)"),
    (r"\\[dt]?frac\s*\{[d∂]\s*(\w+)\}\s*\{[d∂]\s*(\w+)\}", r" d\1/d\2"),
    (r"(\\[dt]?frac)(?![A-Za-z])\s*(\w|\\[A-Za-z]+)\s*(?=[\w{\\])", r"\1{\2}"),
    (r"(\\[dt]?frac\s*\{[^{}]*\})\s*(\w|\\[A-Za-z]+)", r"\1{\2}"),
    (r"\\[dt]?frac\s*\{[d∂]\}\s*\{[d∂](\w+)\}", r"d/d\1 "),
    (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\sqrt\s*\[\s*(\w+)\s*\]\s*\{(\w+)\}", r"\2^(1/\1)"),
    (r"\\sqrt\s*\[\s*(\w+)\s*\]\s*\{([^{}]*)\}", r"(\2)^(1/\1)"),
    (rf"\s*\^\s*(?:\{{\s*{_TRANSPOSE}\s*\}}|{_TRANSPOSE})", ".T "),
    (rf"({_FUNCTION}\s*\^)\s*\{{\s*(\w+)\s*\}}\s*", r"\1\2 "),
    (rf"\^\s*\{{\s*({_ATOM}|-(?:\d+|\w))\s*\}}", r"^⟦\1⟧"),
    (r"\^\s*\{([^{}]*)\}", r"^⟦(\1)⟧"),
    (rf"⟧\s*{_BEHIND}", TIMES),
    (r"[⟦⟧]", ""),
    (r"\\log_(?:\{(\w+)\}|(\w))\s*(\d+)", r" log_\1\2(\3)"),
    (r"\\log_(?:\{(\w+)\}|(\w))", r" log_\1\2 "),
    (r"_\s*\{\s*(\w+)\s*\}", r"_\1"),
    (rf"({_FUNCTION})\s*\{{([^{{}}]*)\}}", r"\1(\2)"),
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


_DISPLAYED = re.compile(r"\A\s*\\(?:\((.*)\\\)|\[(.*)\\\])\s*\Z", re.DOTALL)
"""A formula that is set off from its text: `\\(x\\)`."""

_MATRIX = re.compile(r"\\begin\{[a-zA-Z]*matrix\}(.*?)\\end\{[a-zA-Z]*matrix\}\s*", re.DOTALL)
_UNKNOWN = re.compile(r"\\(?:sum|prod|i*int|lim|begin)(?![a-z])")
"""What has no equal here."""


def from_latex(text: str) -> str:
    """The formula without backslashes and braces, as far as it is known."""
    text = _MATRIX.sub(_rows, _DISPLAYED.sub(r"\1\2", text))
    if _UNKNOWN.search(text) or not re.search(r"\\[A-Za-z]{2}|[\^_]\s*\{|\)\s*\^T\b", text):
        return text
    text = _SPACING.sub(" ", text.replace("\\|", "‖").replace("\\partial", "∂"))
    before = ""
    while before != text:
        before = text
        text = _FRACTION.sub(_quotient, replaced(text, _SUBSTITUTIONS))
    text = re.sub(r"\\([A-Za-zλ]+)", lambda word: _WORDS.get(word[1], f" {word[1]} "), text)
    text = re.sub(r"((?<=[a-z])|(?<=log_10)) (?=\()", "", " ".join(text.split()))
    text = re.sub(rf"(?<=[(|]) | (?=[)|^])|(?<=\S[-+*/]) (?=\w)|(?<={TIMES}) ", "", text)
    return _of_matrices(text)


_IS_MATRIX = re.compile(r"\b([A-Z]\w*)\.T|@ ([A-Z]\w*)|\b([A-Z]) [a-z]\b[^()]*\)\.T")


def _of_matrices(text: str) -> str:
    """The products and inverses beside what is transposed: those of matrices, named by capitals."""
    if ".T" not in text:
        return text
    text = re.sub(r"\b([A-Z])([a-z])\b(?!\()", r"\1 @ \2", re.sub(r"\.T (?=[\w(])", ".T @ ", text))
    text = re.sub(rf"\(([^()]*\.T @ [^()]*)\)\^\(?-1\)?{TIMES}?", r"inv(\1) ", text)
    matrices = "|".join(set(filter(None, chain(*_IS_MATRIX.findall(text)))))
    if matrices:
        text = re.sub(rf"\b({matrices})\^\(?-1\)?{TIMES}?", r"inv(\1) ", text)
        text = re.sub(rf"(\b(?:{matrices})|\binv\([^()]*\)) *(?=[A-Za-z(])", r"\1 @ ", text)
    return text


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
