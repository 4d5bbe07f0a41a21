"""`custom_vjp` and `custom_jvp`: functions whose derivative the snippet writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.arrays.transforms import custom, zeros_node
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Custom(Object):
    """What both have in common: the function, and the arguments that are no numbers."""

    kind = "custom_function"

    def __init__(self, home: Any, function: Any, fixed: Iterable[int]) -> None:
        self.home = home
        self.function = function
        self.fixed = [fixed] if isinstance(fixed, int) else list(fixed)

    @shown
    def __name__(self) -> str:
        """The function's name."""
        return str(getattr(self.function, "name", ""))

    def parted(self, args: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The arguments that are no numbers, and the others."""
        fixed = {i % len(args) for i in self.fixed}
        kept = [a for i, a in enumerate(args) if i in fixed]
        return kept, [a for i, a in enumerate(args) if i not in fixed]

    def joined(self, args: Sequence[Any], moving: Sequence[Any]) -> list[Any]:
        """All arguments, with others in the places of those that are numbers."""
        fixed = {i % len(args) for i in self.fixed}
        rest = iter(moving)
        return [a if i in fixed else next(rest) for i, a in enumerate(args)]

    def arrays(self, moving: Sequence[Any]) -> tuple[list[Any], list[Array]]:
        """The arguments with arrays for leaves, and those that are differentiated by."""
        made = [mapped(self.own, tree) for tree in moving]
        return made, [leaf for leaf in leaves(made) if is_float(leaf.dtype)]

    def own(self, value: Any) -> Array:
        """An array that no other argument is, so that one given twice has two cotangents."""
        array = self.home.asarray(value)
        made: Array = self.home.again(array.node, array)
        return made

    @exposed
    def __call__(self, *args: Any, **named: Any) -> Any:
        """Calls it; while something is differentiated its own derivative is remembered."""
        if not self.home.machine.depth_of_tracing:
            return self.home.machine.call(self.function, args, named)
        return self.traced(args, named)

    def traced(self, args: Sequence[Any], named: Any) -> Any:
        """The value with the derivative that was written for it."""
        raise NotImplementedError


class CustomVJP(Custom):
    """`jax.custom_vjp`."""

    kind = "custom_vjp"

    def __init__(self, home: Any, function: Any, fixed: Iterable[int]) -> None:
        super().__init__(home, function, fixed)
        self.forward: Any = None
        self.backward: Any = None
        self.is_forward = False

    @exposed
    def defvjp(self, fwd: Any, bwd: Any, symbolic_zeros: bool = False, **_named: Any) -> None:
        """The two halves of the rule."""
        if symbolic_zeros:
            raise Refusal("`symbolic_zeros` is not part of the subset")
        self.forward, self.backward = fwd, bwd

    def traced(self, args: Sequence[Any], named: Any) -> Any:
        """The value, whose cotangents are those of the rule."""
        machine = self.home.machine
        if self.forward is None:
            text = f"No VJP defined for custom_vjp function {self.__name__()} using defvjp."
            raise Raised("AttributeError", text)
        if machine.depth_of_tracing == len(self.home.jitted):
            return machine.call(self.function, args, named)
        kept, moving = self.parted(args)
        moving, inputs = self.arrays(moving)
        nodes = [x.node for x in inputs]
        is_within = self.is_forward
        if is_within:
            value = machine.call(self.function, self.joined(args, moving), named)
        else:
            value, saved = self.run_forward(self.joined(args, moving))

        def rule(primals: list[Array], cotangents: list[Array]) -> list[Any]:
            if is_within or [x.node for x in primals] != nodes:
                own = self.joined(args, _replaced(moving, inputs, primals))
                residuals = self.run_forward(own, is_said=not is_within)[1]
            else:
                residuals = saved
            g = rebuilt(value, iter(cotangents))
            with self.home.at_hand(len(leaves(value)) == 1):
                parts = machine.call(self.backward, [*kept, residuals, g])
            if not isinstance(parts, (tuple, list)) or len(parts) != len(moving):
                text = (
                    f"Custom VJP bwd rule {getattr(self.backward, 'name', '')} must produce a "
                    f"tuple of length equal to the primal args tuple (length {len(moving)})"
                )
                raise Raised("TypeError", text)
            return _for_inputs(moving, parts, inputs)

        push = no_forward if machine.depth_of_tracing == 1 else None
        return custom(self.home, self.__name__(), value, inputs, rule, push)

    def run_forward(self, args: Sequence[Any], *, is_said: bool = False) -> tuple[Any, Any]:
        """The value, and what the rule keeps for the way back; in it the function is its own.

        What it prints `is_said` where it was run before.
        """
        machine = self.home.machine
        before, write = self.is_forward, machine.write
        self.is_forward = True
        machine.write = (lambda _text: None) if is_said else write
        try:
            with self.home.at_hand():
                pair = machine.call(self.forward, args)
        finally:
            self.is_forward, machine.write = before, write
        if not isinstance(pair, tuple) or len(pair) != 2:
            text = (
                f"Custom VJP fwd rule {getattr(self.forward, 'name', '')} must produce a pair "
                "(list or tuple of length two) where the first element represents the primal "
                "output and the second element represents residuals"
            )
            raise Raised("TypeError", text)
        return pair


def no_forward(_tangents: Any) -> Any:
    """Tangents of a function that has a rule for cotangents alone."""
    text = "can't apply forward-mode autodiff (jvp) to a custom_vjp function."
    raise Raised("TypeError", text, help="jax.custom_jvp makes a rule for both modes")


class CustomJVP(Custom):
    """`jax.custom_jvp`."""

    kind = "custom_jvp"

    def __init__(self, home: Any, function: Any, fixed: Iterable[int]) -> None:
        super().__init__(home, function, fixed)
        self.rule: Any = None
        self.is_its_own = False

    @exposed
    def defjvp(self, rule: Any, symbolic_zeros: bool = False) -> Any:
        """The rule for primals and tangents."""
        if symbolic_zeros:
            raise Refusal("`symbolic_zeros` is not part of the subset")
        self.rule = rule
        return rule

    @exposed
    def defjvps(self, *rules: Any) -> None:
        """A rule for each argument: of its tangent, the value and the arguments."""
        home = self.home

        def rule(primals: Any, tangents: Any) -> Any:
            value = home.machine.call(self.function, primals)
            total: Any = None
            for own, tangent in zip(rules, tangents, strict=True):
                if own is not None:
                    part = home.machine.call(own, [tangent, value, *primals])
                    total = part if total is None else home.operator("+", total, part)
            return value, total

        self.rule = Native("jvp", rule)

    def traced(self, args: Sequence[Any], named: Any) -> Any:
        """The value; its cotangents are those of its tangent, which is linear in theirs."""
        del named
        machine, home = self.home.machine, self.home
        if self.rule is None:
            text = f"No JVP defined for custom_jvp function {self.__name__()} using defjvp."
            raise Raised("AttributeError", text)
        if self.is_its_own:
            return machine.call(self.function, args)
        kept, moving = self.parted(args)
        moving, inputs = self.arrays(moving)
        if home.derivatives == 1:
            value, *known = self.ruled(kept, moving)
        else:
            value, known = machine.call(self.function, self.joined(args, moving)), []
        nodes = [x.node for x in inputs]

        def rule(primals: list[Array], cotangents: list[Array | None]) -> list[Any]:
            if known and [x.node for x in primals] == nodes:
                tangent, probes = known
            else:
                own = _replaced(moving, inputs, primals)
                probes = [mapped(self.probe, tree) for tree in own]
                _, tangent = machine.call(self.rule, [*kept, tuple(own), tuple(probes)])
            flat = [p for p in leaves(probes) if is_float(p.dtype)]
            outs = [home.asarray(leaf) for leaf in leaves(tangent)]
            pairs = [
                (y.node, g.node) for y, g in zip(outs, cotangents, strict=True) if g is not None
            ]
            found = home.recorder.gradients(
                [y for y, _ in pairs], [p.node for p in flat], [g for _, g in pairs], whole=True
            )
            return [
                None if n is None else home.made(n, p.dtype)
                for n, p in zip(found, flat, strict=True)
            ]

        return custom(home, self.__name__(), value, inputs, rule, fills=False)

    def ruled(self, kept: Sequence[Any], moving: Sequence[Any]) -> tuple[Any, Any, Any]:
        """The value and the tangent that the rule gives, in which the function is its own."""
        probes = [mapped(self.probe, tree) for tree in moving]
        self.is_its_own = True
        try:
            pair = self.home.machine.call(self.rule, [*kept, tuple(moving), tuple(probes)])
        finally:
            self.is_its_own = False
        value, tangent = pair
        return value, tangent, probes

    def probe(self, like: Array) -> Array:
        """What stands for a tangent: the rule is linear in it, so its numbers do not matter."""
        node = self.home.recorder.mark(zeros_node(self.home, like))
        made: Array = self.home.made(node, like.dtype)
        return made


def _replaced(trees: Sequence[Any], inputs: Sequence[Array], others: Sequence[Array]) -> list[Any]:
    """The trees with other arrays in the places of the inputs."""
    by_input = dict(zip(map(id, inputs), others, strict=True))
    return [mapped(lambda leaf: by_input.get(id(leaf), leaf), tree) for tree in trees]


def _for_inputs(trees: Sequence[Any], parts: Sequence[Any], inputs: Sequence[Array]) -> list[Any]:
    """The cotangent of each input from those of the trees; None is zeros of a whole tree."""
    by_input: dict[int, Any] = {}
    for tree, part in zip(trees, parts, strict=True):
        own = leaves(tree)
        given = [None] * len(own) if part is None else leaves(part)
        by_input.update(zip(map(id, own), given, strict=True))
    return [by_input[id(x)] for x in inputs]


def with_gradient(home: Any, function: Any, args: Sequence[Any]) -> Any:
    """`custom_gradient`: the function gives its value, and the function of cotangents."""
    moving = [mapped(home.asarray, tree) for tree in args]
    inputs = [leaf for leaf in leaves(moving) if is_float(leaf.dtype)]
    value, backward = home.machine.call(function, moving)
    if not home.records(inputs):
        return value

    def rule(_primals: list[Array], cotangents: list[Array]) -> list[Any]:
        parts = home.machine.call(backward, cotangents)
        parts = parts if isinstance(parts, (tuple, list)) else (parts,)
        return _for_inputs(moving, parts, inputs)

    return custom(home, getattr(function, "name", "custom"), value, inputs, rule)
