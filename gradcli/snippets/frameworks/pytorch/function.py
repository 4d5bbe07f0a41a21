"""`torch.autograd.Function`: functions whose derivative the snippet writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.ir.record import INPUT
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.oneway import OneWay
from gradcli.snippets.arrays.pytrees import leaves, rebuilt
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.frameworks.pytorch.vmap import differs
from gradcli.snippets.values import (
    Array,
    Base,
    ClassValue,
    Method,
    Object,
    exposed,
    settable,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_BACKWARD = (
    "You must implement either the backward or vjp method for your custom autograd.Function to use "
    "it with backward mode AD."
)

_MORE = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"

NO_CONTEXT = (
    "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, "
    f"...), it must override the setup_context staticmethod. {_MORE}"
)

NO_ROWS = (
    "You tried to vmap over {}, but it does not have vmap support. Please override and implement "
    f"the vmap staticmethod or set generate_vmap_rule=True. {_MORE}"
)


class Context(Object):
    """`ctx`: what forward leaves for backward; the snippet may give it attributes of its own."""

    kind = "FunctionCtx"
    open = True

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.saved: tuple[Any, ...] = ()
        self.constant: tuple[Any, ...] = ()
        self.dirty: tuple[Any, ...] = ()
        self.materializes = True
        self.needs = needs
        self.own: dict[str, Any] = {}

    @exposed
    def save_for_backward(self, *tensors: Any) -> None:
        """Keeps tensors."""
        self.saved = tensors

    @exposed
    def mark_non_differentiable(self, *tensors: Any) -> None:
        """No gradient flows through these results."""
        self.constant = tensors

    @exposed
    def mark_dirty(self, *tensors: Any) -> None:
        """These inputs were changed in their places."""
        self.dirty = tensors

    @exposed
    def set_materialize_grads(self, value: Any) -> None:
        """Whether gradients of results that nothing depends on are zeros, or None."""
        self.materializes = bool(value)

    @shown
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was kept."""
        return self.saved

    @shown
    def needs_input_grad(self) -> tuple[bool, ...]:
        """Which inputs need a gradient."""
        return self.needs

    @settable
    def set_needs(self, value: Any) -> None:
        """Never asked for."""

    def replace(self, results: dict[int, Any]) -> None:
        """What was kept of the results is differentiable, as they are once they are given back."""
        self.saved = tuple(results.get(id(x), x) for x in self.saved)
        self.own = {name: results.get(id(x), x) for name, x in self.own.items()}

    def forget(self, home: Any, known: set[int]) -> None:
        """What was computed on the way and is no input or result is a number for backward."""

        def alone(x: Any) -> Any:
            is_between = isinstance(x, Tensor) and not x.requires and id(x) not in known
            return home.detached(x) if is_between else x

        self.saved = tuple(map(alone, self.saved))
        self.own = {name: alone(x) for name, x in self.own.items()}

    def lookup(self, name: str) -> Any:
        """An attribute that the snippet has set, or one of those above."""
        if name in self.own:
            return self.own[name]
        value = super().lookup(name)
        if value is None:
            raise Raised("AttributeError", f"'FunctionCtx' object has no attribute '{name}'")
        return value

    def keep(self, name: str, value: Any) -> None:
        """Sets an attribute."""
        self.own[name] = value


ONCE = OneWay(
    "once_differentiable",
    "trying to differentiate twice a function that was marked with @once_differentiable",
    "without the decorator the backward of operations is differentiated in turn",
    "RuntimeError",
)
"""What a backward gives that was marked with it."""


def no_derivative(word: str) -> OneWay:
    """What a function gives that has no derivative here."""
    text = f"derivative for aten::{word} is not implemented"
    return OneWay(word, text, "torch.floor(x / y) has the derivative zero", "RuntimeError")


def once_differentiable(home: Any, function: Any) -> Method:
    """`@once_differentiable`: a backward that is not differentiated in turn."""

    def marked(value: Any) -> Any:
        if not (isinstance(value, Tensor) and is_float(value.dtype)):
            return value
        home.recorder.use(value.dtype)
        return home.again(ONCE(value.node), value)

    def alone(value: Any) -> Any:
        return home.again(home.recorder.settled(value.node), value) if value is not None else None

    def call(*args: Any) -> Any:
        value = home.machine.call(function, args)
        cotangents = [x.node for x in args if isinstance(x, Tensor)]
        if any(node.op is INPUT for node in ancestors(cotangents)):
            return tuple(map(marked, value)) if isinstance(value, tuple) else marked(value)
        return tuple(map(alone, value)) if isinstance(value, tuple) else alone(value)

    return Method("once_differentiable", call)


def function_base(home: Any) -> Base:
    """`torch.autograd.Function`."""
    return Base("Function", statics={"apply": lambda of, *args: applied(home, of, args)})


def refuse_mapped(of: ClassValue, args: Sequence[Any]) -> None:
    """Refuses rows of a map to functions that do not say what is done with them."""
    if not any(isinstance(a, Tensor) and differs(a) for a in args):
        return
    names: dict[str, Any] = {}
    for kind in reversed([kind for kind in of.ancestry() if isinstance(kind, ClassValue)]):
        names |= kind.names
    if "setup_context" not in names:
        raise Raised("RuntimeError", NO_CONTEXT)
    if "vmap" not in names and not names.get("generate_vmap_rule"):
        raise Raised("RuntimeError", NO_ROWS.format(of.name), help="generate_vmap_rule = True")


