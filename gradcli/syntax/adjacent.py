"""What to say of two operands with nothing between them; loaded when the parser meets them."""

from __future__ import annotations

import re
from functools import partial

from gradcli.syntax import Doubtful, Mistake
from gradcli.syntax.here import STARTERS, Here
from gradcli.syntax.lexer import ENDERS
from gradcli.syntax.tables import ASSIGN, AUGMENT, LSQB, NAME, NOT, NUMBER, RBRACE, STRING
from gradcli.syntax.wrong_words import (
    CHARACTERS,
    FOREIGN,
    SENTENCE,
    WORDLESS,
    differential,
    foreign,
)


def word_of_elsewhere(here: Here) -> Mistake | None:
    """`lim x`, `Σ x`, `1 000`: what is written so in other languages and by hand."""
    if here.previous not in ENDERS or here.kind not in STARTERS:
        return None
    if here.previous == NAME and here.word_before in FOREIGN:
        return foreign(here.word_before, here.starts[here.index - 1])
    if here.previous == NAME and here.word_before in CHARACTERS:
        return here.before(*CHARACTERS[here.word_before])
    return None if here.value or here.bracket == LSQB else _grouped(here)


def adjacent(here: Here) -> Mistake | None:
    """Two operands with nothing between them."""
    if here.previous not in ENDERS or here.kind not in STARTERS:
        return None
    left, right = here.word_before, here.word
    if here.previous == here.kind == NUMBER and here.touches and left[-1] != right[0] == ".":
        return here.mistake(f"`{left}{right}` is not a number")
    if here.previous == NUMBER and here.kind == NAME and here.touches:
        after = here.text[here.starts[here.index] + 1 :]
        if right in ("e", "E") and re.match(r"[−–]\d", after):
            return here.before("this dash is not a minus sign", f"write `{left}e-{after[1]}`")
        return _number_and_name(left, right, here.starts[here.index - 1])
    if here.previous == here.kind == NAME and left == "vjp":
        advice = "for example `vjp f(x, dy) = 2*dy`"
        return here.before("a derivative rule names a function and its parameters", advice)
    if here.previous == RBRACE or here.kinds[here.index + 1] in (ASSIGN, AUGMENT):
        return here.mistake(f"expected a new line or `;` before `{right}`")
    if here.kind == NOT:
        return _behind_factorial(here, right)
    if here.value and (taught := _taught(here, left, right)) is not None:
        return taught
    if here.value or here.bracket == LSQB:
        return here.mistake("items are separated by commas, not by spaces", _listed(here))
    return _no_operator(here, left, right)


def _listed(here: Here) -> str | None:
    """What to write for `1 2 3`: the items around with commas, or the one number of `1 000`."""
    begin = max(here.text.rfind(mark, 0, here.starts[here.index]) for mark in "[;\n") + 1
    items = re.split(r"[\];\n]", here.text[begin:])[0].split()
    simple = all(re.fullmatch(r"[-+]?[\w.]+", item) for item in items)
    if not (items and simple) or len(items) > 8:
        single = here.previous in (NAME, NUMBER) and here.kind in (NAME, NUMBER)
        return f"write `{here.word_before},{here.word}`" if single else None
    first, *others = items
    grouped = len(first) <= 3 and all(re.fullmatch(r"\d{3}", item) for item in others)
    one = f"`{''.join(items)}` for one number, " if grouped and first.isdecimal() else ""
    return f"write {one}`{','.join(items)}`{' for several' if one else ''}"


def _grouped(here: Here) -> Mistake | None:
    """`1 000 000`."""
    start = here.starts[here.index - 1]
    number = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)").match(here.text, start)
    if number is None:
        return None
    advice = f"write `{number[0].replace(' ', '')}`"
    return Mistake("a number has no spaces in it", start, number.end(), advice)


def _behind_factorial(here: Here, right: str) -> Mistake:
    """`k!(n-k)!`, or `x not y`."""
    message = f"expected an operator before `{right}`"
    if right != "!":
        return here.mistake(message)
    mistake = here.lacks_product(here.mistake(message, "write `factorial(x)`"))
    if mistake.product is not None:
        mistake.product += 1
    return mistake


_OF_ANGLES = frozenset("sin cos tan sec csc cot".split())


