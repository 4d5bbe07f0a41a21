"""C of `translate` beside that of CasADi: `python -m tests.bench.translate_c [WORD…]`.

Value and gradients as one function, by gcc with the same flags, called in turn; CasADi's is the
quicker one of SX and MX. Both must give the same numbers.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import gradcli
from tests.bench.peers import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FLAGS = "-O3 -march=native -std=c99".split()


class Case(NamedTuple):
    """A formula in our language, the same for CasADi, and the shapes of its inputs."""

    name: str
    program: str
    casadi: Callable[..., Any]
    shapes: Mapping[str, tuple[int, ...]]


def _rosenbrock(ca: Any, x: Any) -> Any:
    return ca.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _black_scholes(ca: Any, s: Any, k: Any, r: Any, v: Any, t: Any) -> Any:
    d1 = (ca.log(s / k) + (r + v**2 / 2) * t) / (v * ca.sqrt(t))
    d2 = d1 - v * ca.sqrt(t)
    return s * (1 + ca.erf(d1 / 2**0.5)) / 2 - k * ca.exp(-r * t) * (1 + ca.erf(d2 / 2**0.5)) / 2


def _softmax_loss(ca: Any, x: Any, y: Any) -> Any:
    shifted = x - ca.mmax(x)
    return ca.log(ca.sum1(ca.exp(shifted))) * ca.sum1(y) - ca.dot(shifted, y)


def _newton(ca: Any, x: Any) -> Any:
    y = x
    for _ in range(8):
        y = (y + x / y) / 2
    return y


def _pendulum(ca: Any, a: Any, w: Any) -> Any:
    v = 0 * w
    for _ in range(50):
        v = v - 0.01 * w * ca.sin(a)
        a = a + 0.01 * v
    return a


def _network(ca: Any, x: Any, inner: Any, outer: Any) -> Any:
    return ca.sumsqr(outer @ ca.tanh(inner @ x))


def _recurrent(ca: Any, h: Any, w: Any, x: Any) -> Any:
    for k in range(10):
        h = ca.tanh(w @ h + x[k])
    return ca.sum1(h)


def _determinant(ca: Any, a: Any) -> Any:
    return (
        a[0, 0] * (a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1])
        - a[0, 1] * (a[1, 0] * a[2, 2] - a[1, 2] * a[2, 0])
        + a[0, 2] * (a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0])
    )


V, M, LONG = (100,), (4, 4), (10_000,)
CASES = [
    Case("polynomial", "x^3 - 2*x + 1", lambda ca, x: x**3 - 2 * x + 1, {"x": ()}),
    Case(
        "sin, exp, log",
        "sin(x)*exp(-y^2) + log(1 + x^2*y^2)",
        lambda ca, x, y: ca.sin(x) * ca.exp(-(y**2)) + ca.log(1 + x**2 * y**2),
        {"x": (), "y": ()},
    ),
    Case(
        "Black-Scholes",
        "d1 = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T)); d2 = d1 - v*sqrt(T); "
        "S*(1 + erf(d1/sqrt(2)))/2 - K*exp(-r*T)*(1 + erf(d2/sqrt(2)))/2",
        _black_scholes,
        dict.fromkeys("SKrvT", ()),
    ),
    Case(
        "Lennard-Jones",
        "4*c*((s/r)^12 - (s/r)^6)",
        lambda ca, c, s, r: 4 * c * ((s / r) ** 12 - (s / r) ** 6),
        {"c": (), "s": (), "r": ()},
    ),
    Case("power", "x^y + y^1.5", lambda ca, x, y: x**y + y**1.5, {"x": (), "y": ()}),
    Case(
        "tanh, atan2, hypot",
        "tanh(x*y)*atan2(y, x) + sqrt(x^2 + y^2)",
        lambda ca, x, y: ca.tanh(x * y) * ca.atan2(y, x) + ca.sqrt(x**2 + y**2),
        {"x": (), "y": ()},
    ),
    Case("sum of squares, 100", "sum(x^2)", lambda ca, x: ca.sumsqr(x), {"x": V}),
    Case("dot, 100", "x @ y", lambda ca, x, y: ca.dot(x, y), {"x": V, "y": V}),
    Case(
        "Rosenbrock, 100", "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)", _rosenbrock, {"x": V}
    ),
    Case(
        "logistic loss, 100",
        "sum(log(1 + exp(-y*x)))",
        lambda ca, x, y: ca.sum1(ca.log(1 + ca.exp(-y * x))),
        {"x": V, "y": V},
    ),
    Case("softmax loss, 100", "-sum(y*log_softmax(x))", _softmax_loss, {"x": V, "y": V}),
    Case("norm, 100", "norm(x - y)", lambda ca, x, y: ca.norm_2(x - y), {"x": V, "y": V}),
    Case(
        "sin and exp, 10,000",
        "sum(sin(x)*exp(-x^2))",
        lambda ca, x: ca.sum1(ca.sin(x) * ca.exp(-(x**2))),
        {"x": LONG},
    ),
    Case(
        "mean squared error, 10,000",
        "mean((a*x + b - y)^2)",
        lambda ca, a, x, b, y: ca.sumsqr(a * x + b - y) / 10_000,
        {"a": (), "x": LONG, "b": (), "y": LONG},
    ),
    Case(
        "Rosenbrock, 10,000",
        "sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2)",
        _rosenbrock,
        {"x": LONG},
    ),
    Case(
        "relu, 10,000",
        "sum(maximum(x, 0)*y)",
        lambda ca, x, y: ca.sum1(ca.fmax(x, 0) * y),
        {"x": LONG, "y": LONG},
    ),
    Case("quadratic form, 4x4", "x @ A @ x", lambda ca, x, a: x.T @ a @ x, {"x": (4,), "A": M}),
    Case("determinant, 3x3", "det(A)", _determinant, {"A": (3, 3)}),
    Case(
        "solve, 4x4",
        "b @ solve(A, b)",
        lambda ca, b, a: ca.dot(b, ca.solve(a, b)),
        {"b": (4,), "A": M},
    ),
    Case(
        "network, 10-10-5",
        "sum((W2 @ tanh(W1 @ x))^2)",
        _network,
        {"x": (10,), "W1": (10, 10), "W2": (5, 10)},
    ),
    Case(
        "product of matrices, 30x30",
        "sum((A @ B)^2)",
        lambda ca, a, b: ca.sumsqr(a @ b),
        {"A": (30, 30), "B": (30, 30)},
    ),
    Case(
        "Newton's root, 8 turns",
        "y = x; for i in range(8) { y = (y + x/y)/2 }; y",
        _newton,
        {"x": ()},
    ),
    Case(
        "pendulum, 50 turns",
        "v = 0*w; for i in range(50) { v = v - 0.01*w*sin(a); a = a + 0.01*v }; a",
        _pendulum,
        {"a": (), "w": ()},
    ),
    Case(
        "recurrent network, 10 turns",
        "for k in range(10) { h = tanh(W @ h + x[k]) }; sum(h)",
        _recurrent,
        {"h": (4,), "W": M, "x": (10,)},
    ),
]

HARNESS = """
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <time.h>
%(declared)s
static void gradcli(void) { %(gradcli)s }
static void sx(void) { %(sx)s }
static void mx(void) { %(mx)s }
static double seconds(void (*run)(void), long count)
{
    struct timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (long i = 0; i < count; i++) run();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    return (double)(b.tv_sec - a.tv_sec) + 1e-9*(double)(b.tv_nsec - a.tv_nsec);
}
int main(void)
{
    void (*runs[3])(void) = {gradcli, sx, mx};
    double best[3] = {1e9, 1e9, 1e9};
    long counts[3] = {1, 1, 1};
    for (int k = 0; k < 3; k++)
        while (seconds(runs[k], counts[k]) < 2e-3) counts[k] *= 2;
    for (int round = 0; round < 40; round++)
        for (int k = 0; k < 3; k++) {
            double t = seconds(runs[k], counts[k])/(double)counts[k];
            if (t < best[k]) best[k] = t;
        }
    printf("%%.6g %%.6g %%.6g\\n", best[0], best[1], best[2]);
    %(shown)s
    return 0;
}
"""


def values_of(case: Case) -> dict[str, Any]:
    """Numbers between 0.5 and 1.5, matrices with a strong diagonal."""
    source = np.random.default_rng(1)
    values = {name: 0.5 + source.random(shape) for name, shape in case.shapes.items()}
    return {n: x + 4 * np.eye(len(x)) if x.shape in (M, (3, 3)) else x for n, x in values.items()}


def by_casadi(ca: Any, case: Case, name: str, kind: str, folder: Path) -> Any:
    """CasADi's function of value and gradients, whose C it writes into a folder."""
    sym = getattr(ca, kind).sym
    inputs = [sym(name, *(shape or (1,))) for name, shape in case.shapes.items()]
    value = case.casadi(ca, *inputs)
    slopes = [ca.gradient(value, x) for x in inputs]
    slopes = [ca.reshape(g, *x.shape) for g, x in zip(slopes, inputs, strict=True)]
    function = ca.Function(f"by_{name}", inputs, [value, *slopes])
    generator = ca.CodeGenerator(f"{name}.c")
    generator.add(function)
    generator.generate(f"{folder}/")
    return function


