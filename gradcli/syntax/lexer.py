"""From text to terminals: brackets, newlines, signs and words, in one pass with one expression.

Leaves of the tree are finished here, so the parser only puts them together.
"""

from __future__ import annotations

import re
import unicodedata

from gradcli.errors import LimitError, Source, Span
from gradcli.syntax.tree import Name, Number, String

TERMINALS = (
    "NAME",
    "NUMBER",
    "STRING",
    "RPAR",
    "RSQB",
    "RBRACE",
    "OP",
    "PREFIX",
    "LPAR",
    "LSQB",
    "LBRACE",
    "COMMA",
    "ASSIGN",
    "AUGMENT",
    "ARROW",
    "DOT",
    "COLON",
    "DOTS",
    "SEP",
    "IF",
    "ELSE",
    "WHILE",
    "FOR",
    "IN",
    "VJP",
    "$END",
)
(
    NAME,
    NUMBER,
    STRING,
    RPAR,
    RSQB,
    RBRACE,
    OP,
    PREFIX,
    LPAR,
    LSQB,
    LBRACE,
    COMMA,
    ASSIGN,
    AUGMENT,
    ARROW,
    DOT,
    COLON,
    DOTS,
    SEP,
    IF,
    ELSE,
    WHILE,
    FOR,
    IN,
    VJP,
    END,
) = range(len(TERMINALS))
SIGN, NOT, NEWLINE, SPECIAL = range(len(TERMINALS), len(TERMINALS) + 4)
LAST_ENDER = RBRACE  # the terminals up to this one can end an operand

MAX_NESTING = 1_000
MAX_BYTES = 16 * 2**20

# White space (with comments, and newlines before `else`), then a word: a name, a number with
# whatever clings to it, an operator, a run of newlines, a string, or any other character.
TOKEN = re.compile(
    r"""((?:[^\S\n]++|\#[^\n]*+|\n(?:\s|\#[^\n]*+)*+(?=else\b))*+)
    ( [^\W\d][\w\u0300-\u036f]*+
    | (?:[0-9][0-9_]*+(?:\.(?![^\W\d])[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9]++)?\w*+
    | \*\*=? | //=? | [=!<>+\-*/%@^]= | => | && | \|\| | \.\.\.
    | \n(?:\s|\#[^\n]*+)*+
    | "[^"\n]*+" | '[^'\n]*+'
    | . | \Z )""",
    re.VERBOSE,
)
_RULE_HEAD = re.compile(r"[^\S\n]+[^\W\d]\w*[^\S\n]*\(")
_ELSE = re.compile(r"(?:\s|#[^\n]*+)*+else\b")

_OPERATORS = {
    "*": "*",
    "/": "/",
    "//": "//",
    "%": "%",
    "@": "@",
    "^": "^",
    "**": "^",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "==": "==",
    "!=": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "and": "and",
    "&&": "and",
    "or": "or",
    "||": "or",
    "+": "+",
    "-": "-",
    "−": "-",
}
_KINDS: dict[str, int] = {
    **dict.fromkeys(_OPERATORS, OP),
    **dict.fromkeys(("+", "-", "−"), SIGN),
    **dict.fromkeys(("not", "!"), NOT),
    **dict.fromkeys(("+=", "-=", "*=", "/=", "//=", "%=", "@=", "^=", "**="), AUGMENT),
    **dict.fromkeys(("True", "False", "None", "π", "vjp"), SPECIAL),
    **dict.fromkeys(("lambda", "def", "return", "break", "continue"), SPECIAL),
    "(": LPAR,
    "[": LSQB,
    "{": LBRACE,
    ")": RPAR,
    "]": RSQB,
    "}": RBRACE,
    ",": COMMA,
    "=": ASSIGN,
    "=>": ARROW,
    ".": DOT,
    ":": COLON,
    "...": DOTS,
    ";": SEP,
    "\n": NEWLINE,
    "": END,
    "if": IF,
    "else": ELSE,
    "while": WHILE,
    "for": FOR,
    "in": IN,
}
_EQUALS = {"True": "true", "False": "false", "None": "newaxis", "π": "pi"}
_UNBOUNDED = {"nan": "nan", "inf": "inf", "infinity": "inf"}
KEYWORDS = frozenset(("if", "else", "while", "for", "in", "and", "or", "not"))
CLOSERS = {LPAR: RPAR, LSQB: RSQB, LBRACE: RBRACE}


