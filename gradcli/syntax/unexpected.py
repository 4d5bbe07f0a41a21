"""What to say of a word that cannot follow those before it; loaded when the parser meets one."""

from __future__ import annotations

import re
from typing import Any

from gradcli.syntax import lexer
from gradcli.syntax.lexer import CLOSERS, LAST_ENDER, Mistake, Tokens
from gradcli.syntax.tables import ROWS, RULES

_STARTERS = (lexer.NAME, lexer.NUMBER, lexer.STRING, lexer.LPAR, lexer.LSQB, lexer.PREFIX)
_KEYWORD = {lexer.IF: "if c", lexer.WHILE: "while c", lexer.FOR: "for i in x"}
_FOREIGN = {  # words of other languages, before an expression
    "let": "a name is assigned by `x = …` alone",
    "var": "a name is assigned by `x = …` alone",
    "const": "a name is assigned by `x = …` alone",
    "function": "a function is written `f(x) = x^2`",
    "elif": "write `else if`",
    "import": "every function is there without it",
    "from": "every function is there without it",
    "print": "write `print(…)`",
    "vjp": "a derivative rule is written `vjp f(x, dy) = …`",
}


class Here:
    """The place of an unexpected word: what it is, what stands before it, and what could."""

    __slots__ = ("at", "kind", "kinds", "previous", "starts", "states", "text", "value", "word")

    def __init__(self, tokens: Tokens, at: int, states: list[Any], text: str, value: bool) -> None:
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.at = at
        self.states = states
        self.text = text
        self.value = value
        self.kind = self.kinds[at]
        self.previous = self.kinds[at - 1] if at else lexer.SEP
        self.word = self.word_at(at)

    def word_at(self, at: int) -> str:
        """The word in the text; nothing for the end of a line or of the text."""
        if at < 0 or self.kinds[at] == lexer.END:
            return ""
        start = self.starts[at]
        found = lexer.TOKEN.match(self.text, start)
        return found[2].rstrip("\n") if found and not found[1] else self.text[start]

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

    def around(self) -> int:
        """Where the innermost bracket, or the statement, around this place starts; -1: the text."""
        depth = 0
        for at in range(self.at - 1, -1, -1):
            kind = self.kinds[at]
            if kind in CLOSERS.values():
                depth += 1
            elif kind in CLOSERS:
                if not depth:
                    return at
                depth -= 1
            elif kind == lexer.SEP and not depth:
                return at
        return -1

    def in_statement(self, *kinds: int) -> int | None:
        """The last of some terminals directly in this statement or bracket, before this place."""
        depth = 0
        for at in range(self.at - 1, self.around(), -1):
            kind = self.kinds[at]
            depth += (kind in CLOSERS.values()) - (kind in CLOSERS)
            if not depth and kind in kinds:
                return at
        return None

    def mistake(self, message: str, help: str | None = None) -> Mistake:
        """A mistake at the unexpected word."""
        start = self.starts[self.at]
        return Mistake(message, start, start + max(len(self.word), 1), help)

    def before(self, message: str, help: str | None = None) -> Mistake:
        """A mistake at the word before it."""
        start = self.starts[self.at - 1]
        return Mistake(message, start, start + len(self.word_at(self.at - 1)), help)


def unexpected(tokens: Tokens, at: int, states: list[Any], text: str, value: bool) -> Mistake:
    """The mistake at the token `at`, which the states do not accept: the first that fits."""
    here = Here(tokens, at, states, text, value)
    for explain in (_empty, _assignment, _punctuation, _block, _keyword, _adjacent, _missing):
        mistake = explain(here)
        if mistake is not None:
            return mistake
    for closer, bracket in ((lexer.RPAR, ")"), (lexer.RSQB, "]"), (lexer.RBRACE, "}")):
        if here.accepts(closer):
            return here.mistake(f"expected `{bracket}` before {_shown(here)}")
    return here.mistake(f"{_shown(here)} cannot stand here")


def _shown(here: Here) -> str:
    return f"`{here.word}`" if here.word else "the end" + " of the line" * (here.kind == lexer.SEP)


def _empty(here: Here) -> Mistake | None:
    """No program, no value, no row, no item."""
    ends = here.kind in (lexer.SEP, lexer.END)
    if ends and here.at == 0 and here.kinds[-1] == here.kind:
        return here.mistake("the value is empty" if here.value else "the program is empty")
    if here.value and ends and here.previous == lexer.SEP:
        return here.mistake("a row is empty", "rows are apart by one `;`: `1,2; 3,4`")
    if here.kind == lexer.COMMA and here.previous in (lexer.COMMA, lexer.SEP, *CLOSERS):
        return here.mistake("there is no item before this `,`")
    return None


