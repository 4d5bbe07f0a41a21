"""What people write by hand, and the same in the words of the grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcli
from gradcli.engine.program import Text
from gradcli.errors import ParseError
from gradcli.syntax.lexer import MAX_NESTING, scan
from gradcli.syntax.notation import rescan
from tests.test_grammar import MORE, golden_programs

if TYPE_CHECKING:
    from collections.abc import Callable

    Pair = tuple[str, str]
    Draw = Callable[[st.SearchStrategy[Any]], Any]

SAME = [
    # a number before what it multiplies
    ("2x", "2*x"),
    ("2 x", "2*x"),
    ("2(x+1)", "2*(x+1)"),
    ("2sin(x)", "2*sin(x)"),
    ("2x.sin()", "2*x.sin()"),
    (".5x^2", "0.5*x^2"),
    ("-2x^2", "-2*x^2"),
    ("6x^2-11x-50", "6*x^2-11*x-50"),
    ("2e3x + 2pi", "2e3*x + 2*pi"),
    ("f(t) = 2t; f(3x)", "6*x"),
    ("3x if x > 1 else 2x", "3*x if x > 1 else 2*x"),
    ("sum([2x, 3x])", "2*x + 3*x"),
    # brackets
    ("(x+1)(x-1)", "(x+1)*(x-1)"),
    ("2(x+1)(x-1)^2", "2*(x+1)*(x-1)^2"),
    ("(2)(3) + 4x", "6 + 4*x"),
    ("(t => t^2)(x)", "x^2"),
    # powers above the line, of functions, roots
    ("x²+x⁻¹+x¹⁰", "x^2+x^-1+x^10"),
    ("sin²(x) + cos^2(x)", "sin(x)^2 + cos(x)^2"),
    ("2sin^2(2x)", "2*sin(2*x)^2"),
    ("√x + ∛(x+1) + 2√2", "sqrt(x) + cbrt(x+1) + 2*sqrt(2)"),
    ("√√x", "sqrt(sqrt(x))"),
    ("√sin²(2x) + ∛cos'(x)", "abs(sin(2*x)) - cbrt(sin(x))"),
    ("1_000x", "1000*x"),
    ("√sin(x)²", "sqrt(sin(x))^2"),
    # bars
    ("|x-3|", "abs(x-3)"),
    ("|x-|x-3||", "abs(x-abs(x-3))"),
    ("||x|-9|", "abs(abs(x)-9)"),
    ("2|x|²", "2*abs(x)^2"),
    ("(|x|)(|x|)", "x^2"),
    ("‖[x, 2x]‖", "norm([x, 2*x])"),
    ("1*(x > 5 || |x| > 1)", "1*(x > 5 or abs(x) > 1)"),
    # factorials, degrees, primes
    ("x! + (x+1)!", "gamma(x+1) + gamma(x+2)"),
    ("-x! + sin(x)!", "-gamma(x+1) + gamma(sin(x)+1)"),
    ("√x!", "sqrt(gamma(x+1))"),
    ("(√x)!", "gamma(sqrt(x)+1)"),
    ("sin(30°)*x", "0.5*x"),
    ("x*tan(45°) + sin(180°) + cos(-120°) + cos(90°)", "x - 0.5"),
    ("x*sin²(150°) + np.cos(60°)", "0.25*x + 0.5"),
    ("sin(x°) + cos(2x°) + tan(x°)", "sind(x) + cosd(2x) + tand(x)"),
    ("x*sin(30° + 0)", "x*sin(deg2rad(30))"),
    ("sin(t) = t; sin(x°)", "deg2rad(x)"),
    ("f(t) = t^3; f'(x) + f''(x)", "3*x^2 + 6*x"),
    ("sin'(x)", "cos(x)"),
    # other keyboards
    ("sin（x）＋３．5x", "sin(x)+3.5*x"),
    ("y＝x；maximum（y，1）", "maximum(x,1)"),
    ("x∗2∕4 ‐ 1e−3", "x*2/4 - 1e-3"),
    ("x – 2 + exp(−∞) + (¬x > 3) ⊙ 3", "x - 2 + exp(-inf) + (not x > 3)*3"),
    ("f(t) = t^3; f″(x) + f’(x) + f‴(x)", "6*x + 3*x^2 + 6"),
    ("x*trace(einsum(“ij->ji”, eye(2)))", "2*x"),
    ("ｉｆ x > 2 { 3x } else { x }", "3*x"),
    ("max(0, x) - min(1, x)", "x - 1"),
    ("1*(x!=3) + 2x", "1*(x != 3) + 2*x"),
]


@pytest.mark.parametrize(("written", "meant"), SAME)
def test_same(written: str, meant: str) -> None:
    """Value and gradient are those of what is meant."""
    value, gradients = gradcli.value_and_grads(written, x=2.5)
    same_value, same_gradients = gradcli.value_and_grads(meant, x=2.5)
    assert value == same_value
    assert gradients["x"] == pytest.approx(float(same_gradients["x"]), rel=1e-14)


REFUSED = [
    ("1/2x", "write `1/2*x` or `1/(2*x)`"),
    ("-1/3x^3", "write `-1/3*x^3` or `-1/(3*x^3)`"),
    ("a/2(b+c)", "write `a/2*(b+c)` or `a/(2*(b+c))`"),
    ("6/2(1+2)", "write `6/2*(1+2)` or `6/(2*(1+2))`"),
    ("1/(2)(x+1)", "write `1/(2)*(x+1)` or `1/((2)*(x+1))`"),
    ("x^2y", "write `x^2*y` or `x^(2*y)`"),
    ("x^-2y", "write `x^-2*y` or `x^(-2*y)`"),
    ("2^3x", "write `2^3*x` or `2^(3*x)`"),
    ("sin^-1(x)", "write `asin(x)` or `1/sin(x)`"),
    ("exp⁻¹(x)", "write `1/exp(x)`"),
    ("|x||y|", "write `|x|*|y|` or `|x or y|`"),
    ("x²y", "write `x²*y`"),
    ("A⁻¹b", "expected an operator between `A⁻¹` and `b`"),
    ("sin²x", "write `sin(x)²`"),
    ("3x/4y", "write `3x/4*y` or `3x/(4*y)`"),
    ("4/3 π r^3", "write `4/3*π*r^3` or `4/(3*π*r^3)`"),
    ("1/2x + 1/3y", "write `1/2*x + 1/3*y` or `1/(2*x) + 1/(3*y)`"),
    ("sin^2(2x)cos(x)", "write `sin^2(2x)*cos(x)`"),
    ("x²!", "write `(x²)!`"),
    ("3!!", "write `(3!)!`"),
    ("sin²(x)³", "write `(sin²(x))³` or `sin²((x)³)`"),
    ("x²^3 + 1", "write `(x²)^3 + 1` or `x^(2^3) + 1`"),
    ("x²⁺¹", "write `x^(2+1)`"),
    ("x!!", "write `(x!)!`"),
    ("x⁺", "write `x^2`"),
    ("(x+1)y", "write `(x+1)*y`"),
    ("sin(x)cos(x)", "write `sin(x)*cos(x)`"),
    ("x sin(x)", "write `x*sin(x)`"),
    ("2 + x|x-1|", "write `2 + x*|x-1|`"),
    ("|x|x", "write `|x|*x`"),
    ("x²y³", "write `x²*y³`"),
    ("pi r^2", "write `pi*r^2`"),
    ("f(x) = x^2; f x", "write `f(x) = x^2; f(x)`"),
    ("abc x", "write `abc*x` to multiply, `abc(x)` to call"),
    ("y = 2; a b sin(x) 3; y", "write `y = 2; a*b*sin(x)*3; y`"),
    ("n!/(k!(n-k)!)", "write `n!/(k!*(n-k)!)`"),
    ("1/x sin(x)", "write `x*sin`"),
    ("√-x", "a root needs an operand"),
    ("3j", "there are no complex numbers"),
    ("0x10", "write `16`"),
    ("x | 3", "write `or`"),
    ("x'", "the transpose is `x.T`"),
    ("2x +* 3", "expected an expression before `*` at program:1:5"),
]


@pytest.mark.parametrize(("written", "words"), REFUSED)
def test_refused(written: str, words: str) -> None:
    """What could mean two things is an error that shows both; what means nothing, as before."""
    with pytest.raises(ParseError) as error:
        gradcli.Program(written)
    assert words in str(error.value)


def test_programs_mean_what_they_mean() -> None:
    """Read with the rules for what people write, a program of the language has the same words."""
    for text in golden_programs() + MORE:
        if "|" not in text:
            plain = scan(text).kinds
            assert rescan(text, False, MAX_NESTING, lambda _: False).kinds == plain, text


# --- formulas made by chance ---------------------------------------------------------------------
# What is drawn is a pair: as people write it, and in the words of the grammar, fully in brackets.

POWERS = {"²": "2", "³": "3", "⁻¹": "-1", "¹⁰": "10"}
NUMBERS = ["2", "3", ".5", "2.5e-1", "1_0"]
NAMES = [("x", "x"), ("y", "y"), ("π", "pi")]
ROOTS = [("√{}", "sqrt({})"), ("∛{}", "cbrt({})")]
FORMS = [
    ("sin({})", "sin({})"),
    ("({})", "({})"),
    ("|{}|", "abs({})"),
    ("‖{}‖", "norm({})"),
    ("sin²({})", "(sin({}))^2"),
    ("cosh^2({})", "(cosh({}))^2"),
    ("sin'({})", "cos({})"),
    ("sin''({})", "(-sin({}))"),
    ("log_2({})", "log2({})"),
    ("max(0, {})", "maximum(0, {})"),
]
SIGNS = [("+", "+"), ("−", "-"), (" – ", "-"), (" · ", "*"), ("×", "*"), (" ÷ ", "/"), ("⊙", "*")]


def filled(form: Pair, inner: Pair) -> Pair:
    """A form around a pair."""
    return form[0].format(inner[0]), form[1].format(f"({inner[1]})")


def atom(draw: Draw, depth: int) -> Pair:
    """What a number can stand directly before: names, calls, brackets, bars, roots of them."""
    kind = draw(st.integers(0, 3)) if depth else 0
    if kind == 0:
        return draw(st.sampled_from(NAMES))
    form = draw(st.sampled_from(FORMS))
    inner = filled(form, summed(draw, depth - 1))
    return inner if kind < 3 or inner[0][0] in "|‖" else filled(draw(st.sampled_from(ROOTS)), inner)


def factor(draw: Draw, depth: int) -> Pair:
    """Atoms, their powers, factorials and angles."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        of = draw(st.sampled_from(["x", "(y + 2)", "|x|"]))
        return f"{of}!", f"gamma(({of.replace('|', '')}) + 1)"
    if kind == 1:
        degrees = 30 * draw(st.integers(0, 12))
        return f"sin({degrees}°)", f"sind({degrees})"
    base = atom(draw, depth)
    if kind == 2 or re.match("[√∛]|sin²|cosh", base[0]):
        return base
    power = draw(st.sampled_from([*POWERS]))
    return f"{base[0]}{power}", f"({base[1]})^({POWERS[power]})"


