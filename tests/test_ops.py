"""Every function of the catalogue against its definition: value, gradient and second order.

The cases come from the catalogue and from `reference.py`, so a function without a reference is a
failing test, and one with a reference is tested in both modes on every shape.
"""

from __future__ import annotations

import itertools
import re
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.engine.settings import Settings
from gradcli.ir.function import REQUIRED
from gradcli.ir.node import WORDS
from gradcli.ops import catalog
from gradcli.ops.catalog import FUNCTIONS
from gradcli.passes.modes import forward, reverse
from tests import reference
from tests.reference import CALLS, DOMAINS, ELEMENTWISE, calls_elsewhere, elementwise_calls
from tests.reference.words import Call, number

if TYPE_CHECKING:
    from collections.abc import Sequence

EPSILON = 2.0**-52
HALF = 2.0**-26
ANYWHERE = (-3.0, 3.0)


def _arity(name: str) -> int:
    parameters = FUNCTIONS[name].parameters
    return sum(p.kind == "Array" and p.default is REQUIRED for p in parameters)


EVERY_CALL = [
    *CALLS,
    *(
        c
        for name in ELEMENTWISE
        if name in FUNCTIONS
        for c in elementwise_calls(name, _arity(name))
    ),
    *calls_elsewhere(),
]


def _title(call: Call) -> str:
    return f"{call.text} {' '.join(f'{n}:{list(s)}' for n, s in call.shapes.items())}"


def stated(call: Call) -> Sequence[tuple[float, float]]:
    """Where each argument may be drawn from, if anything says so."""
    return DOMAINS.get(call.text) or DOMAINS.get(call.name) or FUNCTIONS[call.name].domain or ()


def drawn(call: Call) -> dict[str, Any]:
    """Arguments from the domain that the function's record states, the same in every run."""
    random = np.random.default_rng(zlib.crc32(_title(call).encode()))
    domains = [*stated(call), *[ANYWHERE] * len(call.shapes)]
    return {
        name: random.uniform(*domain, shape)
        for (name, shape), domain in zip(call.shapes.items(), domains, strict=False)
    }


def away_from_zero(shapes: Any) -> list[Any]:
    """Seeds and directions: numbers of either sign, none of them small, the same in every run."""
    random = np.random.default_rng(7)
    return [random.uniform(0.5, 1.5, s) * random.choice([-1, 1], s) for s in shapes]


class Case:
    """A call at arguments, with seeds and directions: the recorded run, to be asked for slopes."""

    def __init__(self, call: Call, values: list[Any] | None = None) -> None:
        at = list(drawn(call).values()) if values is None else values[: len(call.shapes)]
        self.call = call
        self.run = Program(call.text).record(dict(zip(call.shapes, at, strict=True)))
        self.y = self.run.results[0]
        self.xs = [self.run.inputs[name] for name in call.shapes]
        others = away_from_zero([n.shape for n in (self.y, *self.xs)])
        self.values = values or [*at, *others]
        seed, *moves = self.values[len(at) :]
        self.seed = self.run.graph.constant(seed)
        self.moves = [self.run.graph.constant(move) for move in moves]

    def arrays(self, nodes: Any, like: Any) -> list[Any]:
        """The arrays of nodes; a node of None is 0."""
        pairs = zip(nodes, like, strict=True)
        return [
            np.zeros(x.shape) if n is None else np.asarray(self.run.evaluator(n)) for n, x in pairs
        ]

    def answers(self) -> list[Any]:
        """Value, gradient, tangent, and second derivatives by both nestings of the modes."""
        value = self.arrays([self.y], [self.y])
        if self.y.is_bool or not self.xs:
            return value
        gradient = reverse([self.y], self.xs, [self.seed])
        tangent = forward([self.y], self.xs, self.moves)
        pairs = [(g, v) for g, v in zip(gradient, self.moves, strict=True) if g is not None]
        back = reverse([g for g, _ in pairs], self.xs, [v for _, v in pairs])
        tangents = iter(forward([g for g, _ in pairs], self.xs, self.moves))
        ahead = [None if g is None else next(tangents) for g in gradient]
        first = [*self.arrays(gradient, self.xs), *self.arrays(tangent, [self.y])]
        return [*value, *first, *self.arrays(back, self.xs), *self.arrays(ahead, self.xs)]

    def exact(self) -> list[Any]:
        """The same in 80 digits, by differences."""
        function = self.call.function
        count = len(self.xs)
        at = [np.asarray(number(x), object) for x in self.values[:count]]
        value = np.asarray(function(*at), object)
        if self.y.is_bool or not self.xs:
            return [value]
        seed, *moves = map(number, self.values[count:])
        tangent = reference.slope(function, moves)
        gradient, second = (
            reference.gradient(f, seed, at, elementwise=self.call.elementwise)
            for f in (function, tangent)
        )
        return [np.asarray(x, object) for x in (value, *gradient, tangent(*at), *second, *second)]

    def spread(self) -> list[Any]:
        """How far the answers move if arguments, seeds and directions do, by half of the digits."""
        random = np.random.default_rng(1)
        here = self.answers()
        spread = [np.zeros(np.shape(x)) for x in here]
        for _ in range(4):
            moved = [v * (1 + HALF * random.choice([-1, 1], np.shape(v))) for v in self.values]
            beside = Case(self.call, moved).answers()
            spread = [np.fmax(s, abs(h - b)) for s, h, b in zip(spread, here, beside, strict=True)]
        return spread


