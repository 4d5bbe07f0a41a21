"""Tensors, and what PyTorch's autograd keeps with them."""

from __future__ import annotations

from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Kind, Native, Object, Shape, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from gradcli.ir.node import Node


SHOWN = {
    "float16": "Half",
    "float32": "Float",
    "float64": "Double",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "uint8": "Byte",
    "bool": "Bool",
}
"""What messages call the types of numbers."""

CALLED = {
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "uint8": "unsigned char",
    "bool": "bool",
}
"""What other messages call them, by their names in C++."""


class Tensor(Array):
    """A tensor: whether it requires a gradient, the gradient, what made it, its hooks.

    `is_parameter` says that it is one of a module, `was_reached` that backward() has given it a
    gradient.
    """

    __slots__ = (
        "before",
        "grad",
        "hooks",
        "hooks_behind",
        "is_inference",
        "is_leaf",
        "is_parameter",
        "maker",
        "requires",
        "retains",
        "version",
        "was_reached",
    )

    def __init__(self, node: Node, dtype: np.dtype[Any], home: Any) -> None:
        super().__init__(node, dtype, home)
        self.requires = False
        self.grad: Tensor | None = None
        self.maker = ""
        self.before: tuple[Any, ...] = ()
        self.hooks: list[Any] = []
        self.hooks_behind: list[Any] = []
        self.is_inference = home.is_inferring
        self.is_leaf = True
        self.retains = False
        self.version = 0
        self.is_parameter = False
        self.was_reached = False


class Size(Shape):
    """`torch.Size`."""

    methods: ClassVar[dict[str, Any]] = {"numel": prod}

    def represented(self, _printer: Any) -> str:
        """How a session shows it."""
        return f"torch.Size([{', '.join(map(str, self))}])"


LEAF = "AccumulateGrad"
"""What stands behind the operations of a leaf, and adds its gradients up."""

INNER = frozenset({LEAF, "CopySlices", "CopyBackwards", "NotImplemented"})
"""Operations that are known by a longer name."""

BEHIND = "behind"
"""What hooks are called that see what an operation of the way back gave."""

PASSING = frozenset({"CloneBackward0", "AliasBackward0"})
"""Operations that pass a gradient on as it is."""

WITH_NUMBERS = frozenset(f"{word}Backward0" for word in ("Add", "Sub", "Mul", "Div"))
"""Operations that count a number as an operand, too."""


class Maker(Object):
    """`x.grad_fn`, of which the name is known, what came before it, and what `made` by it."""

    open = True

    def __init__(self, name: str, before: tuple[Any, ...] = (), made: Tensor | None = None) -> None:
        self.label = name
        self.kind = name  # type: ignore[misc]
        self.before = before
        self.made = made

    def lookup(self, name: str) -> Any:
        """An attribute; `_saved_self`, `_saved_other` and `_saved_result` are tensors."""
        sources = () if self.made is None else self.made.before
        places = {"_saved_self": 0, "_saved_other": 1}
        if self.made is not None and name == "_saved_result":
            return self.made.home.again(self.made.node, self.made)
        if places.get(name, len(sources)) < len(sources):
            return sources[places[name]]
        if name == "__class__":
            return maker_kind(self.label, lambda _: False)
        if name not in self.methods and name not in self.values:
            text = f"'{self.kind}' object has no attribute '{name}'"
            raise Raised("AttributeError", text)
        return super().lookup(name)

    @exposed
    def name(self) -> str:
        """Its name."""
        return f"torch::autograd::{self.label}" if self.label in INNER else self.label

    @shown
    def next_functions(self) -> Any:
        """What came before."""
        return self.before

    @shown
    def metadata(self) -> dict[Any, Any]:
        """What anomaly mode would keep."""
        return {}

    @exposed
    def register_prehook(self, fn: Any) -> Handle:
        """A hook that sees the gradients of the results, and may change them."""
        home = self.maker_home("register_prehook")

        def seen(gradient: Any) -> Any:
            changed = home.machine.call(fn, [(gradient,)])
            return None if changed is None else changed[0]

        return self.hooked(Native("prehook", seen))

    @exposed
    def register_hook(self, fn: Any) -> Handle:
        """A hook that sees the gradients of what came before, too."""
        home = self.maker_home("register_hook")

        def seen(gradient: Any) -> Any:
            found = self(gradient)
            slopes = found if isinstance(found, tuple) else (found,)
            changed = home.machine.call(fn, [slopes, (gradient,)])
            if changed is not None and self.label not in PASSING:
                raise Refusal(
                    f"a hook that changes what `{self.label}` gives is not part of the subset",
                    help="x.register_hook(…) of the tensor that it goes to",
                )
            return None if changed is None else changed[0]

        return self.hooked(Native(BEHIND, seen))

    def hooked(self, hook: Native) -> Handle:
        """A hook of the tensor that was made; those that go behind it come last."""
        assert self.made is not None
        made: Handle = self.made.home.hook(self.made, hook)
        made.hooks.sort(key=lambda own: getattr(own, "name", "") == BEHIND)
        return made

    def maker_home(self, word: str) -> Any:
        """The framework of what was made; a leaf has hooks of its own."""
        if self.made is None or self.label == LEAF:
            text = f"`{word}` of `{self.label}` is not part of the subset"
            raise Refusal(
                text, help="x.register_hook(…) or x.register_post_accumulate_grad_hook(…)"
            )
        return self.made.home

    @shown
    def variable(self) -> Any:
        """The leaf, of what adds gradients up."""
        return self.made if self.label == LEAF else None

    @exposed
    def __call__(self, gradient: Any) -> Any:
        """The gradients of what came before, of one of the result."""
        made = self.made
        sources = () if made is None or self.label == LEAF else made.before
        moving = [x for x in sources if isinstance(x, Tensor) and x.requires]
        nodes = [x.node for x in moving]
        if made is None or len({*nodes}) < len(nodes) or not nodes:
            raise Refusal(
                f"a call of `{self.label}` is not part of the subset here",
                help="torch.autograd.grad(y, x, gradient)",
            )
        home = made.home
        seeds = home.autograd.seeds([made], gradient)
        found = home.recorder.gradients([made.node], nodes, seeds, stops=nodes)
        pairs = zip(found, moving, strict=True)
        parts = {id(x): None if n is None else home.autograd.answer(n, x, None) for n, x in pairs}
        slopes = tuple(parts.get(id(x)) for x in sources) + (None,) * self.constants
        return slopes[0] if len(slopes) == 1 else slopes

    @property
    def constants(self) -> int:
        """How many numbers beside the tensors that it was made of it counts as operands."""
        is_alone = self.made is not None and len(self.made.before) == 1
        return int(self.label in WITH_NUMBERS and is_alone)

    def show(self) -> str:
        """How it is shown."""
        room = "torch.autograd.function." if self.label.endswith("Backward") else ""
        return f"<{room}{self.label} object at 0x7f0000000000>"