def _assignment(here: Here) -> Mistake | None:
    """`=` where nothing is assigned."""
    if here.kind not in (lexer.ASSIGN, lexer.AUGMENT):
        return None
    if here.value:
        return here.mistake("a value holds no assignments")
    if here.previous > LAST_ENDER:
        return None
    if here.in_statement(lexer.IF, lexer.WHILE) is not None:
        return here.mistake(f"`{here.word}` is no comparison", "did you mean `==`?")
    if here.in_statement(lexer.ARROW) is not None:
        return here.mistake(
            "the body of a function that assigns stands in braces",
            "for example `x => { y = x; y }`",
        )
    first = here.in_statement(lexer.ASSIGN, lexer.AUGMENT)
    around = here.around()
    if around >= 0 and here.kinds[around] in (lexer.LPAR, lexer.LSQB):
        return here.mistake("nothing can be assigned inside brackets", "did you mean `==`?")
    if first is None:
        return None
    if here.kind != here.kinds[first] or here.kind != lexer.ASSIGN:
        return here.mistake("a statement assigns once")
    begin = here.starts[around + 1]
    left = here.text[begin : here.starts[first]].strip()
    right = here.text[here.starts[first] + 1 : here.starts[here.at]].strip()
    return here.mistake("a statement assigns once", f"write `{right} = …; {left} = {right}`")


def _block(here: Here) -> Mistake | None:
    """A block that is missing, or stands where none can."""
    keyword = here.in_statement(lexer.IF, lexer.WHILE, lexer.FOR)
    if (
        here.kind != lexer.DOT
        and here.accepts(lexer.LBRACE)
        and (here.previous <= LAST_ENDER or here.previous == lexer.ELSE)
    ):
        if here.previous == lexer.ELSE:
            keyword = None
        kind = here.kinds[keyword] if keyword is not None else lexer.ELSE
        head = _KEYWORD.get(kind, "else")
        return here.mistake(
            f"expected `{{` before {_shown(here)}",
            f"`{head} {{ … }}`, with the `{{` on the same line",
        )
    if here.kind != lexer.LBRACE:
        return None
    if here.previous in (lexer.IF, lexer.WHILE, lexer.IN):
        return here.mistake(f"expected an expression after `{here.word_at(here.at - 1)}`")
    if here.in_statement(lexer.ASSIGN) is None and here.previous == lexer.RPAR:
        return here.mistake("expected `=` before `{`", "a function is written `f(x) = { … }`")
    advice = "a block follows `if c`, `while c`, `for i in x`, `else`, `f(x) =` or `x =>`"
    return here.mistake("`{` cannot stand here", advice)


def _keyword(here: Here) -> Mistake | None:
    """`if`, `else`, `for`, `while`, `in` out of place; a choice without `else`."""
    if here.accepts(lexer.ELSE) and here.kind in (lexer.SEP, lexer.END, *CLOSERS.values()):
        at = here.in_statement(lexer.IF)
        start = here.starts[here.at if at is None else at]
        advice = "a choice is written `a if c else b`"
        return Mistake("this `if` has no `else`", start, start + 2, advice)
    if here.kind == lexer.ELSE:
        separated = here.at and here.previous == lexer.SEP
        what = "no separator stands before `else`" if separated else None
        return here.mistake("`else` without an `if` before it", what)
    if here.kind == lexer.IF and here.previous > LAST_ENDER:
        advice = "a value is chosen by `a if c else b`"
        return here.mistake("an `if` with blocks is a statement, no value", advice)
    if here.kind in (lexer.FOR, lexer.WHILE):
        advice = "functions and operators work on whole arrays: `x^2`, `sum(x)`"
        return here.mistake(
            f"`{here.word}` starts a statement, it is no part of an expression", advice
        )
    if here.kind == lexer.IN and here.previous <= LAST_ENDER:
        return here.mistake("`in` belongs to `for`", "to look for a value, write `any(x == 1)`")
    return None


