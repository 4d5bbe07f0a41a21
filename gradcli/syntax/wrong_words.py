"""What to say of words and brackets that are wrong; loaded when the lexer meets one."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left

from gradcli.syntax import LIMITS, Doubtful, Mistake
from gradcli.syntax.names import canonical, is_name

INTEGRALS = "there are no integrals of formulas; of samples, `trapezoid(y, x)` is one"
_EXTREMES = "minima are not searched for; `gradcli value-and-grad` gives an optimizer what it needs"

CHARACTERS = {
    "&": ("`&` is not an operator", "write `and`; texts are not joined"),
    "~": ("`~` is not an operator", "write `not`"),
    "?": ("`?` is not an operator", "a choice is written `a if c else b`"),
    "\\": ("`\\` cannot be used here", "formulas are plain text: `sin(x)`, `1/x`, `x^2`"),
    "$": ("`$` cannot be used here", "formulas are plain text: `x^2`"),
    "`": ("a backquote cannot be used here", "formulas are plain text: `x^2`"),
    "∑": ("`∑` is not an operator", "write `sum(x)`"),
    "Σ": ("`Σ` is not an operator", "write `sum(x)`"),
    "∏": ("`∏` is not an operator", "write `prod(x)`"),
    "∫": ("`∫` is not an operator", INTEGRALS),
    "∂": ("`∂` is not an operator", "write `grad(y, x)`, or ask `gradcli grad`"),
    "∇": ("`∇` is not an operator", "write `grad(y, x)`, or ask `gradcli grads`"),
    "√": ("`√` is not an operator", "write `sqrt(x)`"),
    "±": ("`±` is not an operator", "write it twice, with `+` and with `-`"),
    "∧": ("`∧` is not an operator", "write `and`"),
    "∨": ("`∨` is not an operator", "write `or`"),
    "→": ("`→` is not an operator", "a function is written `x => x^2`"),
    "⇒": ("`⇒` is not an operator", "a function is written `x => x^2`"),
    "—": ("this dash is not a minus sign", "write `-`"),
    **dict.fromkeys("„«»", ("this is not a plain quotation mark", 'write `"`')),
    "⊗": ("`⊗` is not an operator", "write `kron(a, b)`, or `outer(a, b)` of vectors"),
    "∘": ("`∘` is not an operator", "one function of another is `f(g(x))`"),
    "∈": ("`∈` is not an operator", "to look for a value, write `any(a == x)`"),
    "“": ("this is not a plain quotation mark", 'write `"`'),
    "”": ("this is not a plain quotation mark", 'write `"`'),
    "‘": ("this is not a plain quotation mark", "write `'`"),
    "’": ("this is not a plain quotation mark", "write `'`; a transpose is `x.T`"),
}
MEANT = {
    character: spelling
    for spelling, characters in {
        "*": "∙•∗✕✖",
        "/": "∕⁄",
        "-": "‐‑﹣",
        ",": "、",
        "not": "～",
    }.items()
    for character in characters
} | {"≦": "<=", "≧": ">=", "∛": "cbrt(x)", "⁻": "^-", "′": "grad(y, x)"}
"""Characters that look like a word of the language, and that word."""

FOREIGN = {
    "lambda": "a function is written `x => x^2`",
    "def": "a function is written `f(x) = x^2`",
    "function": "a function is written `f(x) = x^2`",
    "return": "the value of a block is that of its last statement",
    "break": "a loop ends when its condition does: `while c { … }`",
    "continue": "put what is to be skipped inside `if c { … }`",
    "elif": "write `else if`",
    "let": "to assign a name, write `x = …` alone",
    "var": "to assign a name, write `x = …` alone",
    "const": "to assign a name, write `x = …` alone",
    "import": "every function is available without it",
    "from": "every function is available without it",
    "print": "write `print(…)`",
    **dict.fromkeys("lim limit".split(), LIMITS),
    **dict.fromkeys("integrate integral".split(), INTEGRALS),
    **dict.fromkeys("minimize maximize minimise maximise".split(), _EXTREMES),
    **dict.fromkeys(
        "simplify factor expand".split(),
        "formulas are not rewritten; `gradcli diff` gives derivatives in a short form",
    ),
    "solve": "equations are not solved; `gradcli grad` gives the slope for Newton's method",
}
"""Words of other languages: those that the grammar reserves, and others where a name cannot be."""

SENTENCE = frozenset("of the is what from to at on with respect line root tangent".split())
"""Words of sentences, between which no operator was forgotten."""

WORDLESS = "formulas have no words: `x^2 + 1`"

_IN_LATEX = {"lim": LIMITS, "int": INTEGRALS, "sum": "write `sum(x)`", "prod": "write `prod(x)`"}
"""Commands of LaTeX that have no equal here."""

_CLOSERS = {"(": ")", "[": "]", "{": "}"}


def wrong_word(text: str, start: int, *, after_operand: bool) -> Mistake:
    """The mistake in characters that are no word, a reserved word, or a name that cannot be."""
    first = text[start]
    plain = unicodedata.normalize("NFKC", first)
    if plain == "|":
        return _bar(text, start, after_operand)
    if first in "'\"":
        return _quote(text, start, after_operand)
    if text.startswith("\\\n", start):
        advice = "a line continues after an operator and inside `( )`"
        return Mistake("`\\` cannot be used here", start, start + 1, advice)
    command = re.compile(r"\\([a-z]+)").match(text, start)
    if command is not None and command[1] in _IN_LATEX:
        message = f"`{command[0]}` cannot be used here"
        return Mistake(message, start, command.end(), _IN_LATEX[command[1]])
    if plain in CHARACTERS:
        message, advice = CHARACTERS[plain]
        advice = LIMITS if plain == "→" and re.search(r"\blim", text) else advice
        return Mistake(message, start, start + 1, advice)
    match = re.compile(r"\w[\w\u0300-\u036f]*").match(text, start)
    if match:
        word = match[0]
        return foreign(word, start) if word in FOREIGN else _name(word, start)
    return _unusable(first, start)


def _unusable(char: str, start: int) -> Mistake:
    """A character that no word has; one that nobody can see is shown by its number."""
    spelling = MEANT.get(char) or unicodedata.normalize("NFKC", char)
    shown, advice = f"`{char}`", None
    if unicodedata.category(char)[0] in "CMZ":
        shown = f"the invisible character U+{ord(char):04X}"
        advice = "delete it" if char != "\0" else "text is read as UTF-8: save it so"
    elif spelling != char and spelling.isascii():
        advice = f"write `{spelling}`"
    return Mistake(f"{shown} cannot be used here", start, start + 1, advice)


def foreign(word: str, start: int) -> Mistake:
    """The mistake in a word of another language."""
    message = f"there is no `{word}` in this language"
    return Mistake(message, start, start + len(word), FOREIGN[word])


def differential(text: str, start: int) -> Doubtful | None:
    """The mistake in the `dx` that ends `x^2 dx`, an integral without its sign."""
    formula, word = text[:start].strip(), text[start:].strip()
    name = re.fullmatch(r"d([^\W\d]\w?)", word)
    used = name is not None and re.search(rf"(?<![^\W\d]){name[1]}(?!\w)", formula)
    if not used or "\n" in formula:
        return None
    message = f"`{word}` is not a factor"
    return Doubtful(message, start, start + len(word), f"write `{formula}` alone; {INTEGRALS}")


def _bar(text: str, start: int, after_operand: bool) -> Mistake:
    inside = re.compile(r"\|([^|\n]+)\|").match(text, start)
    if after_operand or not inside:
        return Mistake("`|` is not an operator", start, start + 1, "write `or`")
    advice = f"write `abs({inside[1].strip()})`"
    return Mistake("`| |` does not mean the absolute value", start, inside.end(), advice)


def _quote(text: str, start: int, after_operand: bool) -> Mistake:
    if text[start] == "'" and after_operand:
        operand = re.search(r"\w*$", text[:start])
        name = operand[0] if operand and operand[0] else "x"
        advice = f"the transpose is `{name}.T`; a derivative is `grad({name}, …)`"
        if re.search(rf"\b{name}\(", text):
            advice = f"the derivative of a function is `grad({name})`"
        return Mistake("`'` is not an operator", start, start + 1, advice)
    advice = f"add a `{text[start]}` on the same line"
    return Mistake("this string is never closed", start, start + 1, advice)


def _name(word: str, start: int) -> Mistake:
    """Characters that no name can have: powers above the line, indices below, other digits."""
    offset = bisect_left(range(len(word)), True, key=lambda last: not is_name(word[: last + 1]))
    if offset == len(word):
        advice = f"write `{canonical(word)}`" if is_name(canonical(word)) else None
        return Mistake(f"`{word}` cannot be a name", start, start + len(word), advice)
    char = word[offset]
    plain = unicodedata.normalize("NFKC", word[offset:])
    advice = None
    if char == "ᵀ":
        advice = f"write `{word[:offset] or 'x'}.T`"
    elif "\u2044" in unicodedata.normalize("NFKC", char):
        parts = word[:offset], plain[:3].replace("\u2044", "/"), plain[3:]
        advice = f"write `{'*'.join(filter(None, parts))}`"
    elif unicodedata.decomposition(char).startswith("<super>"):
        power = plain.replace("\u2212", "-")
        advice = f"write `{word[:offset]}^{power}`" if offset else f"a power is written `x^{power}`"
    elif char.isalnum():
        digits = "".join(str(unicodedata.digit(c, c)) for c in plain)
        advice = f"write `{word[:offset]}{digits}`"
    start += offset
    return Mistake(f"`{char}` cannot be part of a name", start, start + 1, advice)


def wrong_bracket(text: str, start: int, opener: int | None) -> Mistake:
    """A closing bracket that closes nothing, or something else."""
    closer = text[start]
    if opener is None:
        return Mistake(f"this `{closer}` closes nothing", start, start + 1)
    line = text.count("\n", 0, opener) + 1
    column = opener - text.rfind("\n", 0, opener)
    message = f"expected `{_CLOSERS[text[opener]]}` before `{closer}`"
    advice = f"the `{text[opener]}` at {line}:{column} is still open"
    return Mistake(message, start, start + 1, advice)


def unclosed(text: str, opener: int) -> Mistake:
    """A bracket that is open at the end."""
    bracket = text[opener]
    message = f"this `{bracket}` is never closed"
    return Mistake(message, opener, opener + 1, f"add a `{_CLOSERS[bracket]}`")


def doubtful_sign(text: str, start: int) -> Mistake:
    """`1 -2` in a value."""
    left = re.split(r"[\s,;]", text[:start].rstrip())[-1]
    right = re.split(r"[\s,;]", text[start:])[0]
    advice = f"write `{left},{right}` for two numbers, `{left}{right}` for the result"
    return Mistake(f"`{left} {right}` could mean two things", start, start + 1, advice)
