"""A text as other languages, spreadsheets, notebooks and people write it, as it is written here.

Loaded for the help of an error. What comes out need not be a program; whoever asks looks.
"""

from __future__ import annotations

import re
import unicodedata

from gradcli.syntax.latex import from_latex
from gradcli.syntax.replacing import compiled, replaced
from gradcli.syntax.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gradcli.syntax.replacing import Rules

    IsFunction = Callable[[str], bool]

_LONGEST = 400
"""Characters of a text that is looked at."""

_STARTS = r"(?:^|(?<=[;\n{]))\s*"
_INSIDE = r"[^()]*(?:\([^()]*\)[^()]*)*"
"""What stands between brackets that hold brackets of one more level."""

# fmt: off
_CELLS: Rules = [
    (r"\A\s*=(?!=)", ""),
    (r"\$", ""),
    (r"\bPI\(\)", "pi"),
    (r"\b(SUM|AVERAGE|PRODUCT|MEDIAN)\(([^()]*,[^()]*)\)", r"\1([\2])"),
    (r"\bNORM(?:\.S\.DIST|SDIST)\(([^(),]*)[^()]*\)", r"ndtr(\1)"),
    (r"<>|~=|!==", "!="),
]
_PYTHON: Rules = [
    (_STARTS + r"(?:import|from)\s[^;\n]*[;\n]?\s*", ""),
    (_STARTS + r"with\s[^:\n]*:\s*", ""),
    (r"\blambda\s+(\w+)\s*:\s*", r"\1 => "),
    (r"\blambda\s+(\w[\w\s,]*):\s*", r"(\1) => "),
    (r"\bdef\s+(\w+\([^()]*\))\s*(?:->\s*\w+)?:\s*return\s+", r"\1 = "),
    (r"\b((?:for|while|if)\s[^:;{}\n?]*):\s*([^;\n]+)", r"\1 { \2 }"),
    (r"\[([^\[\]]*?)\s+for\s+(\w+)\s+in\s+(\w+|\w+\(.*?\)|\[.*?\])\]", r"vmap(\2 => \1)(\3)"),
    (r"\b(\w+)\((.*?)\s+for\s+(\w+)\s+in\s+(\w+|\w+\(.*?\))\)", r"\1(vmap(\3 => \2)(\4))"),
    (r"\b(?:sp|sy|sympy)\.(?=\w)", ""),
    (r"\b(?:df|data|row|table)\[[\"'](\w+)[\"']\]", r"\1"),
    (r"\b(?:df|row)\.(?=\w+\b(?!\())", ""),
    (r"\A\s*(?i:select)\s+", ""),
    (r"\A([^;=]*?)\s+(?i:as)\s+(\w+)\s*\Z", r"\2 = \1"),
]
_JAVASCRIPT: Rules = [
    (r"===", "=="),
    (r"\bfunction\s+(\w+\([^()]*\))\s*\{\s*return\s+([^;{}]*?)\s*;?\s*\}\s*;?\s*", r"\1 = \2; "),
    (r"\{\s*return\s+([^;{}]*?)\s*;?\s*\}", r"\1"),
    (r"\breturn\s+", ""),
    (r"\b(?:const|let|var|val|double|float)\s+(?=\w+\s*=)", ""),
    (r"\bMath\.(PI|E)\b", lambda constant: constant[1].lower()),
    (r"\bMath\.", ""),
    (r"\b(\w+)(\+|-)\2(?!\s*[\w(])", r"\1 \2= 1"),
    (r"/\*.*?\*/|\s*//(?=\s*\w+ \w+).*", ""),
    (r"\s*(?<!&)&(?!&)\s*", " and "),
    (r"~", "not "),
    (r"\bif\s*\(([^(){};]*(?:\([^()]*\)[^(){};]*)*,[^{};]*)\)", r"where(\1)"),
    (r"^((?:.*[;\n]|[^?]*?=>)?\s*(?:\w+\s*=(?!=))?\s*)([^?;]+?)\s*\?\s*([^?:;]+?)\s*:\s*",
     r"\1\3 if \2 else "),
]
_R: Rules = [
    (r"\bfunction\s*\((\w+)\)\s*", r"\1 => "),
    (_STARTS + r"(\w+)\s*<-\s*", r" \1 = "),
    (r"%/%", "//"),
    (r"%\*%", "@"),
    (r"%%", "%"),
    (r"\bc\(([^()]*)\)", r"[\1]"),
]
_MATHEMATICA: Rules = [
    (r"^(.*?)\s*/\.\s*(\w+)\s*->\s*([-\w.]+)$", r"\2 = \3; \1"),
    (r"\b(\w+)\[(\w+)_\]\s*:?=", r"\1(\2) ="),
    (r"\bD\[([^\[\]]*),\s*(\w+)\]", r"grad(\1, \2)"),
    (r"(?<![=>\w)])\s*\{([^{}=;]*,[^{}=;]*)\}", r"[\1]"),
]
_MATLAB: Rules = [
    (r"\brepeat\s+(\w+)\s*\{", r"for i in range(\1) {"),
    (r"\b(\w+):\s*(\w+)\s*(?:->|→|↦)\s*", r"\1 = \2 => "),
    (r"@\((\w+)\)\s*", r"\1 => "),
    (r"@(\([\w\s,]+\))\s*", r"\1 => "),
    (r"(\w+|\([\w\s,]+\))\s*(?:->|→|↦|⇒)\s*", r"\1 => "),
    (r"(?<=[\w)\]])(\s*)\.([*/^])", r"\1\2"),
    (r"\b(\w+)\s*\\\s*(\w+)", r"solve(\1, \2)"),
    (r":=", "="),
    (r"((?:^|[(=,])\s*)(\d+):([a-z]\w*)(?=\s*(?:[),;]|$))", r"\1range(\2, \3 + 1)"),
    (r"((?:^|[(=,])\s*)(\d+):(\d+)(?=\s*(?:[),;]|$))",
     lambda span: f"{span[1]}range({span[2]}, {int(span[3]) + 1})"),
]
_WORDS: Rules = [
    (r"[₀-₉]", lambda digit: unicodedata.normalize("NFKC", digit[0])),
    (r"\|\|([^|]+)\|\|_(\d|inf)", r"norm(\1, \2)"),
    (r"\|\|([^|]+)\|\|", r"norm(\1)"),
    (r"<\s*([\w.]+)\s*,\s*([\w.]+)\s*>", r"\1 @ \2"),
    (r"\^T\b\s*(?=\w)", ".T @ "),
    (r"\^T\b", ".T"),
    (r"∇(\w+)(?=\()", r"grads(\1)"),
    (r"\bd(\w+)/d\w+\(", r"\1'("),
    (r"σ\(", "sigmoid("),
    (r"Γ\(", "gamma("),
    (r"(?:\bN|Φ)\(([^(),]*)\)", r"ndtr(\1)"),
    (r"(?:\bN'|φ)\(([^(),]*)\)", r"norm_pdf(\1)"),
    (r"(?<=\d)'(?=\d{3})", ""),
    (r"(?<![\w.])(\d{1,3}) (?=\d{3}\b)", r"\1"),
    (r"\b(?:the )?(?:derivative|gradient) of (.*?)(?: (?:wrt|by|with respect to) (\w+))?$",
     lambda words: f"d/d{words[2] or 'x'} ({words[1]})"),
    (r"^(.*?)\s*(?:,|\b(?:where|with|when|at|for|if)\b)\s*(\w+)\s*=\s*([-+.\w]+)$", r"\2 = \3; \1"),
    (r"^(.*?)\s+(?:where|when|if)\s+([^=;]*(?:[<>]=?|==)(?:(?!else)[^;])*)$",
     r"where(\2, \1, nan)"),
    (r"\blog base (\w+) (?:of )?\(?(\w+)\)?", r"logb(\2, \1)"),
    (r"\bsquare root of (\w+)", r"sqrt(\1)"),
    (r"\b(\w+)\s+choose\s+(\w+)", r"binom(\1, \2)"),
    (r"\b(\w+)\s+cross\s+(\w+)", r"cross(\1, \2)"),
    (r"\s+mod\s+", " % "),
    (r"\s+dot\s+", " @ "),
    (r"\s+squared\b", "^2"),
    (r"\s+cubed\b", "^3"),
    (r"\s+to the power (?:of )?", "^"),
    (r"\s+plus\s+", " + "),
    (r"\s+minus\s+", " - "),
    (r"\s+times\s+", "*"),
    (r"\s+(?:over|divided by)\s+", "/"),
    (r"\b(sin|cos|tan)(?:e|ine|gent)\b(?: of)?", r"\1"),
    (r"([\d.]+)\s*%\s+of\s+", r"\1/100*"),
    (r"(?<![+\-\d.])(?<![+\-] )([\d.]+)\s*%(?=\s*(?:[*/);]|$))", r"\1/100"),
    (r"\b([\d.]+)\s*deg(?:rees)?\b", r"\1°"),
]
_DERIVATIVES: Rules = [
    (rf"\b(?:diff|deriv|derivative|differentiate|D)\(({_INSIDE}),\s*([^\W\d]\w*)\)",
     r"grad(\1, \2)"),
    (rf"(?<!\w)[d∂]\s*\(({_INSIDE})\)\s*/\s*[d∂](\w+)", r"grad(\1, \2)"),
    (r"(?<!\w)[d∂](?:\^2|²)\s*/\s*[d∂](\w+?)(?:\^2|²)\s*(?=[^\W_]|[(√|])(.*)$",
     r"grad(grad(\2, \1), \1)"),
    (r"(?<!\w)[d∂]\s*/\s*[d∂](\w+)\s*\((.*)\)$", r"grad(\2, \1)"),
    (r"(?<!\w)[d∂]\s*/\s*[d∂](\w+)\s+(?=[^\W_]|[(√|])(.*)$", r"grad(\2, \1)"),
]
# fmt: on


