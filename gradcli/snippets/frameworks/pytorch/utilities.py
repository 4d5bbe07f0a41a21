"""What stands behind `torch.nn.utils.` and `torch.utils.`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable


def utilities(home: Any) -> dict[str, Any]:
    """The functions by their paths."""

    def listed(parameters: Any) -> list[Tensor]:
        if isinstance(parameters, Tensor):
            return [parameters]
        return list(home.machine.iterate(parameters))

    def write(tensor: Tensor, numbers: Any) -> None:
        home.write(tensor, home.recorder.constant(numbers.astype(tensor.dtype), tensor.dtype))

    def clip_norm(parameters: Any, max_norm: float, norm_type: float = 2.0, **_named: Any) -> Any:
        tensors = [p for p in listed(parameters) if p.grad is not None]
        grads = [home.recorder.array(p.grad) for p in tensors]
        norms = np.array([np.linalg.norm(g.reshape(-1), norm_type) for g in grads])
        total = np.linalg.norm(norms, norm_type).astype(home.default)
        factor = max_norm / (total + 1e-6)
        for p, g in zip(tensors, grads, strict=True):
            write(p.grad, g * min(factor, 1.0))  # type: ignore[arg-type]
        return home.constant(total, home.default)

    def clip_value(parameters: Any, clip_value: float, **_named: Any) -> None:
        for p in listed(parameters):
            if p.grad is not None:
                write(p.grad, home.recorder.array(p.grad).clip(-clip_value, clip_value))

    def to_vector(parameters: Any) -> Any:
        reshape = home.member(("reshape",))
        rows = [home.machine.call(reshape, [p, (-1,)]) for p in listed(parameters)]
        return home.machine.call(home.member(("cat",)), [rows])

    def checkpoint(function: Any, *args: Any, **named: Any) -> Any:
        for option in ("use_reentrant", "preserve_rng_state", "debug"):
            named.pop(option, None)
        return home.machine.call(function, args, named)

    rows: dict[str, Callable[..., Any]] = {
        "nn.utils.clip_grad_norm_": clip_norm,
        "nn.utils.clip_grad_value_": clip_value,
        "nn.utils.parameters_to_vector": to_vector,
        "utils.checkpoint.checkpoint": checkpoint,
    }
    return {path: Native(path.rpartition(".")[2], row) for path, row in rows.items()}