def _number_and_name(number: str, name: str, start: int) -> Mistake:
    """`2x`, `0x10`, `3j`, `1__0`: a number with a name right behind it."""
    word = number + name
    end = start + len(word)
    if re.fullmatch(r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+", word):
        short = len(word) <= 40
        advice = f"write `{int(word.replace('_', ''), 0)}`" if short else None
        return Mistake("numbers are written in decimal", start, end, advice)
    if name[0] == "_":
        return Mistake(f"`{word}` is not a number", start, end)
    if name in ("j", "J"):
        advice = f"for a product, write `{number}*{name}`"
        return Mistake("there are no complex numbers", start, end, advice)
    advice = f"write `{number}*{name}`"
    return Mistake(f"`{word}` is neither a number nor a name", start, end, advice)


_OF_ARRAYS = frozenset({"det", "mean", "norm", "prod", "sum", "trace"})


def _called(here: Here, word: str) -> str:
    """A word, or the call that it begins: `det A` in `log det A`."""
    behind = re.match(r"\s+([^\W\d]\w*)", here.text[here.starts[here.index] + len(word) :])
    return f"{word}({behind[1]})" if behind is not None and _is_called(here, word) else word


def _is_called(here: Here, word: str) -> bool:
    """Whether a word in a bare argument is a function itself."""
    return word in _OF_ARRAYS or here.is_elementwise(word)


def _taught(here: Here, left: str, right: str) -> Mistake | None:
    """`1..5`, `50% of 20`, `sin 30`: what is written so elsewhere."""
    if here.previous == here.kind == NUMBER and left[-1] == right[0] == ".":
        advice = f"write `range({left[:-1]}, {right[1:]} + 1)`"
        return here.before("there are no ranges with dots", advice)
    if "mod" in (left, right):
        word = here.before if left == "mod" else here.mistake
        return word("`mod` is not an operator", "write `a % b`, or `mod(a, b)`")
    over = here.text[: here.starts[here.index]].replace(" ", "")
    if re.search(rf"(^|\W)[d∂]\w*/{re.escape(left)}$", over) and left[0] in "d∂" and left[1:]:
        advice = f"write `grad(y, {left[1:]})`; `gradcli grad` asks for it of a whole program"
        return here.before(f"`d/{left}` is not an operator", advice)
    if left == "of" and here.word_at(here.index - 2) == "%":
        advice = f"write `{here.word_at(here.index - 3)}/100*{right}`"
        return here.before("`%` is the remainder, not a percentage", advice)
    if here.previous == NAME and here.is_elementwise(left):
        advice = _bracketed(here, left, right)
        return here.mistake(f"`{left}` needs brackets around its argument", advice)
    return None


def _bracketed(here: Here, name: str, word: str) -> str:
    """What to write for `sin x`, `cos 2 pi x`, `log det A`, whose arguments begin with a word."""
    from gradcli.syntax.bare import argument

    found = argument(here.text, here.starts[here.index], name, partial(_is_called, here))
    readings = found.readings if found else (f"{name}({_called(here, word)})",)
    advice = f"write {' or '.join(f'`{reading}`' for reading in readings)}"
    if readings == (f"{name}({word})",) and here.kind == NUMBER and name in _OF_ANGLES:
        advice += f", or `{name}({word}°)` if that is in degrees"
    return advice


def _no_operator(here: Here, left: str, right: str) -> Mistake:
    """Operands that only lack the operator between them."""
    if right == "is" and here.previous == NAME and left not in SENTENCE and left != "what":
        return here.mistake("`is` is not an operator", "write `==`")
    taught = _taught(here, left, right) or differential(here.text, here.starts[here.index])
    if taught is not None:
        return taught
    if not SENTENCE.isdisjoint((left, right)):
        word = here.before if left in SENTENCE else here.mistake
        shown = left if left in SENTENCE else right
        return word(f"`{shown}` is not an operator", WORDLESS)
    root = here.text[: here.starts[here.index]].rstrip().removesuffix(left)[-1:]
    if root and root in "√∛":
        both = f"write `{root}{left}*{right}`, or `{root}({left}*{right})`"
        return here.mistake(f"expected an operator between `{left}` and `{right}`", both)
    if (doubtful := _behind_quotient(here)) is not None:
        return doubtful
    factor = "(…)" if left == ")" and here.kind in (NAME, NUMBER) else left
    advice, may_call = None, False
    if re.fullmatch(r"\w[\w.]*", left + right) or factor != left:
        advice = f"write `{factor}*{right}`"
        may_call = here.previous == here.kind == NAME and _may_call(here, left)
        if may_call:
            advice += f" to multiply, `{left}({right})` to call"
    elif behind := _ROOT.match(here.text, here.starts[here.index]):
        advice = f"write `{left}*{behind[0]}`"
    mistake = here.mistake(f"expected an operator between `{left}` and `{right}`", advice)
    return mistake if may_call or here.kind == STRING else here.lacks_product(mistake)


_BRACKET = r"\((?:[^()]|\([^()]*\))*\)"
_FACTOR = re.compile(rf"\w+(?:\^?{_BRACKET}|\^\{{[^{{}}]*\}}|\^[\w.]+|[²³])?")
"""`e`, `e^(-x/2)`, `e^{-x/2}`, `sin(x)`, `x²`."""

_ROOT = re.compile(rf"[√∛]\s*(?:\w+|{_BRACKET})")


def _behind_quotient(here: Here) -> Doubtful | None:
    """`1/√(2π)e^x`, a factor that may belong above the line or below it."""
    from gradcli.syntax.operands import operand_begin

    divisor = operand_begin(here.kinds, here.index - 1)
    factor = _FACTOR.match(here.text, here.starts[here.index])
    if here.word_before != ")" or factor is None or here.word_at(divisor - 1) != "/":
        return None
    first = operand_begin(here.kinds, divisor - 2)
    while here.word_at(first - 1) == "^":
        first = operand_begin(here.kinds, first - 2)
    start = here.starts[first]
    middle = here.starts[divisor]
    above = here.text[start:middle]
    braces = str.maketrans("{}", "()")
    below = f"{here.text[middle : factor.start()].rstrip()}*{factor[0].translate(braces)}"
    message = f"`{here.text[start : factor.end()]}` could mean two things"
    both = (f"{above}{below}", f"{above}({below})")
    mistake = Doubtful(message, start, factor.end(), f"write `{both[0]}` or `{both[1]}`")
    rest = here.text[factor.end() :]
    mistake.readings = tuple(here.text[:start] + reading + rest for reading in both)
    return mistake


def _may_call(here: Here, name: str) -> bool:
    """Whether a name may be a function's: a word, or one that the text calls."""
    return len(name) > 2 or re.search(rf"\b{re.escape(name)}\(", here.text) is not None
