"""What stands behind `torch.nn.utils.` and `torch.utils.`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_FINITE = (
    "The total norm of order {} for gradients from `parameters` is non-finite, so it cannot be "
    "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
    "`error_if_nonfinite=False`"
)


def utilities(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    own = Utilities(home)
    rows: dict[str, Callable[..., Any]] = {
        "nn.utils.clip_grad_norm_": own.clip_norm,
        "nn.utils.get_total_norm": own.total_norm,
        "nn.utils.clip_grad_value_": own.clip_value,
        "nn.utils.parameters_to_vector": own.to_vector,
        "nn.utils.vector_to_parameters": own.from_vector,
        "utils.checkpoint.checkpoint": own.checkpoint,
        "utils.checkpoint.checkpoint_sequential": own.checkpoint_sequential,
    }
    return {path: Native(path.rpartition(".")[2], row) for path, row in rows.items()}


class Utilities:
    """Functions of many parameters at once."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def listed(self, parameters: Any) -> list[Tensor]:
        """One tensor, or all that something gives one by one."""
        if isinstance(parameters, Tensor):
            return [parameters]
        return list(self.home.machine.items(parameters))

    def write(self, tensor: Tensor, numbers: Any) -> None:
        """Gives a tensor other numbers."""
        node = self.home.recorder.constant(numbers.astype(tensor.dtype), tensor.dtype)
        self.home.write(tensor, node)

    def call(self, path: str, *args: Any) -> Any:
        """A function of the framework."""
        return self.home.result_of(path, *args)

    def total_norm(
        self, tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, **_named: Any
    ) -> Any:
        """`get_total_norm`: the norm of all tensors together, from those of each."""
        each = [self.home.detached(x) for x in self.listed(tensors)]
        if not each:
            return self.home.constant(0.0)
        norms = [self.call("linalg.vector_norm", x, norm_type) for x in each]
        total = self.call("linalg.vector_norm", self.call("stack", norms), norm_type)
        if error_if_nonfinite and not np.isfinite(self.home.recorder.numbers(total)):
            raise Raised("RuntimeError", NOT_FINITE.format(norm_type))
        return total

    def clip_norm(
        self, parameters: Any, max_norm: float, norm_type: float = 2.0, *args: Any, **named: Any
    ) -> Any:
        """`clip_grad_norm_`: all gradients shrunk together, if their norm is more."""
        home = self.home
        grads = [p.grad for p in self.listed(parameters) if p.grad is not None]
        total = self.total_norm(grads, float(norm_type), *args, **named)
        factor = home.operator("/", float(max_norm), home.operator("+", total, 1e-6))
        shrunk = np.minimum(home.recorder.array(factor), 1)
        for grad in grads:
            self.write(grad, home.recorder.array(grad) * shrunk.astype(grad.dtype))
        return total

    def clip_value(self, parameters: Any, clip_value: float, **_named: Any) -> None:
        """`clip_grad_value_`: each element of gradients within bounds."""
        for p in self.listed(parameters):
            if p.grad is not None:
                self.write(p.grad, self.home.recorder.array(p.grad).clip(-clip_value, clip_value))

    def to_vector(self, parameters: Any) -> Any:
        """`parameters_to_vector`: all parameters in one row."""
        reshape = self.home.member(("reshape",))
        rows = [self.home.machine.call(reshape, [p, (-1,)]) for p in self.listed(parameters)]
        return self.home.result_of("cat", rows)

    def from_vector(self, vec: Any, parameters: Any) -> None:
        """`vector_to_parameters`: the numbers of a row, given to parameters."""
        numbers, start = self.home.recorder.array(vec), 0
        for p in self.listed(parameters):
            self.write(p, numbers[start : start + p.node.size].reshape(p.shape))
            start += p.node.size

    def checkpoint(self, function: Any, *args: Any, **named: Any) -> Any:
        """`checkpoint`: the same numbers, whatever is kept."""
        for option in ("use_reentrant", "preserve_rng_state", "debug"):
            named.pop(option, None)
        return self.home.machine.call(function, args, named)

    def checkpoint_sequential(
        self, functions: Any, segments: int, input: Any = None, **named: Any
    ) -> Any:
        """`checkpoint_sequential`: one module after another, whatever is kept."""
        del segments, named
        value = input
        for function in self.home.machine.items(functions):
            value = self.home.machine.call(function, [value])
        return value
