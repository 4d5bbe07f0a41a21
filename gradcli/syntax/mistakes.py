"""What to say of words and brackets that are wrong; loaded when the lexer meets one."""

from __future__ import annotations

import re
import unicodedata

from gradcli.syntax.lexer import Mistake, canonical, is_name

_CHARACTERS = {
    "&": ("`&` is no operator", "write `and`"),
    "~": ("`~` is no operator", "write `not`"),
    "?": ("`?` is no operator", "a choice is written `a if c else b`"),
    "\\": ("`\\` cannot stand here", "a line goes on after an operator and inside `( )`"),
    "√": ("`√` is no operator", "write `sqrt(x)`"),
    "∞": ("`∞` is no number", "write `inf`"),
    "¬": ("`¬` is no operator", "write `not`"),
    "∧": ("`∧` is no operator", "write `and`"),
    "∨": ("`∨` is no operator", "write `or`"),
    "→": ("`→` is no operator", "a function is written `x => x^2`"),
    "⇒": ("`⇒` is no operator", "a function is written `x => x^2`"),
    "–": ("this dash is no minus sign", "write `-`"),
    "—": ("this dash is no minus sign", "write `-`"),
    "“": ("this quotation mark is not understood", 'write `"`'),
    "”": ("this quotation mark is not understood", 'write `"`'),
    "‘": ("this quotation mark is not understood", "write `'`"),
    "’": ("this quotation mark is not understood", "write `'`; a transpose is `x.T`"),
}
_WORDS = {
    "lambda": "a function is written `x => x^2`",
    "def": "a function is written `f(x) = x^2`",
    "return": "the value of a block is that of its last statement",
    "break": "a loop ends when its condition does: `while c { … }`",
    "continue": "put what is to be left out into `if c { … }`",
}
_NAMES = {"(": ")", "[": "]", "{": "}"}


def wrong_word(
    text: str, word: str, start: int, end: int, *, after_operand: bool, value: bool
) -> Mistake:
    """The mistake in a word that is none: a character, a quote, a number, a name."""
    first = word[0]
    if word in _WORDS:
        return Mistake(f"there is no `{word}` here", start, end, _WORDS[word])
    if first == ":":
        return _colon(text, start, value)
    if first == "|":
        return _bar(text, start, after_operand)
    if first in "'\"":
        return _quote(text, start, after_operand)
    if first in "0123456789.":
        return _number(word, start, end)
    if word in _CHARACTERS:
        message, advice = _CHARACTERS[word]
        return Mistake(message, start, end, advice)
    if first.isalnum() or first == "_":
        return _name(word, start, end)
    return Mistake(f"`{word}` cannot stand here", start, end)


def _colon(text: str, start: int, value: bool) -> Mistake:
    """A range in a value, a block of Python's, or a slice in the wrong place."""
    left = re.split(r"[,;\n\[(]", text[:start])[-1].strip()
    if value:
        right = re.split(r"[,;:\n\])]", text[start + 1 :])[0].strip()
        advice = f"write `linspace({left or 'lo'}, {right or 'hi'}, n)` for n numbers"
        return Mistake("a value holds no ranges", start, start + 1, advice)
    word = re.match(r"[\s}]*(if|elif|else|while|for)\b", text[text.rfind("\n", 0, start) + 1 :])
    if word:
        head = {"if": "if c", "elif": "else if c", "while": "while c", "for": "for i in x"}
        advice = f"a block stands in braces: `{head.get(word[1], 'else')} {{ … }}`"
        return Mistake("`:` starts no block", start, start + 1, advice)
    advice = "a slice is `x[1:3]`; a choice is `a if c else b`; a function is `x => x^2`"
    return Mistake("`:` stands only between `[ ]`", start, start + 1, advice)


def _bar(text: str, start: int, after_operand: bool) -> Mistake:
    inside = re.compile(r"\|([^|\n]+)\|").match(text, start)
    if after_operand or not inside:
        return Mistake("`|` is no operator", start, start + 1, "write `or`")
    what = f"write `abs({inside[1].strip()})`"
    return Mistake("`| |` is no absolute value here", start, inside.end(), what)


def _quote(text: str, start: int, after_operand: bool) -> Mistake:
    if text[start] == "'" and after_operand:
        operand = re.search(r"\w*$", text[:start])
        name = operand[0] if operand and operand[0] else "x"
        advice = f"the transpose is `{name}.T`; a derivative is `grad(y, x)`"
        return Mistake("`'` is no operator", start, start + 1, advice)
    advice = f"add a `{text[start]}` on the same line"
    return Mistake("this string is never closed", start, start + 1, advice)


def _number(word: str, start: int, end: int) -> Mistake:
    """`2x`, `0x10`, `3j`, `1__0`."""
    if re.fullmatch(r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+", word):
        advice = f"write `{int(word.replace('_', ''), 0)}`"
        return Mistake("numbers are written in decimal", start, end, advice)
    parts = re.match(r"((?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?)([^\W\d_]\w*)", word)
    if not parts or not parts[1].strip("."):
        return Mistake(f"`{word}` is no number", start, end)
    if parts[2] in ("j", "J"):
        advice = f"a product is `{parts[1]}*{parts[2]}`"
        return Mistake("there are no complex numbers", start, end, advice)
    advice = f"write `{parts[1]}*{parts[2]}`"
    return Mistake(f"`{word}` is neither a number nor a name", start, end, advice)


def _name(word: str, start: int, end: int) -> Mistake:
    """Characters that no name can have: powers above the line, indices below, other digits."""
    at = next((at for at, char in enumerate(word) if not is_name("x" + char)), None)
    if at is None:
        return Mistake(f"`{word}` cannot be a name", start, end, f"write `{canonical(word)}`")
    char = word[at]
    plain = unicodedata.normalize("NFKC", word[at:])
    advice = None
    if unicodedata.decomposition(char).startswith("<super>"):
        power = plain.replace("\u2212", "-")
        advice = f"write `{word[:at]}^{power}`" if at else f"a power is written `x^{power}`"
    elif char.isalnum():
        digits = "".join(str(unicodedata.digit(c, c)) for c in plain)
        advice = f"write `{word[:at]}{digits}`"
    return Mistake(f"`{char}` cannot be part of a name", start + at, start + at + 1, advice)


def wrong_bracket(text: str, start: int, opener: int | None) -> Mistake:
    """A closing bracket that closes nothing, or something else."""
    closer = text[start]
    if opener is None:
        return Mistake(f"`{closer}` closes nothing", start, start + 1)
    wanted = _NAMES[text[opener]]
    message = f"expected `{wanted}` before `{closer}`"
    line = text.count("\n", 0, opener) + 1
    column = opener - text.rfind("\n", 0, opener)
    advice = f"the `{text[opener]}` at {line}:{column} is still open"
    return Mistake(message, start, start + 1, advice)


def unclosed(text: str, opener: int) -> Mistake:
    """A bracket that is open at the end."""
    bracket = text[opener]
    message = f"this `{bracket}` is never closed"
    return Mistake(message, opener, opener + 1, f"add a `{_NAMES[bracket]}`")


def doubtful_sign(text: str, start: int, end: int) -> Mistake:
    """`1 -2` in a value."""
    left = re.split(r"[\s,;]", text[:start].rstrip())[-1]
    right = re.split(r"[\s,;]", text[end:])[0]
    sign = text[start:end]
    advice = f"write `{left},{sign}{right}` for two numbers, `{left}{sign}{right}` for the result"
    return Mistake(f"`{left} {sign}{right}` could mean two things", start, end, advice)
