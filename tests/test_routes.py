"""All routes to a derivative agree: modes, nestings, differences, ways of writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.engine.settings import Settings
from gradcli.errors import ProgramTypeError
from gradcli.passes.modes import forward, reverse
from tests.test_digits import ROWS

AWKWARD = Path(__file__).with_name("awkward.txt")


def _cases() -> list[Any]:
    lines = AWKWARD.read_text(encoding="utf-8").splitlines()
    cases = []
    for line in lines:
        if line and not line.startswith("#"):
            formula, _, inputs = line.rpartition(" | ")
            pairs = (pair.split("=") for pair in inputs.split("; "))
            values = {name.strip(): np.asarray(json.loads(value), float) for name, value in pairs}
            cases.append(pytest.param(formula, values, id=formula))
    return cases


every_formula = pytest.mark.parametrize(("formula", "values"), _cases())


def gradient(formula: str, values: Any, method: str) -> dict[str, Any]:
    """The gradient by every input, by one of the methods."""
    return Program(formula, settings=Settings(method=method)).grads(**values)


def assert_agree(got: Any, wanted: Any, tolerance: float) -> None:
    """The same names and shapes, and numbers within the tolerance of the largest."""
    assert got.keys() == wanted.keys()
    for name, array in wanted.items():
        assert got[name].shape == array.shape
        size = np.max(np.abs(array), initial=0)
        np.testing.assert_allclose(got[name], array, rtol=0, atol=tolerance * size, err_msg=name)


@pytest.mark.parametrize("method", ["reverse", "forward", "numeric", "complex-step"])
@pytest.mark.parametrize(
    ("formula", "dy", "wanted"),
    [("x^2", [1, 10], [2, 40]), ("sum(x^2)", 10, [20, 40]), ("x*x[0]", [1, 10], [22, 10])],
)
def test_seeds(method: str, formula: str, dy: Any, wanted: list[float]) -> None:
    """What counts by what factor, whatever the way to the slopes."""
    program = Program(formula, settings=Settings(method=method))
    assert program.grads(x=[1.0, 2.0], dy=dy)["x"] == pytest.approx(np.array(wanted), rel=1e-7)


# --- the file of awkward formulas ---------------------------------------------------------------


@every_formula
@pytest.mark.parametrize(("method", "tolerance"), [("forward", 1e-13), ("numeric", 1e-7)])
def test_methods_agree(formula: str, values: Any, method: str, tolerance: float) -> None:
    """Forward mode to rounding, differences to what they can."""
    wanted = gradient(formula, values, "reverse")
    assert_agree(gradient(formula, values, method), wanted, tolerance)


ANALYTIC = """
asin(x) atan(x) acos(x) cot(x) coth(x) csc(x) csch(x) sec(x) sech(x) asinh(x) atanh(x) acosh(1+x)
cube(x) exp2(x) expm1(x) log10(x) log2(x) reciprocal(x) rsqrt(x) squared_difference(x,2) fmax(x,0)
fmin(x,1) 1-cos(x) cosh(x)-1 x*exp(-x) 1/(1+cosh(x)) 1-tanh(x)^2 1-x^2 x+sign(x) round(x)*x
""".split()

NOT_PASSED = """
abs asin_less_itself atan2 atan_less_itself atanh_less_itself atanh_over clip cumprod erf erfc
exp_over expm1_less_itself hypot hypot_share inv log1p_less log1p_less_itself log_cosh logaddexp
logsumexp mod ndtr norm sigmoid sin_less sin_less_itself sinc sinh_less_itself softmax softplus
solve tan_less_itself tan_over tanh_less_itself
""".split()
"""Operations of the formulas below that a complex step does not pass through."""


def test_complex_step_agrees() -> None:
    """It agrees wherever it passes through, and says what it does not pass through elsewhere."""
    cases = [case.values for case in _cases()] + [(text, {"x": 0.3}) for text in ANALYTIC]
    for text, points, *_ in ROWS:
        x = np.array(points.split(), float)
        cases += [(text, {"x": at}) for at in x[(np.abs(x) > 0.01) & (np.abs(x) < 100)][:1]]
    words = set()
    for formula, values in cases:
        try:
            gradients = gradient(formula, values, "complex-step")
        except ProgramTypeError as error:
            words.add(error.message.removeprefix("the complex step does not pass through "))
        else:
            assert_agree(gradients, gradient(formula, values, "reverse"), 1e-12)
    assert sorted(words) == NOT_PASSED


@every_formula
def test_nestings_agree(formula: str, values: Any) -> None:
    """The second derivative along a direction: every order of the modes."""
    run = Program(formula).record(values)
    (y,), xs = run.results, list(run.inputs.values())
    random = np.random.default_rng(3)
    seed, *moves = [run.graph.constant(random.uniform(0.5, 1.5, n.shape)) for n in (y, *xs)]
    back = reverse([y], xs, [seed])
    (ahead,) = forward([y], xs, moves)
    names = dict(zip(run.inputs, xs, strict=True))

    def arrays(nodes: Any) -> dict[str, Any]:
        zeros = {name: np.zeros(x.shape) for name, x in names.items()}
        pairs = zip(names, nodes, strict=True)
        return zeros | {name: run.arrays(node) for name, node in pairs if node is not None}

    connected = [(g, v) for g, v in zip(back, moves, strict=True) if g is not None]
    firsts, directions = zip(*connected, strict=True)
    wanted = arrays(reverse(firsts, xs, directions))
    assert_agree(arrays(reverse([ahead], xs, [seed])), wanted, 1e-11)
    tangents = iter(forward(firsts, xs, moves))
    assert_agree(arrays([None if g is None else next(tangents) for g in back]), wanted, 1e-11)
    (twice,) = forward([ahead], xs, moves)
    along = sum(np.sum(run.arrays(v) * w) for v, w in zip(moves, wanted.values(), strict=True))
    size = sum(np.sum(np.abs(w)) for w in wanted.values())
    second = 0.0 if twice is None else np.sum(run.arrays(twice) * run.arrays(seed))
    assert abs(second - along) <= 1e-11 * max(size, np.max(np.abs(run.arrays(seed))))


SAME = {
    "x*y + y": [
        "x.mul(y).add(y)",
        "add(mul(x, y), y)",
        "tf.add(tf.multiply(x, y), y)",
        "np.multiply(x, y) + y",
        "torch.mul(x, y).add(y)",
        "(x * (y)) + (+y)",
    ],
    "sin(x)^2 / (1 + x^2)": [
        "square(sin(x)).div(x.square().add(1))",
        "x.sin()**2 / (1 + x**2)",
        "divide(np.sin(x)**2, x*x + 1)",
        "u = sin(x); u*u/(1 + x*x)",
    ],
    "-x^2 - y": ["-(x**2) - y", "x.square().neg().sub(y)", "tf.neg(x^2).sub(y)"],
    "sum(x*y, axis=0)": [
        "x.mul(y).sum(axis=0)",
        "tf.reduce_sum(x*y, 0)",
        "torch.sum(x*y, dim=0)",
        "x @ y",
        "dot(x, y)",
        'einsum("i,i->", x, y)',
        "(x*y).sum()",
    ],
    "maximum(x, y)*relu(x)": [
        "x.maximum(y).mul(x.relu())",
        "torch.max(x, y)*F.relu(x)",
        "jnp.maximum(x, y) * jax.nn.relu(x)",
        "where(x > y, x, y)*relu(x)",
    ],
    "atan(x) + y": [
        "arctan(x) + y",
        "y + tf.math.atan(x)",
        "f(t) = t.atan(); f(x) + y",
        "(t => atan(t))(x) + y",
        "g() = { u = x.atan(); u }; g() + y",
    ],
    "exp(x - y) @ x": [
        "sum(exp(x - y)*x)",
        "x.sub(y).exp().dot(x)",
        "s = 0; for i in range(2) { s += exp(x[i] - y[i])*x[i] }; s",
    ],
}
"""One formula, and other ways to write it."""


@pytest.mark.parametrize(("formula", "other"), [(f, o) for f, row in SAME.items() for o in row])
def test_writing_does_not_matter(formula: str, other: str) -> None:
    """Operators, calls, chains, prefixes and programs mean the same."""
    values = {"x": np.array([0.7, -1.3]), "y": np.array([0.4, 2.1])}
    given = {name: values[name] for name in Program(formula).inputs}
    wanted_value, wanted = Program(formula).value_and_grads(**given)
    value, grads = Program(other).value_and_grads(**given)
    np.testing.assert_allclose(value, wanted_value, rtol=1e-14)
    assert_agree(grads, wanted, 1e-14)