_SIGNS = compiled(_CELLS, _PYTHON, _JAVASCRIPT, _R, _MATHEMATICA, _MATLAB, _WORDS)
_QUESTIONS = compiled(_DERIVATIVES)
"""What is written so elsewhere, and how it is written here; each is tried in turn."""


def rewritten(text: str, is_function: IsFunction, given: Collection[str] = ()) -> str:
    """The text with all that is known of other notations put into this one's.

    Names that values are `given` to stay as they are.
    """
    if len(text) > _LONGEST:
        return text
    text = replaced(from_latex(text), _SIGNS)
    text = _transposes(_arrays(_fractions(text)))
    text = _split(_calls(text, is_function), is_function, given)
    text = replaced(_bracketed(text, is_function), _QUESTIONS)
    return _with_value(text.strip().rstrip(";"))


def _fractions(text: str) -> str:
    """`½x`, `2½`."""
    for char in {c for c in text if "\u2044" in unicodedata.normalize("NFKC", c)}:
        fraction = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
        text = re.sub(rf"(\d+){char}", rf"(\1 + {fraction})", text).replace(char, f"({fraction})")
    return text


def _arrays(text: str) -> str:
    """`[1 2 3]`, `[1 2; 3 4]`."""
    return re.sub(r"\[([^\[\]]*)\]", _array, text)