def test_every_function_has_a_reference() -> None:
    """A function comes with its definition."""
    known = {*ELEMENTWISE, *(call.name for call in CALLS)}
    assert sorted(FUNCTIONS.keys() - known) == []
    assert sorted(known - FUNCTIONS.keys()) == []


@pytest.mark.parametrize("call", EVERY_CALL, ids=_title)
def test_value_and_derivatives(call: Call) -> None:
    """The value; and both modes, to the second order, against differences in 80 digits.

    Each number is right to some units of rounding: its own, or that of the largest in a function of
    whole arrays, and what rounding the arguments, seeds and directions does to it.
    """
    check(Case(call))


def check(case: Case) -> None:
    """Compares the answers of a case with the exact ones."""
    call = case.call
    if case.y.is_bool:
        assert case.answers()[0].tolist() == case.exact()[0].astype(bool).tolist()
        return
    for got, exact, moved in zip(case.answers(), case.exact(), case.spread(), strict=True):
        assert got.shape == exact.shape
        size = abs(exact.astype(float))
        size = size if call.elementwise else np.max(size, initial=0)
        allowed = call.units * (EPSILON * size + moved * (EPSILON / HALF)) + reference.NOISE
        wrong = ~(np.asarray(abs(got - exact), float) <= allowed)
        assert not wrong.any(), f"{got[wrong]} is not {exact[wrong]}"


ROUND = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
"""Numbers at which formulas of functions often end and others begin."""

FEW = 6

ROUGH = """
    floor ceil rint trunc floordiv mod fmod nearest_remainder copysign sign gammasgn maximum minimum
    relu i0e laplace_ppf
""".split()
"""Functions that jump or bend at some of them."""

SMOOTH = {
    c.text: c
    for c in EVERY_CALL
    if c.text == f"{c.name}({', '.join(c.shapes)})" or c.name == "hyp2f1"
    if c.elementwise and stated(c) and c.name not in ROUGH
}


@pytest.mark.parametrize("text", SMOOTH)
def test_round_numbers(text: str) -> None:
    """Within the domain a function is smooth there, too."""
    rows = [[x for x in ROUND if low < x < high] for low, high in stated(SMOOTH[text])]
    points = [*itertools.product(*rows)]
    chosen = np.random.default_rng(zlib.crc32(text.encode())).permutation(len(points))[:FEW]
    call = SMOOTH[text]._replace(shapes=dict.fromkeys(SMOOTH[text].shapes, chosen.shape))
    at = [np.array([points[i][k] for i in chosen]) for k in range(len(call.shapes))]
    check(Case(call, [*at, *away_from_zero([chosen.shape] * (1 + len(at)))]))


# --- single precision ---------------------------------------------------------------------------

SINGLE = float(np.finfo(np.float32).eps)
LARGEST = float(np.finfo(np.float32).max)
TINIEST = float(np.finfo(np.float32).smallest_subnormal)
NUMBER = re.compile(r"\d+\.?\d*(?:e[-+]?\d+)?")


