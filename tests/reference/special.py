"""What the special functions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reference.words import Call, call, each, mp

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = mp.mpf(1) / 2


def gammainc(a: Any, x: Any) -> Any:
    """The regularized lower incomplete gamma function."""
    return mp.gammainc(a, 0, x, regularized=True)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The regularized incomplete beta function."""
    return mp.betainc(a, b, 0, x, regularized=True)


def inverse(function: Callable[..., Any], start: Any, wanted: Any) -> Any:
    """Where an increasing function takes a value, by Newton's method from a number near it."""
    x = mp.mpf(start)
    for _ in range(8):
        slope = (function(x + mp.mpf("1e-30")) - function(x - mp.mpf("1e-30"))) / mp.mpf("2e-30")
        x -= (function(x) - wanted) / slope
    return x


def dilogarithm(x: Any) -> Any:
    """The dilogarithm of 1 - x, a real number."""
    return mp.re(mp.polylog(2, 1 - x))


def owens_t(h: Any, a: Any) -> Any:
    """Owen's T function, by its integral."""

    def slope(t: Any) -> Any:
        return mp.exp(-h * h * (1 + t * t) / 2) / (1 + t * t)

    return mp.quad(slope, [0, a]) / (2 * mp.pi)


def boxcox(x: Any, y: Any) -> Any:
    """(x^y - 1)/y, and log(x) where y is 0."""
    return (x**y - 1) / y if y else mp.log(x)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    # gamma and beta functions
    "gamma": mp.gamma,
    "gammasgn": lambda x: mp.sign(mp.gamma(x)),
    "rgamma": mp.rgamma,
    "trigamma": lambda x: mp.polygamma(1, x),
    "factorial": mp.factorial,
    "binom": mp.binomial,
    "poch": mp.rf,
    "beta": mp.beta,
    "betaln": lambda x, y: mp.log(mp.beta(x, y)),
    # error functions
    "erfc": mp.erfc,
    "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
    "erfinv": mp.erfinv,
    "erfcinv": lambda x: mp.erfinv(1 - x),
    "ndtr": mp.ncdf,
    "log_ndtr": lambda x: mp.log(mp.ncdf(x)),
    "ndtri": lambda x: mp.sqrt(2) * mp.erfinv(2 * x - 1),
    # Bessel and Airy functions
    "j0": lambda x: mp.besselj(0, x),
    "j1": lambda x: mp.besselj(1, x),
    "y0": lambda x: mp.bessely(0, x),
    "y1": lambda x: mp.bessely(1, x),
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "i0e": lambda x: mp.exp(-abs(x)) * mp.besseli(0, x),
    "i1e": lambda x: mp.exp(-abs(x)) * mp.besseli(1, x),
    "k0": lambda x: mp.besselk(0, x),
    "k1": lambda x: mp.besselk(1, x),
    "k0e": lambda x: mp.exp(x) * mp.besselk(0, x),
    "k1e": lambda x: mp.exp(x) * mp.besselk(1, x),
    "airy_ai": mp.airyai,
    "airy_bi": mp.airybi,
    # integrals and sums
    "fresnel_sin": mp.fresnels,
    "fresnel_cos": mp.fresnelc,
    "sine_integral": mp.si,
    "cosine_integral": mp.ci,
    "expi": mp.ei,
    "exp1": mp.e1,
    "spence": dilogarithm,
    "ellipk": mp.ellipk,
    "ellipe": mp.ellipe,
    "lambertw": mp.lambertw,
    # entropies and logits
    "logit": lambda x: mp.log(x / (1 - x)),
    "entr": lambda x: -x * mp.log(x),
    "rel_entr": lambda x, y: x * mp.log(x / y),
    "kl_div": lambda x, y: x * mp.log(x / y) - x + y,
    "boxcox": boxcox,
    "boxcox1p": lambda x, y: boxcox(1 + x, y),
}

ELSEWHERE: dict[str, Callable[..., Any]] = {
    "gamma(-x)": lambda x: mp.gamma(-x),
    "rgamma(9*x)": lambda x: mp.rgamma(9 * x),
    "erfc(6*x)": lambda x: mp.erfc(6 * x),
    "erfcx(-2*x)": lambda x: mp.exp(4 * x * x) * mp.erfc(-2 * x),
    "erfcx(30*abs(x))": lambda x: mp.exp(900 * x * x) * mp.erfc(30 * abs(x)),
    "log_ndtr(9*x)": lambda x: mp.log(mp.ncdf(9 * x)),
    "ndtr(3*x)": lambda x: mp.ncdf(3 * x),
    "logit(1e-9*x)": lambda x: mp.log(x / (10**9 - x)),
    "boxcox(x, 1e-4*y)": lambda x, y: boxcox(x, y * mp.mpf(1e-4)),
    "boxcox(exp(20*x), y)": lambda x, y: boxcox(mp.exp(20 * x), y),
    "betaln(1e4*x, y)": lambda x, y: mp.log(mp.beta(10**4 * x, y)),
    "kl_div(1e0, x)": lambda x: x - 1 - mp.log(x),
    "rel_entr(1e0, x)": lambda x: -mp.log(x),
    "spence(1 + x/9)": lambda x: dilogarithm(1 + x / 9),
    "sine_integral(9*x)": lambda x: mp.si(9 * x),
    "fresnel_sin(9*x)": lambda x: mp.fresnels(9 * x),
}