def _punctuation(here: Here) -> Mistake | None:
    """Marks that stand only in certain places, or are missing there."""
    if here.accepts(lexer.IN):
        advice = "as in `for i in range(3) { … }`"
        return here.mistake(f"expected `in` before {_shown(here)}", advice)
    if here.in_statement(lexer.VJP) is not None and here.accepts(lexer.ASSIGN):
        advice = "as in `vjp f(x, dy) = 2*dy`"
        return here.mistake(f"expected `=` before {_shown(here)}", advice)
    if here.previous == lexer.DOT:
        return here.before("expected a name after `.`")
    if here.kind == lexer.ARROW:
        advice = "for example `x => x^2` or `(x, y) => x*y`"
        return here.mistake("the parameters of a function must be names", advice)
    if here.kind == lexer.DOTS:
        return here.mistake("`...` stands only in an index", "for example `x[..., 0]`")
    if here.kind == lexer.DOT and here.previous == lexer.SEP and here.at:
        advice = "put the `.` at the end of the line before, or the whole in parentheses"
        return here.mistake("a line cannot start with `.`", advice)
    if here.kind == lexer.COLON and (here.previous <= LAST_ENDER or _bracket(here) is not None):
        advice = "write `linspace(lo, hi, n)`" if here.value else "write `range(lo, hi)`"
        return here.mistake("a slice stands only in an index", advice)
    if here.kind == lexer.SEP and here.word == ";" and _bracket(here) is not None:
        square = here.kinds[here.around()] == lexer.LSQB
        advice = "a matrix is `[[1,2],[3,4]]`" if square else "write `,` between arguments"
        return here.mistake("`;` cannot stand inside brackets", advice)
    return None


def _bracket(here: Here) -> int | None:
    """The bracket around this place, if it is none of a block."""
    around = here.around()
    bracket = around >= 0 and here.kinds[around] in (lexer.LPAR, lexer.LSQB)
    return around if bracket else None


def _adjacent(here: Here) -> Mistake | None:
    """Two operands with nothing between them."""
    if here.previous > LAST_ENDER or here.kind not in _STARTERS:
        return None
    left, right = here.word_at(here.at - 1), here.word
    if left in _FOREIGN and here.previous == lexer.NAME:
        return here.before(f"there is no `{left}` here", _FOREIGN[left])
    if here.previous == lexer.RBRACE or here.kinds[here.at + 1] in (lexer.ASSIGN, lexer.AUGMENT):
        return here.mistake(f"expected a new line or `;` before `{right}`")
    if right == "is":
        return here.mistake("there is no `is` here", "write `==`")
    if right == "!":
        return here.mistake("there is no `!` after an operand", "write `factorial(x)`")
    if here.kind == lexer.PREFIX:
        return here.mistake(f"expected an operator before `{right}`")
    if here.kind == lexer.LPAR:
        inside = _to_match(here)
        return here.before(f"`{left}` is not a function", f"write `{left}*{inside}`")
    around = _bracket(here)
    if here.value or (around is not None and here.kinds[around] == lexer.LSQB):
        return here.mistake("items are apart by commas, not by blanks", f"write `{left},{right}`")
    advice = f"write `{left}*{right}`" if re.fullmatch(r"\w[\w.]*", left + right) else None
    if advice and here.previous == here.kind == lexer.NAME:
        advice += f" to multiply, `{left}({right})` to call"
    return here.mistake(f"expected an operator between `{left}` and `{right}`", advice)


def _to_match(here: Here) -> str:
    """The text from this opening bracket to its match, shortened when long."""
    depth = 0
    for at in range(here.at, len(here.kinds)):
        depth += (here.kinds[at] in CLOSERS) - (here.kinds[at] in CLOSERS.values())
        if not depth:
            inside = here.text[here.starts[here.at] : here.starts[at] + 1]
            return inside if len(inside) <= 40 and "\n" not in inside else "(…)"
    return "(…)"


def _missing(here: Here) -> Mistake | None:
    """An operator without its operand."""
    if here.previous <= LAST_ENDER or here.kind in _STARTERS:
        return None
    before = here.word_at(here.at - 1)
    if here.kinds[max(here.at - 2, 0)] == lexer.OP and here.word_at(here.at - 2) == before in "+-":
        return here.before(f"there is no `{before}{before}`", f"write `x {before}= 1`")
    if here.kind in (lexer.END, lexer.SEP, lexer.COMMA) and here.at and before:
        return here.before(f"expected an expression after `{before}`")
    joined = before + here.word
    advice = f"did you mean `{joined}`?" if joined in ("<=", ">=", "==", "!=", "=>", "**") else None
    if here.previous == lexer.OP and here.word in ("*", "/") and before == here.word:
        advice = f"did you mean `{joined}`?"
    return here.mistake(f"expected an expression before {_shown(here)}", advice)