def _fits(call: Call) -> bool:
    """Whether a float32 holds the numbers that are written in the call."""
    return all(float(text) <= LARGEST for text in NUMBER.findall(call.text))


def _answers(program: Program, call: Call, values: list[Any]) -> list[Any]:
    """Value and gradients; the arrays are the arguments, and then the seed."""
    *arrays, seed = values
    at = dict(zip(call.shapes, arrays, strict=True))
    if not at or seed is None:
        return [np.asarray(program(**at))]
    value, gradients = program.value_and_grads(dy=seed, **at)
    return [np.asarray(value), *gradients.values()]


@pytest.mark.parametrize("call", [c for c in EVERY_CALL if _fits(c)], ids=_title)
def test_single_precision(call: Call) -> None:
    """In float32 each number is as near that of float64 as rounding its arguments lets it be."""
    single = Program(call.text, settings=Settings(dtype="float32"))
    double = Program(call.text, settings=Settings(dtype="float64"))
    y = double.record(drawn(call)).results[0]
    values = [*drawn(call).values(), None if y.is_bool else away_from_zero([y.shape])[0]]
    values = [None if v is None else np.asarray(v, np.float32).astype(float) for v in values]
    wanted, got = _answers(double, call, values), _answers(single, call, values)
    random = np.random.default_rng(1)
    spread = [np.zeros(np.shape(w)) for w in wanted]
    for _ in range(8):
        moved = [
            None if v is None else v * (1 + SINGLE * random.choice([-1, 1], v.shape))
            for v in values
        ]
        beside = zip(spread, wanted, _answers(double, call, moved), strict=True)
        spread = [np.fmax(s, abs(w * 1.0 - o)) for s, w, o in beside]
    for w, g, s in zip(wanted, got, spread, strict=True):
        assert g.dtype == (w.dtype if w.dtype.kind in "bi" else np.float32)
        assert (abs(g * 1.0 - w) <= 8 * (SINGLE * abs(w) + s) + TINIEST).all()


@pytest.mark.parametrize("record", FUNCTIONS.values(), ids=lambda record: record.name)
def test_examples_and_aliases(record: Any) -> None:
    """The example of each record runs, and says the same under every name."""
    expected = Program(record.example)()
    assert record.name in record.example
    for alias in record.aliases:
        if alias not in catalog.METHODS_ONLY:
            found = Program(record.example.replace(f"{record.name}(", f"{alias}(", 1))()
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", sorted({*ELEMENTWISE} & {*FUNCTIONS}))
def test_a_truth_value_counts_as_0_or_1(name: str) -> None:
    """No other form of an operation takes `x > 0` for the operation that it looks for, as -(-x)."""
    for values in itertools.product((3.0, -1.0), repeat=_arity(name)):
        named = dict(zip("xyzuv", values, strict=False))
        truths, numbers = (
            Program(f"{name}({', '.join(form.format(x) for x in named)})")(**named)
            for form in ("{} > 0", "where({} > 0, 1, 0)")
        )
        if np.isfinite(numbers).all():  # what is no number a factor of 0 leaves out
            np.testing.assert_allclose(truths, numbers, 1e-12)


@pytest.mark.parametrize("record", FUNCTIONS.values(), ids=lambda record: record.name)
def test_modes_agree_at_special_points(record: Any) -> None:
    """Where a convention decides, both modes follow it, to the second order, without NaN."""
    for point in record.points:
        values = dict(zip("xy", np.atleast_1d(point), strict=False))
        run = Program(f"{record.name}({', '.join(values)})").record(values)
        one = run.graph.constant(1.0)
        for x in run.inputs.values():
            (slope,) = reverse(run.results, [x])
            back = [slope, *reverse([slope], [x])]
            ahead = [*forward(run.results, [x], [one]), *forward([slope], [x], [one])]
            zeros = WORDS["spread"](run.graph.constant(0.0), ())
            got, same = ([float(run.evaluator(n or zeros)) for n in ns] for ns in (back, ahead))
            assert got == same
            assert np.isfinite(got).all()
