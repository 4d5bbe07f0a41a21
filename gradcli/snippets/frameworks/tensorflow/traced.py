"""`tf.function`: functions that are walked once for arguments of a kind, and are a graph then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets import tree
from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.arrays.traces import Trace
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.rewritten import Rewritten
from gradcli.snippets.frameworks.tensorflow.specs import TensorSpec
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Closure, Instance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node


class Traced:
    """One function, and what it has computed for each kind of arguments.

    What it prints is printed when it is traced. A graph stands for it where nothing decided its
    course and no variable was assigned; else it is walked again.
    """

    def __init__(self, home: Any, body: Any, specs: Sequence[TensorSpec] | None = None) -> None:
        self._home = home
        self._body = body
        self._specs = specs
        self._is_said = False
        self._count = 0
        self._traces: dict[Any, Trace] = {}
        self._variables: dict[Any, list[Variable]] = {}

    def call(self, *args: Any, **named: Any) -> Any:
        """Its value, as tensors; computed at once, as what a graph is rewritten to."""
        home = self._home
        recorder = home.recorder
        if recorder.evaluator.rewritten or home.graphs.is_building or recorder.watching:
            return self._value(*args, **named)
        with recorder.rewriting(Rewritten):
            value = self._value(*args, **named)
            nodes = [leaf.node for leaf in leaves(value) if isinstance(leaf, Array)]
            recorder.graph.nodes.users.update(nodes)
            for node in nodes:
                recorder.evaluator(node)
        return mapped(self._outside, value)

    def _value(self, *args: Any, **named: Any) -> Any:
        args, named = self._bound(args, named)
        key = (
            tuple(signature(value) for value in args),
            tuple((name, signature(value)) for name, value in sorted(named.items())),
        )
        trace = self._traces.get(key)
        is_new = not self._is_said if self._specs is not None else trace is None
        self._is_said = True
        self._count += is_new
        if trace is not None and trace.is_general:
            return self._again(trace, self._variables[key], args, named)
        if self._home.graphs.is_building:
            return self._home.graphs.within(self._body, args, named, is_new=is_new)
        return self._walked(key, args, named, is_new=is_new)

    def count(self) -> int:
        """`f.experimental_get_tracing_count()`: how many graphs it has."""
        return self._count

    def _bound(self, args: Sequence[Any], named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The arguments in their places, those of a signature as tensors that it admits."""
        given, rest = list(args), dict(named)
        for name in _names(self._body)[len(given) :]:
            if name not in rest:
                break
            given.append(rest.pop(name))
        if self._specs is None:
            return given, rest
        own = given[:1] if given and isinstance(given[0], Instance) else []
        wanted = given[len(own) :]
        tensors = [spec.bound(x) for spec, x in zip(self._specs, wanted, strict=False)]
        for spec, tensor in zip(self._specs, tensors, strict=False):
            if not spec.admits(tensor):
                raise Raised("TypeError", self._misfit(spec, tensor, wanted, len(own)))
        return [*own, *tensors], rest

    def _misfit(self, spec: TensorSpec, tensor: Array, args: Sequence[Any], skipped: int) -> str:
        """What TensorFlow says of a tensor that a signature does not admit."""
        represent = self._home.machine.language.represent
        given = TensorSpec(self._home, tensor.shape, tensor.dtype).show()
        received = ", ".join(map(represent, args)) + ("," if len(args) == 1 else "")
        names = _names(self._body)[skipped:]
        pairs = zip(names, self._specs or (), strict=False)
        signed = ", ".join(f"{name}: {own.show()}" for name, own in pairs)
        return (
            f"Binding inputs to tf.function failed due to `Can not cast {given} to {spec.show()}`. "
            f"Received args: ({received}) and kwargs: {{}} for signature: ({signed})."
        )

    def _walked(self, key: Any, args: Sequence[Any], named: dict[str, Any], *, is_new: bool) -> Any:
        home = self._home
        marked: list[Array] = []

        def mark(value: Any) -> Any:
            if not isinstance(value, Array):
                return value
            array = home.asarray(value)
            made = home.again(home.recorder_mark(array), array)
            marked.append(made)
            return made

        args = [mapped(mark, value) for value in args]
        named = {name: mapped(mark, value) for name, value in sorted(named.items())}
        for name, value in (*zip(_names(self._body), args, strict=False), *named.items()):
            for i, leaf in enumerate(leaves(value)):
                if isinstance(leaf, Array):
                    home.graphs.symbols[leaf] = f"{name}_{i}" if i else name
        tensors = args[-len(self._specs) :] if self._specs else []
        for spec, array in zip(self._specs or (), tensors, strict=False):
            home.graphs.shapes[array] = spec.lengths
        trace = Trace(home.recorder, [], (args, named))
        assigned, read = home.tapes.assigned, home.tapes.note()

        def walk() -> tuple[Any, list[Any]]:
            home.machine.depth_of_tracing += 1
            try:
                value = home.graphs.within(self._body, args, named, is_new=is_new)
            finally:
                home.machine.depth_of_tracing -= 1
            value = mapped(self._tensor, value)
            trace.parameters = [*(x.node for x in marked), *read.values()]
            return value, [leaf for leaf in leaves(value) if isinstance(leaf, Array)]

        try:
            trace.walked(walk)
        finally:
            home.tapes.forget(read)
        hidden = home.recorder.unknown
        trace.is_general &= (
            home.tapes.assigned == assigned
            and len(trace.outputs) == len(leaves(trace.value))
            and hidden.keys().isdisjoint(ancestors([y.node for y in trace.outputs]))
        )
        self._traces[key], self._variables[key] = trace, list(read)
        value = mapped(self._outside, trace.value)
        if trace.is_decided:
            return home.graphs.leading(value, _sources(self._body, args, named))
        return value

    def _again(
        self,
        trace: Trace,
        variables: Sequence[Variable],
        args: Sequence[Any],
        named: dict[str, Any],
    ) -> Any:
        """The value for other arguments of the same kinds, and for what variables hold now."""
        home = self._home
        given: list[Node] = [
            home.asarray(leaf).node for leaf in leaves([*args, named]) if isinstance(leaf, Array)
        ]
        given += [variable.read().node for variable in variables]
        made = zip(trace.nodes(given), trace.outputs, strict=True)
        arrays = (home.again(node, like) for node, like in made)
        return mapped(self._outside, rebuilt(trace.value, arrays))

    def _tensor(self, leaf: Any) -> Any:
        """What a function gives is tensors, whatever its body gives."""
        if isinstance(leaf, (Array, Variable, int, float)):
            return self._home.asarray(leaf)
        return leaf

    def _outside(self, leaf: Any) -> Any:
        return self._home.wrap(leaf.node, leaf.dtype) if isinstance(leaf, Array) else leaf


