"""`torch.autograd.forward_ad`: tensors that carry a tangent along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.passes import modes
from gradcli.snippets.values import Array, Manager, Named, Native

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.frameworks.pytorch.tensor import Tensor


class Level(Manager):
    """`with dual_level():`."""

    kind = "dual_level"

    def __init__(self, home: Any) -> None:
        self.home = home
        self.moving: list[tuple[Array, Array]] = []

    def enter(self) -> None:
        """Tensors remember how they are made from now on."""
        self.home.machine.depth_of_tracing += 1
        self.home.levels.append(self)

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Not any more."""
        self.home.machine.depth_of_tracing -= 1
        self.home.levels.remove(self)


def dual(home: Any) -> dict[str, Any]:
    """The functions by their paths."""

    def make_dual(primal: Array, tangent: Array) -> Array:
        home.recorder.use(primal.dtype)
        made: Array = home.wrap(home.recorder.mark(primal.node), primal.dtype, [primal])
        home.levels[-1].moving.append((made, tangent))
        return made

    def unpacked(primal: Array, tangent: Array | None) -> Any:
        return Named.of("UnpackedDualTensor", ("primal", "tangent"), (primal, tangent))

    def unpack_dual(tensor: Tensor) -> Any:
        if not home.levels:
            return unpacked(tensor, None)
        level = home.levels[-1]
        for own, tangent in level.moving:
            if own is tensor:
                return unpacked(home.made(home.recorder.settled(own.node), own.dtype), tangent)
        xs = [x.node for x, _ in level.moving]
        directions = [home.recorder.number(t.node, x.dtype) for x, t in level.moving]
        home.recorder.use(tensor.dtype)
        (node,) = modes.forward([tensor.node], xs, directions)
        settled = home.recorder.settled
        primal = home.made(settled(tensor.node), tensor.dtype)
        if node is None:
            return unpacked(primal, None)
        path = home.autograd.between([tensor]) if tensor.requires else None
        return unpacked(primal, home.autograd.answer(node, tensor, path))

    rows: dict[str, Callable[..., Any]] = {
        "dual_level": lambda: Level(home),
        "make_dual": make_dual,
        "unpack_dual": unpack_dual,
    }
    return {f"autograd.forward_ad.{name}": Native(name, row) for name, row in rows.items()}