def harness(case: Case, values: dict[str, Any], header: str, functions: dict[str, Any]) -> str:
    """The main program: inputs, a function for each tool, times and results."""
    declared, parts = [header + ";"], {}
    sizes = {"value": 1, **{f"g_{name}": array.size for name, array in values.items()}}
    for name, array in values.items():
        for order in "CF":
            numbers = ", ".join(repr(float(z)) for z in array.ravel(order))
            declared.append(f"static double {name}_{order}[] = {{{numbers}}};")
    for tool in ("gradcli", "sx", "mx"):
        declared += [f"static double {tool}_{out}[{size}];" for out, size in sizes.items()]
    names = gradcli.compile(case.program).inputs
    ours = [f"{n}_C" if values[n].shape else f"*{n}_C" for n in names]
    ours += [f"gradcli_{out}" for out in ("value", *(f"g_{n}" for n in names))]
    parts["gradcli"] = f"value_and_grads({', '.join(ours)});"
    arguments = ", ".join(f"{n}_F" for n in values)
    for tool, function in functions.items():
        results = ", ".join(f"{tool}_{o}" for o in sizes)
        declared += [
            f"int by_{tool}(const double **, double **, long long *, double *, int);",
            f"static const double *{tool}_arg[{function.sz_arg()}] = {{{arguments}}};",
            f"static double *{tool}_res[{function.sz_res()}] = {{{results}}};",
            f"static long long {tool}_iw[{function.sz_iw() + 1}];",
            f"static double {tool}_w[{function.sz_w() + 1}];",
        ]
        parts[tool] = f"by_{tool}({tool}_arg, {tool}_res, {tool}_iw, {tool}_w, 0);"
    shown = [
        f'for (int i = 0; i < {size}; i++) printf("%.17g ", {tool}_{out}[i]); printf("\\n");'
        for tool in ("gradcli", "sx", "mx")
        for out, size in sizes.items()
    ]
    return HARNESS % {"declared": "\n".join(declared), "shown": "\n    ".join(shown), **parts}