def _sources(body: Any, args: Sequence[Any], named: dict[str, Any]) -> list[Any]:
    """What goes into a graph: tensors and variables that it names, but for those of conditions.

    Of an object that it names, such as `self`, all that it holds.
    """
    if not isinstance(body, Closure):
        return []
    given = {**dict(zip(_names(body), args, strict=False)), **named}
    if body.bound is not None:
        given = {**dict(zip(_names(body), [body.bound, *args], strict=False)), **named}
    found = []
    for word in _words(body.function.body):
        scope = None if word in given else body.scope.holding(word)
        value = given.get(word) if scope is None else scope.names[word]
        held = value.attributes.values() if isinstance(value, Instance) else [value]
        found += [leaf for leaf in leaves([*held]) if isinstance(leaf, (Array, Variable))]
    return found


def _words(part: Any) -> set[str]:
    """The names in a part of a snippet, without those in conditions alone."""
    if isinstance(part, tree.Name):
        return {part.id}
    if isinstance(part, (tuple, list)):
        return {word for item in part for word in _words(item)}
    if not isinstance(part, tree.Tree):
        return set()
    return {w for name, item in vars(part).items() if name != "condition" for w in _words(item)}


def _names(body: Any) -> list[str]:
    """The names of a function's parameters."""
    own = getattr(body, "function", None)
    return [getattr(p.target, "id", "") for p in getattr(own, "parameters", ())]


def signature(value: Any) -> Any:
    """What of an argument decides whether a function is traced anew."""
    if isinstance(value, Array):
        return "tensor", str(value.dtype), value.shape
    if isinstance(value, (int, float, str, bool)) or value is None:
        return type(value).__name__, value
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(map(signature, value))
    if isinstance(value, dict):
        return "dict", tuple((key, signature(item)) for key, item in value.items())
    return id(value)
