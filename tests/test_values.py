"""Values and slopes at the edges of the range, against 50 digits or the limit that they have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import Program

INF, NAN = math.inf, math.nan

# program, inputs, value, gradients, relative tolerance
# fmt: off
VALUES: list[tuple[str, dict[str, Any], Any, dict[str, Any], float]] = [
    # beside NaN and infinity
    ("l2_normalize(x)", {"x": [1, NAN, 3]}, [NAN] * 3, {"x": [NAN] * 3}, 0),
    ("F.normalize(x, dim=0)", {"x": [1, NAN, 3]}, [NAN] * 3, {"x": [NAN] * 3}, 0),
    ("log_softmax(x)", {"x": [1, INF]}, [-INF, 0], {"x": [1, -1]}, 0),
    ("log(softmax(x)[1])", {"x": [1, INF]}, 0, {"x": [0, 0]}, 0),
    ("log_softmax(x)", {"x": [INF, 1, INF]}, [-math.log(2), -INF, -math.log(2)],
     {"x": [-0.5, 1, -0.5]}, 1e-15),
    ("log_softmax(x)", {"x": [-INF, -INF]}, [-INF, -INF], {"x": [1, 1]}, 0),
    # by parameters that look like settings
    ("quantile(x, q)", {"x": [1, 2, 4], "q": 0.4}, 1.8, {"x": [0.2, 0.8, 0], "q": 2}, 1e-15),
    ("quantile(x, q)", {"x": [1, 2, 4], "q": 0.5}, 2, {"x": [0, 1, 0], "q": 3}, 1e-15),
    ("quantile(x, q)", {"x": [1, 2, 4], "q": 1}, 4, {"x": [0, 0, 1], "q": 4}, 1e-15),
    ("quantile(x, q)", {"x": [-INF, 2, INF], "q": 0.5}, 2, {"x": [0, 1, 0]}, 0),
    ("quantile(x, q)", {"x": [1, 2, 4], "q": [0.2, 0.7]}, [1.4, 2.8], {"q": [2, 4]}, 1e-15),
    ("grad(quantile(x, q), q)", {"x": [1, 2, 4], "q": 0.4}, 2, {"x": [-2, 2, 0]}, 1e-15),
    ("percentile(x, q)", {"x": [1, 2, 4], "q": 40}, 1.8, {"q": 0.02}, 1e-15),
    ("percentile(x, q)", {"x": [1, 2, 4], "q": 50}, 2, {"q": 0.03}, 1e-15),
    ("nanquantile(x, q)", {"x": [1, NAN, 2, 4], "q": 0.4}, 1.8, {"q": 2}, 1e-15),
    ("nanpercentile(x, q)", {"x": [1, 2, NAN, 4], "q": 40}, 1.8, {"q": 0.02}, 1e-15),
    ("polyint([1, 2], 1, k=c)", {"c": 3}, [0.5, 2, 3], {"c": 1}, 0),
    ("polyint([2], 2, k=c)", {"c": [3, 4]}, [1, 3, 4], {"c": [1, 1]}, 0),
    # forms that keep their digits
    ("log(1 - exp(-x))", {"x": 50}, -1.9287498479639178e-22, {"x": 1.9287498479639178e-22}, 1e-15),
    ("log(1 - exp(x))", {"x": -1e-20}, -46.051701859880914, {"x": -1e20}, 1e-15),
    ("log1p(-exp(-x))", {"x": 1e-20}, -46.051701859880914, {"x": 1e20}, 1e-15),
    ("log(-expm1(-x))", {"x": 50}, -1.9287498479639178e-22, {"x": 1.9287498479639178e-22}, 1e-15),
    ("log(1 - exp(x))", {"x": [0, 1]}, [-INF, NAN], {"x": [-INF, NAN]}, 0),
    ("log(1 - exp(log(1 - exp(-x))))", {"x": [50, 1e-20]}, [-50, -1e-20], {"x": [-1, -1]}, 1e-15),
    ("exp(log(1 - exp(-x)))", {"x": [0, 1e-20]}, [0, 1e-20], {"x": [1, 1]}, 1e-15),
    ("sin(x)/x", {"x": [0, 1e-9, 1]}, [1, 1, 0.8414709848078965],
     {"x": [0, -3.3333333333333333e-10, -0.30116867893975674]}, 1e-15),
    ("grad(sin(x)/x, x)", {"x": [0, 1e-9]}, [0, -3.3333333333333333e-10],
     {"x": [-1 / 3, -1 / 3]}, 1e-15),
    ("(exp(x) - 1)/x", {"x": [0, 1e-9]}, [1, 1.0000000005], {"x": [0.5, 0.50000000033333333]},
     1e-15),
    ("grad((exp(x) - 1)/x, x)", {"x": [0, 1e-9]}, [0.5, 0.50000000033333333],
     {"x": [1 / 3, 0.33333333358333333]}, 1e-15),
    ("(1 - exp(-x))/x", {"x": [0, 1e-9]}, [1, 0.9999999995], {"x": [-0.5, -0.49999999966666667]},
     1e-15),
    ("(exp(-x) - 1)/x", {"x": 1e-9}, -0.9999999995, {"x": 0.49999999966666667}, 1e-15),
    ("expm1(x)/x", {"x": 700}, 1.4489029353357207e301, {"x": 1.4468330739995268e301}, 1e-15),
    ("(1 - cos(x))/x^2", {"x": [0, 1e-9]}, [0.5, 0.5], {"x": [0, -8.3333333333333333e-11]}, 1e-15),
    ("(1 - cos(x))/(x*x)", {"x": 1e-9}, 0.5, {"x": -8.3333333333333333e-11}, 1e-15),
    ("grad((1 - cos(x))/x^2, x)", {"x": 1e-9}, -8.3333333333333333e-11, {"x": -1 / 12}, 1e-15),
    # slopes that would cancel
    ("grad(asin(x), x)", {"x": 1e-8}, 1, {"x": 1.00000000000000017e-8}, 1e-15),
    ("grad(acos(x), x)", {"x": [1e-8, 1e-150]}, -1, {"x": [-1.00000000000000017e-8, -1e-150]},
     1e-15),
    ("grad(atanh(x), x)", {"x": 1e-8}, 1, {"x": 2.00000000000000044e-8}, 1e-15),
    ("grad(sigmoid(x), x)", {"x": [1e-8, 1e-300]}, 0.25,
     {"x": [-1.24999999999999998e-9, -1.25e-301]}, 1e-15),
    ("grad(logit(x), x)", {"x": 1e-300}, 1e300, {"x": -INF}, 1e-15),
    ("logistic_pdf(x)", {"x": [1e-8, 1e-300]}, 0.25, {"x": [-1.24999999999999998e-9, -1.25e-301]},
     1e-15),
    ("logistic_logpdf(x)", {"x": 1e-8}, -2 * math.log(2), {"x": -5e-9}, 1e-15),
    ("cauchy_logcdf(x)", {"x": -1e300}, -691.9202577840631, {"x": 1e-300}, 1e-15),
    ("gelu(x, approximate=true)", {"x": [1e200, -1e200]}, [1e200, 0], {"x": [1, 0]}, 0),
    ("F.smooth_l1_loss(x, y, beta=0, reduction='none')", {"x": [1, 3], "y": 1}, [0, 2],
     {"x": [0, 1], "y": -1}, 0),
    # tails
    ("gamma_logcdf(x, 0.3)", {"x": 33.3}, -9.71847558196990758e-17, {"x": 9.91707886016106135e-17},
     1e-13),
    ("chi2_logcdf(x, 3)", {"x": 80}, -3.06927748617241718e-17, {}, 1e-13),
    ("beta_logcdf(x, 2, 9)", {"x": 0.999999}, -9.99999100258800722e-54, {}, 1e-9),
    ("poisson_logcdf(30, mu)", {"mu": 1.5}, -8.18811690880375517e-30, {}, 1e-13),
    # gamma and zeta
    ("lgamma(x)", {"x": [1e308, -INF]}, [INF, INF], {}, 0),
    ("multigammaln(x, 2)", {"x": 1e308}, INF, {}, 0),
    ("digamma(x)", {"x": [-1, -INF]}, NAN, {"x": NAN}, 0),
    ("rgamma(x)", {"x": [-200, -201, -50]}, 0, {"x": [INF, -INF, 3.0414093201713378e64]}, 1e-13),
    ("rgamma(x)", {"x": [-2.5, INF]}, [-1.0578554691520430, 0], {"x": [1.16698028563796548, 0]},
     1e-13),
    ("grad(rgamma(x), x)", {"x": -2.5}, 1.16698028563796548, {"x": 8.80378218338841771}, 1e-13),
    ("grad(zeta(x), x)", {"x": -6.5}, -0.00460228132400157085, {"x": -0.0054434882436703122},
     1e-12),
    ("grad(zeta(x), x)", {"x": [-2, -0.5, -30.3]},
     [-0.0304484570583932708, -0.360854339599947607, -326734245.433445744], {}, 1e-12),
    # outside of a support, and where there is no value
    ("expon_logpdf(x, 0, u)", {"x": -1, "u": 2}, -INF, {"x": 0, "u": 0}, 0),
    ("gamma_logpdf(x, 2, 0, u)", {"x": -1, "u": 2}, -INF, {"x": 0, "u": 0}, 0),
    ("chi2_logpdf(x, 3, 0, u)", {"x": -1, "u": 2}, -INF, {"x": 0, "u": 0}, 0),
    ("beta_logpdf(x, 2, 3, 0, u)", {"x": 3, "u": 2}, -INF, {"x": 0, "u": 0}, 0),
    ("uniform_logpdf(x, 0, u)", {"x": [-1, 1], "u": 2}, [-INF, -math.log(2)],
     {"x": [0, 0], "u": -0.5}, 1e-15),
    ("uniform_pdf(x, 0, u)", {"x": [-1, 1], "u": 2}, [0, 0.5], {"x": [0, 0], "u": -0.25}, 0),
    ("expon_logcdf(x)", {"x": -0.0}, -INF, {"x": INF}, 0),
    ("logsubexp(x, y)", {"x": 1, "y": 1}, -INF, {"x": INF, "y": -INF}, 0),
    ("expon_ppf(q)", {"q": -1}, NAN, {"q": NAN}, 0),
    ("uniform_ppf(q)", {"q": 2}, NAN, {"q": NAN}, 0),
    ("cauchy_ppf(q)", {"q": -1}, NAN, {"q": NAN}, 0),
    ("std(x, ddof=1)", {"x": [1]}, NAN, {"x": [NAN]}, 0),
    ("torch.std(x)", {"x": [1]}, NAN, {"x": [NAN]}, 0),
    ("sem(x)", {"x": [1]}, NAN, {"x": [NAN]}, 0),
    ("nanstd(x, ddof=1)", {"x": [1, NAN]}, NAN, {"x": [NAN, 0]}, 0),
]
# fmt: on


@pytest.mark.parametrize(
    ("text", "inputs", "value", "gradients", "tolerance"),
    VALUES,
    ids=[f"{text} {inputs}" for text, inputs, *_ in VALUES],
)
def test_value_and_slope(
    text: str, inputs: dict[str, Any], value: Any, gradients: dict[str, Any], tolerance: float
) -> None:
    arrays = {name: np.array(x, float) for name, x in inputs.items()}
    answer, slopes = Program(text).value_and_grads(arrays)
    np.testing.assert_allclose(answer, value, rtol=tolerance, atol=0)
    for name, slope in gradients.items():
        np.testing.assert_allclose(slopes[name], slope, rtol=tolerance, atol=0)
