"""The same function by each of the other tools that are installed, as jobs to be timed.

A function to be compared takes `Tools` and arrays, so that one text of it serves all tools.
"""

from __future__ import annotations

import importlib
import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Job = Callable[[], Any]
    Function = Callable[..., Any]

NAMES = ("log", "exp", "sqrt", "tanh", "sin")


class Tools(NamedTuple):
    """What a function may use of a tool; `top` and `sums` go along the rows and keep the axis."""

    log: Any
    exp: Any
    sqrt: Any
    tanh: Any
    sin: Any
    total: Any
    top: Any
    sums: Any


def tools(module: Any) -> Tools:
    """Those of a module with NumPy's names."""
    return Tools(
        *(getattr(module, name) for name in NAMES),
        module.sum,
        lambda z: module.max(z, axis=1, keepdims=True),
        lambda z: module.sum(z, axis=1, keepdims=True),
    )


def installed(name: str) -> Any:
    """A module if it is there, else None."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def jax() -> Any:
    """JAX in double precision, or None."""
    module = installed("jax")
    if module is not None:
        module.config.update("jax_enable_x64", True)
    return module


def tensorflow() -> Any:
    """TensorFlow without its chatter, or None."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return installed("tensorflow")


# --- value and gradients of a function of arrays ------------------------------------------------


def by_jax(function: Function, inputs: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, Job]:
    """By JAX, compiled."""
    module = jax()
    if module is None:
        return {}
    xp = importlib.import_module("jax.numpy")
    own = tools(xp)

    def total(*args: Any) -> Any:
        value = function(own, **dict(zip(inputs, args, strict=True)))
        return value.sum(), value

    places = tuple(list(inputs).index(name) for name in wrt)
    compiled = module.jit(module.value_and_grad(total, places, has_aux=True))
    arrays = [xp.asarray(value) for value in inputs.values()]

    def job() -> Any:
        (_, value), found = module.block_until_ready(compiled(*arrays))
        return [value, *found]

    return {"JAX jit": job}


def by_torch(function: Function, inputs: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, Job]:
    """By PyTorch, eager."""
    torch = installed("torch")
    if torch is None:
        return {}
    own = tools(torch)._replace(top=lambda z: z.max(1, keepdim=True).values)
    given = {n: torch.tensor(v, requires_grad=n in wrt) for n, v in inputs.items()}

    def job() -> Any:
        value = function(own, **given)
        found = torch.autograd.grad(value.sum(), [given[name] for name in wrt])
        return [value.detach().numpy(), *(g.numpy() for g in found)]

    return {"PyTorch": job}


