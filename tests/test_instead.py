"""Names that frameworks have and the language has not: what is said is a way to write it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.lower.instead import NAMES, hint
from gradcli.lower.words import INSTEAD
from gradcli.ops import catalog

LINES = [line for line in NAMES.splitlines() if line]
HINTS = [line for line in LINES if not line.startswith(" ")]
WORDS = [word for line in LINES if line.startswith(" ") for word in line.split()]

RIGHT: list[tuple[str, dict[str, Any], Any]] = [
    ("bdtrc", {"k": 2, "n": 5, "p": 0.3}, 0.16308),
    ("chdtrc", {"x": 2, "df": 3}, 0.5724067044708798),
    ("chdtri", {"p": 0.3, "df": 3}, 3.664870783170364),
    ("gdtr", {"b": 2, "a": 3, "x": 0.7}, 0.1665022618773701),
    ("gdtrc", {"b": 2, "a": 3, "x": 0.7}, 0.8334977381226298),
    ("pdtrc", {"k": 2, "mu": 3}, 0.5768099188731565),
    ("nbdtr", {"n": 3, "k": 2, "p": 0.4}, 0.31744),
    ("fdtr", {"m": 3, "n": 4, "x": 1.2}, 0.5833895947179382),
    ("stdtrit", {"df": 3, "p": 0.3}, -0.5843897274398187),
    ("ndtri_exp", {"y": -2}, -1.1015196284987503),
    ("pseudo_huber", {"d": 2, "r": 3}, 3.2111025509279782),
    ("inv_boxcox1p", {"l": 2, "y": 0.7}, 0.5491933384829668),
    ("zetac", {"x": 3}, 0.20205690315959424),
    ("wrightomega", {"x": 1.3}, 1.1554822289331876),
    ("agm", {"a": 2, "b": 5}, 3.3289971432731074),
    ("diric", {"n": 5, "x": 1.3}, -0.035755969897743926),
    ("spherical_jn", {"n": 2, "x": 1.3}, 0.09968857135213115),
    ("eval_chebyt", {"n": 3, "x": 0.3}, -0.792),
    ("eval_chebyu", {"n": 3, "x": 0.3}, -0.984),
    ("eval_legendre", {"n": 3, "x": 0.3}, -0.3825),
    ("eval_genlaguerre", {"n": 3, "a": 0.5, "x": 0.3}, 1.0280000000000002),
    ("eval_jacobi", {"n": 3, "a": 0.5, "b": 0.7, "x": 0.3}, -0.522298),
    ("cotdg", {"x": 20}, 2.7474774194546216),
    ("spacing", {"x": 3}, 4.440892098500626e-16),
    ("nanargmax", {"x": [1, np.nan, 3]}, 2),
    ("sawtooth", {"t": 2}, -0.3633802276324186),
    ("unit_impulse", {"k": 2, "n": 4}, [0, 0, 1, 0]),
    (
        "solve_sylvester",
        {"A": np.diag([4, 3]), "B": np.diag([2, 1]), "Q": [[6, 5], [5, 8]], "n": 2, "m": 2},
        [[1, 1], [1, 2]],
    ),
    ("expm_frechet", {"A": np.zeros((2, 2)), "E": [[1, 2], [3, 4]]}, [[1, 2], [3, 4]]),
    ("khatri_rao", {"A": [[1, 2]], "B": [[3, 4], [5, 6]], "k": 2}, [[3, 8], [5, 12]]),
    ("cholesky_inverse", {"L": [[2, 0], [0, 4]]}, [[0.25, 0], [0, 0.0625]]),
]
"""What SciPy, PyTorch and NumPy give for names whose hint is one formula, by its letters."""


@pytest.mark.parametrize(("name", "values", "expected"), RIGHT)
def test_formulas(name: str, values: dict[str, Any], expected: Any) -> None:
    said = hint(name) or ""
    program = re.split(r", so with |, argmin", said.removeprefix("write "))[0]
    np.testing.assert_allclose(gradcli.evaluate(program, values), expected, rtol=1e-12)


@pytest.mark.parametrize("said", [h for h in HINTS if h.startswith("write ")])
def test_what_is_to_be_written_can_be_read(said: str) -> None:
    """What stands behind `write` is a program, or two, with at most some words about them."""
    text = said.removeprefix("write ")
    usual = re.split(r"; there are |; the |, with |, and |, so with |, or | and take | for ", text)
    for program in (text, f"({text})", usual[0]):
        try:
            gradcli.Program(program)
        except gradcli.GradcliError:
            continue
        return
    pytest.fail(said)


def test_names_stand_once() -> None:
    """No name is taken, has a hint elsewhere, or is listed twice."""
    assert not [word for word in WORDS if word in catalog.NAMES or word in INSTEAD]
    assert len(set(WORDS)) == len(WORDS)


@pytest.mark.parametrize(
    ("program", "help_"),
    [
        ("torch.empty_like(x)", "write zeros(shape)"),
        ("np.conj(x)", "numbers are real here: leave it out"),
        ("torch.cudnn_convolution(x)", "there is one way to compute it"),
        ("scipy.special.roots_legendre(3)", "nodes and weights are written as arrays"),
        ("x.abs_()", "nothing changes in place: write x = abs(…)"),
    ],
)
def test_what_is_said(program: str, help_: str) -> None:
    with pytest.raises(gradcli.ProgramNameError) as caught:
        gradcli.evaluate(program, x=1.0)
    assert str(caught.value.help).startswith(help_)
