"""Loops that become single nodes against the same loops lowered turn by turn."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.request import watched
from gradcli.engine.run import Run
from gradcli.engine.settings import Settings
from gradcli.exec import histories, turns
from gradcli.exec.compiled import array_turns, quick
from gradcli.exec.compiled import turns as compiled
from gradcli.exec.compiled.turns import CompiledTurns
from gradcli.exec.turn_functions import number
from gradcli.lower import loops
from gradcli.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARRAYS = {
    "A": [[0.3, 0.2], [-0.1, 0.5]],
    "B": [[0.3, -0.2], [0.1, 0.7], [0.9, 0.4]],
    "M": np.sin(np.arange(63.0)).reshape(9, 7),
    "N": np.cos(np.arange(35.0)).reshape(7, 5),
    "S": np.sin(np.arange(64.0)).reshape(8, 8),
    "t": [0.5, -1.0, 0.25],
    "u": [0.1, -0.2],
    "v": list(np.linspace(0.1, 1, 20)),
}

BY_A_CONDITION = "done = false; s = x; while not done { s = s*1.1; done = s > 9 + y }; s"
"""Whose value y changes by the number of turns alone."""

PROGRAMS = [
    "for i in range(20) { x = y*x*(1 - x) }; x",
    "k = 0; while k < 20 { x = y*x*(1 - x); k = k + 1 }; x",
    "while x < 10 { x = x*(1 + y/9) }; x",
    "while abs(x^2 - y) > 1e-9 { x = x - 0.3*(x^2 - y) }; x",
    "s = 0; for i in range(20) { s = s + v[i]*sin(i*x) }; s",
    "s = 0; for i in range(18) { s = s*0.9 + v[i + 1]*y - v[19 - i] }; s",
    "s = 0; for e in v { s = s*0.9 + e*x }; s",
    "k = 0; s = 0; while k < 20 { s = s*0.9 + v[k]*x; k += 1 }; s",
    "s = x; for i in range(20) { if i % 2 == 0 { s = s*1.1 } else { s = s + y } }; s",
    "s = x; n = 0; while n < 20 { if s > 1 { s = s/3 } else { s = s*1.7 + y }; n += 1 }; s",
    "h = u; for i in range(20) { h = tanh(A @ h + x*u) }; sum(h)*y",
    "w = u; for i in range(20) { e = sum((B @ w - t)^2); w = w - 0.1*grad(e, w) }; sum(w^2)*x",
    "m = A; for i in range(20) { m = inv(m + y*eye(2)) @ A + x }; sum(m[0])",
    "h = u; for i in range(20) { h = solve([[0.1, 2], [3, y]] + A*h, u) }; sum(h)*x",
    "f(p) = sum((B @ p - t)^2); w = u; for i in range(20) { w = w - 0.1*grad(f)(w) }; sum(w)*x",
    "s = 0; for i in range(20) { r = 0; for j in range(9) { r = r + x*sin(j*y) }; s = s/2 + r }; s",
    "s = 0; for i in range(20) { r = x; while r < 3 { r = r*2 + s/9 }; s = s/2 + r }; s*y",
    "(a, b) = (x, y); for i in range(20) { (a, b) = (b, 0.3*a + 0.6*b) }; a*b",
    "p = (x, y); for i in range(20) { p = (p[1], 0.3*p[0] + 0.6*p[1]) }; p[0]*p[1]",
    "s = 0; z = x; for i in range(20) { s = s + x^i; if i == 15 { z = s*y } }; s*z",
    BY_A_CONDITION,
    "s = 0; for i in range(20) { s = relu(s/2 + x) + y }; s",
    "s = 0; for i in range(20) { s = relu(s/2 - x) + y*i }; s",
    "s = x; for i in range(20) { s = s/y - 1 }; s",
    "s = x; for i in range(20) { s = s + log(y*12 - i) }; s",
    "s = x; for i in range(20) { s = s + v[i + 1]*y }; s",
    "w = x; for i in range(20) { e = (w - y)^2; backward(e); w = w - w.grad/9; zero_grad() }; w",
    "w = x; for i in range(20) { w = w*y; print(i) }; w",
    "w = x; for i in range(20) { w = w*y; if i == 15 { print(w) } }; w",
    "w = x; for i in range(20) { if i == 12 { z = w*y }; w = w*y }; w*z",
    "w = x; z = 1; for i in range(20) { if i == 12 { z = w*y }; w = w*y + z }; w*grad(w*z, z)",
    "f(a) = { s = a; for i in range(20) { s = s*cos(s) + a }; s }; f(x) + f(y)",
    "f(a) = { s = a; for i in range(20) { s = s*cos(s) + a }; s }; sum(vmap(f)(v))*x + y",
    "f(a) = { s = a; while s < 9 { s = s*1.1 + a }; s }; sum(vmap(f)(v))*x + y",
    "f(a) = { s = a; for i in range(20) { s = s*cos(s) + a }; s }; grad(f)(x) + y*grad(grad(f))(x)",
    "g() = s*x; s = 1; for i in range(20) { r = g(); s = r + y }; s",
    "s = x; for i in range(20) { s = stop_gradient(s)*y + s }; s",
    "s = x; for i in range(20) { s = s + i*y; i = 3 }; s",
    "a = 1; s = x; for i in range(20) { s = s*y; a = x > 0.1 }; s*a",
    "s = 0; z = 0; for i in range(20) { s = s + z; if i > 4 { z = x } else { z = z + 1 } }; s*y",
    "s = 0; for i in range(20) { s = s*y + sum(v[i, None])*x }; s",
    "k = [0, 1]; s = 0; for i in range(20) { s = s*0.9 + sum(v[k])*x; k = 1 - k }; s*y",
    "s = x; for i in range(20) { s = s/2 + taylor(t => tan(t*s)/t, 0, 2)[0]*y/9 }; s",
    "s = x; for i in range(20) { s = append(s, y) }; sum(s^2)",
    "s = x; for i in range(20) { s = s*y + w }; s",
    "W = N; s = x; for e in M { W = W + outer(e, W[0])/9; s = s + mean(W, 0)[1] }; s*y",
    "W = N; for i in range(9) { W = cumsum(W, 1)*y/9 + x }; sum(W)",
    "W = x*M; s = 0; for i in range(7) { s = s*y + sum(W[:, i]^2) }; s",
    "s = 0; for i in range(12) { k = i % 3; s = s*0.9 + sum(M[k:k + 4, 1:3]*x) + y*v[i:i + 1] }; s",
    "s = 0; for i in range(20) { s = s*y + sum(v[i - 3:i + 2])*x }; s",
    "w = u; for i in range(20) { w = w/norm(w + x) + y*A @ w }; sum(w)",
    "P = A; for i in range(20) { P = P @ P.T + eye(2); P = x*inv(cholesky(P)) + y*P/9 }; sum(P)",
    "s = x; for i in range(20) { if i % 3 < 1 { s /= 2 } else { s += x*(1/(i - 7) < y) } }; s",
    (
        "s = x; for i in range(20) { z = s; r = 1; while abs(r) > 1e-9 "
        "{ r = (z - s + 0.1*z^3*y)/(1 + 0.3*z^2*y); z = z - r }; s = z + 0.1 }; s"
    ),
]
TURN_BY_TURN = [
    "s = x; for i in range(20) { s = s/2 + grad(s*y, x)/9 }; s",
    "s = x; for i in range(20) { s = s/2 + jvp(s*y, x, 1)/9 }; s",
    "z = x*y; s = z; k = 0; while k < 20 { k += 1; s = s/2 + hessian(s*s*y, z)/9 }; s",
    "k = 0*x; for i in range(25) { k = (k*0 + i*7) % 24; s = v[k]*y }; s",
    "s = x; for i in range(25) { z = v[i*7 % 24]; s = s*y }; s",
    "s = x; for i in range(25) { s = s*ones(i + 1)[i] + y }; s",
    "s = x; for i in range(20) { g = grad(x*s, s); s = cos(s); x = x*s*y + g/9 }; x",
    (
        "z = x; s = y; w = y; t = 0; for i in range(9) "
        "{ t = t + grad(w*z, z); w = w + s; s = s + z; z = z }; t*w"
    ),
    "backward(x^2); s = 0; for i in range(20) { s = s*y/2 + x.grad }; s",
    "s = 0; for i in range(20) { s = s*y/2 + x; backward(s) }; s*x.grad",
    (
        "z = x; s = y; for i in range(20) { if i < 15 { z = z*0.9 }; s = s + z*z }; "
        "backward(s); (z, s)[0].grad*y"
    ),
    (
        "f(a) = { r = a; for j in range(9) { r = r*cos(r) }; r }; "
        "s = y; for i in range(20) { s = s*0.9 + grad(u => s*f(u))(x)/9 }; s"
    ),
    (
        "f(a) = { r = a; for j in range(9) { r = r*cos(r) }; r }; "
        "s = y; for e in v { s = s*0.9 + x*grad(u => s*f(u))(e)/9 }; s"
    ),
    "s = x; k = 0; while k < 20 { k += 1; g = jvp(x*s, s, 1); s = cos(s); x = x*s*y + g/9 }; x",
    (
        "s = x; for i in range(20) { if i < 18 { s = cos(s); x = x*s*y } else "
        "{ x = x + jvp(x*s, s, 1) } }; x"
    ),
    (
        "print(y); k = 0*x; m = u; for i in range(20) "
        "{ k += 1; x *= y; m = inv(eye(2)*(k - 9)) @ m }; print(x); x"
    ),
]
"""Programs whose turns differentiate by what lies around the loop, or fail at what nobody needs."""

FAILING = [
    "s = x; for i in range(20) { s = s + v[2*i]*y }; s",
    "s = x; for i in range(20) { s = s*y; t = v[2*i] }; s",
]
"""Programs of which a turn fails, not always the last one, which is lowered by itself."""

NUMBERS = ["x", "y"]
"""Inputs of most programs by which a Hessian has few columns."""

QUESTIONS = ["value_and_grads", "hessian", "jacobian"]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loops of few turns become nodes, too."""
    monkeypatch.setattr(loops, "WARM", 2)
    monkeypatch.setattr(loops, "AHEAD", 3)
    monkeypatch.setattr(loops, "WORTH", 1)
    MEMORY.clear()
    yield
    MEMORY.clear()


