"""The grammar, the lexer and the parser: trees, messages, limits, and lark as a second opinion."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lark.lexer import Lexer, Token

from gradcli.errors import GradcliError, LimitError, ParseError, Source
from gradcli.suggest import nearest
from gradcli.syntax import actions, build, lexer, tables, tree
from gradcli.syntax.parser import parse, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).with_name("golden")
PLACES = ("at", "at_end", "end", "start")


def shown(node: object, places: bool = False) -> str:
    """Write a tree as text; an explicit stack, since trees may be deep."""
    out: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tree.Tree):
            slots = [slot for slot in item.__slots__ if places or slot not in PLACES]
            where = f"@{item.start}:{item.end}" if places else ""
            out.append(f"{type(item).__name__}{where}(")
            waiting += [")", *(getattr(item, slot) for slot in reversed(slots))]
        elif isinstance(item, tuple):
            out.append("<")
            waiting += [">", *reversed(item)]
        else:
            out.append(str(item) + " ")
    return "".join(out)


def grouped(text: str) -> str:  # noqa: C901 - one case a kind of node
    """Write an expression with all its parentheses written out."""

    def write(node: object) -> str:  # noqa: C901
        match node:
            case tree.Number():
                return f"{node.value:g}"
            case tree.Name():
                return node.id
            case tree.Unary():
                return f"({' '.join(node.ops)} {write(node.operand)})"
            case tree.Power():
                return "(" + " ^ ".join(map(write, node.operands)) + ")"
            case tree.Logical():
                return "(" + f" {node.op} ".join(map(write, node.operands)) + ")"
            case tree.Arithmetic() | tree.Compare():
                parts = [write(node.operands[0])]
                for op, operand in zip(node.ops, node.operands[1:], strict=True):
                    parts += [op, write(operand)]
                return "(" + " ".join(parts) + ")"
            case tree.Choice():
                inner = f"{write(node.value)} if {write(node.condition)} else {write(node.other)}"
                return f"({inner})"
            case tree.Lambda():
                return f"({','.join(p.id for p in node.parameters)} => {write(node.body)})"
            case tree.Call():
                inside = ",".join(write(item.value) for item in node.arguments)
                return f"{write(node.function)}({inside})"
            case tree.Attribute():
                return f"{write(node.value)}.{node.id}"
            case tree.Tuple():
                return "(" + ",".join(map(write, node.items)) + ",)"
            case tree.Assign():
                return f"{write(node.target)} {node.op or ''}= {write(node.value)}"
        return shown(node)

    return "; ".join(map(write, parse(Source(text)).block.statements))


# The grammar and its tables


class Leaf(Token):
    """A token of lark's that carries a leaf of ours."""

    leaf: object


class LarkLexer(Lexer):
    """Our terminals as lark's tokens."""

    def __init__(self, _: object) -> None: ...

    def lex(self, text: str) -> Iterator[Leaf]:
        """All but the end, which lark adds."""
        tokens = lexer.scan(Source(text))
        for kind, leaf in zip(tokens.kinds, tokens.leaves, strict=True):
            if kind != lexer.END:
                token = Leaf(lexer.TERMINALS[kind], "")
                token.leaf = leaf
                yield token


class Actions:
    """Our actions as lark's transformer."""

    def __getattr__(self, name: str) -> object:
        act = getattr(actions, name, None)

        def run(children: list[object]) -> object:
            stack = [getattr(child, "leaf", child) for child in children]
            if act is not None:
                act(stack)
            assert len(stack) == 1
            return stack[0]

        return run


def test_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "lark"):
        build.lark_parser(LarkLexer)
    assert caplog.messages == []


def test_tables_are_those_of_the_grammar() -> None:
    assert build.fingerprint() == tables.FINGERPRINT
    assert Path(tables.__file__).read_text(encoding="utf-8") == build.tables()


