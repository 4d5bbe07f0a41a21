"""What is not selected has no part in a derivative, however poisoned it is (numerics.md, 1).

Random expressions of x are built together with what is left of them at each of three points once
every selection is made; the derivatives of the two must be the same, in every mode and order.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gradcli.engine.api import Program
from gradcli.ir.node import WORDS
from gradcli.passes.modes import forward, reverse

POINTS = (0.7, -1.3, 1.9)
CLEAR = 0.01
"""How far apart the two sides of a selection must be."""
LARGE = 30.0


class Term(NamedTuple):
    """An expression of x, what is selected of it at each point, and its values there."""

    text: str
    selected: tuple[str, ...]
    values: tuple[float, ...]


def _values(selected: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(
        float(Program(f"{text} + 0*x")(x=x)) for text, x in zip(selected, POINTS, strict=True)
    )


def term(text: str, selected: tuple[str, ...], instead: Term) -> Term:
    """A term, or another one instead where its values grow too large."""
    values = _values(selected)
    return Term(text, selected, values) if max(map(abs, values)) < LARGE else instead


def leaf(text: str) -> Term:
    """An expression without a selection."""
    return Term(text, (text,) * len(POINTS), _values((text,) * len(POINTS)))


def unary(form: str, a: Term) -> Term:
    """A smooth function of a term."""
    return term(form.format(a.text), tuple(map(form.format, a.selected)), a)


def binary(form: str, a: Term, b: Term) -> Term:
    """A smooth function of two terms."""
    return term(form.format(a.text, b.text), tuple(map(form.format, a.selected, b.selected)), a)


POISONS = (
    "sqrt({u})*{a}",
    "log({u}) + {a}",
    "{a}*{u}^0.3",
    "{a}*exp(-900*{u})",
    "{a}/sqrt({u})",
    "{a}/relu({u})",
    "log(relu({u}))*{a}",
    "logb({u}, 3)*{a}",
    "acosh(1 + {u}) - {a}",
)
"""Smooth where u > 0; where u < 0 not a number, infinite, or with such a slope."""

CHOICES = {
    "where({u} > 0, {p}, {b})": ("{p}", "{b}"),
    "where({u} <= 0, {b}, {p})": ("{p}", "{b}"),
    "({u} > 0)*{p}": ("{p}", "0"),
    "-2*({u} > 0)*{p}/3": ("(-2*{p}/3)", "0"),
    "{p}*(0 < {u})*{b}": ("({p}*{b})", "0"),
    "maximum({b}, {b} - exp(-900*{u})*{b}^2)": ("{b}", "{b}"),
    "minimum({b}, {b} + exp(-900*{u})*{b}^2 + 1)": ("{b}", "{b}"),
    "relu(-exp(-900*{u}) - 1) + {b}": ("{b}", "{b}"),
    "clip(exp(-900*{u}), 1, 2)*{b}": ("{b}", "(2*{b})"),
}
"""Selections by the sign of u, and what is left of them where u > 0 and where u < 0."""


def choice(form: str, poison: str, u: Term, a: Term, b: Term) -> Term:
    """A selection by the sign of u of what is poisoned where u < 0."""
    if min(map(abs, (*u.values, *b.values))) < CLEAR:  # where b is 0 some forms are NaN
        return a

    def filled(pattern: str, u: str, a: str, b: str) -> str:
        return f"({pattern.format(u=u, b=b, p='(' + poison.format(u=u, a=a) + ')')})"

    selected = tuple(
        filled(CHOICES[form][value < 0], *parts)
        for value, *parts in zip(u.values, u.selected, a.selected, b.selected, strict=True)
    )
    return term(filled(form, u.text, a.text, b.text), selected, a)


def extreme(name: str, a: Term, b: Term) -> Term:
    """The larger or smaller of two terms."""
    if min(abs(p - q) for p, q in zip(a.values, b.values, strict=True)) < CLEAR:
        return a
    rows = zip(a.values, b.values, a.selected, b.selected, strict=True)
    selected = tuple(s if (p > q) == (name == "maximum") else t for p, q, s, t in rows)
    return term(f"{name}({a.text}, {b.text})", selected, a)


def magnitude(a: Term) -> Term:
    """The absolute value of a term."""
    if min(map(abs, a.values)) < CLEAR:
        return a
    rows = zip(a.values, a.selected, strict=True)
    return term(f"abs({a.text})", tuple(s if v > 0 else f"(-{s})" for v, s in rows), a)


SMOOTH = ("sin({})", "cos({})", "tanh({})", "atan({})", "sigmoid({})", "square({})", "(-{})")
PAIRS = ("({} + {})", "({} - {})", "({}*{})", "({}/(2 + sin({})))", "hypot({}, 1 + {}^2)")

leaves = st.builds(leaf, st.sampled_from(["x", "(x - 1)", "(0.5 - x)", "0.5"]))


def choices(terms: Any) -> Any:
    """Selections among terms, of what is poisoned elsewhere."""
    forms = st.sampled_from(sorted(CHOICES)), st.sampled_from(POISONS)
    return st.builds(choice, *forms, terms, terms, terms)


def grown(terms: Any) -> Any:
    """Terms made of smaller ones; most of them are selections."""
    return st.one_of(
        choices(terms),
        choices(terms),
        st.builds(extreme, st.sampled_from(["maximum", "minimum"]), terms, terms),
        st.builds(magnitude, terms),
        st.builds(unary, st.sampled_from(SMOOTH), terms),
        st.builds(binary, st.sampled_from(PAIRS), terms, terms),
    )


every_term = st.recursive(leaves, grown, max_leaves=8)

WRAPS = {
    "{}": (1, 1, 1),
    "cumsum({})": (3, 2, 1),
    "({})[[0, 0, 2]]": (2, 0, 1),
    "diag({}) @ [1, 2, 3]": (1, 2, 3),
    "[[2, 0, 1], [1, 1, 1]] @ ({})": (3, 1, 2),
    'einsum("i,i,j->j", {}, [1, 2, 3], [4])': (4, 8, 12),
    "stack(({0}, sqrt(-1 - x^2)))[0]": (1, 1, 1),
    "max(stack(({}, -exp(999 + x^2))), axis=0)": (1, 1, 1),
    "sort(stack((exp(999 + x^2), {})), axis=0)[0]": (1, 1, 1),
    "concat((({})[::-1], log(-x^2)))[:3]": (1, 1, 1),
    "sum(tile({}, 2))": (2, 2, 2),
}
"""Linear functions and selections around a term of three elements, and their weights."""


def derivatives(text: str, x: Any, weights: Any = 1.0) -> list[Any]:
    """The value's sum, its gradient, and the gradient of that, by every nesting of modes."""
    run = Program(f"{text} + 0*sum(x)").record({"x": x})
    (y,), (node,) = run.results, run.inputs.values()
    one = run.graph.constant(np.ones(np.shape(x)))
    (first,) = reverse([y], [node])
    (ahead,) = forward([y], [node], [one])
    nodes = [first, *reverse([first], [node]), *forward([first], [node], [one])]
    zeros = WORDS["spread"](run.graph.constant(0.0), node.shape)
    found = [np.asarray(run.evaluator(n or zeros)) for n in nodes]
    total = 0.0 if ahead is None else np.sum(run.evaluator(ahead))
    return [np.sum(run.arrays(y)), total, *found]