def term(draw: Draw, depth: int) -> Pair:
    """A number directly before a factor, or after a blank; brackets side by side; one of these."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        number, (written, plain) = draw(st.sampled_from(NUMBERS)), factor(draw, depth)
        return f"{number}{draw(st.sampled_from(['', ' ']))}{written}", f"({number})*({plain})"
    if kind == 1 and depth:
        left, right = summed(draw, depth - 1), summed(draw, depth - 1)
        return f"({left[0]} + 1)({right[0]})", f"(({left[1]}) + 1)*({right[1]})"
    return factor(draw, depth)


def summed(draw: Draw, depth: int) -> Pair:
    """Terms with a sign between them; beside a division there is no product without a sign."""
    if draw(st.booleans()):
        return term(draw, depth)
    sign, same = draw(st.sampled_from(SIGNS))
    part = term if same in "+-" else factor
    (left, plain), (right, meant) = part(draw, depth), part(draw, depth)
    return left + sign + right, f"({plain}){same}({meant})"


@st.composite
def sums(draw: Draw) -> Pair:
    """A formula in both ways."""
    return summed(draw, 2)


@st.composite
def factors(draw: Draw) -> Pair:
    """What may stand behind a number, in both ways."""
    return factor(draw, 1)


WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


def value(text: str) -> float:
    """The value at a point."""
    names = Text(text).names().inputs
    return float(gradcli.evaluate(text, {name: {"x": 0.75, "y": 1.5}[name] for name in names}))


@given(sums(), st.sets(st.integers(0, 60), max_size=8))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_what_is_read_means_what_is_meant(pair: Pair, wide: set[int]) -> None:
    """As people write it, some characters full-width, a formula has the value of its plain form.

    What is refused shows lines that are programs.
    """
    written, meant = pair
    text = "".join(WIDE.get(char, char) if i in wide else char for i, char in enumerate(written))
    try:
        found, refused = value(text), None
    except ParseError as error:
        found, refused = value(meant), error
    assert found == pytest.approx(value(meant), rel=1e-12, nan_ok=True), (text, meant)
    if refused is not None and len(re.findall("[|‖｜]", text)) < 3:  # which may open or close
        assert re.search("two things|operator (between|before `[|‖]`)", refused.message), text
        assert all(value(line) is not None for line in lines(refused) if "…" not in line), text


def lines(error: ParseError) -> list[str]:
    """The lines that the help of an error says to write."""
    assert error.help is not None
    return re.findall(r"`([^`]+)`", error.help)


TIGHT = {"/": "/", "÷": "/", "^": "^", "%": "%", "//": "//"}


@given(
    st.sampled_from(["x", "3", "(x + 1)", "sqrt(y)"]),
    st.sampled_from([*TIGHT]),
    st.sampled_from(["2", "0.5"]),
    factors().filter(lambda pair: pair[0].count("|") < 3),
    st.sampled_from(["{}", "1 + {}", "{} - y", "y - {}", "abs({})"]),
)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_what_has_two_readings_shows_both(
    left: str, sign: str, number: str, factor: Pair, around: str
) -> None:
    """`1/2x`: both readings are programs, and have the values of the product within and outside."""
    with pytest.raises(ParseError, match="could mean two things") as error:
        value(around.format(f"{left}{sign}{number}{factor[0]}"))
    operator, right = TIGHT[sign], f"({factor[1]})"
    meant = (f"(({left}){operator}({number}))*{right}", f"(({left}){operator}({number}*{right}))")
    shown = [value(line) for line in lines(error.value)]
    expected = [value(around.format(text)) for text in meant]
    assert shown == pytest.approx(expected, rel=1e-12, nan_ok=True)
