"""Value and derivative of each function against many digits, over its whole range."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from gradcli.exec.executors import COMPILED, PLAIN
from tests.precision import LIMIT, SUBJECTS, measured
from tests.precision_families import FAMILIES, FIGURES, errors_of, written
from tests.precision_search import SEARCHES, called, losses


@pytest.mark.parametrize("executor", [PLAIN, COMPILED])
@pytest.mark.parametrize("name", SUBJECTS)
def test_units_in_the_last_place(name: str, executor: str) -> None:
    if executor == COMPILED:
        pytest.importorskip("llvmlite")
    row = measured(name, executor)
    assert row.value <= LIMIT, row
    assert row.slope <= LIMIT, row


def test_tables_are_those_of_the_figures() -> None:
    """What README and the page show is what was measured, of every function that is searched."""
    figures = json.loads(FIGURES.read_text("utf-8"))
    assert list(figures["numbers"]) == list(SUBJECTS)
    assert list(figures["families"]) == list(FAMILIES)
    assert {*itertools.chain(*FAMILIES.values())} <= {*SEARCHES}
    for path, text in written(figures).items():
        assert path.read_text("utf-8") == text


@pytest.mark.parametrize("family", FAMILIES)
def test_figures_are_those_of_the_search(family: str) -> None:
    """The least right answer of a family, measured anew, is as right as the figures say."""
    figures = json.loads(FIGURES.read_text("utf-8"))["families"][family][PLAIN]
    for order, (figure, call, at) in figures.items():
        calls = {name: rf"\b{re.escape(called(name, len(at)))}" for name in FAMILIES[family]}
        name = next(name for name, pattern in calls.items() if re.search(pattern, call))
        found = [x for _, of, x in errors_of(name, [tuple(at)], [PLAIN]) if of == order]
        assert max(found).error <= 1.5 * figure + 1


LOST = [
    ("betainc", (0.02, 5.0, 1e-15)),
    ("betainc", (0.02, 3000.0, 1e-15)),
    ("betainc", (2.0, 21.3, 1e-300)),
    ("betainc", (21.3, 1.0, 1e-15)),
    ("binom", (4.5, 90.5)),
    ("beta_logcdf", (0.5, 3000.0, 21.3)),
    ("boxcox1p", (1e-15, 0.5)),
    ("gammainc", (2.0, 1e-300)),
    ("gamma_logcdf", (1e-6, 130.0)),
    ("gamma_logcdf", (2.2, 130.0)),
    ("t_cdf", (-1e150, 0.02)),
    ("t_cdf", (1e-9, 1.0)),
    ("t_sf", (1e150, 1.7)),
    ("hyp2f1", (0.5, 2.0, 1.5, 1 - 1e-12)),
    ("hyp2f1", (0.5, 2.0, 1.5, -1e9)),
    ("hyp2f1", (0.5, 2.0, 1.5, -1e20)),
    ("kl_div", (1e-15, 6.0)),
    ("owens_t", (6.0, 1e-9)),
    ("owens_t", (0.5, 9e-5)),
    ("norm_pdf", (1e150, 40.0, 1e-6)),
    ("chi2_pdf", (1e-300, 5.0)),
    ("gamma_pdf", (1e-300, 5.0)),
    ("beta_pdf", (1e-300, 5.0, 1.7)),
    ("beta_pdf", (1e-15, 2.0, 1.7)),
    ("betaincc", (3000.0, 3000.0, 0.97)),
    ("cauchy_cdf", (3e5, 40.0, 0.03)),
    ("cauchy_logcdf", (3e5, 40.0, 0.03)),
    ("cauchy_logpdf", (-40.0, 40.0, 1e-6)),
    ("cauchy_pdf", (3e5, 40.0, 0.03)),
    ("cauchy_logpdf", (3e5, -1.0, 1e-6)),
    ("chi2_pdf", (1.0, 1e-8)),
    ("gamma_pdf", (0.5, 1e-8)),
    ("gamma_pdf", (1e-300, 1.0)),
    ("gamma_pdf", (1e-300, 1.7)),
    ("gamma_pdf", (1e-6, 2.0)),
    ("gammainc", (1e-8, 2.2)),
    ("gammaincc", (1e-8, 45.0)),
    ("t_logpdf", (-0.2, 1e6)),
    ("t_logpdf", (1e150, 1.7)),
    ("t_pdf", (-0.2, 1e6)),
    ("betaincinv", (21.3, 0.5, 0.99999)),
    ("betaincinv", (0.5, 0.5, 0.99999)),
    ("beta_ppf", (0.99999, 1.7, 0.5)),
    ("cauchy_ppf", (1e-300, -1.0, 0.5)),
    ("digamma", (1.4616321449683622,)),
    ("zeta", (-6.5,)),
    ("beta_logcdf", (6e-28, 0.0364, 1.42)),
    ("beta_logcdf", (1.8e-7, 3.7, 0.79)),
    ("gamma_logcdf", (1.25e-37, 3.3)),
    ("poisson_pmf", (7.5e-11, 1e-150)),
    ("poisson_pmf", (4e-7, 1.7e-47)),
    ("betainc", (1.0, 90.0, 1e-15)),
    ("betaincc", (21.3, 1.0, 1 - 1e-14)),
    ("binom_sf", (0.4, 90.0, 1e-15)),
    ("lognorm_logpdf", (9e-253, 0.44)),
]
"""Functions of several numbers, and where digits of values or slopes once were lost."""


@pytest.mark.parametrize(("name", "point"), LOST)
def test_what_was_lost(name: str, point: tuple[float, ...]) -> None:
    assert list(losses(name, [point])) == []