@pytest.mark.filterwarnings("ignore:The recursion limit")  # the engine raises it for deep programs
@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # with Phase.shrink a failure is small, and takes minutes to come
)
@given(choices(every_term), st.sampled_from(sorted(WRAPS)))
def test_selected_branch_alone(made: Term, wrap: str) -> None:
    """Value, gradient and second derivative are those of what is selected."""
    text, weights = wrap.format(f"({made.text} + 0*x)"), np.array(WRAPS[wrap], float)
    _, ahead, *found = derivatives(text, np.array(POINTS))
    alone = [derivatives(s, x) for s, x in zip(made.selected, POINTS, strict=True)]
    wanted = [weights * column for column in np.array(alone, float).T]
    for got, truth in zip(found, wanted[2:], strict=True):
        assert not np.isnan(truth).any()
        np.testing.assert_allclose(got, truth, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(ahead, wanted[2].sum(), rtol=1e-11, atol=1e-12)
    assert math.isfinite(ahead)


WHOLES = (
    "sqrt(sum({}))",
    "log(sum({}))",
    "1/mean({})",
    "sqrt({} @ [1, 2, 3])",
    "sqrt(max({}))",
    "sum(sqrt(cumsum({})))",
    "sum(sqrt({}[[0, 0]]))",
    'sqrt(einsum("i,i->", {}, [1, 2, 3]))',
    "sum(log(reshape({}, 3, 1) @ [[1, 2]]))",
    "sum(sqrt(sort({})))",
    "sqrt(norm({}))",
    "sqrt(prod({}))",
    "sqrt(sum({}, axis=0))",
    "sum(sqrt(outer({}, [1, 2])))",
    "sqrt(var({}))",
    "sum(sqrt(concat(({}, {}))))",
    "sqrt(trace(diag({})))",
    "sum(sqrt(tile({}, 2)))",
    "sum(log(cumprod({})))",
    "hypot(sum({}), 0)^0.5",
    "sum(solve(eye(3), {})^0.5)",
)
"""Operations on whole arrays, and behind each a slope that is infinite at 0."""


@pytest.mark.parametrize(
    "form", ["where(x > 5, x, 0)", "(x > 5)*x", "relu(x - 5)", "clip(x, 0, 0)"]
)
@pytest.mark.parametrize("whole", WHOLES)
def test_dropped_altogether(whole: str, form: str) -> None:
    """A derivative of which nothing was selected is 0, through any operation, in every mode."""
    _, *found = derivatives(whole.replace("{}", f"({form})"), np.array([0.7, 1.3, 1.9]))
    for part in found:
        np.testing.assert_array_equal(part, np.zeros(np.shape(part)))