DOMAINS: dict[str, tuple[tuple[float, float], ...]] = {
    "gamma(-x)": ((0.2, 2.8),),
    "hyp2f1(x, 1.5, 2, y)": ((0.5, 2.0), (-2.0, 0.8)),
    "erfc(6*x)": ((0.2, 1.2),),
    "boxcox(x, 1e-4*y)": ((0.2, 3.0), (0.2, 3.0)),
    "boxcox(exp(20*x), y)": ((-3.0, 3.0), (0.2, 2.0)),
    "kl_div(1e0, x)": ((0.9999, 1.0001),),
    "rel_entr(1e0, x)": ((0.9999, 1.0001),),
    "logit(1e-9*x)": ((0.1, 3.0),),
}

# fmt: off
CALLS: list[Call] = [
    call("polygamma(2, x)", each(lambda x: mp.polygamma(2, x)), x=(3,)),
    call("lbeta_of_rows(x)",
         lambda x: (each(mp.loggamma)(x).sum(-1) - each(mp.loggamma)(x.sum(-1))), x=(2, 3)),
    call("multigammaln(x, 3)", each(lambda x: mp.log(
        mp.pi ** (3 * HALF)
        * mp.gamma(x) * mp.gamma(x - HALF) * mp.gamma(x - 1))), x=(3,)),
    call("gammainc(x, y)", each(gammainc), x=(3,), y=(3,)),
    call("gammainc(40*x, 40*y)", each(lambda x, y: gammainc(40 * x, 40 * y)), x=(2,), y=(2,)),
    call("gammainc(x/40, y)", each(lambda x, y: gammainc(x / 40, y)), x=(2,), y=(2,)),
    call("igamma_grad_a(x, y)",
         each(lambda x, y: mp.diff(lambda a: gammainc(a, y), x, h=mp.mpf("1e-12"))), x=(), y=()),
    call("gammaincc(x, y)", each(lambda x, y: 1 - gammainc(x, y)), x=(3,), y=(3,)),
    # Their second slope by the shape joins three series, each of them right to ten units or so.
    Call("gammaincinv(x, y)", {"x": (2,), "y": (2,)},
         each(lambda x, y: inverse(lambda z: gammainc(x, z), float(x), y)), units=50),
    Call("gammainccinv(x, y)", {"x": (2,), "y": (2,)},
         each(lambda x, y: inverse(lambda z: gammainc(x, z), float(x), 1 - y)), units=50),
    call("hyp2f1(x, y, z, 0.5)", each(lambda x, y, z: mp.hyp2f1(x, y, z, HALF)),
         x=(2,), y=(2,), z=(2,)),
    call("hyp2f1(x, 1.5, 2, y)", each(lambda x, y: mp.hyp2f1(x, 3 * HALF, 2, y)), x=(4,), y=(4,)),
    call("hyp1f1(x, y, z)", each(mp.hyp1f1), x=(2,), y=(2,), z=(2,)),
    call("betainc(x, y, z)", each(betainc), x=(2,), y=(2,), z=(2,)),
    call("betainc(30*x, 20*y, z)", each(lambda x, y, z: betainc(30 * x, 20 * y, z)),
         x=(), y=(), z=(2,)),
    call("betaincc(x, y, z)", each(lambda x, y, z: 1 - betainc(x, y, z)), x=(), y=(), z=(2,)),
    call("betaincinv(x, y, z)",
         each(lambda x, y, z: inverse(lambda t: betainc(x, y, t), float(x / (x + y)), z)),
         x=(), y=(), z=()),
    call("owens_t(x, y)", each(owens_t), x=(2,), y=(2,)),
    call("jv(2, x)", each(lambda x: mp.besselj(2, x)), x=(3,)),
    call("jv(1.5, 3*x)", each(lambda x: mp.besselj(1.5, 3 * x)), x=(3,)),
    call("yv(1.5, x)", each(lambda x: mp.bessely(1.5, x)), x=(3,)),
    call("iv(2.5, x)", each(lambda x: mp.besseli(2.5, x)), x=(3,)),
    call("kv(0.5, x)", each(lambda x: mp.besselk(0.5, x)), x=(3,)),
    call("kv_whole(2.5, x)", each(lambda x: mp.besselk(2, x)), x=(3,)),
    call("ways_to_choose(x, 2)", each(lambda x: mp.binomial(x, 2)), x=(3,)),
    call("yv_whole(1.5, x)", each(lambda x: mp.bessely(1, x)), x=(3,)),
    call("ive(2, x)", each(lambda x: mp.exp(-x) * mp.besseli(2, x)), x=(3,)),
    call("kve(2, x)", each(lambda x: mp.exp(x) * mp.besselk(2, x)), x=(3,)),
    call("airy(x)[1]", each(lambda x: mp.airyai(x, derivative=1)), x=(3,)),
    call("airy(x)[3]", each(lambda x: mp.airybi(x, derivative=1)), x=(3,)),
    call("fresnel(x)[0]", each(mp.fresnels), x=(3,)),
    call("sici(x)[1]", each(mp.ci), x=(3,)),
    call("expn(0, x)", each(lambda x: mp.expint(0, x)), x=(3,)),
    call("expn(1, x)", each(lambda x: mp.expint(1, x)), x=(3,)),
    call("expn(4, x)", each(lambda x: mp.expint(4, x)), x=(3,)),
    call("zeta(x)", each(mp.zeta), x=(3,)),
    call("zeta(x, y)", each(mp.zeta), x=(2,), y=(2,)),
    call("lambertw(x, -1)", each(lambda x: mp.re(mp.lambertw(x, -1))), x=(3,)),
]
# fmt: on

DOMAINS["sici(x)[1]"] = ((0.3, 3.0),)

DOMAINS["lambertw(x, -1)"] = ((-0.3, -0.05),)

DOMAINS["zeta(x)"] = ((1.5, 4.0),)