class Mistake(Exception):  # noqa: N818 - never leaves this package
    """An error of syntax on its way to the source it is about."""

    def __init__(self, message: str, start: int, end: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.help = help


class Tokens:
    """The terminals of a text, in parallel lists: kinds, values for the tree, and offsets."""

    __slots__ = ("kinds", "leaves", "starts")

    def __init__(self) -> None:
        self.kinds: list[int] = []
        self.leaves: list[object] = []
        self.starts: list[int] = []


def canonical(name: str) -> str:
    """The one spelling under which a name is compared: NFKC, with `π`, `True` … as their equals."""
    if not name.isascii():
        name = _EQUALS.get(name) or unicodedata.normalize("NFKC", name)
    return _EQUALS.get(name, name)


def is_name(text: str) -> bool:
    """Whether a text can be a name: a letter or `_`, then letters, ASCII digits and `_`.

    Raised letters such as `ⁿ` are none here: `xⁿ` is meant as a power, as `x²` is.
    """
    return text[:1] not in "0123456789" and all(
        c in "_0123456789"
        or (c.isalpha() and not unicodedata.decomposition(c).startswith("<super>"))
        for c in text
    )


def scan(source: Source, *, value: bool = False, limit: int = MAX_NESTING) -> Tokens:
    """All terminals of a text; `value` for that of an option, `limit` for the nesting allowed."""
    text = source.text
    if len(text) > MAX_BYTES // 4 and len(text.encode(errors="replace")) > MAX_BYTES:
        raise LimitError(f"the program is longer than {MAX_BYTES:,} bytes")
    return _Scanner(source, value, limit).run()


class _Scanner:
    """The state of one pass: what has been found, and the brackets and functions still open.

    An entry of `open` is the opening terminal, its offset, and for `{` whether it belongs to an
    `if`, `while` or `for`. The body of a function has an entry as well, with the offset -1 and
    the terminal of the bracket around it.
    """

    __slots__ = ("limit", "open", "source", "text", "tokens", "value")

    def __init__(self, source: Source, value: bool, limit: int) -> None:
        self.source = source
        self.text = source.text
        self.value = value
        self.limit = limit
        self.tokens = Tokens()
        self.open: list[tuple[int, int, bool]] = []

    def run(self) -> Tokens:
        """The loop over words; frequent ones are dealt with in place, the rest in methods."""
        tokens, text, value = self.tokens, self.text, self.value
        kinds, opened = tokens.kinds, self.open
        add_leaf, add_start = tokens.leaves.append, tokens.starts.append
        kind_of = _KINDS.get
        end = 1 if text.startswith("\ufeff") else 0
        last: int = SEP
        leaf: object
        for blank, word in TOKEN.findall(text, end):
            start = end + len(blank)
            end = start + len(word)
            kind = kind_of(word)
            if kind is None:
                if word.isascii() and word.isidentifier() and not value:
                    kind = NAME
                    leaf = Name(word, start, end)
                elif word[0] == "\n":
                    self.newline(start, end)
                    last = kinds[-1] if kinds else SEP
                    continue
                else:
                    kind, leaf = self.leaf(word, start, end)
            elif kind == OP:
                leaf = _OPERATORS[word]
            elif kind == SIGN:
                leaf = _OPERATORS[word]
                if last > LAST_ENDER:
                    kind = PREFIX
                    leaf = (leaf, start, end)
                else:
                    kind = OP
                    if value and blank:
                        self.check_sign(start, end)
            elif kind == LPAR:
                leaf = start
                opened.append((LPAR, start, False))
                if len(opened) > self.limit:
                    self.too_deep(start, end)
            elif kind == RPAR and opened and opened[-1][0] == LPAR and opened[-1][1] >= 0:
                leaf = end
                opened.pop()
            else:
                self.other(kind, word, start, end)
                last = kinds[-1] if kinds else SEP
                continue
            kinds.append(kind)
            add_leaf(leaf)
            add_start(start)
            last = kind
        return tokens

    def put(self, kind: int, leaf: object, start: int) -> None:
        """One terminal more."""
        self.tokens.kinds.append(kind)
        self.tokens.leaves.append(leaf)
        self.tokens.starts.append(start)

    def last(self) -> int:
        """The kind of the terminal before; a separator at the start."""
        return self.tokens.kinds[-1] if self.tokens.kinds else SEP

    def leaf(self, word: str, start: int, end: int) -> tuple[int, object]:
        """A number, a string, or a name that is not plain ASCII or stands in a value."""
        first = word[0]
        if first in "0123456789." and word.isascii():
            try:
                return NUMBER, Number(float(word), start, end)
            except ValueError:
                pass
        elif first in "'\"" and len(word) > 1:
            clings = first == "'" and start and not self.text[start - 1].isspace()
            if not (clings and self.last() <= LAST_ENDER):
                return STRING, String(word[1:-1], start, end)
        elif is_name(name := canonical(word)) and (word.isascii() or is_name(word)):
            if name in _KINDS and name not in _EQUALS:
                raise self.mistake(word, start, end)
            if self.value:
                name = _UNBOUNDED.get(name.lower(), name)
            return NAME, Name(name, start, end)
        raise self.mistake(word, start, end)

    def mistake(self, word: str, start: int, end: int) -> Mistake:
        """What to say of a word that is none."""
        from gradcli.syntax.mistakes import wrong_word

        after = self.last() <= LAST_ENDER
        return wrong_word(self.text, word, start, end, after_operand=after, value=self.value)

    def other(self, kind: int, word: str, start: int, end: int) -> None:
        """Everything that is not in nearly every formula."""
        if kind in (RPAR, RSQB, RBRACE):
            self.close(kind, start, end)
        elif kind in (LSQB, LBRACE):
            compound = kind == LBRACE and self.last() not in (ASSIGN, ARROW)
            self.push((kind, start, compound), end)
            self.put(kind, start, start)
        elif kind == COMMA:
            self.end_functions()
            self.put(kind, start, start)
        elif kind == NOT:
            self.put(PREFIX, ("not", start, end), start)
        elif kind == AUGMENT:
            self.put(kind, {"**": "^"}.get(word[:-1], word[:-1]), start)
        elif kind == ARROW:
            around = self.open[-1][0] if self.open else LBRACE
            self.push((around, -1, False), end)
            self.put(kind, start, start)
        elif kind == SEP:
            self.semicolon(start)
        elif kind == NEWLINE:
            self.newline(start, end)
        elif kind == SPECIAL:
            self.special(word, start, end)
        elif kind == END:
            self.finish(start)
        else:
            if kind == COLON and not (self.open and self.open[-1][0] == LSQB):
                raise self.mistake(word, start, end)
            self.put(kind, start, start)

    def push(self, entry: tuple[int, int, bool], end: int) -> None:
        """A bracket or a function opens."""
        self.open.append(entry)
        if len(self.open) > self.limit:
            self.too_deep(end - 1, end)

    def too_deep(self, start: int, end: int) -> None:
        """Refuses the bracket or function that passes the limit."""
        raise LimitError(
            f"brackets, blocks and functions are nested more than {self.limit:,} deep",
            span=Span(self.source, start, end),
            help="give inner parts a name of their own: `part = …`",
        )

    def end_functions(self) -> None:
        """A comma, separator or closing bracket ends the functions whose bodies reach to it."""
        while self.open and self.open[-1][1] < 0:
            self.open.pop()

    def close(self, kind: int, start: int, end: int) -> None:
        """A closing bracket must match the last one open."""
        self.end_functions()
        if not self.open or CLOSERS[self.open[-1][0]] != kind:
            from gradcli.syntax.mistakes import wrong_bracket

            raise wrong_bracket(self.text, start, self.open[-1][1] if self.open else None)
        compound = self.open.pop()[2]
        if kind == RBRACE and self.tokens.kinds[-1] == SEP:
            self.drop()
        self.put(kind, end, start)
        if compound and not _ELSE.match(self.text, end):
            self.put(SEP, start, start)

    def drop(self) -> None:
        """The separator just put turns out to separate nothing."""
        self.tokens.kinds.pop()
        self.tokens.leaves.pop()
        self.tokens.starts.pop()

    def newline(self, start: int, end: int) -> None:
        """A newline ends a statement unless it is white space here."""
        if self.open and self.open[-1][0] != LBRACE:
            return
        if self.last() <= LAST_ENDER and end < len(self.text):
            self.end_functions()
            self.put(SEP, start, start)

    def semicolon(self, start: int) -> None:
        """`;` ends a statement, or the row of a value; several in a row are one in a program."""
        self.end_functions()
        if self.value or self.last() not in (SEP, LBRACE):
            self.put(SEP, start, start)

    def special(self, word: str, start: int, end: int) -> None:
        """A word that is a name here and something else there."""
        if word in _EQUALS:
            self.put(NAME, Name(_EQUALS[word], start, end), start)
        elif word != "vjp":
            raise self.mistake(word, start, end)
        elif self.last() in (SEP, LBRACE) and _RULE_HEAD.match(self.text, end):
            self.put(VJP, start, start)
        else:
            self.put(NAME, Name(word, start, end), start)

    def check_sign(self, start: int, end: int) -> None:
        """Refuses `1 -2` in a value, which may be a difference or two numbers."""
        if not self.open and not self.text[end : end + 1].isspace():
            from gradcli.syntax.mistakes import doubtful_sign

            raise doubtful_sign(self.text, start, end)

    def finish(self, start: int) -> None:
        """The end of the text; every bracket must be closed by now."""
        if self.tokens.kinds and self.tokens.kinds[-1] == END:
            return
        self.end_functions()
        if self.open:
            from gradcli.syntax.mistakes import unclosed

            raise unclosed(self.text, self.open[-1][1])
        if self.last() == SEP and self.tokens.kinds and not self.value:
            self.drop()
        self.put(END, start, start)