def applied(home: Any, of: ClassValue, args: Sequence[Any]) -> Any:
    """`MyFunction.apply(…)`."""
    machine = home.machine
    refuse_mapped(of, args)
    traced = machine.depth_of_tracing > 0
    needs = tuple(
        isinstance(a, Tensor) and (a.requires or (traced and is_float(a.dtype))) for a in args
    )
    context = Context(needs)
    call = Applied(home, of, args, context)
    value = call.forward()
    if not home.is_enabled or not (any(needs) or traced):
        return value
    if traced:
        context.forget(home, {*map(id, args), *map(id, leaves(value))})
    return call.remembered(value)


class Applied:
    """One call of a function whose derivative the snippet writes, with its arguments and context.

    `names` are those that the class and its bases give something; `sources` are the arguments by
    which it is differentiated, as they were before it, when the graph had come to `start`.
    """

    def __init__(self, home: Any, of: ClassValue, args: Sequence[Any], context: Context) -> None:
        self.home = home
        self.of = of
        self.args = args
        self.context = context
        classes = [kind for kind in of.ancestry() if isinstance(kind, ClassValue)]
        self.names = {name for kind in classes for name in kind.names}
        self.moving = [i for i, a in enumerate(args) if isinstance(a, Tensor) and is_float(a.dtype)]
        self.sources = [home.again(args[i].node, args[i]) for i in self.moving]
        self.start = home.recorder.graph.count

    def call(self, word: str, *args: Any) -> Any:
        """A method of the class."""
        machine = self.home.machine
        return machine.call(machine.language.attribute(self.of, word), args)

    def forward(self) -> Any:
        """The value, which is computed without a graph."""
        home, args, context = self.home, self.args, self.context
        before, home.is_enabled = home.is_enabled, False
        try:
            if "setup_context" not in self.names:
                return self.call("forward", context, *args)
            value = self.call("forward", *args)
            self.call("setup_context", context, tuple(args), value)
            return value
        finally:
            home.is_enabled = before

    def rule(self, _primals: list[Array], cotangents: list[Array | None]) -> list[Any]:
        """The gradients of the arguments."""
        home = self.home
        given: list[Any] = [*cotangents]
        for i, array in enumerate(given):
            if array is not None:
                array.requires = home.is_enabled
            elif self.context.materializes:
                given[i] = home.zeros(self.outs[i])
        if not {"backward", "vjp"} & self.names:
            raise Raised("NotImplementedError", NO_BACKWARD)
        parts = self.call("backward" if "backward" in self.names else "vjp", self.context, *given)
        parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
        if len(parts) < len(self.args):
            text = f"function {self.of.name}Backward returned an incorrect number of gradients"
            raise Raised("RuntimeError", f"{text} (expected {len(self.args)}, got {len(parts)})")
        moving = [parts[i] for i in self.moving]
        for part in moving:
            if isinstance(part, Tensor) and part.maker:
                home.autograd.ruled[part.node] = part.maker, self.start
        return moving

    def push(self, tangents: Sequence[Array | None]) -> list[Any]:
        """The tangents of the results."""
        given: list[Any] = [None] * len(self.args)
        for i, tangent in zip(self.moving, tangents, strict=True):
            given[i] = self.home.zeros(self.args[i]) if tangent is None else tangent
        moved = self.call("jvp", self.context, *given)
        return list(moved) if isinstance(moved, (tuple, list)) else [moved]

    def remembered(self, value: Any) -> Any:
        """The value with its graph, but for what the function says has none."""
        self.outs = [self.home.asarray(leaf) for leaf in leaves(value)]
        own = self.push if "jvp" in self.names else None
        made = custom(self.home, self.of.name, value, self.sources, self.rule, own, fills=False)
        constant, dirty = ({*map(id, x)} for x in (self.context.constant, self.context.dirty))
        results = [
            self.result(x, y, id(x) in constant, id(x) in dirty)
            for x, y in zip(leaves(value), leaves(made), strict=True)
        ]
        self.context.replace(dict(zip(map(id, leaves(value)), results, strict=True)))
        return rebuilt(value, iter(results))

    def result(self, plain: Any, made: Any, is_constant: bool, is_dirty: bool) -> Any:
        """One of the results; one that is an argument, written in its place, stays itself."""
        if is_constant or not is_float(made.dtype):
            return plain
        maker = f"{self.of.name}Backward"
        if is_dirty and any(plain is x for x in self.args):
            self.home.check_changeable(plain)
            before = {
                id(self.args[i]): x.node for i, x in zip(self.moving, self.sources, strict=True)
            }
            self.home.autograd.overwrite(plain, self.start, before.get(id(plain)))
            plain.node = made.node
            plain.version += 1
            made = plain
        made.requires, made.is_leaf, made.maker = any(self.context.needs), False, maker
        made.before = tuple(self.args[i] for i in self.moving)
        return made
