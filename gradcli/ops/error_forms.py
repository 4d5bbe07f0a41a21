"""Gaussians, and what is made of them and of the C library's erfc as scalar code.

The scaled error function and the normal distribution are within four units in the last place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT_HALF = math.sqrt(0.5)
OVER_ROOT_PI = 1.0 / math.sqrt(math.pi)

# --- Gaussians ------------------------------------------------------------------------------------


def _gaussian(over: float, far: float) -> Callable[[Any], Any]:
    """exp(-x^2/over), the square split so that its rounding does not grow with x."""

    def kernel(x: Any) -> Any:
        x = np.clip(x, -far, far)
        h = np.rint(x * 4096) / 4096
        return np.exp(-h * h / over) * np.exp(-(x - h) * (x + h) / over)

    return kernel


gauss, half_gauss = _gaussian(1, 40), _gaussian(2, 60)
"""exp(-x^2) and exp(-x^2/2)."""


def _gaussian_form(over: float, far: float) -> Callable[[Any], Any]:
    """The same; of the factor that is close to one, seven terms of its series are exact enough."""

    def form(x: Any) -> Any:
        from gradcli.ir.scalar import fma

        x = np.clip(x.astype(np.float64), -far, far)
        h = np.rint(x * 4096) / 4096
        rest = -(x - h) * (x + h) / over
        most = np.exp(-h * h / over)
        total: Any = 1 / math.factorial(6)
        for k in range(5, 0, -1):
            total = fma(rest, total, 1 / math.factorial(k))
        return fma(most, rest * total, most)

    return form


gauss_form, half_gauss_form = _gaussian_form(1, 40), _gaussian_form(2, 60)
"""Scalar forms of both."""

# --- the error function ---------------------------------------------------------------------------

# fmt: off
SCALED = (
    0.6849972881253069, -0.19934458280036707, 0.11704966551043729, -0.04808038122131105,
    0.00396205568153792, 0.01531250967943715, -0.017515654651132945, 0.012161784750626176,
    -0.006068735175763966, 0.002116421605924274, -0.00038976773129098925, -6.0136893791553446e-05,
    6.40335948198754e-05, -1.3150711099407273e-05, -4.1404376036095236e-06, 2.6493155589315534e-06,
    7.222630571894508e-09, -3.628211027569948e-07, 4.798042762732003e-08, 4.574072508736687e-08,
    -9.191098959035812e-09, -5.2731762502668016e-09, 8.456083853990265e-10, 4.0245461182710725e-10,
)
"""Coefficients of (x + 1) erfcx(x) in powers of (x - 4)/(x + 4), from a fit for x >= 0."""
# fmt: on

_SEAM = 0.5
"""Above, erfcx is a polynomial; below, the product of its factors is as precise."""


def erfcx_form(x: Any) -> Any:
    """exp(x^2) erfc(x); for x < -1 what it is of -x less than 2 exp(x^2)."""
    from gradcli.ir.scalar import call, fma

    wide = x.astype(np.float64)
    size = np.abs(wide)
    right = _scaled(np.maximum(size, _SEAM))
    low = np.clip(wide, -27.0, _SEAM)
    square = low * low
    raised = np.exp(square)
    more = fma(raised, fma(low, low, -square), raised)
    raised = np.where(np.isfinite(raised), more, raised)
    near = raised * call("erfc", low)
    return np.where(wide > _SEAM, right, np.where(wide < -1, 2 * raised - right, near))


def _scaled(x: Any) -> Any:
    """erfcx from the seam on."""
    from gradcli.ir.scalar import fma

    near = np.minimum(x, 1e300)
    q = (near - 4) / (near + 4)
    total: Any = SCALED[-1]
    for coefficient in SCALED[-2::-1]:
        total = fma(q, total, coefficient)
    return total / (1.0 + x)


# --- the normal distribution ----------------------------------------------------------------------

_ROOT_HALF_REST = -4.833646656726457e-17
"""What sqrt(1/2) is beyond ROOT_HALF."""


def ndtr_form(x: Any) -> Any:
    """Half of erfc(-x/sqrt(2)), with what the rounding of its argument comes to."""
    from gradcli.ir.scalar import call, fma

    wide = x.astype(np.float64)
    u = wide * -ROOT_HALF
    rest = fma(wide, -ROOT_HALF, -u) - wide * _ROOT_HALF_REST
    lost = np.where(np.abs(rest) < 1, rest * OVER_ROOT_PI * half_gauss_form(wide), 0.0)
    return 0.5 * call("erfc", u) - lost


def log_ndtr_form(x: Any) -> Any:
    """log(erfcx(-x/sqrt(2))/2) - x^2/2 far on the left; else by the probability of the tail."""
    wide = x.astype(np.float64)
    far = np.log(0.5 * erfcx_form(np.minimum(wide, -1) * -ROOT_HALF)) - 0.5 * wide * wide
    tail = ndtr_form(-np.abs(wide))
    return np.where(wide < -1, far, np.where(wide < 0, np.log(tail), np.log1p(-tail)))


# --- inverses -------------------------------------------------------------------------------------

# fmt: off
_QUANTILES = (
    ((3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
      45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727),
     (1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
      21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610)),
    ((1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
      3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
      2.27238449892691845833e-2, 7.74545014278341407640e-4),
     (1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
      0.148103976427480074590, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9)),
    ((6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
      0.296560571828504891230, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7),
     (1.0, 0.599832206555887937690, 0.136929880922735805310, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15)),
)
"""Rational functions for the quantiles of the normal distribution: Wichura, "Algorithm AS 241"
(1988), which is right to 1e-16: about the middle, in the tails and far out."""
# fmt: on

_MIDDLE = 0.425


def _quantile(away: Any, tail: Any) -> Any:
    """The size of a normal variable that is in the tail with that probability, 1/2 less `away`."""
    from gradcli.ir.scalar import in_halves

    root = np.sqrt(-np.log(tail))
    is_middle, is_far = np.abs(away) <= _MIDDLE, root > 5
    places = _MIDDLE**2 - away * away, np.minimum(root, 5.0) - 1.6, np.maximum(root, 5.0) - 5
    lines = [[in_halves(x, c) for c in pair] for x, pair in zip(places, _QUANTILES, strict=True)]
    over, under = (
        np.where(is_middle, a, np.where(is_far, c, b)) for a, b, c in zip(*lines, strict=True)
    )
    value = np.where(is_middle, np.abs(away), 1.0) * (over / under)
    return np.copysign(np.where(tail == 0, math.inf, value), away)


def ndtri_form(x: Any) -> Any:
    """The inverse of ndtr; what the middle is less is exact."""
    wide = x.astype(np.float64)
    return _quantile(wide - 0.5, np.where(wide < 0.5, wide, 1 - wide))


def erfinv_form(x: Any) -> Any:
    """The inverse of erf, a quantile over sqrt(2)."""
    wide = x.astype(np.float64)
    return _quantile(wide * 0.5, (1 - np.abs(wide)) * 0.5) * ROOT_HALF


def erfcinv_form(x: Any) -> Any:
    """The inverse of erfc."""
    wide = x.astype(np.float64)
    tail = np.where(wide < 1, wide, 2 - wide) * 0.5
    return _quantile((1 - wide) * 0.5, tail) * ROOT_HALF
