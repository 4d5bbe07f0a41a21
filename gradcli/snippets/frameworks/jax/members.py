"""What stands behind `jax.` and is no function of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.dtypes import is_float
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.jax.custom import CustomJVP, CustomVJP
from gradcli.snippets.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.transforms import Transforms
from gradcli.snippets.values import Array, Kind, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.node import Node


ERRORS = (
    "TracerBoolConversionError",
    "TracerArrayConversionError",
    "TracerIntegerConversionError",
    "ConcretizationTypeError",
    "UnexpectedTracerError",
)


def members(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    transforms = Transforms(home)
    tree = trees(home)
    array_kind = Kind("Array", home.asarray, lambda v: isinstance(v, Array) and v.home is home)
    rows: dict[str, Callable[..., Any]] = {
        "grad": lambda fun, argnums=0, has_aux=False, **_named: transforms.grad(
            fun, argnums, has_aux
        ),
        "value_and_grad": lambda fun, argnums=0, has_aux=False, **_named: transforms.grad(
            fun, argnums, has_aux, value=True
        ),
        "vjp": transforms.vjp,
        "jvp": transforms.jvp,
        "linearize": transforms.linearize,
        "jacfwd": lambda fun, argnums=0, has_aux=False, **_named: transforms.jacobian(
            fun, argnums, has_aux
        ),
        "jacrev": lambda fun, argnums=0, has_aux=False, **_named: transforms.jacobian(
            fun, argnums, has_aux
        ),
        "jacobian": lambda fun, argnums=0, has_aux=False, **_named: transforms.jacobian(
            fun, argnums, has_aux
        ),
        "hessian": lambda fun, argnums=0, has_aux=False, **_named: transforms.hessian(
            fun, argnums, has_aux
        ),
        "vmap": transforms.vmap,
        "pmap": transforms.vmap,
        "jit": lambda fun=None, **named: _jit(home, fun, named),
        "checkpoint": lambda fun=None, **_named: _same(fun),
        "remat": lambda fun=None, **_named: _same(fun),
        "ad_checkpoint.checkpoint": lambda fun=None, **_named: _same(fun),
        "custom_vjp": lambda fun, nondiff_argnums=(): CustomVJP(home, fun, nondiff_argnums),
        "custom_jvp": lambda fun, nondiff_argnums=(): CustomJVP(home, fun, nondiff_argnums),
        "custom_gradient": lambda fun: _custom_gradient(home, fun),
        "block_until_ready": lambda value: value,
        "device_put": lambda value, *_: mapped(home.asarray, value),
        "device_get": lambda value: mapped(
            lambda x: home.machine.framework("numpy").constant(home.recorder.array(x)), value
        ),
        "default_backend": lambda: "cpu",
        "numpy.array": lambda value, dtype=None, **_named: _array(home, value, dtype),
        "numpy.asarray": lambda value, dtype=None, **_named: _as(home, value, dtype),
        "numpy.shape": lambda value: tuple(home.asarray(value).shape),
        "numpy.ndim": lambda value: len(home.asarray(value).shape),
        "numpy.size": lambda value: home.asarray(value).node.size,
        "numpy.allclose": lambda a, b, **named: _close(home, a, b, **named),
        "numpy.array_equal": lambda a, b: _equal(home, a, b),
        "numpy.vectorize": lambda fun, **_named: fun,
        "debug.print": lambda text, *args, **named: _print(home, text, args, named),
        "flatten_util.ravel_pytree": lambda value: _ravelled(home, value),
    }
    table = {path: Native(path.rpartition(".")[2], row) for path, row in rows.items()}
    for path in ("tree", "tree_util"):
        for name, row in tree.items():
            own = name if path == "tree" else f"tree_{name}"
            table[f"{path}.{own}"] = Native(own, row)
    table["tree_map"] = Native("tree_map", tree["map"])
    builtin = home.machine.language.builtin
    table |= {f"errors.{name}": builtin(name) for name in ERRORS}
    return table | {
        "Array": array_kind,
        "numpy.ndarray": array_kind,
        "numpy.newaxis": None,
        "config": Config(home),
        "__version__": "0.10.2",
    }


class Config(Object):
    """`jax.config`."""

    kind = "Config"

    def __init__(self, home: Any) -> None:
        self.home = home

    @exposed
    def update(self, name: str, value: Any) -> None:
        """Sets an option; all but one make no difference here."""
        if name == "jax_enable_x64":
            self.home.set_x64(value)


def _same(function: Any) -> Any:
    """A transformation that changes nothing of what a function computes."""
    return function if function is not None else Native("checkpoint", lambda own: own)


def _jit(home: Any, function: Any, options: dict[str, Any]) -> Any:
    """A function whose arguments, but for static ones, may not decide its course."""
    if function is None:
        return Native("jit", lambda own: _jit(home, own, options))
    static = options.get("static_argnums", ())
    static = {static} if isinstance(static, int) else set(static or ())
    words = options.get("static_argnames", ())
    words = {words} if isinstance(words, str) else set(words or ())
    names = [getattr(p.target, "id", "") for p in _parameters(function)]
    static |= {i for i, name in enumerate(names) if name in words}
    words |= {names[i] for i in static if isinstance(i, int) and i < len(names)}

    seen: set[Any] = set()

    def jitted(*args: Any, **named: Any) -> Any:
        key = str([_kind(value) for value in (*args, *sorted(named.items()))])
        write = home.machine.write
        if key in seen:
            home.machine.write = lambda _text: None
        seen.add(key)
        try:
            return traced_call(args, named)
        finally:
            home.machine.write = write

    def traced_call(args: Any, named: Any) -> Any:
        marks: set[Node] = set()

        def traced(leaf: Any) -> Any:
            if not isinstance(leaf, (Array, int, float)):
                shown = home.machine.language.type_name(leaf)
                text = f"Argument of type <class '{shown}'> is not a valid JAX type."
                raise Raised("TypeError", text)
            array = home.asarray(leaf)
            home.recorder.use(array.dtype)
            made = home.again(home.recorder.mark(array.node), array)
            marks.add(made.node)
            return made

        count = len(args)
        fixed = {i % count for i in static if count}
        args = tuple(a if i in fixed else mapped(traced, a) for i, a in enumerate(args))
        named = {k: v if k in words else mapped(traced, v) for k, v in named.items()}
        home.jitted.append(marks)
        home.machine.depth_of_tracing += 1
        try:
            value = home.machine.call(function, args, named)
        finally:
            home.jitted.pop()
            home.machine.depth_of_tracing -= 1
        return home.structure(mapped(lambda leaf: _outside(home, leaf), value))

    return Native(getattr(function, "name", "jit"), jitted, wraps=function)


def _kind(value: Any) -> Any:
    """What of an argument decides whether a function is traced anew."""
    kinds = [
        (leaf.dtype.name, leaf.shape) if isinstance(leaf, Array) else type(leaf).__name__
        for leaf in leaves(value)
    ]
    plain = [leaf for leaf in leaves(value) if isinstance(leaf, (str, bool, int))]
    return kinds, [leaf for leaf in plain if isinstance(leaf, (str, bool))]


def _outside(home: Any, leaf: Any) -> Any:
    """What comes out of a jitted function: always arrays."""
    array = home.asarray(leaf)
    made = home.wrap(array.node, array.dtype)
    made.weak = array.weak
    return made


def _parameters(function: Any) -> Sequence[Any]:
    own = getattr(function, "function", None)
    return getattr(own, "parameters", ())


def _custom_gradient(home: Any, function: Any) -> Any:
    from gradcli.snippets.frameworks.jax.custom import with_gradient

    return Native("custom_gradient", lambda *args: with_gradient(home, function, args))


def _array(home: Any, value: Any, dtype: Any) -> Array:
    """`jnp.array`: of one number it is weak, as the number is."""
    array: Array = _as(home, value, dtype)
    if dtype is None and not array.shape:
        return array
    made: Array = home.made(array.node, array.dtype)
    return made


def _as(home: Any, value: Any, dtype: Any) -> Array:
    wish = None if dtype is None else home.dtype_of(dtype)
    made: Array = home.asarray(value, wish)
    return made


def _close(home: Any, a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, **_n: Any) -> Array:
    x, y = (home.recorder.numbers(home.asarray(value)) for value in (a, b))
    made: Array = home.constant(np.allclose(x, y, rtol, atol))
    return made


def _equal(home: Any, a: Any, b: Any) -> Array:
    x, y = (home.recorder.numbers(home.asarray(value)) for value in (a, b))
    made: Array = home.constant(np.array_equal(x, y))
    return made


def _print(home: Any, text: str, args: Any, named: Any) -> None:
    """`jax.debug.print`: at every call, and of the numbers."""
    machine = home.machine
    before, home.jitted = home.jitted, []
    depth, machine.depth_of_tracing = machine.depth_of_tracing, 0
    try:
        formatted = machine.call(machine.language.attribute(text, "format"), args, named)
    finally:
        home.jitted, machine.depth_of_tracing = before, depth
    machine.write_always(formatted + "\n")


def _ravelled(home: Any, value: Any) -> Any:
    """A structure as one row, and the function that makes it of a row again."""
    arrays = [home.asarray(leaf) for leaf in leaves(value)]
    reshape = home.member(("numpy", "reshape"))
    rows = [home.machine.call(reshape, [a, (a.node.size,)]) for a in arrays]
    row = home.machine.call(home.member(("numpy", "concatenate")), [rows])

    def parts(flat: Array) -> Any:
        start, made = 0, []
        for array in arrays:
            part = home.item(flat, slice(start, start + array.node.size))
            made.append(home.machine.call(reshape, [part, array.shape]))
            start += array.node.size
        return rebuilt(value, iter(made))

    return row, Native("unravel", parts)


def trees(home: Any) -> dict[str, Callable[..., Any]]:
    """`jax.tree.map` and its like."""

    def over(function: Any, first: Any, *others: Any, is_leaf: Any = None) -> Any:
        del is_leaf
        made = mapped(lambda *row: home.machine.call(function, row), first, *others)
        return home.structure(made)

    def flat(value: Any) -> Any:
        return leaves(value), Structure(value)

    def reduced(function: Any, value: Any, *start: Any) -> Any:
        items = [*start, *leaves(value)]
        total = items[0]
        for item in items[1:]:
            total = home.machine.call(function, [total, item])
        return total

    return {
        "map": over,
        "leaves": leaves,
        "flatten": flat,
        "unflatten": lambda structure, values: home.structure(
            rebuilt(structure.like, iter(values))
        ),
        "structure": Structure,
        "reduce": reduced,
        "all": lambda value: all(home.machine.truth(leaf) for leaf in leaves(value)),
    }


class Structure(Object):
    """The structure of a tree."""

    kind = "PyTreeDef"

    def __init__(self, like: Any) -> None:
        self.like = like

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return self.show()

    def show(self) -> str:
        """How it is shown."""
        return f"PyTreeDef({_shown(self.like)})"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_shown(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, tuple):
        inner = ", ".join(map(_shown, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return "None" if value is None else "*"


__all__ = ["is_float", "members"]