def by_tensorflow(
    function: Function, inputs: Mapping[str, Any], wrt: Sequence[str]
) -> dict[str, Job]:
    """By TensorFlow, compiled by its own graph and by XLA."""
    tf = tensorflow()
    if tf is None:
        return {}
    math = tf.math
    own = Tools(
        *(getattr(math, name) for name in NAMES),
        tf.reduce_sum,
        partial(tf.reduce_max, axis=1, keepdims=True),
        partial(tf.reduce_sum, axis=1, keepdims=True),
    )
    arrays = [tf.constant(value) for value in inputs.values()]
    places = [list(inputs).index(name) for name in wrt]

    def run(*args: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([args[i] for i in places])
            value = function(own, **dict(zip(inputs, args, strict=True)))
        return value, tape.gradient(value, [args[i] for i in places])

    def job_of(compiled: Any) -> Job:
        def job() -> Any:
            value, found = compiled(*arrays)
            return [value.numpy(), *(tf.convert_to_tensor(g).numpy() for g in found)]

        return job

    return {
        "TensorFlow": job_of(tf.function(run)),
        "TensorFlow XLA": job_of(tf.function(run, jit_compile=True)),
    }


def by_autograd(
    function: Function, inputs: Mapping[str, Any], wrt: Sequence[str]
) -> dict[str, Job]:
    """By autograd."""
    autograd = installed("autograd")
    if autograd is None:
        return {}
    xp = importlib.import_module("autograd.numpy")
    core = importlib.import_module("autograd.core")
    extend = importlib.import_module("autograd.extend")
    own = tools(xp)

    def whole(args: Any) -> Any:
        return function(own, **{**inputs, **dict(zip(wrt, args, strict=True))})

    def job() -> Any:
        back, end = core.make_vjp(whole, tuple(inputs[name] for name in wrt))
        return [end, *back(extend.vspace(end).ones())]

    return {"autograd": job}


def of_arrays(function: Function, inputs: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, Job]:
    """The jobs of all tools that are installed."""
    found: dict[str, Job] = {}
    for make in (by_jax, by_tensorflow, by_torch, by_autograd):
        found |= make(function, inputs, wrt)
    return found


# --- formulas as texts, two variables x and y ---------------------------------------------------

FUNCTIONS = ("sin", "cos", "exp", "tanh", "arctan", "log")


def parsed(text: str, names: Mapping[str, Any]) -> Any:
    """A function of x and y, by Python's own parser."""
    return eval(f"lambda x, y: {text}", dict(names))


def named(module: Any) -> dict[str, Any]:
    """The functions of a module that formulas use, arctan as atan too."""
    found = {n: getattr(module, n) for n in FUNCTIONS if hasattr(module, n)}
    found.setdefault("arctan", getattr(module, "atan", None))
    return {**found, "atan": found["arctan"]}


def formula_by_autograd() -> Callable[[str], Any] | None:
    """A function that prepares a text: from a point to value and two slopes."""
    autograd = installed("autograd")
    if autograd is None:
        return None
    names = named(importlib.import_module("autograd.numpy"))
    return lambda text: autograd.value_and_grad(_pair(parsed(text, names)))


def _pair(function: Any) -> Any:
    return lambda point: function(point[0], point[1])


def formula_by_casadi() -> Callable[[str], Any] | None:
    """The same by CasADi's scalar graphs."""
    casadi = installed("casadi")
    if casadi is None:
        return None
    names = named(casadi)

    def prepare(text: str) -> Any:
        x, y = casadi.SX.sym("x"), casadi.SX.sym("y")
        value = parsed(text, names)(x, y)
        slopes = casadi.gradient(value, casadi.vertcat(x, y))
        whole = casadi.Function("f", [x, y], [value, slopes])

        def at(point: tuple[float, float]) -> Any:
            value, slopes = whole(*point)
            return float(value), slopes

        return at

    return prepare


def formula_by_symengine() -> Callable[[str], Any] | None:
    """The same by SymEngine's expressions."""
    symengine = installed("symengine")
    if symengine is None:
        return None
    names = named(symengine)
    x, y = symengine.symbols("x y")

    def prepare(text: str) -> Any:
        value = parsed(text, names)(x, y)
        whole = symengine.Lambdify([x, y], [value, value.diff(x), value.diff(y)])

        def at(point: tuple[float, float]) -> Any:
            found = whole(point)
            return float(found[0]), found[1:]

        return at

    return prepare


def formula_by_jax(*, compiled: bool) -> Callable[[str], Any] | None:
    """The same by JAX, operation by operation, or compiled."""
    module = jax()
    if module is None:
        return None
    names = named(importlib.import_module("jax.numpy"))

    def prepare(text: str) -> Any:
        whole = module.value_and_grad(parsed(text, names), (0, 1))
        whole = module.jit(whole) if compiled else whole
        return lambda point: whole(*point)

    return prepare


def formula_by_torch() -> Callable[[str], Any] | None:
    """The same by PyTorch."""
    torch = installed("torch")
    if torch is None:
        return None

    def of_number(function: Any) -> Any:
        return lambda x: function(torch.as_tensor(x, dtype=torch.float64))

    names = {name: of_number(function) for name, function in named(torch).items()}

    def prepare(text: str) -> Any:
        function = parsed(text, names)

        def at(point: tuple[float, float]) -> Any:
            x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in point)
            value = function(x, y)
            return value.item(), torch.autograd.grad(value, (x, y))

        return at

    return prepare


def of_formulas() -> dict[str, Callable[[str], Any]]:
    """The tools that are quick enough for many different formulas."""
    return there(
        {
            "autograd": formula_by_autograd(),
            "CasADi": formula_by_casadi(),
            "PyTorch": formula_by_torch(),
        }
    )


def of_points() -> dict[str, Callable[[str], Any]]:
    """The tools that prepare a formula once, for many points."""
    compiled = {"SymEngine": formula_by_symengine(), "JAX jit": formula_by_jax(compiled=True)}
    return of_formulas() | there(compiled)


def there(found: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are installed."""
    return {name: prepare for name, prepare in found.items() if prepare is not None}