def agree(values: dict[str, Any], rows: list[list[float]]) -> bool:
    """Whether all tools give the same numbers; CasADi's matrices lie in columns."""
    shapes = [(), *(array.shape for array in values.values())]
    n = len(shapes)
    tools = [
        [
            np.reshape(row, shape, order=order)
            for row, shape in zip(rows[k * n :], shapes, strict=False)
        ]
        for k, order in enumerate("CFF")
    ]
    return all(
        np.allclose(a, b, rtol=1e-9, atol=1e-12)
        for theirs in tools[1:]
        for a, b in zip(tools[0], theirs, strict=True)
    )


def measured(ca: Any, case: Case) -> tuple[float, float, float]:
    """Seconds of a call of gradcli's C and of CasADi's, by SX and by MX."""
    values = values_of(case)
    with TemporaryDirectory() as name:
        folder = Path(name)
        text: str = gradcli.translate(case.program, to="c", **values)
        text = text.partition("/* Prints a name")[0]
        (folder / "gradcli.c").write_text(text)
        found = re.search(r"^void value_and_grads\(.*?\)$", text, re.MULTILINE | re.DOTALL)
        assert found is not None
        is_long = any(shape in (LONG, (30, 30)) for shape in case.shapes.values())
        kinds = {
            "sx": "MX" if is_long else "SX",
            "mx": "MX",
        }  # gcc takes minutes for the code of SX
        functions = {n: by_casadi(ca, case, n, k, folder) for n, k in kinds.items()}
        (folder / "main.c").write_text(harness(case, values, found[0], functions))
        sources = [folder / f"{n}.c" for n in ("gradcli", "sx", "mx", "main")]
        command = ["gcc", *FLAGS, "-o", folder / "main", *sources, "-lm"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        run = subprocess.run([folder / "main"], check=True, capture_output=True, text=True)
    times, *rows = run.stdout.splitlines()
    if not agree(values, [[float(z) for z in row.split()] for row in rows]):
        raise SystemExit(f"{case.name}: CasADi gives another answer")
    ours, sx, mx = map(float, times.split())
    return ours, sx, mx


def main(words: list[str]) -> None:
    """Prints the table as Markdown, a row a formula; times are nanoseconds of CPU."""
    ca = installed("casadi")
    if ca is None:
        raise SystemExit("CasADi is not installed")
    print(
        "| formula | gradcli | CasADi SX | CasADi MX | ratio to the better |\n|---|---|---|---|---|"
    )
    for case in CASES:
        if words and not any(word in case.name for word in words):
            continue
        ours, sx, mx = measured(ca, case)
        times = " | ".join(f"{1e9 * t:.0f}" for t in (ours, sx, mx))
        print(f"| {case.name} | {times} | {ours / min(sx, mx):.2f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
