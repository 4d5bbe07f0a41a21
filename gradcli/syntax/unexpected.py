"""What to say of a word that cannot follow those before it; loaded when the parser meets one."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.syntax import Mistake
from gradcli.syntax.lexer import CLOSERS, ENDERS, WORD, Tokens
from gradcli.syntax.tables import (
    ARROW,
    ASSIGN,
    AUGMENT,
    COLON,
    COMMA,
    DOT,
    DOTS,
    ELSE,
    END,
    FOR,
    IF,
    IN,
    LBRACE,
    LPAR,
    LSQB,
    NAME,
    NOT,
    NUMBER,
    RBRACE,
    ROWS,
    RPAR,
    RSQB,
    RULES,
    SEP,
    SIGN,
    STRING,
    VJP,
    WHILE,
    WORDS,
)
from gradcli.syntax.wrong_words import CHARACTERS, FOREIGN, foreign

if TYPE_CHECKING:
    from gradcli.syntax import IsElementwise

_STARTERS = (NAME, NUMBER, STRING, LPAR, LSQB, SIGN, NOT)
_BLOCKS = {IF: "if c", WHILE: "while c", FOR: "for i in x"}


class Here:
    """An unexpected word: what it is, what stands before it, and what could stand in its place."""

    def __init__(
        self,
        tokens: Tokens,
        index: int,
        states: list[Any],
        text: str,
        value: bool,
        is_elementwise: IsElementwise,
    ) -> None:
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.index = index
        self.states = states
        self.text = text
        self.value = value
        self.is_elementwise = is_elementwise
        self.kind = self.kinds[index]
        self.previous = self.kinds[index - 1] if index else SEP
        self.word = self.word_at(index)
        self.word_before = self.word_at(index - 1)
        self.touches = self.starts[index] == self.starts[index - 1] + len(self.word_before)
        end = "the end of the line" if self.kind == SEP else "the end"
        self.shown = f"`{self.word}`" if self.word else end

    def word_at(self, index: int) -> str:
        """The word in the text; nothing for the end of a line or of the text."""
        if index < 0:
            return ""
        match = WORD.match(self.text, self.starts[index])
        return match[2].strip("\n") if match else ""

    def accepts(self, kind: int) -> bool:
        """Whether another terminal could stand here."""
        states = list(self.states)
        while True:
            action = states[-1].get(kind)
            if action is None or action >= 0:
                return action is not None
            left, length, _ = RULES[~action]
            del states[-length:]
            states.append(ROWS[states[-1][left]])

    @cached_property
    def statement(self) -> tuple[int, list[int]]:
        """Where the innermost bracket or the statement around starts, and what is directly in it.

        The first is the index of a bracket or a separator, -1 for the start of the text; the
        second are indices of terminals before here, the last one first.
        """
        direct: list[int] = []
        closed: list[int] = []
        for index in reversed(range(self.index)):
            kind = self.kinds[index]
            if kind in CLOSERS.values():
                closed.append(index)
            elif kind in CLOSERS:
                if not closed:
                    return index, direct
                closer = closed.pop()
                compound = kind == LBRACE and self.kinds[index - 1] not in (ASSIGN, ARROW)
                if compound and not closed:
                    return closer, direct
            elif not closed:
                if kind == SEP:
                    return index, direct
                direct.append(index)
        return -1, direct

    @property
    def bracket(self) -> int | None:
        """The kind of the bracket around, LPAR or LSQB; None directly in a block or the text."""
        border = self.statement[0]
        kind = self.kinds[border] if border >= 0 else None
        return kind if kind in (LPAR, LSQB) else None

    def last(self, *kinds: int) -> int | None:
        """The index of the last of some terminals directly in this statement or bracket."""
        return next((index for index in self.statement[1] if self.kinds[index] in kinds), None)

    def mistake(self, message: str, advice: str | None = None) -> Mistake:
        """A mistake at the unexpected word."""
        start = self.starts[self.index]
        return Mistake(message, start, start + max(len(self.word), 1), advice)

    def lacks_product(self, mistake: Mistake) -> Mistake:
        """The mistake, which a `*` before this word mends, if no quotient may end there."""
        from gradcli.syntax.notation import operand_begin

        if self.word_at(operand_begin(self.kinds, self.index - 1) - 1) not in ("/", "//", "%"):
            mistake.product = self.starts[self.index]
        return mistake

    def before(self, message: str, advice: str | None = None) -> Mistake:
        """A mistake at the word before it."""
        start = self.starts[self.index - 1]
        return Mistake(message, start, start + len(self.word_before), advice)


def unexpected(here: Here) -> Mistake:
    """The mistake at a token that the states do not accept: the first that fits."""
    for explain in _EXPLANATIONS:
        mistake = explain(here)
        if mistake is not None:
            return mistake
    for closer, bracket in ((RPAR, ")"), (RSQB, "]"), (RBRACE, "}")):
        if here.accepts(closer):
            return here.mistake(f"expected `{bracket}` before {here.shown}")
    return here.mistake(f"{here.shown} cannot be used here")


def _empty(here: Here) -> Mistake | None:
    """No program, no value, no row."""
    if here.kind == END and not here.index:
        return here.mistake("the value is empty" if here.value else "the program is empty")
    if here.value and here.kind in (SEP, END) and here.previous == SEP:
        return here.mistake("a row is empty", "rows are separated by one `;`: `1,2; 3,4`")
    return None


def _no_item(here: Here) -> Mistake | None:
    """A comma with nothing before it."""
    if here.kind == COMMA and here.previous in (COMMA, SEP, *CLOSERS):
        return here.mistake("there is no item before this `,`")
    return None


def _assignment(here: Here) -> Mistake | None:
    """`=` where nothing is assigned."""
    if here.kind not in (ASSIGN, AUGMENT):
        return None
    if here.value:
        return here.mistake("a value cannot contain assignments")
    if here.previous not in ENDERS:
        return None
    if here.last(IF, WHILE) is not None:
        return here.mistake(f"`{here.word}` is not a comparison", "did you mean `==`?")
    if here.last(ARROW) is not None:
        advice = "for example `x => { y = x; y }`"
        return here.mistake("a function body that assigns must be a block in braces", advice)
    if here.bracket is not None:
        return here.mistake("nothing can be assigned inside brackets", "did you mean `==`?")
    return _second_assignment(here)


def _second_assignment(here: Here) -> Mistake | None:
    """`a = b = 3`."""
    first = here.last(ASSIGN, AUGMENT)
    if first is None:
        return None
    advice = None
    comma = here.last(COMMA)
    if comma is not None and comma > first:
        begin = here.starts[here.statement[0] + 1] if here.statement[0] >= 0 else 0
        before = here.text[begin : here.starts[comma]].strip()
        after = here.text[here.starts[comma] + 1 : here.starts[here.index]].strip()
        advice = f"statements are separated by `;`: `{before}; {after} = …`"
    elif here.kind == here.kinds[first] == ASSIGN:
        left = here.text[here.starts[here.statement[0] + 1] : here.starts[first]].strip()
        right = here.text[here.starts[first] + 1 : here.starts[here.index]].strip()
        advice = f"write `{right} = …; {left} = {right}`"
    return here.mistake("a statement assigns only once", advice)


def _expected_mark(here: Here) -> Mistake | None:
    """`in`, `=` or a name that is missing."""
    if here.accepts(IN):
        advice = "for example `for i in range(3) { … }`"
        return here.mistake(f"expected `in` before {here.shown}", advice)
    if here.last(VJP) is not None and here.accepts(ASSIGN):
        advice = "for example `vjp f(x, dy) = 2*dy`"
        return here.mistake(f"expected `=` before {here.shown}", advice)
    if here.previous == DOT:
        is_product = here.kind in (LSQB, LPAR)
        product = "the product of vectors is `a @ b`" if is_product else None
        return here.before("expected a name after `.`", product)
    return None


def _mark(here: Here) -> Mistake | None:
    """`=>`, `...`, `.` and `;`, which can be used only in certain places."""
    if here.kind == ARROW:
        advice = "for example `x => x^2` or `(x, y) => x*y`"
        return here.mistake("the parameters of a function must be names", advice)
    if here.kind == DOTS:
        return here.mistake("`...` can only be used in an index", "for example `x[..., 0]`")
    if here.kind == DOT and here.previous == SEP and here.index:
        advice = "put the `.` at the end of the line above, or the expression in parentheses"
        return here.mistake("a line cannot start with `.`", advice)
    if here.kind == SEP and here.word == ";" and here.bracket is not None:
        matrix = here.bracket == LSQB
        advice = "a matrix is `[[1,2],[3,4]]`" if matrix else "write `,` between arguments"
        return here.mistake("`;` cannot be used inside brackets", advice)
    return None


def _colon(here: Here) -> Mistake | None:
    """A range in a value, a block as in Python, or a slice in the wrong place."""
    if here.kind != COLON:
        return None
    start = here.starts[here.index]
    if here.text.startswith(":=", start) and not here.value:
        return here.mistake("`:=` is not an operator", "to assign, write `=`")
    if here.value:
        left = re.split(r"[,;\n\[(]", here.text[:start])[-1].strip()
        right = re.split(r"[,;:\n\])]", here.text[start + 1 :])[0].strip()
        advice = f"write `linspace({left or 'lo'}, {right or 'hi'}, n)` for n numbers"
        return here.mistake("a value cannot contain ranges", advice)
    line = here.text[here.text.rfind("\n", 0, start) + 1 :]
    head = re.match(r"[\s}]*(if|else|while|for)\b", line)
    if head and here.bracket is None:
        advice = f"a block stands in braces: `{_BLOCKS.get(WORDS[head[1]], 'else')} {{ … }}`"
        return here.mistake("`:` does not start a block", advice)
    if here.bracket == LSQB and here.kinds[here.statement[0] - 1] in ENDERS:
        return here.mistake("a slice has at most two `:`", "write `x[first:end:step]`")
    advice = "a slice is `x[1:3]`; a choice is `a if c else b`; a function is `x => x^2`"
    return here.mistake("`:` can only be used in an index", advice)


def _missing_block(here: Here) -> Mistake | None:
    """A block that is missing after `if`, `while`, `for` or `else`."""
    after_head = here.previous in ENDERS or here.previous == ELSE
    if here.kind == DOT or not after_head or not here.accepts(LBRACE):
        return None
    keyword = None if here.previous == ELSE else here.last(IF, WHILE, FOR)
    if keyword is not None and here.kinds[keyword] == IF and _is_call(here, keyword):
        advice = "a choice is written `a if c else b`, or `where(c, a, b)`"
        return here.mistake("`if` is not a function", advice)
    head = "else" if keyword is None else _BLOCKS[here.kinds[keyword]]
    advice = f"`{head} {{ … }}`, with the `{{` on the same line"
    return here.mistake(f"expected `{{` before {here.shown}", advice)


def _is_call(here: Here, keyword: int) -> bool:
    """Whether `if` is written as a function of several arguments."""
    return here.kinds[keyword + 1] == LPAR and COMMA in here.kinds[keyword : here.index]


def _block(here: Here) -> Mistake | None:
    """A block where none can be."""
    if here.kind != LBRACE:
        return None
    if here.previous in (IF, WHILE, IN):
        return here.mistake(f"expected an expression after `{here.word_before}`")
    if here.previous == RPAR and here.last(ASSIGN) is None:
        return here.mistake("expected `=` before `{`", "a function is written `f(x) = { … }`")
    advice = "a block follows `if c`, `while c`, `for i in x`, `else`, `f(x) =` or `x =>`"
    if here.word_before == "^":
        advice = "formulas are plain text: `x^2`, `x^(a+b)`"
    elif re.compile(r"\{[^{}=;]*,[^{}=;]*\}").match(here.text, here.starts[here.index]):
        advice = "an array is `[1, 2, 3]`"
    return here.mistake("`{` cannot be used here", advice)


def _no_else(here: Here) -> Mistake | None:
    """A choice without its `else`."""
    if here.kind not in (SEP, END, *CLOSERS.values()) or not here.accepts(ELSE):
        return None
    keyword = here.last(IF)
    start = here.starts[here.index if keyword is None else keyword]
    advice = "a choice is written `a if c else b`"
    return Mistake("this `if` has no `else`", start, start + 2, advice)


def _keyword(here: Here) -> Mistake | None:
    """`if`, `else`, `for`, `while`, `in` out of place."""
    if here.kind == ELSE:
        advice = "no `;` may stand before `else`" if here.previous == SEP and here.index else None
        return here.mistake("`else` without an `if` before it", advice)
    if here.kind == IF and here.previous not in ENDERS:
        advice = "to choose a value, write `a if c else b`"
        return here.mistake("an `if` with blocks is a statement, not a value", advice)
    if here.kind in (FOR, WHILE):
        advice = "functions and operators work on whole arrays: `x^2`, `sum(x)`"
        message = f"`{here.word}` starts a statement and cannot be part of an expression"
        return here.mistake(message, advice)
    if here.kind == IN and here.previous in ENDERS:
        advice = "to look for a value, write `any(x == 1)`"
        return here.mistake("`in` is only used with `for`", advice)
    if here.kind == VJP:
        advice = "a derivative rule is a statement: `vjp f(x, dy) = …`"
        return here.mistake("`vjp` cannot be used here", advice)
    return None


def _word_of_elsewhere(here: Here) -> Mistake | None:
    """`lim x`, `Σ x`, `1 000`: what is written so in other languages and by hand."""
    if here.previous not in ENDERS or here.kind not in _STARTERS:
        return None
    if here.previous == NAME and here.word_before in FOREIGN:
        return foreign(here.word_before, here.starts[here.index - 1])
    if here.previous == NAME and here.word_before in CHARACTERS:
        return here.before(*CHARACTERS[here.word_before])
    return None if here.value or here.bracket == LSQB else _grouped(here)


def _adjacent(here: Here) -> Mistake | None:
    """Two operands with nothing between them."""
    if here.previous not in ENDERS or here.kind not in _STARTERS:
        return None
    left, right = here.word_before, here.word
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
    if here.kind == LPAR:
        advice = f"write `{left}*{_to_match(here)}`"
        return here.lacks_product(here.before(f"`{left}` is not a function", advice))
    if here.value and (taught := _taught(here, left, right)) is not None:
        return taught
    if here.value or here.bracket == LSQB:
        advice = f"write `{left},{right}`"
        return here.mistake("items are separated by commas, not by spaces", advice)
    return _no_operator(here, left, right)


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
        advice = f"write `{left}({right})`"
        if here.kind == NUMBER and left in _OF_ANGLES:
            advice += f", or `{left}({right}°)` if that is in degrees"
        return here.mistake(f"`{left}` needs brackets around its argument", advice)
    return None


def _no_operator(here: Here, left: str, right: str) -> Mistake:
    """Operands that only lack the operator between them."""
    if right == "is":
        return here.mistake("`is` is not an operator", "write `==`")
    taught = _taught(here, left, right)
    if taught is not None:
        return taught
    factor = "(…)" if left == ")" and here.kind in (NAME, NUMBER) else left
    advice, may_call = None, False
    if re.fullmatch(r"\w[\w.]*", left + right) or factor != left:
        advice = f"write `{factor}*{right}`"
        may_call = here.previous == here.kind == NAME and _may_call(here, left)
        if may_call:
            advice += f" to multiply, `{left}({right})` to call"
    mistake = here.mistake(f"expected an operator between `{left}` and `{right}`", advice)
    return mistake if may_call or here.kind == STRING else here.lacks_product(mistake)


def _may_call(here: Here, name: str) -> bool:
    """Whether a name may be a function's: a word, or one that the text calls."""
    return len(name) > 2 or re.search(rf"\b{re.escape(name)}\(", here.text) is not None