def _array(brackets: re.Match[str]) -> str:
    rows = [row.strip() for row in brackets[1].split(";")]
    rows = [re.sub(r"(?<=[\w.)])\s+(?=[-\w(])(?!-\s)", ",", row) for row in rows]
    if not any("," in row for row in rows):
        return f"[{', '.join(rows)}]"
    return f"[{rows[0]}]" if len(rows) == 1 else f"[{','.join(f'[{row}]' for row in rows if row)}]"


def _transposes(text: str) -> str:
    """`x'*A*x`: where a matrix is transposed by `'`, `*` is the product of matrices."""
    if not re.search(r"[\w)\]]'\s*\*", text) or re.search(r"\d\s*\*|[,(]\s*'", text):
        return text
    return re.sub(r"\s*\*\s*", " @ ", text.replace("'", ".T"))


_OTHER_NAMES = {"AVERAGE": "mean", "POWER": "pow", "IF": "where", "LOG": "log10"}
"""Functions of spreadsheets that have another name here, or mean something else."""


def _calls(text: str, is_function: IsFunction) -> str:
    """`Sin[x]`, `SUM(x)`, `IF(x>0; 1; 2)`: names and brackets of calls."""

    def name(word: str) -> str:
        other = _OTHER_NAMES.get(word, word.lower())
        return other if is_function(other) and not is_function(word) else ""

    def bracket(call: re.Match[str]) -> str:
        return f"{name(call[1])}({call[2]})" if name(call[1]) else call[0]

    before = ""
    while before != text:
        before = text
        text = re.sub(r"\b([A-Z][A-Za-z]+)\[([^\[\]]*)\]", bracket, text)
    text = re.sub(rf"\({_INSIDE}\)", lambda inside: inside[0].replace(";", ","), text)
    text = re.sub(r"\bnn\.([A-Z]\w+)\(\)", lambda layer: _layer(layer[1], is_function), text)
    return re.sub(r"(?<![.\w])([A-Z]\w+)(?=\()", lambda call: name(call[1]) or call[0], text)