def golden_programs() -> list[str]:
    found = []
    for file in sorted(GOLDEN.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found.append(case["expr"] if "expr" in case else case["args"][1])
    return found


MORE = [
    "f(x, n=2) = x^n; f(2, n=3)",
    "g(a) = { b = 2*a; b^2 }\nvjp g(x, dy) = 2*dy\na, (b, c) = h(x)",
    "for a, b in z { s += a*b }\nwhile s > 1 { s /= 2 } if a { 1 } else if b { 2 } else { 3 }",
    "x[1:2, ::3, :, 4:, :5, 6::7, ..., newaxis, -1,].T.f(a, axis=0,)[0](1)",
    "[[1,2],[3,4]] @ [a,] + () - (1,) * ((2)) if not -x^-2 < 3 and !y else (x, y) => { x }",
]


def test_lark_builds_the_same_trees() -> None:
    lark = build.lark_parser(LarkLexer, transformer=Actions())
    programs = golden_programs() + MORE
    assert len(programs) > len(MORE)
    for text in programs:
        ours = parse(Source(text)).block
        assert shown(ours, places=True) == shown(lark.parse(text, start="program"), places=True)


# Expressions and statements


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1 + 2*3 - 4", "(1 + (2 * 3) - 4)"),
        ("a/b*c//d%e@f", "(a / b * c // d % e @ f)"),
        ("-x^2", "(- (x ^ 2))"),
        ("2^-1", "(2 ^ (- 1))"),
        ("2^3^2", "(2 ^ 3 ^ 2)"),
        ("2**-3^2*4", "((2 ^ (- (3 ^ 2))) * 4)"),
        ("a * -b", "(a * (- b))"),
        ("a - -b", "(a - (- b))"),
        ("-a * b + c", "(((- a) * b) + c)"),
        ("- + -x", "(- + - x)"),
        ("-x.f()", "(- x.f())"),
        ("!a == b", "(not (a == b))"),
        ("not a and not -b or c", "(((not a) and (not (- b))) or c)"),
        ("a || b && c || d", "(a or (b and c) or d)"),
        ("0 < x + 1 <= 2", "(0 < (x + 1) <= 2)"),
        ("(a + b) + c", "((a + b) + c)"),
        ("(a < b) < c", "((a < b) < c)"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("x => y => x + y", "(x => (y => (x + y)))"),
        ("(x, y) => x if y else 2", "(x,y => (x if y else 2))"),
        ("() => 1", "( => 1)"),
        ("2.sin() + 1.5.cos()", "(2.sin() + 1.5.cos())"),
        (".5 + 1. + 1_000 + 1e-3", "(0.5 + 1 + 1000 + 0.001)"),
        ("a × b · c ÷ d − e", "((a * b * c / d) - e)"),
        ("a ≤ b ≥ c ≠ π", "(a <= b >= c != pi)"),
        ("True == None", "(true == newaxis)"),
        ("ﬁ + θ", "(fi + θ)"),
        ("a, b = b, a", "(a,b,) = (b,a,)"),
        ("a **= 2; b //= 3; b @= c", "a ^= 2; b //= 3; b @= c"),
        ("pi = 3; e = 2; tau = 1", "pi = 3; e = 2; tau = 1"),
        ("vjp(y, x, u); vjp = 2; x.vjp(u)", "vjp(y,x,u); vjp = 2; x.vjp(u)"),
    ],
)
def test_precedence(text: str, meaning: str) -> None:
    assert grouped(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("\n;;a\n\n;b;\n", "a; b"),
        ("a +\n  b", "(a + b)"),
        ("a\n- b", "a; (- b)"),
        ("f(\na\n,\nb\n)", "f(a,b)"),
        ("x =\n\n 3", "x = 3"),
        ("x =>  # why\n x", "(x => x)"),
        ("a, \n b = c", "(a,b,) = c"),
        ("a if b # here\n # and here\n else c", "(a if b else c)"),
        ("a # +\n# b\nc", "a; c"),
        ("a\r\nb\r\n", "a; b"),
        ("\ufeffa", "a"),
    ],
)
def test_newlines(text: str, meaning: str) -> None:
    assert grouped(text) == meaning


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("if a { b } c", 2),
        ("if a {\n b\n}\nelse if c { d }\n\n# no\nelse\n{ e } f; g", 3),
        ("while a { b } while c { d }", 2),
        ("for i in range(3) { s = s + x^i } s", 2),
        ("f(x => {\n y = x\n y^2\n}, 2)\nz", 2),
        ("f(x) = {\n if x { 1 } else { 2 }\n}\nf(1)", 2),
    ],
)
def test_blocks(text: str, count: int) -> None:
    assert len(parse(Source(text)).block.statements) == count


