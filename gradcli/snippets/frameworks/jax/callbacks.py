"""What JAX does at every call of a function, traced or not: prints, and calls of plain Python."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.jax.avals import ShapeDtype
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = {
    "pure_callback": "Pure callbacks do not support JVP. Please use `jax.custom_jvp` to use "
    "callbacks while taking gradients.",
    "io_callback": "IO callbacks do not support JVP.",
}
"""What JAX says where a callback is differentiated."""


def callbacks(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Callbacks(home)
    return {
        "debug.print": of.printed,
        "debug.callback": lambda callback, *args, **named: of.called(callback, args, _own(named)),
        "pure_callback": partial(of.returned, "pure_callback"),
        "experimental.io_callback": partial(of.returned, "io_callback"),
    }


class Callbacks:
    """The functions, of a framework whose tracing they step out of."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def called(self, function: Any, args: Any, named: Any) -> Any:
        """A call of a function of numbers, which is done each time, and so may print."""
        home, machine = self.home, self.home.machine
        home.recorder.acts += 1
        before = machine.depth_of_tracing, machine.write
        machine.depth_of_tracing, machine.write = 0, machine.write_always
        try:
            with home.untraced():
                return machine.call(function, args, named)
        finally:
            machine.depth_of_tracing, machine.write = before

    def printed(self, fmt: str, *args: Any, ordered: bool = False, **named: Any) -> None:
        """`jax.debug.print`."""
        del ordered
        machine = self.home.machine
        text = self.called(machine.language.attribute(fmt, "format"), args, named)
        machine.write_always(f"{text}\n")

    def returned(
        self, name: str, callback: Any, result_shape_dtypes: Any, *args: Any, **named: Any
    ) -> Any:
        """What a callback gives, through which no derivative goes."""
        home = self.home
        given = mapped(home.asarray, args)
        value = self.called(callback, given, _own(named))
        if result_shape_dtypes is None:
            return None
        wishes = iter(leaves(result_shape_dtypes))
        made = mapped(lambda leaf: self.typed(leaf, next(wishes)), value)
        inputs = [x for x in leaves(given) if isinstance(x, Array) and is_float(x.dtype)]

        def refuse(*_given: Any) -> Any:
            raise Raised("ValueError", TEXTS[name])

        return custom(home, name, made, inputs, refuse, refuse) if inputs else made

    def typed(self, leaf: Any, wish: Any) -> Array:
        """A result of the type that was named."""
        home = self.home
        like = wish.stands_for() if isinstance(wish, ShapeDtype) else home.asarray(wish)
        made: Array = home.constant(home.recorder.array(home.asarray(leaf)), like.dtype)
        return made


def _own(named: dict[str, Any]) -> dict[str, Any]:
    """The arguments that are the callback's."""
    options = ("ordered", "vmap_method", "sharding", "partitioned")
    return {name: value for name, value in named.items() if name not in options}
