"""`torch.autograd.Function`: functions whose derivative the snippet writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.ir.record import INPUT
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.oneway import OneWay
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
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


class Context(Object):
    """`ctx`: what forward leaves for backward; the snippet may give it attributes of its own."""

    kind = "FunctionCtx"
    open = True

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.saved: tuple[Any, ...] = ()
        self.needs = needs
        self.own: dict[str, Any] = {}

    @exposed
    def save_for_backward(self, *tensors: Any) -> None:
        """Keeps tensors."""
        self.saved = tensors

    @exposed
    def mark_non_differentiable(self, *_: Any) -> None:
        """No gradient flows through these results."""

    @exposed
    def mark_dirty(self, *_: Any) -> None:
        """These inputs were changed."""

    @exposed
    def set_materialize_grads(self, _on: Any) -> None:
        """Whether missing gradients are zeros."""

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


def applied(home: Any, of: ClassValue, args: Sequence[Any]) -> Any:
    """`MyFunction.apply(…)`."""
    machine, language = home.machine, home.machine.language
    moving = [i for i, a in enumerate(args) if isinstance(a, Tensor) and is_float(a.dtype)]
    traced = machine.depth_of_tracing > 0
    needs = tuple(
        isinstance(a, Tensor) and (a.requires or (traced and is_float(a.dtype))) for a in args
    )
    context = Context(needs)
    before, home.is_enabled = home.is_enabled, False
    names = {name for kind in of.ancestry() if isinstance(kind, ClassValue) for name in kind.names}
    try:
        if "setup_context" in names:
            value = machine.call(language.attribute(of, "forward"), args)
            machine.call(language.attribute(of, "setup_context"), [context, args, value])
        else:
            value = machine.call(language.attribute(of, "forward"), [context, *args])
    finally:
        home.is_enabled = before
    if not home.is_enabled or not (any(needs) or machine.depth_of_tracing):
        return value
    if machine.depth_of_tracing:
        context.forget(home, {*map(id, args), *map(id, leaves(value))})

    def rule(_primals: list[Array], cotangents: list[Array]) -> list[Any]:
        for array in cotangents:
            array.requires = home.is_enabled  # type: ignore[attr-defined]
        if not {"backward", "vjp"} & names:
            raise Raised("NotImplementedError", NO_BACKWARD)
        word = "backward" if "backward" in names else "vjp"
        parts = machine.call(language.attribute(of, word), [context, *cotangents])
        parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
        if len(parts) < len(args):
            text = f"function {of.name}Backward returned an incorrect number of gradients"
            raise Raised("RuntimeError", f"{text} (expected {len(args)}, got {len(parts)})")
        return [parts[i] for i in moving]

    def push(tangents: Sequence[Array | None]) -> list[Any]:
        given: list[Any] = [None] * len(args)
        for i, tangent in zip(moving, tangents, strict=True):
            given[i] = home.zeros(args[i]) if tangent is None else tangent
        moved = machine.call(language.attribute(of, "jvp"), [context, *given])
        return list(moved) if isinstance(moved, (tuple, list)) else [moved]

    own = push if "jvp" in names else None
    made = custom(home, of.name, value, [args[i] for i in moving], rule, own)
    context.replace(dict(zip(map(id, leaves(value)), leaves(made), strict=True)))
    for tensor in made if isinstance(made, tuple) else (made,):
        tensor.requires, tensor.is_leaf, tensor.maker = any(needs), False, f"{of.name}Backward"
        tensor.before = tuple(args[i] for i in moving)
    return made