def test_spans_include_parentheses() -> None:
    source = Source("2 * (a + b).T")
    operand = parse(source).block.statements[0].operands[1]
    assert source.text[operand.start : operand.end] == "(a + b).T"
    assert source.text[operand.value.start : operand.value.end] == "(a + b)"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("2", "Rows(False<<Number(2.0)>>)"),
        ("2,", "Rows(True<<Number(2.0)>>)"),
        ("1,2 ; 3", "Rows(False<<Number(1.0)Number(2.0)><Number(3.0)>>)"),
        ("NaN,-Infinity", "Rows(False<<Name(nan)Unary(Name(inf)<->)>>)"),
        ("[1,\n2]\n3", "Rows(False<<Array(<Number(1.0)Number(2.0)>)><Number(3.0)>>)"),
    ],
)
def test_values(text: str, rows: str) -> None:
    assert shown(parse_value(Source(text))).replace(" ", "") == rows


# Messages

MISTAKES = [
    ("2x", 1, "neither a number", "2*x"),
    ("2(x+1)", 1, "not a function", "2*(x+1)"),
    ("0x10", 1, "decimal", "16"),
    ("3j", 1, "complex", "3*j"),
    ("1__0", 1, "no number", ""),
    ("x²", 2, "part of a name", "x^2"),
    ("a & b", 3, "`&`", "and"),
    ("a | b", 3, "`|`", "or"),
    ("~a", 1, "`~`", "not"),
    ("a ? b : c", 3, "`?`", "a if c else b"),
    ("|x|", 1, "absolute", "abs(x)"),
    ("x' + y'", 2, "`'`", "x.T"),
    ("lambda x: x", 1, "lambda", "x => x^2"),
    ("def f(x): x", 1, "def", "f(x) ="),
    ("return x", 1, "return", "last statement"),
    ("break", 1, "break", "condition"),
    ("a[1] + f(x, [2", 13, "never closed", "]"),
    ("f(x]", 4, "expected `)`", "1:2"),
    ("a)", 2, "closes nothing", ""),
    ('x + "ab', 5, "never closed", '"'),
    ("1 + ", 3, "after `+`", ""),
    ("(1 + )", 6, "before `)`", ""),
    ("sin x", 5, "operator between", "sin(x)"),
    ("f(a,,b)", 5, "no item", ""),
    ("[1 2]", 4, "commas", "1,2"),
    ("[1;2]", 3, "brackets", "[[1,2],[3,4]]"),
    ("if x = 3 { y }", 6, "no comparison", "`==`"),
    ("a if x = 3 else b", 8, "no comparison", "`==`"),
    ("x is 3", 3, "is", "=="),
    ("a = b = 3", 7, "once", "b = …; a = b"),
    ("x[0] = 1", 1, "cannot assign", "read-only"),
    ("true = 1", 1, "constant `true`", ""),
    ("f(x, x) = 1", 6, "twice", ""),
    ("f(2) = 1", 3, "must be names", "f(x, y)"),
    ("a, b += 1", 1, "one name", "a += …; b += …"),
    ("f(axis=1, x)", 11, "come last", ""),
    ("a if b", 3, "no `else`", "a if c else b"),
    ("y = if a { 1 }", 5, "statement", "a if c else b"),
    ("if a > 0: b", 9, "no block", "if c {"),
    ("if a b", 6, "expected `{`", "if c {"),
    ("a\n.sum()", 1, "start with", "end of the line before"),
    ("a + not b", 5, "loosely", "(not"),
    ("x => y = 1", 1, "cannot assign", "x => {"),
    ("2 => x", 3, "names", "x => x^2"),
    ("x = { 1 }", 5, "block", ""),
    ("x++", 3, "`++`", "x += 1"),
    ("vjp f = 2", 1, "vjp", "vjp f(x, dy)"),
    ("for i { x }", 7, "expected `in`", "range(3)"),
    ("vjp f(x, dy)", 13, "expected `=`", "2*dy"),
    ("x[]", 3, "before `]`", ""),
    ("# nothing", 10, "empty", ""),
]


