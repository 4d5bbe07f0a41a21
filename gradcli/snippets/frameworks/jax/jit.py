"""`jax.jit`: functions whose arguments, but for static ones, may not decide their course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Method, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.node import Node


def jit(home: Any, function: Any, options: dict[str, Any]) -> Any:
    """`jax.jit(function, …)`, and with options only, a decorator."""
    if function is None:
        return Native("jit", lambda own: jit(home, own, options))
    made = Jitted(home, function, **options)
    return Method(getattr(function, "name", "jit"), made.call, wraps=function)


class Jitted:
    """A jitted function, which shows what it prints once for each kind of arguments."""

    def __init__(
        self,
        home: Any,
        function: Any,
        /,
        static_argnums: Any = (),
        static_argnames: Any = (),
        **_named: Any,
    ) -> None:
        self._home = home
        self._function = function
        self._seen: set[str] = set()
        names = [getattr(p.target, "id", "") for p in _parameters(function)]
        numbers, words = _several(static_argnums, int), _several(static_argnames, str)
        self._static = numbers | {i for i, name in enumerate(names) if name in words}
        self._static_names = words | {
            names[i] for i in self._static if isinstance(i, int) and i < len(names)
        }

    def call(self, *args: Any, **named: Any) -> Any:
        """Its value; JAX runs the body, and so prints, only where it traces it."""
        key = str([_kind(value) for value in (*args, *sorted(named.items()))])
        machine = self._home.machine
        write = machine.write
        if key in self._seen:
            machine.write = lambda _text: None
        self._seen.add(key)
        try:
            return self._traced_call(args, named)
        finally:
            machine.write = write

    def _traced_call(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        home = self._home
        marks: set[Node] = set()
        args, named = self._traced(args, named, lambda leaf: self._tracer(leaf, marks))
        home.jitted.append(marks)
        home.machine.depth_of_tracing += 1
        try:
            value = home.machine.call(self._function, args, named)
        finally:
            home.jitted.pop()
            home.machine.depth_of_tracing -= 1
        return home.structure(mapped(self._outside, value))

    def _traced(
        self, args: Sequence[Any], named: dict[str, Any], trace: Callable[[Any], Array]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, those that are not static traced."""
        count, words = len(args), self._static_names
        fixed = {i % count for i in self._static if count}
        return (
            tuple(a if i in fixed else mapped(trace, a) for i, a in enumerate(args)),
            {k: v if k in words else mapped(trace, v) for k, v in named.items()},
        )

    def _tracer(self, leaf: Any, marks: set[Node]) -> Array:
        """An argument as one that may not decide the course, whose node joins `marks`."""
        home = self._home
        if not isinstance(leaf, (Array, int, float)):
            shown = home.machine.language.type_name(leaf)
            text = f"Argument of type <class '{shown}'> is not a valid JAX type."
            raise Raised("TypeError", text)
        array = home.asarray(leaf)
        home.recorder.use(array.dtype)
        made: Array = home.again(home.recorder.mark(array.node), array)
        marks.add(made.node)
        return made

    def _outside(self, leaf: Any) -> Any:
        """What comes out of a jitted function: always arrays."""
        array = self._home.asarray(leaf)
        made = self._home.wrap(array.node, array.dtype)
        made.weak = array.weak
        return made


def _several(value: Any, one: type) -> set[Any]:
    """What an option names, be it one thing or several."""
    return {value} if isinstance(value, one) else set(value or ())


def _kind(value: Any) -> Any:
    """What of an argument decides whether a function is traced anew."""
    kinds = [
        (leaf.dtype.name, leaf.shape) if isinstance(leaf, Array) else type(leaf).__name__
        for leaf in leaves(value)
    ]
    return kinds, [leaf for leaf in leaves(value) if isinstance(leaf, (str, bool))]


def _parameters(function: Any) -> Sequence[Any]:
    own = getattr(function, "function", None)
    return getattr(own, "parameters", ())
