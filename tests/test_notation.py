"""What people write by hand, and the same in the words of the grammar."""

from __future__ import annotations

import pytest

import gradcli
from gradcli.errors import ParseError
from gradcli.syntax.lexer import MAX_NESTING, scan
from gradcli.syntax.notation import rescan
from tests.test_grammar import MORE, golden_programs

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
    ("sin²x", "write `sin(x)²`"),
    ("3x/4y", "write `3x/4*y` or `3x/(4*y)`"),
    ("4/3 π r^3", "write `4/3*π*r^3` or `4/(3*π*r^3)`"),
    ("1/2x + 1/3y", "write `1/2*x + 1/3*y` or `1/(2*x) + 1/(3*y)`"),
    ("sin^2(2x)cos(x)", "write `sin^2(2x)*cos(x)`"),
    ("x²!", "write `(x²)!`"),
    ("3!!", "write `(3!)!`"),
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