@pytest.mark.parametrize(("text", "column", "message", "help"), MISTAKES)
def test_mistakes(text: str, column: int, message: str, help: str) -> None:
    check_mistake(parse, text, column, message, help)


@pytest.mark.parametrize(
    ("text", "column", "message", "help"),
    [
        ("1 2", 3, "commas", "1,2"),
        ("1,,2", 3, "no item", ""),
        ("1 -2", 3, "two things", "1,-2"),
        ("-4:4", 3, "ranges", "linspace(-4, 4, n)"),
        ("x=2", 2, "assignments", ""),
        ("1;;2", 3, "row", ""),
        ("", 1, "empty", ""),
    ],
)
def test_mistakes_in_values(text: str, column: int, message: str, help: str) -> None:
    check_mistake(parse_value, text, column, message, help)


def check_mistake(read: object, text: str, column: int, message: str, help: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(Source(text))  # type: ignore[operator]
    error = caught.value.as_dict()
    assert message in error["message"]
    assert error["column"] == column
    assert help in error.get("help", "")
    assert not re.search("RPAR|LSQB|SEP|RBRACE", str(caught.value))


def test_every_cut_and_every_swap_is_a_program_or_a_clear_error() -> None:
    words = [match[0] for match in re.finditer(r"\w+|\s+|.", "; ".join(MORE))]
    for at in range(len(words)):
        for text in (
            "".join(words[:at]),
            "".join(words[at:]),
            "".join(words[:at] + words[at + 1 :]),
        ):
            try:
                parse(Source(text))
            except GradcliError as error:
                assert error.span is not None  # noqa: PT017
                assert error.kind == "parse"  # noqa: PT017


# Limits


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["x"] * 5000),
        "(" * 1000 + "x" + ")" * 1000,
        "\n".join(["y = x"] * 5000),
        "x" + ".f()" * 5000,
        "a if c else " * 5000 + "b",
        "2" + "^-2" * 5000,
        "if a { b }" + " else if a { b }" * 5000,
        "x => " * 1000 + "x",
        "if a {" * 1000 + "b" + "}" * 1000,
        "[" + ",".join(["x => x"] * 5000) + "]",
        "# #\n" * 20000 + "x",
    ],
    ids=range(11),
)
def test_long_and_deep_programs(text: str) -> None:
    assert 1 < parse(Source(text)).depth <= 10_003


@pytest.mark.parametrize("text", ["(" * 1001 + "x" + ")" * 1001, "x => " * 1001 + "x", "[" * 1001])
def test_nesting_limit(text: str) -> None:
    with pytest.raises(LimitError, match="1,000 deep"):
        parse(Source(text))
    with pytest.raises(LimitError, match="2 deep"):
        parse(Source("f(g(h(x)))"), limit=2)


def test_size_limit() -> None:
    with pytest.raises(LimitError, match="16,777,216 bytes"):
        parse(Source("x" * (16 * 2**20 + 1)))


def test_depth_is_measured_on_long_programs() -> None:
    assert parse(Source("\n".join(["y = f(x) + 1"] * 500))).depth == 6


def test_lark_is_not_imported() -> None:
    check = (
        "import sys, gradcli.syntax.parser; print('lark' in sys.modules, 'typing' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "False"


@pytest.mark.parametrize(
    ("word", "found"),
    [("atn", "atan"), ("sqr", "sqrt"), ("Sin", "sin"), ("sni", "sin"), ("zzz", None), ("q", None)],
)
def test_nearest(word: str, found: str | None) -> None:
    assert nearest(word, ["sin", "cos", "tan", "atan", "sqrt", "logsumexp", "x"]) == found
