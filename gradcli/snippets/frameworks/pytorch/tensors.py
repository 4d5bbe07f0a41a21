"""Tensors as autograd knows them: made, cut off, hooked, and written in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from gradcli.passes.batch import dependents
from gradcli.snippets.arrays.dtypes import FLOAT32, INT64, DType, is_float
from gradcli.snippets.arrays.making import record
from gradcli.snippets.arrays.memory import Change, is_overlapping, look, look_along, share
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.framework import Framework
from gradcli.snippets.frameworks.pytorch import checks
from gradcli.snippets.frameworks.pytorch.engine import Autograd
from gradcli.snippets.frameworks.pytorch.gradient_names import of_gradient
from gradcli.snippets.frameworks.pytorch.refusals import (
    INFERENCE,
    LEAF,
    NO_FLOATS,
    OF_LEAF,
    OVERLAPPING,
    SEVERAL,
    UNTRACKED,
    WITHOUT,
)
from gradcli.snippets.frameworks.pytorch.tensor import SHOWN, Handle, Tensor
from gradcli.snippets.frameworks.pytorch.vmap import refuse_write
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.errors import Span
    from gradcli.ir.node import Node


CUTS = 100
"""Places at which leaves were detached that are kept in mind."""

OF_ROWS = {
    "AddmmBackward0": "AddBackward0",
    "DotBackward0": "MvBackward0",
    "MeanBackward0": "MeanBackward1",
    "SumBackward0": "SumBackward1",
}
"""What a map of rows has made, where it is another operation than that of one row."""

SPLITTING = {"UnbindBackward0": "Unbind", "SplitBackward0": "Split"}
"""What has made several views at once, and what messages call it."""

IN_PLACE = {
    "TBackward0": "TBackward1",
    "TransposeBackward0": "TransposeBackward1",
    "UnsqueezeBackward0": "UnsqueezeBackward1",
    "SqueezeBackward0": "SqueezeBackward3",
    "SqueezeBackward1": "SqueezeBackward4",
}
"""What makes views of tensors that become these."""

ALONG = "DiagonalBackward0"
"""What makes a view whose elements are no rows or columns."""

SLICED, AS_VIEW = "CopySlices", "AsStridedBackward0"
"""What makes a tensor of which a part was written, and a view of it."""


class Tensors(Framework):
    """What makes tensors, and keeps of each what a gradient needs."""

    default = FLOAT32
    whole = INT64
    indices = INT64
    array_kind = Tensor

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.autograd = Autograd(self)
        self.is_enabled = True
        self.is_inferring = False
        self.anomaly = False, True
        self.making = ""
        self.cuts: dict[Node, Span] = {}
        self.randomness: str | None = None

    # --- making ---------------------------------------------------------------------------------

    def traces(self, array: Array) -> bool:
        """Whether what is made of an array must remember it."""
        return self.is_enabled and isinstance(array, Tensor) and array.requires

    def wrap(self, node: Node, dtype: DType, sources: Sequence[Array] = ()) -> Array:
        """A node as a tensor; it requires a gradient if one that it is made of does."""
        tensor = super().wrap(node, dtype, sources)
        if self.is_enabled and is_float(dtype):
            for source in sources:
                if isinstance(source, Tensor) and source.requires:
                    tensor.requires, tensor.is_leaf = True, False  # type: ignore[attr-defined]
                    tensor.maker = self.making  # type: ignore[attr-defined]
                    tensor.before = tuple(sources)  # type: ignore[attr-defined]
                    if any(x.node is tensor.node for x in sources):
                        tensor.node = self.recorder.mark(tensor.node)
                    self.refuse_inference(sources)
                    break
        return tensor

    def inside(self, node: Node, like: Any) -> Any:
        """A tensor within a transformation requires a gradient if that outside of it does."""
        made: Any = self.again(node, like)
        made.requires, made.is_leaf = like.requires, not like.requires
        return made

    def leads_on(self, node: Node) -> bool:
        """Whether a gradient of a node is asked for, perhaps, by a leaf."""
        return self.is_enabled and self.autograd.leads_to_leaf(node)

    def left(self, node: Node, like: Any, of: Node | None = None) -> Any:
        """A tensor as it leaves a transformation, with its graph if it leads to a leaf."""
        made: Any = super().left(node, like, of)
        if self.leads_on(made.node):
            path = [] if of is None else dependents([of], [like.node])
            made.maker = of_gradient(like.node, path) if path else "" if of else like.maker
            self.autograd.remembered(made)
        return made

    def batched(self, node: Node, row: Any) -> Array:
        """A tensor for all rows of a map: it is remembered as that of one row is."""
        self.making = OF_ROWS.get(row.maker, row.maker)
        return super().batched(node, row)

    def refuse_inference(self, sources: Sequence[Any]) -> None:
        """Tensors made in inference mode cannot be kept for a derivative."""
        if self.making.startswith(("Add", "Sub", "Neg", "Sum", "Mean")):
            return
        if any(isinstance(source, Tensor) and source.is_inference for source in sources):
            text = (
                "Inference tensors cannot be saved for backward. Please do not use Tensors created "
                "in inference mode in computation tracked by autograd. To work around this, you "
                "can make a clone to get a normal tensor and use it in autograd, or use "
                "`torch.no_grad()` instead of `torch.inference_mode()`."
            )
            raise Raised("RuntimeError", text)

    def detached(self, tensor: Any, *, counts: bool = True) -> Tensor:
        """The same numbers, through which no gradient flows.

        `counts` says that it is noticed where these are written over.
        """
        node = tensor.node
        if self.machine.depth_of_tracing:
            self.recorder.use(tensor.dtype)
            node = record("stop_gradient")(node)
        else:
            node = self.recorder.settled(node)
        made: Any = self.made(node, tensor.dtype)
        if counts:
            share(tensor, made, graph=object())
            made.version = tensor.version
        else:
            share(tensor, made, graph=object(), counter=object())
        if tensor.requires and tensor.is_leaf:
            if len(self.cuts) >= CUTS:
                self.cuts.clear()
            self.cuts[tensor.node] = self.machine.span
        return made

    def filled(self, like: Array, number: float) -> Tensor:
        """A tensor of one number, of the shape and type of another."""
        return self.constant(np.full(like.shape, number), like.dtype)  # type: ignore[return-value]

    def tensor_of(
        self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Any:
        """`torch.tensor(…)`: a new leaf."""
        del device
        wish = None if dtype is None else self.dtype_of(dtype)
        parts = leaves(data)
        if wish is None and any(isinstance(part, Array) for part in parts):
            wish = self.common(parts)
        array = self.asarray(data if isinstance(data, Array) else self.plain(data), wish)
        fresh: Any = self.made(self.recorder.settled(array.node), array.dtype)
        if requires_grad and not is_float(array.dtype):
            raise Raised("RuntimeError", NO_FLOATS, help="write 1.0 instead of 1")
        return self.require(fresh, True) if requires_grad else fresh

    def plain(self, data: Any) -> Any:
        """Lists of tensors of one number as lists of numbers."""
        if isinstance(data, (list, tuple)):
            return [self.plain(item) for item in data]
        if isinstance(data, Array) and not data.shape:
            return self.recorder.array(data)[()]
        return data

    def require(self, tensor: Any, on: Any = True) -> Any:
        """`x.requires_grad_()`."""
        if tensor.is_inference and not self.is_inferring and on != tensor.requires:
            text = "Setting requires_grad=True on inference tensor outside InferenceMode is not "
            raise Raised("RuntimeError", text + "allowed.", help="y.clone().requires_grad_()")
        if not on:
            if tensor.requires and not tensor.is_leaf:
                text = (
                    "you can only change requires_grad flags of leaf variables. If you want to use "
                    "a computed variable in a subgraph that doesn't require differentiation use "
                    "var_no_grad = var.detach()."
                )
                raise Raised("RuntimeError", text)
            tensor.requires = False
            return tensor
        if not is_float(tensor.dtype):
            text = "only Tensors of floating point dtype can require gradients"
            raise Raised("RuntimeError", text, help="write 1.0 instead of 1, or x.float()")
        if not tensor.requires:
            self.autograd.leaf(tensor)
        return tensor

    # --- gradients ------------------------------------------------------------------------------

    def grad_of(self, tensor: Any) -> Any:
        """`x.grad`."""
        if tensor.grad is None:
            message, help_, span = self.why_none(tensor)
            if message:
                self.machine.note(message, help=help_, span=span)
        return tensor.grad

    def why_none(self, tensor: Any) -> tuple[str, str | None, Span | None]:
        """Why a tensor has no gradient, what to do about it, and where the cause is."""
        if not tensor.requires:
            return ".grad is None: this tensor does not require a gradient", None, None
        if not tensor.is_leaf:
            if tensor.retains:
                return "", None, None
            why = "the .grad of a tensor that is no leaf is None: it was made by an operation"
            help_ = "y.retain_grad() before backward() keeps it"
            if self.autograd.has_run and tensor.node.op.name == "sub":
                help_ += "; `w = w - …` makes no leaf: with torch.no_grad(): w -= 0.1*w.grad"
            return why, help_, None
        if tensor.was_reached or not self.autograd.has_run:
            return "", None, None
        if tensor.node in self.cuts:
            why = ".grad is None: the path from this tensor ends where it is detached"
            help_ = "x.detach() and x.data are numbers, through which no gradient flows"
            return why, help_, self.cuts[tensor.node]
        why = ".grad is None: nothing on which backward() was called depends on this tensor"
        help_ = "what x.item(), x.numpy() or torch.tensor(x) gives are numbers, not x"
        return why, help_, None

    def set_grad(self, tensor: Any, value: Any) -> None:
        """`x.grad = None`."""
        if value is not None:
            checks.gradient(tensor, value)
        tensor.grad = value

    def hook(self, tensor: Any, hook: Any) -> Handle:
        """`x.register_hook(…)`: what is called with the gradient, and may change it."""
        if not tensor.requires:
            text = "cannot register a hook on a tensor that doesn't require gradient"
            raise Raised("RuntimeError", text)
        if not tensor.is_leaf and not tensor.hooks:
            self.autograd.taps[tensor.node] = self.tap(tensor.hooks, tensor.dtype)
        tensor.hooks.append(hook)
        return Handle(tensor.hooks, hook)

    def hook_behind(self, tensor: Any, hook: Any) -> Handle:
        """`x.register_post_accumulate_grad_hook(…)`: what is called when x.grad is there."""
        if not (tensor.requires and tensor.is_leaf):
            text = "post accumulate grad hooks cannot be registered on non-leaf tensors"
            raise Raised("RuntimeError", text)
        tensor.hooks_behind.append(hook)
        return Handle(tensor.hooks_behind, hook)

    def tap(self, hooks: list[Any], dtype: Any) -> Callable[[Node], Node]:
        """What the hooks of a tensor make of the gradient that comes to it."""

        def changed(node: Node) -> Node:
            gradient: Any = self.made(node, dtype)
            for hook in [*hooks]:
                given = self.machine.call(hook, [gradient])
                gradient = gradient if given is None else given
            return self.recorder.number(gradient.node, dtype)

        return changed

    def copied(self, array: Any) -> Any:
        """`copy.deepcopy(x)`: a leaf is copied as one, with its gradient."""
        if array.requires and not array.is_leaf:
            text = (
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment."
            )
            raise Raised("RuntimeError", text, help="x.detach().clone()")
        made: Any = self.made(self.recorder.settled(array.node), array.dtype)
        made.is_parameter = array.is_parameter
        made.grad = None if array.grad is None else self.copied(array.grad)
        return self.require(made) if array.requires else made

    def retain(self, tensor: Any) -> None:
        """`y.retain_grad()`."""
        if not tensor.requires:
            text = "can't retain_grad on Tensor that has requires_grad=False"
            raise Raised("RuntimeError", text)
        if not tensor.is_leaf:
            tensor.retains = True
            self.recorder.use(tensor.dtype)
            self.autograd.retained[tensor.node] = ref(tensor)

    def mark(self, array: Array) -> None:
        """Gives an array a node of its own; a tensor that requires a gradient has one."""
        is_own = isinstance(array, Tensor) and array.requires
        if not is_own and array.node.op.name != "name":
            super().mark(array)

    # --- writing --------------------------------------------------------------------------------

    def look(self, source: Any, node: Node, made: Any) -> None:
        """A view counts the writes to what it is a view of."""
        (look_along if self.making == ALONG else look)(
            source, node, made, untracked=not self.is_enabled
        )
        made.version = source.version
        if made.requires and made.seen is None and self.making == "ViewBackward0":
            made.maker = "UnsafeViewBackward0"

    def look_all(self, source: Array, value: Any, made: Any) -> None:
        """Views that one function gave together know that."""
        super().look_all(source, value, made)
        word = SPLITTING.get(self.making)
        for i, part in enumerate(made if word is not None and isinstance(made, list) else ()):
            if part.seen is not None:
                part.seen = part.seen._replace(several=f"{i} of {word}")

    def write(self, tensor: Any, node: Node, made_by: str = "", start: int | None = None) -> Any:
        """Gives a tensor other numbers in its place; `start` is when that began."""
        start = self.recorder.graph.count if start is None else start
        recorder = self.recorder
        node = recorder.number(node, tensor.dtype) if not node.is_bool else node
        tracing = self.machine.depth_of_tracing > 0
        if tensor.shape or tensor.requires:
            self.autograd.overwrite(tensor, start)
        tensor.version += 1
        if tensor.requires and tensor.is_leaf:
            tensor.node = recorder.settled(node)
            self.autograd.leaf(tensor)
        elif made_by or tracing:
            is_retained = self.autograd.retained.pop(tensor.node, None) is not None
            tensor.node = node
            if is_retained:
                self.retain(tensor)
        else:
            tensor.node = recorder.settled(node)
        self.pass_on(Change(tensor, bool(made_by), start))
        return tensor

    def take_over(self, other: Any, node: Node, change: Change) -> None:
        """A tensor has other numbers, as they were written to what it sees."""
        seen, by = other.seen, change.array.seen
        assert by is not None
        tracing = self.machine.depth_of_tracing > 0
        if change.array.home is self and seen.counter is by.counter:
            self.autograd.overwrite(other, change.start)
            other.version += 1
        if change.is_tracked and seen.graph is by.graph:
            other.node, other.requires, other.is_leaf = node, True, False
            other.maker = AS_VIEW if seen.is_view else SLICED
            other.before = (change.array,)
        elif tracing:
            other.node = node
        elif other.requires and not other.is_leaf:
            self.recorder.overwrite(other.node, node)
        else:
            self.replace(other, node)

    def check_changeable(self, tensor: Any) -> None:
        """Refuses to write into a leaf that requires a gradient, and where views forbid it."""
        if is_overlapping(tensor):
            raise Raised("RuntimeError", OVERLAPPING, help="x.clone() first")
        if tensor.is_inference and not self.is_inferring:
            raise Raised("RuntimeError", INFERENCE, help="y = y.clone() first")
        if not self.is_enabled:
            return
        if tensor.requires and tensor.is_leaf:
            raise Raised("RuntimeError", LEAF, help=WITHOUT)
        seen = tensor.seen
        if seen is None or not seen.is_view:
            return
        if tensor.requires and seen.several:
            raise Raised("RuntimeError", SEVERAL.format(seen.several), help="y = y + 1")
        for base in seen.memory.held():
            is_base = base.seen.graph is seen.graph and not base.seen.is_view
            if is_base and base.requires and (base.is_leaf or seen.untracked):
                raise Raised("RuntimeError", UNTRACKED if seen.untracked else OF_LEAF, help=WITHOUT)

    def changed(self, tensor: Any, result: Any, start: int | None = None, made_by: str = "") -> Any:
        """A tensor whose numbers become those of a result: what `add_` does.

        `made_by` is what is said to have made it where the result itself requires no gradient.
        """
        grows = self.is_enabled and isinstance(result, Tensor) and result.requires
        self.check_changeable(tensor)
        refuse_write(tensor, result, adds=self.making == "AddBackward0")
        if result.shape != tensor.shape:
            text = f"output with shape {list(tensor.shape)} doesn't match the broadcast shape"
            raise Raised("RuntimeError", f"{text} {list(result.shape)}")
        if is_float(result.dtype) and not is_float(tensor.dtype):
            to = SHOWN[tensor.dtype.name]
            text = f"result type Float can't be cast to the desired output type {to}"
            raise Raised("RuntimeError", text)
        maker = result.maker if grows else made_by if self.is_enabled and tensor.requires else ""
        self.write(tensor, result.node, maker, start)
        self.grown(tensor, maker)
        return tensor

    def seen_as(self, tensor: Any, view: Any) -> Any:
        """A tensor that sees its memory as a view of it does: what `t_` does."""
        self.check_changeable(tensor)
        tensor.node, tensor.seen = view.node, view.seen
        tensor.version += 1
        if view.seen is not None:
            view.seen.memory.hold(tensor)
        if view.requires:
            tensor.requires, tensor.is_leaf = True, False
            tensor.maker = IN_PLACE.get(view.maker, view.maker)
        return tensor

    def is_written(self, tensor: Any) -> bool:
        """Whether a tensor has been written to since it was made."""
        return bool(tensor.version)

    def version_of(self, tensor: Any) -> int:
        """`x._version`: how often it was written."""
        if tensor.is_inference:
            raise Raised("RuntimeError", "Inference tensors do not track version counter.")
        version: int = tensor.version
        return version

    def grown(self, tensor: Any, maker: str) -> None:
        """A tensor that was written requires a gradient, if something is said to have made it."""
        if maker:
            is_view = tensor.seen is not None and tensor.seen.is_view
            tensor.requires, tensor.is_leaf = True, False
            tensor.maker = AS_VIEW if is_view else maker

    def set_data(self, tensor: Any, value: Any) -> None:
        """`x.data = y`: x sees what y does from now on."""
        other = self.asarray(value)
        self.replace(tensor, other.node)
        share(other, tensor, graph=object(), counter=object())

    def retyped(self, tensor: Any, dtype: DType) -> None:
        """Gives a tensor its numbers in another type, as `x.data = x.data.double()` does."""
        if is_float(tensor.dtype) and tensor.dtype != dtype:
            node = self.cast(self.detached(tensor, counts=False), dtype).node
            tensor.dtype, tensor.seen = dtype, None
            self.replace(tensor, node)

    def replace(self, tensor: Any, node: Node) -> None:
        """Gives a tensor other numbers, of which graphs that it is in are not told."""
        before, tensor.node = tensor.node, self.recorder.settled(node)
        if tensor.requires and tensor.is_leaf:
            self.autograd.unnoticed[before] = tensor.node
            self.autograd.leaf(tensor)

    def augmented(self, op: str, array: Array, other: Any) -> Any:
        """`x += y` changes the tensor itself."""
        start = self.recorder.graph.count
        return self.changed(array, self.operator(op, array, other), start)

    def set_item(self, array: Any, key: Any, value: Any) -> None:
        """`x[key] = value`."""
        if self.is_enabled and array.requires and array.is_leaf:
            raise Raised("RuntimeError", OF_LEAF, help=WITHOUT)
        if is_overlapping(array):
            what = "a write into an expanded tensor, whose rows are one, is not part of the subset"
            raise Refusal(what, help="x.clone() first")
        self.check_changeable(array)
        refuse_write(array, value)
        start = self.recorder.graph.count
        node = self.replaced(array, key, value)
        requires = self.is_enabled and isinstance(value, Tensor) and value.requires
        grows = requires or (self.is_enabled and array.requires)
        self.write(array, node, SLICED if grows else "", start)
        self.grown(array, SLICED if grows else "")