def values_for(text: str) -> dict[str, Any]:
    """Values for the inputs of a program: arrays by their names, numbers for all others."""
    names = gradcli.compile(text).inputs
    return {name: ARRAYS.get(name, 0.3 + 0.9 * (name == "y")) for name in names}


def outcome(question: str, text: str, values: dict[str, Any], **options: Any) -> Any:
    """The numbers of an answer or its error, its warnings, and what was printed."""
    MEMORY.clear()
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as said, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            answer = getattr(gradcli, question)(text, **values, **options)
        except gradcli.GradcliError as error:
            answer = str(error)
    return answer, sorted(str(w.message) for w in said), printed.getvalue()


def numbers(answer: Any) -> list[Any]:
    """All arrays of an answer, one after the other."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (tuple, list)):
        return [array for part in answer for array in numbers(part)]
    return [answer if isinstance(answer, str) else np.asarray(answer)]


def unroll(patch: pytest.MonkeyPatch) -> None:
    """Every loop is lowered turn by turn, which is the reference."""
    for name in ("WARM", "EARLY"):
        patch.setattr(loops, name, 10**9)


def assert_alike(question: str, text: str, values: dict[str, Any], **options: Any) -> None:
    """One answer, whether loops become nodes or not."""
    rolled = outcome(question, text, values, **options)
    with pytest.MonkeyPatch.context() as patch:
        unroll(patch)
        unrolled = outcome(question, text, values, **options)
    assert rolled[1:] == unrolled[1:]
    pairs = zip(numbers(rolled[0]), numbers(unrolled[0]), strict=True)
    for array, wanted in pairs:
        if isinstance(wanted, str):
            assert array == wanted
        else:
            tolerance = 1e-11 * max(1.0, float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0)))
            np.testing.assert_allclose(array, wanted, rtol=1e-11, atol=tolerance)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("text", [*PROGRAMS, *TURN_BY_TURN, *FAILING])
def test_one_answer(text: str, question: str) -> None:
    assert_alike(question, text, values_for(text))


@pytest.mark.parametrize("text", [*PROGRAMS[::3], BY_A_CONDITION])
def test_one_tangent(text: str) -> None:
    values = values_for(text)
    tangents = {name: np.cos(np.asarray(value) + 1.0) for name, value in values.items()}
    assert_alike("jvp", text, values, tangent=tangents)


@pytest.mark.parametrize("text", [text for text in PROGRAMS[::4] if "1e-9" not in text])
def test_one_answer_in_float32(text: str) -> None:
    """What goes on until nine digits stay would never end."""
    values = values_for(text)
    MEMORY.clear()
    rolled = numbers(outcome("value_and_grads", text, values, dtype="float32")[0])
    with pytest.MonkeyPatch.context() as patch:
        unroll(patch)
        unrolled = numbers(outcome("value_and_grads", text, values, dtype="float32")[0])
    for array, wanted in zip(rolled, unrolled, strict=True):
        assert array.dtype == wanted.dtype
        np.testing.assert_allclose(array, wanted, rtol=1e-4, atol=1e-5)


class Machines:
    """How many turns became machine code; it must run without an error, which would be hidden."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = self.followed = 0
        self.errors: list[Exception] = []
        patch.setenv("GRADCLI_EXECUTOR", "compiled")
        patch.setattr(turns, "CALL", 0)
        for name in ("run", "follow"):
            patch.setattr(CompiledTurns, name, self._counted(getattr(CompiledTurns, name)))

    def _counted(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def counted(turn: CompiledTurns, *arguments: Any) -> Any:
            self.count += 1
            self.followed += run.__name__ == "follow"
            try:
                return run(turn, *arguments)
            except Exception as error:
                self.errors.append(error)
                raise

        return counted


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Machines:
    """Machine code for all turns that have some."""
    pytest.importorskip("llvmlite")
    return Machines(monkeypatch)


@pytest.fixture(params=[True, False])
def smallness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loops over the elements of arrays first, or each element by itself first."""
    if request.param:
        monkeypatch.setattr(array_turns, "SMALL", 0)


@pytest.mark.usefixtures("smallness")
@pytest.mark.parametrize("text", PROGRAMS)
def test_one_answer_by_machine_code(text: str, machines: Machines) -> None:
    assert_alike("value_and_grads", text, values_for(text))
    values = values_for(text)
    assert_alike("hessian", text, values, wrt=[x for x in NUMBERS if x in values])
    assert not machines.errors


@pytest.mark.parametrize(
    "text",
    [
        "for i in range(20) { x = y*x*(1 - x) }; x",
        "while x < 10 { x = x*(1 + y/9) }; x",
        "s = 0; for e in v { s = s*0.9 + e*x }; s",
        "s = x; for i in range(20) { s = relu(s/2 + x) + where(s > 0, s*y, cos(i)) }; s",
        "s = x; k = 0; while k < 20 { k += 1; if s > 3 { s = s/3 } else { s = s*2 + y } }; s",
        "h = u; for i in range(20) { h = tanh(A @ h + x*u) }; sum(h)*y",
        "w = u; for i in range(20) { e = sum((B @ w - t)^2); w = w - 0.1*grad(e, w) }; sum(w^2)*x",
        "m = A; for i in range(20) { m = inv(m + y*eye(2)) @ A + x }; sum(m[0])",
        "h = u; for i in range(20) { h = solve([[0.1, 2], [3, y]] + A*h, u) }; sum(h)*x",
    ],
)
def test_what_becomes_machine_code(text: str, machines: Machines) -> None:
    outcome("value_and_grads", text, values_for(text))
    assert machines.count > 1


OVER_ARRAYS = [
    "for i in range(20) { N = tanh(M.T @ M @ N/40)*y + N/2 }; sum(N)*x",
    "h = N; for i in range(20) { h = h - 0.1*x*(M.T @ (M @ h - 1))/9 + y*h[::-1]/99 }; sum(h^2)",
    "W = N; for i in range(20) { e = mean((tanh(M @ W) - x)^2); W = W - 0.1*grad(e, W) }; sum(W)*y",
    "W = N; for i in range(20) { W = where(W > 0.3*x, W*y, W + x) - sum(W, 1, true)/50 }; sum(W)",
    "W = N; V = x*N; for i in range(20) { (W, V) = (V, W*y + reshape(V.T, (7, 5))/9) }; sum(V)",
    "W = N; k = 0; while k < 20 { k += 1; W = W/(1 + sum(W^2, 0)) + x; s = W @ W.T }; sum(s)*y",
    "W = x*N; for i in range(9) { W = W/(9*y + sum(W[2:, 1:4])) + concat((W[3:], W[:3])) }; sum(W)",
    "W = N; for i in range(9) { W = W*y/2 + W[3, 2]*x - W[1]/3 }; sum(W^2)",
    "W = S[:1]; for i in range(9) { W = tanh(W @ S)*y + x }; sum(W^2)",
    "W = S[:2, None]; for i in range(9) { W = tanh(W @ S)*y + x }; sum(W^2)",
    "W = N; for i in range(20) { k = i % 3; W = W/norm(W)*y + x*M[k:k + 7, :5] }; sum(W^2)",
    (
        "c = N[:, 0]; h = c*x; for i in range(20) { z = tanh(M[:7] @ concat((h[:2], c[2:]))/9); "
        "c = z*c + y; h = tanh(c)*z[::-1] }; sum(h)"
    ),
    "W = N; for i in range(9) { h = M @ W; W = tanh(M.T @ h*x/9) + y*outer(M[0], W[1]) }; sum(W)",
    (
        "W = N; for i in range(9) { s = logsumexp(W[:, :4], 1)[:, None]"
        "; W = W/2 + x*softmax(W, 1) + y*s/9 }; sum(W^2)"
    ),
    "W = S; for i in range(9) { W = W*y + x*sin(W.T)/9 }; sum(W^2)",
    "W = S; V = x*S; for i in range(9) { (W, V) = (V*y + cos(W)/9, W) }; sum(W*V)",
    "W = S; V = x*S; for i in range(9) { (W, V) = (W*y + V/9, tanh(W) - V[0]/3) }; sum(W*V)",
    (
        "W = S; V = x*S; for i in range(9) { T = W*V + y"
        "; (W, V) = (W/2 + sum(T)*V/99, T/2) }; sum(W*V)"
    ),
    "W = N; for i in range(9) { v = W[:3, 0]; W = W*y + x*v[0]/norm(v) + det(W[:2, :2]) }; sum(W)",
    (
        "W = S; for i in range(9) { L = cholesky(W[:3] @ W[:3].T + x*eye(3))"
        "; W = y*W/3 + sin(sum(diag(diag(L)))) }; sum(W)"
    ),
    "W = S; h = x*S[0]; for i in range(9) { h = tanh(W @ h)*y; W = W/2 + outer(h, h)/9 }; sum(W*h)",
    "w = S[:, :1]; for i in range(9) { w = tanh(S @ w/9)*y + w*x/9 }; sum(w^2)",
    "w = S[:, :1]; for i in range(9) { w = w*y + x*w[::-1]/9 }; sum(w^2)",
    "w = x*N.ravel(); for i in range(9) { w = w*y/2 + concat(([1], w[:-1]))/3 }; sum(w^2)",
    "w = x*N.ravel(); for i in range(9) { w = w*y/2 + concat((w[20:], w[:20]))*w/9 }; sum(w^2)",
    "W = concat((N, N), 1)*x; for i in range(9) { W = concat((W[1:]*y/2, W[:1, ::-1])) }; sum(W^2)",
]
"""Turns of products and sums of arrays; of some, lengths are multiples of a vector's, and results
are written over what is carried, where nothing reads that any more."""


@pytest.mark.parametrize("text", OVER_ARRAYS)
def test_turns_over_arrays(text: str, machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[Any] = []
    monkeypatch.setattr(array_turns, "CompiledTurns", refused.append)
    assert_alike("value_and_grads", text, values_for(text))
    values = values_for(text)
    assert_alike("hessian", text, values, wrt=[x for x in NUMBERS if x in values])
    assert machines.count > 1
    assert not machines.errors


@pytest.mark.parametrize("text", OVER_ARRAYS[:9:4])
def test_turns_of_shorter_vectors(
    text: str, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on machines that lack the instructions of the longest ones."""
    monkeypatch.setattr(quick, "is_longest", lambda: False)
    assert_alike("value_and_grads", text, values_for(text))
    assert machines.count > 1
    assert not machines.errors


def test_machine_code_stops_and_goes_on(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls of few turns at a time, some of which end before the turns do."""
    monkeypatch.setattr(compiled, "AT_ONCE", 1)
    for text in PROGRAMS[:12]:
        assert_alike("value_and_grads", text, values_for(text))
    assert machines.count
    assert not machines.errors


@pytest.mark.parametrize("text", [*PROGRAMS[1:19:3], *PROGRAMS[-1:]])
def test_rows_that_do_not_stay(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory is short, most of what turns keep is made again on the way back."""
    made = []
    row = histories.Rows.row
    monkeypatch.setattr(histories.Rows, "row", lambda *a: made.append(a) or row(*a))
    forget_rows(monkeypatch)
    for question in QUESTIONS[:2]:
        assert_alike(question, text, values_for(text))
    assert made


def forget_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has two rows stay at the most."""
    monkeypatch.setattr(histories, "LARGE", 0)
    monkeypatch.setattr(histories, "FEWEST", 2)
    monkeypatch.setattr(histories, "spare", lambda: 0)


@pytest.mark.parametrize("text", PROGRAMS[1:19:3])
def test_rows_of_machine_code_that_do_not_stay(
    text: str, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns that go through such rows, back, make them again by Python, and go on by it."""
    forget_rows(monkeypatch)
    outcome("value_and_grads", text, values_for(text))
    assert machines.followed <= 1
    assert_alike("value_and_grads", text, values_for(text))
    assert not machines.errors


def test_numbers_of_turns_are_those_of_python() -> None:
    """They compute several times as fast; arrays, narrow numbers and what must be exact stay."""
    narrow, several = np.float32(2), np.ones(2)
    assert type(number(np.float64(2), exact=False)) is type(number(np.array(2.0), False)) is float
    assert type(number(np.float64(2), exact=True)) is np.float64
    assert number(narrow, exact=False) is narrow
    assert number(several, exact=False) is several


def test_what_becomes_a_node() -> None:
    """Of the programs above most do; those do not whose turns must be looked at."""
    rolled = []
    for text in PROGRAMS:
        program = gradcli.engine.program.Text.of(text)
        names = program.names()
        with contextlib.suppress(gradcli.GradcliError):
            with np.errstate(all="ignore"):
                run = Run(program, names, values_for(text), Settings(), questions=watched)
            rolled += [text] if run.interpreter.is_rolled else []
    left = [text for text in PROGRAMS if text not in rolled]
    assert len(left) <= 6, left


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("f(k) = 2*k; p() = { s = x; for i in range(90) { k = s/2; s = f(k) }; s }; p()", 1),
        ("p() = { f() = k; s = x; for i in range(90) { k = s/2; s = 2*f() }; s }; p()", 2),
        ("q() = k; s = x; for i in range(90) { k = s/2; s = 2*q() }; s", 2),
        ("f(k) = 2*k; s = x; for i in range(90) { k = s/2; s = sin(k) }; f(s)", 1),
    ],
)
def test_what_is_carried(text: str, carried: int) -> None:
    """What a turn assigns and reads later is its own, unless a function in its scope reads it."""
    program = gradcli.engine.program.Text.of(text)
    run = Run(program, program.names(), {"x": 0.3}, Settings(), questions=watched)
    loops = [node.attrs[0] for node in run.graph.nodes.values() if node.op.name == "loop"]
    assert [len(loop.carried) for loop in loops] == [carried]


