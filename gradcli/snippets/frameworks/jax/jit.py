"""`jax.jit`: functions whose arguments, but for static ones, may not decide their course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt, shown
from gradcli.snippets.arrays.traces import Trace
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.jax.array import Marks
from gradcli.snippets.frameworks.jax.contracted import contracted
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
    """A jitted function: it is walked once for each kind of arguments, and is that graph then."""

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
        self._traces = home.known_traces.of(function)
        names = [getattr(p.target, "id", "") for p in _parameters(function)]
        numbers, words = _several(static_argnums, int), _several(static_argnames, str)
        self._static = numbers | {i for i, name in enumerate(names) if name in words}
        self._static_names = words | {
            names[i] for i in self._static if isinstance(i, int) and i < len(names)
        }

    def call(self, *args: Any, **named: Any) -> Any:
        """Its value; JAX walks the body, and so prints, only where it traces it."""
        if self._home.is_unjitted:
            return self._home.machine.call(self._function, args, named)
        key = self._key(args, named)
        trace = self._traces.get(key)
        if trace is not None and trace.is_general:
            return self._again(self._compiled(trace), args, named)
        machine = self._home.machine
        write = machine.write
        if trace is not None:
            machine.write = lambda _text: None
        try:
            made = self._walked(args, named)
        finally:
            machine.write = write
        if trace is None:
            self._traces[key] = made
        return self._home.structure(mapped(self._outside, self._compiled(made).value))

    def _compiled(self, trace: Trace) -> Trace:
        """A trace as it is computed where nothing is traced around it, and it is compiled alone."""
        home = self._home
        if home.machine.depth_of_tracing:
            return trace
        home.recorder.use(FLOAT32)
        return trace.remade(contracted, home.again)

    def _key(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """What decides whether the function is traced anew."""
        fixed = {i % len(args) for i in self._static if args}
        by_place = tuple(
            self._known(a) if i in fixed else _kind(a, self._home) for i, a in enumerate(args)
        )
        by_name = tuple(
            (k, self._known(v) if k in self._static_names else _kind(v, self._home))
            for k, v in sorted(named.items())
        )
        return by_place, by_name, self._home.default, frozenset(map(str, self._static))

    def _known(self, value: Any) -> Any:
        """A static argument: its value counts, or what its class says is its hash."""
        if isinstance(value, (int, float, str, tuple)) or value is None:
            return repr(value)
        own = self._home.machine.language.special(value, "__hash__")
        return id(value) if own is None else self._home.machine.call(own)

    def _walked(self, args: Sequence[Any], named: dict[str, Any]) -> Trace:
        home = self._home
        marks: dict[Node, None] = {}
        args, named = self._traced(args, named, lambda leaf: self._tracer(leaf, marks))
        trace = Trace(home.recorder, list(marks), (args, named))

        def walk() -> tuple[Any, list[Any]]:
            home.jitted.append(Marks(marks, home.recorder.graph.count))
            home.machine.depth_of_tracing += 1
            try:
                value = home.machine.call(self._function, args, named)
            finally:
                home.jitted.pop()
                home.machine.depth_of_tracing -= 1
            value = mapped(home.asarray, value)
            return value, leaves(value)

        trace.walked(walk)
        return trace

    def _again(self, trace: Trace, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """The value for other arguments of the same kinds."""
        home = self._home
        given: list[Node] = []

        def note(leaf: Any) -> Any:
            array = home.asarray(leaf)
            given.append(array.node)
            return array

        self._traced(args, named, note)
        known = None if home.records(()) else trace.constants(given)
        nodes = trace.nodes(given) if known is None else known
        made = zip(nodes, trace.outputs, strict=True)
        value = rebuilt(trace.value, (home.again(node, like) for node, like in made))
        return home.structure(mapped(self._outside, value))

    def _traced(
        self, args: Sequence[Any], named: dict[str, Any], trace: Callable[[Any], Array]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, those that are not static traced."""
        count, words = len(args), self._static_names
        fixed = {i % count for i in self._static if count}
        return (
            tuple(a if i in fixed else mapped(trace, a) for i, a in enumerate(args)),
            {k: v if k in words else mapped(trace, v) for k, v in sorted(named.items())},
        )

    def _tracer(self, leaf: Any, marks: dict[Node, None]) -> Array:
        """An argument as one that may not decide the course, whose node joins `marks`."""
        home = self._home
        if not isinstance(leaf, (Array, int, float)):
            shown = home.machine.language.type_name(leaf)
            text = f"Argument of type <class '{shown}'> is not a valid JAX type."
            raise Raised("TypeError", text)
        array = home.asarray(leaf)
        home.recorder.use(array.dtype)
        made: Array = home.again(home.recorder.mark(array.node), array)
        marks[made.node] = None
        return made

    def _outside(self, leaf: Any) -> Any:
        """What comes out of a jitted function: always arrays."""
        array = self._home.asarray(leaf)
        made = self._home.wrap(array.node, array.dtype)
        made.weak = array.weak
        return made


class Body(Jitted):
    """The body of a loop or a branch of a `kind`: it is not asked what is weak of its arguments."""

    def __init__(self, home: Any, function: Any, kind: str) -> None:
        super().__init__(home, function)
        self._kind = kind

    def _compiled(self, trace: Trace) -> Trace:
        """A body is compiled alone within functions, too: no product goes across its end."""
        home = self._home
        if not home.is_last:
            return trace
        home.recorder.use(FLOAT32)
        return trace.remade(contracted, lambda node, y: home.again(home.recorder.mark(node), y))

    def _key(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """Whether it is traced anew is decided by shapes and types alone."""
        del named
        parts = [self._home.asarray(leaf) for leaf in leaves(list(args))]
        kinds = tuple((x.dtype.name, x.shape) for x in parts)
        return self._kind, shown(list(args)), kinds, self._home.default


def _several(value: Any, one: type) -> set[Any]:
    """What an option names, be it one thing or several."""
    return {value} if isinstance(value, one) else set(value or ())


def _kind(value: Any, home: Any) -> Any:
    """What of an argument decides whether a function is traced anew: its structure and types."""
    kinds = []
    for leaf in leaves(value):
        if isinstance(leaf, (Array, int, float)):
            array = home.asarray(leaf)
            kinds.append((array.dtype.name, array.shape, array.weak))
        else:
            kinds.append((type(leaf).__name__, repr(leaf) if isinstance(leaf, str) else "", False))
    return shown(value), tuple(kinds)


def _parameters(function: Any) -> Sequence[Any]:
    own = getattr(function, "function", None)
    return getattr(own, "parameters", ())