def _to_match(here: Here) -> str:
    """The text from this opening bracket to its match, shortened when long."""
    depth, index = 1, here.index
    while depth:
        index += 1
        depth += (here.kinds[index] in CLOSERS) - (here.kinds[index] in CLOSERS.values())
    inside = here.text[here.starts[here.index] : here.starts[index] + 1]
    return inside if len(inside) <= 40 and "\n" not in inside else "(…)"


_EXAMPLES = {"/": "for example `1/x`", "^": "for example `x^2`", "*": "for example `2*x`"}


def _percentage(here: Here) -> Mistake | None:
    """`50% * 3`, `3%`."""
    if here.word_before != "%" or here.kinds[here.index - 2] != NUMBER or here.kind in _STARTERS:
        return None
    advice = f"write `{here.word_at(here.index - 2)}/100`"
    return here.before("`%` is the remainder, not a percentage", advice)


def _double_bar(here: Here) -> Mistake | None:
    """`||x||`."""
    if here.word != "||" or here.previous in ENDERS:
        return None
    inside = re.compile(r"\|\|([^|\n]+)\|\|").match(here.text, here.starts[here.index])
    advice = f"the norm is `norm({inside[1].strip()})`" if inside else None
    return here.mistake("expected an expression before `||`", advice)


def _no_operand(here: Here) -> Mistake | None:
    """An operator without its operand."""
    if here.previous in ENDERS or here.kind in _STARTERS:
        return None
    before = here.word_before
    if before in ("+", "-") and here.word_at(here.index - 2) == before:
        return here.before(f"`{before}{before}` is not an operator", f"write `x {before}= 1`")
    if here.kind in (END, SEP, COMMA) and before:
        return here.before(f"expected an expression after `{before}`")
    joined = before + here.word
    both = joined in ("<=", ">=", "==", "!=", "=>", "**", "//") and here.previous != SEP
    example = None if here.index else _EXAMPLES.get(here.word)
    advice = f"did you mean `{joined}`?" if both else example
    return here.mistake(f"expected an expression before {here.shown}", advice)


_EXPLANATIONS = (
    _empty,
    _no_item,
    _assignment,
    _expected_mark,
    _mark,
    _colon,
    _missing_block,
    _block,
    _no_else,
    _keyword,
    _word_of_elsewhere,
    _adjacent,
    _percentage,
    _double_bar,
    _no_operand,
)
