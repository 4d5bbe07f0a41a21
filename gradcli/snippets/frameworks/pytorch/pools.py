"""`torch.nn`: pools, margins, and other modules that only move or gather elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Instance

    Maker = Callable[..., None]


def each(value: Any, axes: int) -> tuple[Any, ...]:
    """A value for each axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


class Pools:
    """The modules, each made by a function that prepares an instance; `layers` has the tools."""

    def __init__(self, layers: Any) -> None:
        self.layers = layers

    def table(self) -> dict[str, Maker]:
        """What prepares an instance of each class."""
        made: dict[str, Maker] = {"Unflatten": self.unflatten}
        for n in (1, 2, 3):
            made[f"MaxPool{n}d"] = self.largest(n)
            made[f"AvgPool{n}d"] = self.average(n)
            made[f"ZeroPad{n}d"] = self.padded(n, "constant")
            made[f"ConstantPad{n}d"] = self.filled(n)
            made[f"ReflectionPad{n}d"] = self.padded(n, "reflect")
            made[f"ReplicationPad{n}d"] = self.padded(n, "replicate")
            made[f"CircularPad{n}d"] = self.padded(n, "circular")
        return made

    def prepare(self, own: Instance, shown: str, path: str, *given: Any, **named: Any) -> None:
        """An instance that calls a function with what it was given."""
        own.inner.shown = shown
        own.inner.compute = lambda _own, x: self.layers.call(path, x, *given, **named)

    def largest(self, axes: int) -> Maker:
        """`nn.MaxPool2d` and its like."""

        def make(
            own: Instance,
            kernel_size: Any,
            stride: Any = None,
            padding: Any = 0,
            dilation: Any = 1,
            return_indices: bool = False,
            ceil_mode: bool = False,
        ) -> None:
            stride = kernel_size if stride is None else stride
            shown = f"kernel_size={kernel_size}, stride={stride}, padding={padding}, "
            shown += f"dilation={dilation}, ceil_mode={ceil_mode}"
            path = f"nn.functional.max_pool{axes}d"
            windows = (kernel_size, stride, padding, dilation, ceil_mode)
            self.prepare(own, shown, path, *windows, return_indices=return_indices)

        return make

    def average(self, axes: int) -> Maker:
        """`nn.AvgPool2d` and its like."""

        def make(
            own: Instance,
            kernel_size: Any,
            stride: Any = None,
            padding: Any = 0,
            ceil_mode: bool = False,
            count_include_pad: bool = True,
        ) -> None:
            windows = (kernel_size, kernel_size if stride is None else stride, padding)
            names = ("kernel_size", "stride", "padding")
            said = [each(value, 1) if axes == 1 else value for value in windows]
            shown = ", ".join(f"{k}={v}" for k, v in zip(names, said, strict=True))
            path = f"nn.functional.avg_pool{axes}d"
            self.prepare(own, shown, path, *windows, ceil_mode, count_include_pad)

        return make

    def padded(self, axes: int, mode: str) -> Maker:
        """`nn.ZeroPad2d` and its like."""

        def make(own: Instance, padding: Any) -> None:
            pads = each(padding, 2 * axes)
            self.prepare(own, str(pads), "nn.functional.pad", pads, mode)

        return make

    def filled(self, axes: int) -> Maker:
        """`nn.ConstantPad2d` and its like."""

        def make(own: Instance, padding: Any, value: float) -> None:
            pads = each(padding, 2 * axes)
            shown = f"padding={pads}, value={value}"
            self.prepare(own, shown, "nn.functional.pad", pads, "constant", value)

        return make

    def unflatten(self, own: Instance, dim: int, unflattened_size: Sequence[int]) -> None:
        """`nn.Unflatten`."""
        size = tuple(unflattened_size)
        self.prepare(own, f"dim={dim}, unflattened_size={size}", "unflatten", dim, size)