def maker_kind(name: str, is_one: Callable[[Any], bool]) -> Kind:
    """A type of makers, of which none is made by a call."""
    return Kind(name, _unmade, is_one)


def _unmade(*_args: Any) -> Any:
    raise Raised("TypeError", "cannot create instances of the functions that made tensors")


def made_by(tensor: Tensor) -> Maker | None:
    """`x.grad_fn`, with what came before it."""
    if not (tensor.requires and tensor.maker):
        return None
    sources = [x for x in tensor.before if x.dtype.kind != "b"]
    if tensor.maker == "AddmmBackward0" and len(sources[-1].shape) == 1:
        before = _of_layer(*sources)
    else:
        before = tuple((_before(source), 0) for source in sources)
    made = Maker(tensor.maker, before, tensor)
    made.before += ((None, 0),) * made.constants
    return made


def _of_layer(x: Tensor, weight: Tensor, bias: Tensor) -> tuple[Any, ...]:
    """What came before `x @ weight.T + bias`: the bias first, and the weight transposed."""
    turned = Maker("TBackward0", ((_before(weight), 0),)) if weight.requires else None
    return (_before(bias), 0), (_before(x), 0), (turned, 0)


def _before(source: Any) -> Maker | None:
    if not isinstance(source, Tensor) or not source.requires:
        return None
    return made_by(source) or Maker(LEAF, (), source)


class Handle(Object):
    """What `register_hook` gives: the hook can be taken away again."""

    kind = "RemovableHandle"

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self.hooks = hooks
        self.hook = hook

    @exposed
    def remove(self) -> None:
        """Takes the hook away."""
        if self.hook in self.hooks:
            self.hooks.remove(self.hook)


class DTypeValue:
    """`torch.float32`."""

    __slots__ = ("dtype",)

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return str(self.dtype)

    def represented(self, _printer: Any) -> str:
        """How a session shows it."""
        return f"torch.{self.dtype.name}"


@cache
def shown_type(dtype: np.dtype[Any]) -> DTypeValue:
    """A type of numbers as snippets have it, of which there is one only."""
    return DTypeValue(dtype)


class Device(Object):
    """`torch.device("cpu")`: there is no other."""

    kind = "device"

    @shown
    def type(self) -> str:
        """What it is."""
        return "cpu"

    def show(self) -> str:
        """How it is shown."""
        return "device(type='cpu')"

    def text(self) -> str:
        """How it is printed."""
        return "cpu"


def shape_of(sizes: Sequence[Any]) -> tuple[Any, ...]:
    """The shape that arguments give, be it one list of lengths or the lengths themselves."""
    is_nested = len(sizes) == 1 and isinstance(sizes[0], (list, tuple))
    return tuple(sizes[0] if is_nested else sizes)