@pytest.mark.parametrize(
    ("turn", "size", "is_node"),
    [("s*cos(s) + 1", 32, True), ("tanh(s @ s)", 32, False), ("s*cos(s) + 1", 9, False)],
)
def test_few_turns(turn: str, size: int, is_node: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are a node over long arrays, but not where matrices are multiplied."""
    monkeypatch.setattr(loops, "AHEAD", 60)
    text = f"s = x*eye({size}); for i in range(20) {{ s = {turn} }}; sum(s)"
    program = gradcli.engine.program.Text.of(text)
    run = Run(program, program.names(), {"x": 0.3}, Settings(), questions=watched)
    assert any(node.op.name == "loop" for node in run.graph.nodes.values()) is is_node


@pytest.mark.parametrize(
    "text",
    [
        "s = x; for i in range(20) { s = s*cos(s) + y }; s",
        "s = x*linspace(0.1, 1, 600); for i in range(90) { s = s*cos(s) + y }; sum(s)",
    ],
)
def test_a_program_that_is_called_again(text: str) -> None:
    """Of long arrays all rows stay for the way back, and none where there is no way back."""
    program = gradcli.compile(text)
    assert [program.evaluate(x=0.3, y=k / 10) for k in range(4)] == [
        gradcli.evaluate(text, x=0.3, y=k / 10) for k in range(4)
    ]
    first = [program.value_and_grads(x=0.3, y=k / 10) for k in range(4)]
    for k, (value, gradients) in enumerate(first):
        wanted, slopes = gradcli.compile(text).value_and_grads(x=0.3, y=k / 10)
        assert value == pytest.approx(wanted, rel=1e-13)
        assert gradients["y"] == pytest.approx(slopes["y"], rel=1e-13)


def test_what_decides_in_a_way_that_is_found_late() -> None:
    """A number that stays the same, and that the first turns do not look at."""
    text = """s = x; for i in range(300) {
        if s < 0.33 { s = 1.001*s } else { if y > 0 { s = 1.001*s } else { s = 0.999*s } }
    }; s"""
    for y in (1.0, -1.0, 1.0):
        s = 0.3
        for _ in range(300):
            s *= 1.001 if s < 0.33 or y > 0 else 0.999
        assert gradcli.evaluate(text, x=0.3, y=y) == s


def test_limits_are_met_at_the_same_turn() -> None:
    text = "s = x; for i in range(1000) { s = s*0.99 }; s"
    assert_alike("grad", text, {"x": 1.0}, max_steps=500)
    assert_alike("grad", "while true { x = x*0.99 }; x", {"x": 1.0}, max_steps=5000)


# --- programs made up -----------------------------------------------------------------------------

SCALARS = "a b c".split()


def expression(rng: random.Random, depth: int = 2) -> str:
    """A number, of what is carried and around the loop."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice([*SCALARS, "x", "y", "v[i % 20]", "i/20", f"{rng.uniform(0.2, 1.5):.2f}"])
    one, other = expression(rng, depth - 1), expression(rng, depth - 1)
    form = rng.choice(
        ["({} + {})", "({} - {})", "{}*{}", "({})/(2 + ({})^2)", "sin({} + {})", "f({}, {})"]
    )
    return form.format(one, other)


def statement(rng: random.Random, depth: int = 1) -> str:
    """An assignment, a branch or a loop."""
    name, kind = rng.choice(SCALARS), rng.random()
    if depth and kind < 0.3:
        inner = statement(rng, 0), statement(rng, 0)
        condition = f"{expression(rng, 1)} > {rng.uniform(-0.5, 0.8):.2f}"
        return f"if {condition} {{ {inner[0]} }} else {{ {inner[1]} }}"
    if depth and kind < 0.45:
        return f"for j in range(5) {{ {statement(rng, 0)} }}"
    if depth and kind < 0.55:
        return f"h = tanh(A @ h + {name}*u)\n{name} = sum(h)/2"
    return f"{name} = tanh({expression(rng)})"


@pytest.mark.usefixtures("smallness")
@pytest.mark.parametrize("seed", range(60, 80))
def test_programs_made_up_by_machine_code(seed: int, machines: Machines) -> None:
    test_programs_made_up(seed)
    assert not machines.errors


@pytest.mark.parametrize("seed", range(60))
def test_programs_made_up(seed: int) -> None:
    rng = random.Random(seed)
    body = "\n".join(statement(rng) for _ in range(rng.randint(1, 4)))
    head = "f(p, q) = p*cos(q)\n(a, b, c) = (x, y, x*y)\nh = u\n"
    text = f"{head}for i in range(12) {{\n{body}\n}}\na + 2*b - c + sum(h)"
    assert_alike("value_and_grads", text, values_for(text))
    if seed % 4 == 0:
        assert_alike("hessian", text, values_for(text), wrt=["x", "y"])


# --- loops within loops ---------------------------------------------------------------------------

FUNCTIONS = """
f(p, q) = p*cos(q)
g(p) = { r = p; k = 0; while abs(r) < 1 and k < 9 { r = 1.3*r + 0.2*y; k += 1 }; r }
h(p, q) = { s = p; for j in range(5) { if s > q { s = s*q/2 } else { s = sin(s) + 0.4 } }; s }
"""


def inner(rng: random.Random) -> str:
    """A loop whose length, or whose ways, hang on what the loop around it carries."""
    name, one, other = rng.choice(SCALARS), expression(rng, 1), expression(rng, 1)
    bound = rng.uniform(0.5, 3)
    ways = f"if {other} > 0.3 {{ {statement(rng, 0)} }} else {{ r = r + 0.1 }}"
    forms = [
        f"r = {one}; n = 0; while r < {bound:.2f} and n < 9 {{ r = r + 0.2 + r*r/9; n += 1 }}",
        f"n = 0; r = {one}; while n < 4 + 3*sin({name}) {{ n += 1; r = r/2 + {other}; {ways} }}",
        f"r = 0; for j in range(6) {{ r = r/2 + {one}; {ways} }}",
        f"r = g({name}) + grad(g)({name})/9",
        f"r = h({name}, {one}) + grad(p => h(p, {other}))({name})/9",
        f"r = {name}; k = 0; while k < 3 + {name} {{ k += 1; r = r - 0.1*grad(e)(r) }}",
        f"r = {name} + jvp(e({name}), {name}, 1)/9",
    ]
    return f"e(p) = (g(p) - {one})^2; {rng.choice(forms)}\n{name} = tanh(r/2)"


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_loops_within_loops(seed: int) -> None:
    rng = random.Random(seed)
    body = "\n".join([inner(rng), *(statement(rng) for _ in range(rng.randint(0, 2)))])
    head = f"{FUNCTIONS}(a, b, c) = (x, y, x*y)\nh = u\n".replace("h = u", "w = u")
    body = body.replace("h = tanh(A @ h", "w = tanh(A @ w").replace("sum(h)", "sum(w)")
    text = f"{head}for i in range(8) {{\n{body}\n}}\na + 2*b - c + sum(w)"
    assert_alike("value_and_grads", text, values_for(text))
    if seed % 3 == 0:
        assert_alike("hessian", text, values_for(text), wrt=["x", "y"])
    if seed % 3 == 1:
        tangents = {name: np.cos(np.asarray(x) + 1.0) for name, x in values_for(text).items()}
        assert_alike("jvp", text, values_for(text), tangent=tangents)


@pytest.mark.parametrize("seed", range(51, 56))
def test_loops_within_loops_by_machine_code(seed: int, machines: Machines) -> None:
    test_loops_within_loops(seed)
    assert not machines.errors


NESTED = [
    "s = 0; for i in range(20) { n = 0; r = x; while n < 3 + s { n += 1; r *= y }; s = r - s }; s",
    "s = y; for i in range(20) { n = 0; while n < 3 + s { n += 1; r = n*x }; s = s/2 + r/9 }; s",
    "s = y; for i in range(20) { n = 0; while n < 3 + s { n += 1; s = s - v[n]/9 }; s += x }; s",
    (
        "s = y; for i in range(20) { k = 0; w = s; while k < 3 + s { k += 1; w = w*x; e = w*w + w }"
        "; s = s/2 + grad(e, w)/9 }; s"
    ),
    (
        "s = y; for i in range(20) { n = 0; z = x; while n < 3 + s { n += 1; if n > 2 { z = s/n } }"
        "; s = s/2 + z*x }; s"
    ),
    (
        "s = y; for i in range(20) { r = [s]; while r.size < 3 + s { r = append(r, x) }"
        "; s = s/2 + sum(r)/9 }; s"
    ),
    "s = y; for i in range(9) { n = 0; while n < 3 + s { n += 1; print(n) }; s = s/2 + n*x/9 }; s",
    "s = y; for i in range(20) { for j in range(6) { if s > x { s /= 3 } else { s += y } } }; s",
    "s = y; for i in range(20) { for j in range(6) { if s > x { s /= 3 } else { s += v[j] } } }; s",
    "s = y; for i in range(20) { for e in v { if s > x { s /= 3 } else { s += e*x } } }; s",
    "f(a) = { n = 0; while n < 3 + a { n += 1; a = sin(a) + x }; a }; sum(vmap(f)(v))*y",
    (
        "f(a) = { n = 0; while n < 3 + a { n += 1; a = sin(a) + x }; a }; s = y; "
        "for i in range(20) { s = s/2 + sum(vmap(f)(v[0:3]))/9 }; s"
    ),
    (
        "s = y; for i in range(15) { n = 0; while n < 2 + s { k = 0; while k < n + s "
        "{ k += 1; s = s*x + y/k }; n += 1 }; s = s/2 }; s"
    ),
]
"""Loops within loops that leave what is used behind them, or what cannot be left."""


@pytest.mark.parametrize("question", QUESTIONS[:2])
@pytest.mark.parametrize("text", NESTED)
def test_one_answer_of_loops_within_loops(text: str, question: str) -> None:
    assert_alike(question, text, values_for(text))


@pytest.mark.parametrize("steps", [300, 20000])
def test_limits_are_met_within_loops(steps: int) -> None:
    text = "s = x; for i in range(99) { r = s; while r < 3 { r = r + s/9 }; s *= 0.99 }; s"
    assert_alike("grad", text, {"x": 1.0}, max_steps=steps)
    text = "s = x; for i in range(99) { while s > 0.5 { s = s*0.9 + i/99 }; s += 1 }; s"
    assert_alike("grad", text, {"x": 1.0}, max_steps=min(steps, 2000))


def test_how_often_a_loop_turns_is_no_new_way(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered = []
    way = loops.Rolling.way
    monkeypatch.setattr(loops.Rolling, "way", lambda *a: lowered.append(1) or way(*a))
    text = (
        "s = x; for i in range(200) { n = 0; r = s; while n < 2 + 20*sin(i)^2 "
        "{ n += 1; r = r/2 + y }; s = tanh(s + r) }; s"
    )
    assert_alike("value_and_grads", text, values_for(text))
    assert len(lowered) < 20
