"""The words of JavaScript, told apart by what stands around them where JavaScript does so, too."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError, ParseError, Span
from gradcli.snippets.errors import Refusal

if TYPE_CHECKING:
    from gradcli.errors import Source

MAX_NESTING = 100
"""Brackets within brackets."""

WORD = re.compile(
    r"""(?P<blank>(?:\s|//[^\n]*|/\*.*?\*/|<!--[^\n]*)+)
    |(?P<name>[#]?[^\W\d][\w$]*|\$[\w$]*)
    |(?P<number>0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
      |(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<backtick>`)
    |(?P<mark>\?\?=|&&=|\|\|=|>>>=|\*\*=|<<=|>>=|===|!==|>>>|\.\.\.
      |=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\*\*|<<|>>|[-+*/%&|^]=
      |[-+*/%&|^<>=!~?:;,.()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)

MARKS = {
    **dict.fromkeys("=== !== == != < > <= >= && || ?? * / % ** & | ^ << >> >>>".split(), "OP"),
    **dict.fromkeys("+= -= *= /= %= **= &= |= ^= <<= >>= >>>= ??= &&= ||=".split(), "AUGMENT"),
    "+": "SIGN",
    "-": "SIGN",
    "!": "UNARY",
    "~": "UNARY",
    "++": "INCDEC",
    "--": "INCDEC",
    "=": "ASSIGN",
    "=>": "ARROW",
    "?": "QUESTION",
    ":": "COLON",
    ".": "DOT",
    "?.": "MAYBE",
    "...": "DOTS",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "LBRACE",
    "}": "RBRACE",
    ",": "COMMA",
    ";": "SEMI",
}

WORDS = {
    **dict.fromkeys("const let var".split(), "LET"),
    **dict.fromkeys("typeof void delete".split(), "UNARY"),
    **dict.fromkeys("in instanceof".split(), "OP"),
    **{
        word: word.upper()
        for word in "function yield async await class extends new if else while do for switch case "
        "default return throw break continue try catch finally".split()
    },
}

OPERAND_ENDS = frozenset("NAME NUMBER STRING TEMPLATE TAIL RPAR RSQB RBRACE INCDEC".split())
"""What can stand before an operator of two operands."""

EXPECTS_OPERAND = frozenset(
    "LPAR ALPAR COMMA ASSIGN AUGMENT COLON ARROW QUESTION OP SIGN UNARY RETURN NEW LSQB DOTS AWAIT "
    "YIELD "
    "HEAD MIDDLE THROW LOBJ IN OF CASE".split()
)
"""What stands before an operand; a brace behind it opens an object."""

RESTRICTED = frozenset("RETURN BREAK CONTINUE THROW".split())
"""Words behind which the end of a line ends the statement."""

REFUSED = {
    "with": "name the object",
    "debugger": None,
    "enum": None,
    "interface": "leave out what belongs to TypeScript",
}
"""Words of JavaScript that are not part of the subset, and the way out."""

_IMPORT = re.compile(
    r"""import\s*(?:(?P<default>[\w$]+)\s*,?\s*)?(?:\*\s*as\s+(?P<all>[\w$]+)\s*
    |\{(?P<names>[^}]*)\}\s*)?(?:from\s*)?(?P<quote>["'])(?P<module>[^"'\n]*)(?P=quote)""",
    re.VERBOSE,
)

_ESCAPE = re.compile(
    r"\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r?\n|.))", re.DOTALL
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


class Word:
    """One word: its kind, its text or its value, where it stands, and whether a line begins."""

    __slots__ = ("begins_line", "end", "kind", "start", "value")

    def __init__(self, kind: str, value: Any, start: int, end: int, begins_line: bool) -> None:
        self.kind = kind
        self.value = value
        self.start = start
        self.end = end
        self.begins_line = begins_line


def unescaped(text: str) -> str:
    """A text with its escapes replaced."""

    def replaced(match: re.Match[str]) -> str:
        braced, four, two, one = match.groups()
        code = braced or four or two
        return chr(int(code, 16)) if code else _ESCAPED.get(one, "" if one == "\r\n" else one)

    return _ESCAPE.sub(replaced, text) if "\\" in text else text


class Lexer:
    """Reads the words of one source; `open` are the brackets that are open, by their kinds."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.words: list[Word] = []
        self.open: list[str] = []
        self.position = 0
        self.begins_line = True
        self.class_begins = self.case_begins = False

    def read(self) -> list[Word]:
        """All words, the end last."""
        text = self.text
        if text.startswith("#!"):
            self.position = text.find("\n") % (len(text) + 1)
        while self.position < len(text):
            match = WORD.match(text, self.position)
            if match is None:
                raise self.wrong("this character has no place here", self.position + 1)
            self.take(match)
        if self.open:
            last = next(w for w in reversed(self.words) if w.kind in _OPENING)
            raise ParseError(
                "a bracket is not closed", span=Span(self.source, last.start, last.end)
            )
        self.add("$END", "", len(text), len(text))
        mark_arrows(self.words)
        return self.words

    def wrong(self, message: str, end: int, help_: str | None = None) -> ParseError:
        """An error at the position."""
        return ParseError(message, span=Span(self.source, self.position, end), help=help_)

    @property
    def before(self) -> str:
        """The kind of the last word."""
        return self.words[-1].kind if self.words else "SEMI"

    def add(self, kind: str, value: Any, start: int, end: int) -> None:
        """One more word; a line's end behind `return` ends the statement."""
        if self.begins_line and (
            self.before in RESTRICTED or (kind == "INCDEC" and self.before in OPERAND_ENDS)
        ):
            end_of_last = self.words[-1].end
            self.words.append(Word("SEMI", ";", end_of_last, end_of_last, False))
        self.words.append(Word(kind, value, start, end, self.begins_line))
        self.begins_line = False
        self.position = end

    def take(self, match: re.Match[str]) -> None:
        """The next word."""
        start, end, text = match.start(), match.end(), match[0]
        if match.lastgroup == "blank":
            self.begins_line = self.begins_line or "\n" in text
            self.position = end
        elif match.lastgroup == "name":
            self.take_name(text, start, end)
        elif match.lastgroup == "number":
            self.add("NUMBER", number(text), start, end)
        elif match.lastgroup == "string":
            self.add("STRING", unescaped(text[1:-1]), start, end)
        elif match.lastgroup == "backtick":
            self.take_template(start, "`")
        else:
            self.take_mark(text, start, end)

    # --- names and keywords -----------------------------------------------------------------

    def take_name(self, text: str, start: int, end: int) -> None:
        """A name or a keyword."""
        if text == "import" and self.before not in ("DOT", "MAYBE"):
            self.take_import(start)
        elif text == "export" and self.before not in ("DOT", "MAYBE"):
            default = re.compile(r"export(\s+default)?(?=\s)").match(self.text, start)
            self.position = default.end() if default else end
        else:
            kind = self.kind_of(text, end)
            if kind == "CLASS":
                self.class_begins = True
            if kind in ("CASE", "DEFAULT"):
                self.case_begins = True
            if kind in ("DEFINE", "FUNCTION", "YIELD") and (star := _STAR.match(self.text, end)):
                text, end = f"{text}*", star.end()
            self.add(kind, text, start, end)

    def kind_of(self, text: str, end: int) -> str:
        """The kind of a word made of letters."""
        follows = self.text[end:].lstrip()[:1]
        if self.before in ("DOT", "MAYBE") or self.is_key(follows):
            return "NAME"
        within = self.open[-1] if self.open else ""
        if text in ("of", "in") and within == "for" and self.before in ("NAME", "RSQB", "RBRACE"):
            return text.upper()
        if text in ("static", "get", "set") and within == "class" and follows not in "(=;,}":
            return text.upper()
        if text == "async":
            return "ASYNC" if re.match(r"[ \t]*(?:[\w$\[(*])", self.text[end:]) else "NAME"
        if text == "function" and self.defines():
            return "DEFINE"
        if text in REFUSED:
            span = Span(self.source, end - len(text), end)
            raise Refusal(f"`{text}` is not part of the subset", span=span, help=REFUSED[text])
        return WORDS.get(text, "NAME")

    def is_key(self, follows: str) -> bool:
        """Whether a word is the name of a property."""
        within = self.open[-1] if self.open else ""
        if within == "object":
            return self.before in ("LOBJ", "COMMA") and follows in (":", "(")
        return within == "class" and self.before in _BEFORE_MEMBERS and follows == "("

    def defines(self) -> bool:
        """Whether `function` begins a statement."""
        kinds = [word.kind for word in self.words[-2:]]
        if kinds and kinds[-1] == "ASYNC":
            kinds.pop()
        return not kinds or kinds[-1] not in EXPECTS_OPERAND

    def take_import(self, start: int) -> None:
        """A whole import."""
        match = _IMPORT.match(self.text, start)
        if match is None:
            raise self.wrong("this import is not understood", start + 6, "import * as tf from '…'")
        self.add("IMPORT", match.groupdict(), start, match.end())

    # --- brackets and templates -------------------------------------------------------------

    def take_mark(self, text: str, start: int, end: int) -> None:
        """A word made of signs."""
        kind = MARKS[text]
        if text in "([{":
            kind = self.opened(kind)
        elif text in ")]}":
            if text == "}" and self.open and self.open[-1] == "template":
                self.open.pop()
                self.take_template(start, "}")
                return
            self.closed(text, end)
        elif text in ("/", "/=") and self.before not in OPERAND_ENDS:
            match = _REGULAR.match(self.text, start)
            span = Span(self.source, start, end if match is None else match.end())
            raise Refusal("regular expressions are not part of the subset", span=span)
        elif kind == "COMMA" and self.before in ("LSQB", "COMMA") and self.open[-1:] == ["["]:
            self.add("HOLE", "", start, start)
        elif kind == "COLON" and self.case_begins:
            self.case_begins = False
            text = "case"
        self.add(kind, text, start, end)

    def opened(self, kind: str) -> str:
        """Notes a bracket that opens; tells an object from a block."""
        if len(self.open) >= MAX_NESTING:
            raise LimitError(
                f"brackets are nested more than {MAX_NESTING} deep",
                span=Span(self.source, self.position, self.position + 1),
            )
        if kind == "LBRACE":
            if self.class_begins:
                self.open.append("class")
                self.class_begins = False
            elif self.is_object():
                self.open.append("object")
                return "LOBJ"
            else:
                self.open.append("block")
        elif kind == "LPAR":
            is_loop = self.before == "FOR" or [w.kind for w in self.words[-2:]] == ["FOR", "AWAIT"]
            self.open.append("for" if is_loop else "(")
        else:
            self.open.append("[")
        return kind

    def is_object(self) -> bool:
        """Whether a brace opens an object, or a pattern of one."""
        if self.before == "ARROW":
            return False
        is_case = self.before == "COLON" and self.open[-1:] == ["block"]
        if is_case and self.words[-1].value == "case":
            return False
        return self.before in EXPECTS_OPERAND or self.before == "LET"

    def closed(self, text: str, end: int) -> None:
        """Notes a bracket that closes."""
        expected = {"(": ")", "for": ")", "[": "]"}.get(self.open[-1], "}") if self.open else ""
        if expected != text:
            help_ = f"`{expected}` is to close first" if expected else None
            raise self.wrong(f"`{text}` closes nothing", end, help_)
        self.open.pop()

    def take_template(self, start: int, opening: str) -> None:
        """A part of a template literal."""
        match = _TEMPLATE_PART.match(self.text, start + 1)
        if match is None:
            raise self.wrong("this template literal does not end", start + 1, "end it with `")
        ends = match[2] == "`"
        kind = {"`": ("HEAD", "TEMPLATE"), "}": ("MIDDLE", "TAIL")}[opening][ends]
        if not ends:
            self.open.append("template")
        self.add(kind, unescaped(match[1].replace("\r\n", "\n")), start, match.end())


_TEMPLATE_PART = re.compile(r"((?:[^`\\$]|\\.|\$(?!\{))*)(`|\$\{)", re.DOTALL)
_REGULAR = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_STAR = re.compile(r"\s*\*")
_OPENING = frozenset("LPAR LSQB LBRACE LOBJ HEAD".split())
_BEFORE_MEMBERS = frozenset("LBRACE RBRACE SEMI STATIC ASYNC GET SET".split())


def number(text: str) -> float:
    """The value of a number."""
    text = text.replace("_", "")
    if text[:2].lower() in ("0x", "0b", "0o"):
        return float(int(text, 0))
    return float(text)


def mark_arrows(words: list[Word]) -> None:
    """Tells the bracket before the parameters of an arrow function from others."""
    open_: list[Word] = []
    for word, follows in pairwise(words):
        if word.kind == "LPAR":
            open_.append(word)
        elif word.kind == "RPAR" and open_:
            opening = open_.pop()
            if follows.kind == "ARROW":
                opening.kind = "ALPAR"
