"""Functions of `jax.lax` of two arrays, which must have one type: nothing is promoted there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from gradcli.snippets.values import Array

PROMOTING = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "max": "maximum",
    "min": "minimum",
    "eq": "equal",
    "ne": "not_equal",
    **dict.fromkeys(("rem", "lt", "le", "gt", "ge"), ""),
}
"""What each is called in `jax.numpy`, where types are promoted, if JAX's message says so."""

OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def pairs(home: Any) -> dict[str, Native]:
    """The functions by their names, each with that of the library, for what folds by it."""
    return {
        name: Native(
            name, partial(_of_one_type, home, name), of=home.library_function(("lax", name))
        )
        for name in PROMOTING
    }


def _of_one_type(home: Any, name: str, x: Any, y: Any) -> Any:
    """`lax.add` and the like."""
    arrays = [home.asarray(x), home.asarray(y)]
    if _differ(*arrays):
        types = ", ".join(array.dtype.name for array in arrays)
        text = f"lax.{name} requires arguments to have the same dtypes, got {types}."
        if PROMOTING[name]:
            text = (
                f"{text} (Tip: jnp.{PROMOTING[name]} is a similar function that does automatic "
                "type promotion on inputs)."
            )
        raise Raised("TypeError", text)
    if name == "div" and not is_float(arrays[0].dtype):
        return _quotient(home, *arrays)
    if name in OPERATORS:
        return home.operator(OPERATORS[name], *arrays)
    return home.call(home.library_function(("lax", name)), arrays, {})


def _differ(x: Any, y: Any) -> bool:
    """Whether two arrays have types that do not go together; a weak one is of its kind."""
    return bool(x.dtype.kind != y.dtype.kind or (x.dtype != y.dtype and not (x.weak or y.weak)))


def _quotient(home: Any, x: Array, y: Array) -> Any:
    """A quotient of whole numbers, without its fraction."""

    def of(name: str, *args: Any) -> Any:
        return home.result_of(f"numpy.{name}", *args)

    size = home.operator("//", of("abs", x), of("abs", y))
    return home.operator("*", size, home.operator("*", of("sign", x), of("sign", y)))