def _layer(name: str, is_function: IsFunction) -> str:
    """`ReLU`, `MSELoss`, `CrossEntropyLoss` as functions."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    names = (name.lower(), words, words.removesuffix("_loss"))
    return next(filter(is_function, names), f"nn.{name}()")


_NAME = re.compile(r"(?<![^\W\d])(?<!\.)[^\W\d][^\W⁰-⁹¹²³]*(?!\.)")


def _split(text: str, is_function: IsFunction, given: Collection[str]) -> str:
    """`πr²`, `xsin(x)`, `sinx`, and `xy` of a given `x` and `y`."""

    def factors(found: re.Match[str]) -> str:
        word = found[0]
        if word in given or word in WORDS or is_function(word):
            return word
        called = text.startswith("(", found.end())
        if "π" in word and len(word) > 1:
            return "*".join(filter(None, re.split("(π)", word)))
        for i in range(1, len(word)):
            left, right = word[:i], word[i:]
            if called and is_function(right) and len(right) > 1 and (i == 1 or left in given):
                return f"{left}*{right}"
            single = right in given or re.fullmatch(r"[^\W\d]\d*", right)
            if not called and i > 1 and single and is_function(left):
                return f"{left}({right})"
        return "*".join(word) if len(word) > 1 and set(word).issubset(given) else word

    return _NAME.sub(factors, text)


def _bracketed(text: str, is_function: IsFunction) -> str:
    """`sin x`."""

    def call(words: re.Match[str]) -> str:
        name, *power, argument = words.groups()
        known = is_function(name) and argument not in WORDS and not is_function(argument)
        return f"{name}({argument}){''.join(power)}" if known else words[0]

    text = re.sub(r"\b([^\W\d]\w+) +(\d*[^\W\d]\w*)(?![\w(\[.]|\s*(?:\^|[²³]))", call, text)
    return re.sub(r"\b([^\W\d]\w+) *(\^ *\d+) +(\w+)(?![\w(\[.]|\s*(?:\^|[²³]))", call, text)


def _with_value(text: str) -> str:
    """A program that is nothing but a function, as its body; one that ends with one, called."""
    function = re.fullmatch(r"\(?(?:\w+)\)? => ([^{]*)", text)
    if function is not None:
        return function[1]
    definition = re.search(r"(?:^|;)\s*(\w+\([\w, ]*\)) =(?!=)[^;]*$", text)
    return f"{text}; {definition[1]}" if definition else text
