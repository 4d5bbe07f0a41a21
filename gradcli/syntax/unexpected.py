"""What to say of a word that cannot follow those before it; loaded when the parser meets one."""

from __future__ import annotations

import re

from gradcli.syntax import LIMITS, Mistake
from gradcli.syntax.adjacent import adjacent, word_of_elsewhere
from gradcli.syntax.here import STARTERS, Here
from gradcli.syntax.lexer import CLOSERS, ENDERS
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
    NUMBER,
    RBRACE,
    RPAR,
    RSQB,
    SEP,
    VJP,
    WHILE,
    WORDS,
)
from gradcli.syntax.wrong_words import FOREIGN, foreign

_BLOCKS = {IF: "if c", WHILE: "while c", FOR: "for i in x"}


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
        if here.value:
            return here.mistake("the value is empty", "for example `3` or `1,2`")
        return here.mistake("the program is empty", "for example `x^2`")
    if here.value and here.kind in (SEP, END) and here.previous == SEP:
        return here.mistake("a row is empty", "rows are separated by one `;`: `1,2; 3,4`")
    return None


def _no_item(here: Here) -> Mistake | None:
    """A comma with nothing before it."""
    if here.kind == COMMA and here.previous in (COMMA, SEP, *CLOSERS):
        return here.mistake("there is no item before this `,`", _one_comma(here))
    return None


def _one_comma(here: Here) -> str | None:
    """What to write for `1,,2`: one comma less, or a number that is missing."""
    if here.previous != COMMA or not here.value:
        return None
    start = here.starts[here.index]
    less = here.text[:start].rstrip() + here.text[start + 1 :].lstrip()
    more = f"{here.text[:start]}nan{here.text[start:]}"
    if ",," in less or len(more) > 40:
        return None
    return f"write `{less.strip()}`, or `{more.strip()}` where a number is missing"


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
        function = here.word_at(here.statement[0] - 1)
        if function in FOREIGN:
            return foreign(function, here.starts[here.statement[0] - 1])
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
        if left == "-":
            return here.mistake("a key stands behind `@-`", f"write `@-:{right or 'KEY'}`")
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
    if here.word_before in FOREIGN:
        return foreign(here.word_before, here.starts[here.index - 1])
    if here.kind in (FOR, WHILE):
        advice = "functions and operators work on whole arrays: `x^2`, `sum(x)`"
        message = f"`{here.word}` starts a statement and cannot be part of an expression"
        return here.mistake(message, advice)
    if here.kind == IN and here.previous == NUMBER:
        return here.mistake("there are no units", "leave `in` out")
    if here.kind == IN and here.previous in ENDERS:
        advice = "to look for a value, write `any(x == 1)`"
        return here.mistake("`in` is only used with `for`", advice)
    if here.kind == VJP:
        advice = "a derivative rule is a statement: `vjp f(x, dy) = …`"
        return here.mistake("`vjp` cannot be used here", advice)
    return None


_EXAMPLES = {
    "/": "for example `1/x`",
    "^": "for example `x^2`",
    "*": "for example `2*x`",
    "=": "a formula has no `=` before it",
}


def _percentage(here: Here) -> Mistake | None:
    """`50% * 3`, `3%`."""
    if here.word_before != "%" or here.kinds[here.index - 2] != NUMBER or here.kind in STARTERS:
        return None
    number = here.word_at(here.index - 2)
    advice = f"write `{number}/100`"
    if here.word_at(here.index - 3) in ("+", "-"):
        start = here.starts[here.index - 3]
        before, sign = here.text[:start].strip(), here.text[start]
        if re.fullmatch(r"[\w.]+", before):
            advice = f"write `{before} {sign} {number}/100`, or `{before}*(1 {sign} {number}/100)`"
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
    if here.previous in ENDERS or here.kind in STARTERS:
        return None
    before = here.word_before
    if before in ("+", "-") and here.word_at(here.index - 2) == before:
        return here.before(f"`{before}{before}` is not an operator", f"write `x {before}= 1`")
    if here.kind in (END, SEP, COMMA) and before:
        return here.before(f"expected an expression after `{before}`")
    joined = before + here.word
    limit = re.search(r"\blim(?:it)?\b", here.text, re.IGNORECASE) if joined == "->" else None
    if limit is not None:
        return Mistake("there is no `lim` in this language", *limit.span(), LIMITS)
    if joined == "->" and here.touches:
        return here.before("`->` is not an operator", "a function is written `x => x^2`")
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
    word_of_elsewhere,
    adjacent,
    _percentage,
    _double_bar,
    _no_operand,
)
