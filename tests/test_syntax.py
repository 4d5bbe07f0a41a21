"""The lexer and the parser: trees, messages and limits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gradcli.errors import GradcliError, LimitError, ParseError, Source
from gradcli.suggest import nearest
from gradcli.syntax import tree
from gradcli.syntax.parser import parse, parse_value

GOLDEN = Path(__file__).with_name("golden")
OFFSETS = ("end", "id_end", "id_start", "start")


def shown(node: object, offsets: bool = False) -> str:
    """Write a tree as text; an explicit stack, since trees may be deep."""
    out: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tree.Tree):
            slots = [slot for slot in item.__slots__ if offsets or slot not in OFFSETS]
            where = f"@{item.start}:{item.end}" if offsets else ""
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
            case tree.UnaryOperation():
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


def golden_programs() -> list[str]:
    found = []
    for file in sorted(GOLDEN.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if "expr" in case or "args" in case:  # calls of framework names are many and alike
                found.append(case["expr"] if "expr" in case else case["args"][1])
    return found


MORE = [
    "f(x, n=2) = x^n; f(2, n=3)",
    "g(a) = { b = 2*a; b^2 }\nvjp g(x, dy) = 2*dy\na, (b, c) = h(x)",
    "for a, b in z { s += a*b }\nwhile s > 1 { s /= 2 } if a { 1 } else if b { 2 } else { 3 }",
    "x[1:2, ::3, :, 4:, :5, 6::7, ..., newaxis, -1,].T.f(a, axis=0,)[0](1)",
    "[[1,2],[3,4]] @ [a,] + () - (1,) * ((2)) if not -x^-2 < 3 and !y else (x, y) => { x }",
    "if a { 1 }\n\n # no\nelse { 2 } -3; if b { } [4]; # here\n f('x', \"y\",\n\n z, b=2)",
    "a **= 2; b -= 3 × c ÷ d · e ⋅ f − π; vjp = 2; g(vjp, h) = True or ﬁ || a ≤ b && c ≠ d;",
]


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
        ("e\u0301 + ő", "(é + ő)"),
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
        ("2", "ValueRows(False<<Number(2.0)>>)"),
        ("2,", "ValueRows(True<<Number(2.0)>>)"),
        ("1,2\n # \n\n", "ValueRows(False<<Number(1.0)Number(2.0)>>)"),
        ("1,2 ; 3", "ValueRows(False<<Number(1.0)Number(2.0)><Number(3.0)>>)"),
        ("NaN,-Infinity", "ValueRows(False<<Name(nan)UnaryOperation(Name(inf)<->)>>)"),
        ("[1,\n2]\n3", "ValueRows(False<<Array(<Number(1.0)Number(2.0)>)><Number(3.0)>>)"),
    ],
)
def test_values(text: str, rows: str) -> None:
    assert shown(parse_value(Source(text))).replace(" ", "") == rows


# Messages

MISTAKES = [
    # words
    ("0x10", 1, "numbers are written in decimal", "write `16`"),
    ("3j", 1, "there are no complex numbers", "write `3*j`"),
    ("1__0", 1, "`1__0` is not a number", ""),
    ("2x = 3", 1, "neither a number nor a name", "2*x"),
    ("²", 1, "`²` cannot be part of a name", "a power is written `x^2`"),
    ("x₁", 2, "`₁` cannot be part of a name", "write `x1`"),
    ("x\u0304", 2, "cannot be part of a name", ""),
    ("ｉｆ", 1, "expected an expression after `ｉｆ`", ""),
    ("ﷺ", 1, "cannot be a name", ""),
    ("a & b", 3, "`&` is not an operator", "write `and`"),
    ("a | b", 3, "`|` is not an operator", "write `or`"),
    ("~a", 1, "`~` is not an operator", "write `not`"),
    ("a ? b : c", 3, "`?` is not an operator", "a choice is written `a if c else b`"),
    ("a \\\nb", 3, "`\\` cannot be used here", "continues after an operator"),
    ("a — b", 3, "this dash is not a minus sign", "write `-`"),
    ("„a“", 1, "not a plain quotation mark", 'write `"`'),
    ("x’", 2, "not a plain quotation mark", "x.T"),
    ("x' + y'", 2, "`'` is not an operator", "the transpose is `x.T`"),
    ("f(x)' + 1", 5, "`'` is not an operator", "x.T"),
    ('x + "ab', 5, "this string is never closed", 'add a `"`'),
    ("x $ y", 3, "`$` cannot be used here", "formulas are plain text"),
    ("lambda x: x", 1, "there is no `lambda` in this language", "x => x^2"),
    ("def f(x): x", 1, "there is no `def`", "f(x) ="),
    ("return x", 1, "there is no `return`", "last statement"),
    ("break", 1, "there is no `break`", "condition"),
    ("continue", 1, "there is no `continue`", "if c {"),
    ("let x = 3", 1, "there is no `let` in this language", "write `x = …` alone"),
    ("elif x { y }", 1, "there is no `elif`", "write `else if`"),
    ("import numpy", 1, "there is no `import`", "every function is available without it"),
    ("print x", 1, "there is no `print`", "print(…)"),
    # brackets
    ("a[1] + f(x, [2", 13, "this `[` is never closed", "add a `]`"),
    ("f(x]", 4, "expected `)` before `]`", "the `(` at 1:2 is still open"),
    ("a)", 2, "this `)` closes nothing", ""),
    # operators and operands
    ("1 + ", 3, "expected an expression after `+`", ""),
    ("(1 + )", 6, "expected an expression before `)`", ""),
    ("a < = b", 5, "expected an expression before `=`", "did you mean `<=`?"),
    ("x[]", 3, "expected an expression before `]`", ""),
    ("x++", 3, "`++` is not an operator", "write `x += 1`"),
    ("a !", 3, "expected an operator before `!`", "factorial(x)"),
    ("a not b", 3, "expected an operator before `not`", ""),
    ("sin x", 5, "expected an operator between `sin` and `x`", "`sin(x)` to call"),
    ("a 'b'", 3, "expected an operator between `a` and `'b'`", ""),
    ("x is 3", 3, "`is` is not an operator", "write `==`"),
    ("a + not b", 5, "`not` binds more loosely than the operator before it", "(not …)"),
    ("a b c d e f g h i", 3, "expected an operator", "write `a*b*c*d*e*f*g*h*i`"),
    ("a b c d e f g h i j", 3, "expected an operator", "write `a*b`"),
    (f"x y + {'1' * 54}", 3, "expected an operator", f"write `x*y + {'1' * 54}`"),
    (f"x y + {'1' * 55}", 3, "expected an operator", "write `x*y`"),
    (f"x = 1; x y + {'1' * 54}", 10, "expected an operator", f"write `x*y + {'1' * 54}`"),
    (f"x = 1; x y + {'1' * 55}", 10, "expected an operator", "write `x*y`"),
    (f"x y z;{' ' * 1193}w", 3, "expected an operator", "write `x*y*z`"),
    (f"x y z;{' ' * 1194}w", 3, "expected an operator", "write `x*y`"),
    ("[1 2]", 4, "items are separated by commas, not by spaces", "write `1,2`"),
    ("f(a,,b)", 5, "there is no item before this `,`", ""),
    ("f(axis=1, x)", 11, "named arguments must come last", ""),
    ("f(a=1, a=2)", 8, "`a` is given twice", ""),
    ("(a\nb = 2", 1, "this `(` is never closed", "add a `)`"),
    ("f(a: 1)", 4, "`:` can only be used in an index", "a slice is `x[1:3]`"),
    ("x[1:2:3:4]", 8, "a slice has at most two `:`", "x[first:end:step]"),
    ("[1;2]", 3, "`;` cannot be used inside brackets", "a matrix is `[[1,2],[3,4]]`"),
    ("f(1; 2)", 4, "`;` cannot be used inside brackets", "write `,`"),
    ("(...)", 2, "`...` can only be used in an index", "x[..., 0]"),
    ("x.y. + 1", 4, "expected a name after `.`", ""),
    ("a\n.sum()", 1, "a line cannot start with `.`", "end of the line above"),
    # assignments
    ("if x = 3 { y }", 6, "`=` is not a comparison", "did you mean `==`?"),
    ("a if x = 3 else b", 8, "`=` is not a comparison", "`==`"),
    ("(x => y = 1)", 9, "a function body that assigns must be a block", "x => { y = x; y }"),
    ("f((a = 1))", 6, "nothing can be assigned inside brackets", "did you mean `==`?"),
    ("a = b = 3", 7, "a statement assigns only once", "write `b = …; a = b`"),
    ("if c { d } a = b = 3", 18, "a statement assigns only once", "write `b = …; a = b`"),
    ("a = b += 3", 7, "a statement assigns only once", ""),
    ("x = 1 y = 2", 7, "expected a new line or `;` before `y`", ""),
    ("f() = { x } - 3", 13, "expected a new line or `;` before `-`", ""),
    ("true = 1", 1, "cannot assign to the constant `true`", ""),
    ("x[0] = 1", 1, "cannot assign to an element", "arrays are read-only"),
    ("x.T = 1", 1, "cannot assign to an attribute", "only names"),
    ("a, f(x) = 1", 4, "cannot assign to a call", "a definition stands alone"),
    ("[a, b] = 1", 1, "cannot assign to an array", "a, b = …"),
    ("() = 1", 1, "cannot assign to an empty tuple", "a, b = …"),
    ("x => y = 1", 1, "cannot assign to a function", "x => {"),
    ("2 = x", 1, "cannot assign to a number", "to compare, write `==`"),
    ("'a' = x", 1, "cannot assign to a string", "`==`"),
    ("-a = x", 1, "cannot assign to an expression", "`==`"),
    ("a, b += 1", 1, "`+=` changes one name at a time", "a += …; b += …"),
    # functions and rules
    ("f(x, x) = 1", 6, "the parameter `x` occurs twice", ""),
    ("f(2) = 1", 3, "the parameters of a function must be names", "f(x, y)"),
    ("f(x)(y) = 1", 1, "only a plain name can be defined as a function", "f(x) = x^2"),
    ("f(x) { x }", 6, "expected `=` before `{`", "f(x) = { … }"),
    ("2 => x", 3, "the parameters of a function must be names", "x => x^2"),
    ("(x, 2) => x", 5, "the parameters of a function must be names", "(x, y) => x*y"),
    ("x = { 1 }", 5, "a block is the body of a function, not a value", "`x() = { … }`"),
    ("vjp f = 2", 1, "a derivative rule names a function", "vjp f(x, dy)"),
    ("vjp f(x) + 1 = 2", 5, "a derivative rule names a function", "vjp f(x, dy)"),
    ("vjp f(x, dy)", 13, "expected `=` before the end", "2*dy"),
    ("vjp f(x, d=1) = 2", 10, "rule cannot have defaults", ""),
    ("y = vjp f(x)", 5, "`vjp` cannot be used here", "is a statement"),
    # blocks
    ("if a > 0: b", 9, "`:` does not start a block", "if c {"),
    ("if a b", 6, "expected `{` before `b`", "if c {"),
    ("if a { b } else c", 17, "expected `{` before `c`", "`else { … }`"),
    ("while x", 8, "expected `{` before the end", "while c {"),
    ("if { x }", 4, "expected an expression after `if`", ""),
    ("{ x }", 1, "`{` cannot be used here", "a block follows `if c`"),
    ("a if b", 3, "this `if` has no `else`", "a if c else b"),
    ("(a if b)", 4, "this `if` has no `else`", "a if c else b"),
    ("if a { b }; else { c }", 13, "`else` without an `if` before it", "no `;`"),
    ("else { c }", 1, "`else` without an `if` before it", ""),
    ("y = if a { 1 }", 5, "is a statement, not a value", "a if c else b"),
    ("[x for x in y]", 4, "`for` starts a statement and cannot be part", "whole arrays"),
    ("for i { x }", 7, "expected `in` before `{`", "range(3)"),
    ("x in y", 3, "`in` is only used with `for`", "any(x == 1)"),
    ("# nothing", 10, "the program is empty", "for example `x^2`"),
]


@pytest.mark.parametrize(("text", "column", "message", "help"), MISTAKES)
def test_mistakes(text: str, column: int, message: str, help: str) -> None:
    check_mistake(parse, text, column, message, help)


@pytest.mark.parametrize(
    ("text", "column", "message", "help"),
    [
        ("1 2", 3, "items are separated by commas, not by spaces", "write `1,2`"),
        ("1 2 3 4 5 6 7 8", 3, "items are separated by commas", "write `1,2,3,4,5,6,7,8`"),
        ("1 2 3 4 5 6 7 8 9", 3, "items are separated by commas", "write `1,2`"),
        ("1,,2", 3, "there is no item before this `,`", "write `1,2`, or `1,nan,2`"),
        ("1 -2", 3, "`1 -2` could mean two things", "1,-2"),
        ("-4:4", 3, "a value cannot contain ranges", "linspace(-4, 4, n)"),
        ("[1:]", 3, "a value cannot contain ranges", "linspace(1, hi, n)"),
        ("x=2", 2, "a value cannot contain assignments", ""),
        ("1;;2", 3, "a row is empty", "1,2; 3,4"),
        ("", 1, "the value is empty", "for example `3` or `1,2`"),
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
    assert bool(help) == ("help" in error)
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
