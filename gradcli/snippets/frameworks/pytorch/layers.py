"""`torch.nn`: convolutions, normalisations, pools and embeddings as modules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Instance


class Kernels:
    """The layers, each made by a function that prepares an instance; `layers` has the tools."""

    def __init__(self, layers: Any) -> None:
        self.layers = layers
        self.home = layers.home

    def table(self) -> dict[str, Callable[..., None]]:
        """What prepares an instance of each class."""
        return {
            "Conv1d": self.convolution(1),
            "Conv2d": self.convolution(2),
            "BatchNorm1d": self.batch_norm,
            "BatchNorm2d": self.batch_norm,
            "LayerNorm": self.layer_norm,
            "Embedding": self.embedding,
            "MaxPool2d": self.max_pool,
            "AvgPool2d": self.average_pool,
        }

    def parameter(self, own: Instance, name: str, numbers: Any, *, drawn: bool = False) -> None:
        """A parameter of these numbers; those that were drawn are unknown without a seed."""
        home = self.home
        seeded = home.generator.is_seeded or not drawn
        array = home.random(np.asarray(numbers, home.default), home.default, is_seeded=seeded)
        value = self.layers.parameter(array)
        home.machine.language.set_attribute(own, name, value)

    def convolution(self, axes: int) -> Callable[..., None]:
        """`nn.Conv1d` and `nn.Conv2d`, with PyTorch's first weights."""

        def make(
            own: Instance,
            in_channels: int,
            out_channels: int,
            kernel_size: Any,
            stride: Any = 1,
            padding: Any = 0,
            dilation: Any = 1,
            groups: int = 1,
            bias: bool = True,
            **_named: Any,
        ) -> None:
            size, strides = _each(kernel_size, axes), _each(stride, axes)
            shape = (out_channels, in_channels // groups, *size)
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            draw = self.home.generator.uniform
            weight = draw(shape, self.home.default, -bound, bound)
            self.parameter(own, "weight", weight, drawn=True)
            own.attributes["bias"] = None
            if bias:
                offset = draw((out_channels,), self.home.default, -bound, bound)
                self.parameter(own, "bias", offset, drawn=True)
            own.inner.shown = f"{in_channels}, {out_channels}, kernel_size={size}, stride={strides}"
            pads, gaps = _padding(padding, axes), _each(dilation, axes)
            own.inner.shown += _unless(padding=(pads, _each(0, axes)))
            own.inner.shown += _unless(dilation=(gaps, _each(1, axes)), groups=(groups, 1))
            own.inner.shown += _unless(bias=(bias, True))
            options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
            own.inner.compute = lambda own, x: self.layers.call(
                f"nn.functional.conv{axes}d",
                x,
                own.attributes["weight"],
                own.attributes["bias"],
                **{k: v for k, v in options.items() if v != _PLAIN[k]},
            )

        return make

    def batch_norm(
        self,
        own: Instance,
        num_features: int,
        eps: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        """`nn.BatchNorm1d` and `2d`: the batch's own mean in training, the running one after."""
        home = self.home
        zeros, ones = np.zeros(num_features), np.ones(num_features)
        own.attributes |= {"weight": None, "bias": None, "running_mean": None, "running_var": None}
        if affine:
            self.parameter(own, "weight", ones)
            self.parameter(own, "bias", zeros)
        for name, numbers in (("running_mean", zeros), ("running_var", ones)):
            if track_running_stats:
                buffer = home.constant(numbers, home.default)
                own.inner.buffers[name] = own.attributes[name] = buffer
        if track_running_stats:
            own.inner.buffers["num_batches_tracked"] = home.constant(0)
        own.inner.shown = f"{num_features}, eps={eps}, momentum={momentum}, affine={affine}, "
        own.inner.shown += f"bias={affine}, track_running_stats={track_running_stats}"
        own.inner.compute = lambda own, x: self.normalised(own, x, eps, momentum)

    def normalised(self, own: Instance, x: Any, eps: float, momentum: float) -> Any:
        """One batch, along its second axis; in training it moves the running statistics."""
        home, of = self.home, self.home.operator
        axes = [i for i in range(len(x.shape)) if i != 1]
        shape = [n if i == 1 else 1 for i, n in enumerate(x.shape)]

        def wide(name: str) -> Any:
            return self.layers.call("reshape", own.attributes[name], shape)

        tracks = own.attributes["running_mean"] is not None
        if own.inner.is_training or not tracks:
            mean = self.layers.call("mean", x, dim=axes, keepdim=True)
            variance = self.layers.call("var", x, dim=axes, keepdim=True, unbiased=False)
            if tracks:
                self.track(own, x, axes, momentum)
        else:
            mean, variance = wide("running_mean"), wide("running_var")
        root = self.layers.call("sqrt", of("+", variance, eps))
        result = of("/", of("-", x, mean), root)
        if own.attributes["weight"] is not None:
            result = of("+", of("*", result, wide("weight")), wide("bias"))
        if result.requires:
            result.maker = "NativeBatchNormBackward0"
        return home.asarray(result)

    def track(self, own: Instance, x: Any, axes: list[int], momentum: float) -> None:
        """Moves the running statistics towards those of a batch."""
        numbers = self.home.recorder.numbers(x)
        batch = {
            "running_mean": numbers.mean(tuple(axes)),
            "running_var": numbers.var(tuple(axes), ddof=1),
        }
        for name, now in batch.items():
            before = own.attributes[name]
            moved = (1 - momentum) * self.home.recorder.numbers(before) + momentum * now
            self.home.write(before, self.home.constant(moved, before.dtype).node)

    def layer_norm(
        self,
        own: Instance,
        normalized_shape: Any,
        eps: float = 1e-05,
        elementwise_affine: bool = True,
        bias: bool = True,
        **_named: Any,
    ) -> None:
        """`nn.LayerNorm`."""
        shape, has_bias = _each(normalized_shape, 1), elementwise_affine and bias
        own.attributes |= {"weight": None, "bias": None}
        if elementwise_affine:
            self.parameter(own, "weight", np.ones(shape))
        if has_bias:
            self.parameter(own, "bias", np.zeros(shape))
        own.inner.shown = f"{shape}, eps={eps}, elementwise_affine={elementwise_affine}"
        own.inner.shown += f", bias={has_bias}"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.layer_norm",
            x,
            shape,
            own.attributes["weight"],
            own.attributes["bias"],
            eps,
        )

    def embedding(
        self, own: Instance, num_embeddings: int, embedding_dim: int, **_named: Any
    ) -> None:
        """`nn.Embedding`: rows by their numbers."""
        shape = (num_embeddings, embedding_dim)
        numbers = self.home.generator.normal(shape, self.home.default, 0.0, 1.0)
        self.parameter(own, "weight", numbers, drawn=True)
        own.inner.shown = f"{num_embeddings}, {embedding_dim}"

        def compute(own: Instance, indices: Any) -> Any:
            rows = self.home.item(own.attributes["weight"], indices)
            if rows.requires:
                rows.maker = "EmbeddingBackward0"
            return rows

        own.inner.compute = compute

    def from_pretrained(self, embeddings: Any, freeze: bool = True, **_named: Any) -> Any:
        """`nn.Embedding.from_pretrained`."""
        home = self.home
        made = home.machine.call(home.member(("nn", "Embedding")), [*embeddings.shape])
        weight = self.layers.parameter(embeddings, requires_grad=not freeze)
        home.machine.language.set_attribute(made, "weight", weight)
        return made

    def max_pool(
        self, own: Instance, kernel_size: Any, stride: Any = None, padding: Any = 0
    ) -> None:
        """`nn.MaxPool2d`."""
        stride = kernel_size if stride is None else stride
        own.inner.shown = f"kernel_size={kernel_size}, stride={stride}, padding={padding}, "
        own.inner.shown += "dilation=1, ceil_mode=False"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.max_pool2d", x, kernel_size, stride, padding
        )

    def average_pool(
        self, own: Instance, kernel_size: Any, stride: Any = None, padding: Any = 0
    ) -> None:
        """`nn.AvgPool2d`."""
        stride = kernel_size if stride is None else stride
        own.inner.shown = f"kernel_size={kernel_size}, stride={stride}, padding={padding}"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.avg_pool2d", x, kernel_size, stride, padding
        )


_PLAIN: dict[str, Any] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
"""Options of a convolution that need not be said."""


def _each(value: Any, axes: int) -> tuple[int, ...]:
    """A number for each axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def _padding(value: Any, axes: int) -> Any:
    return value if isinstance(value, str) else _each(value, axes)


def _unless(**options: tuple[Any, Any]) -> str:
    """The options that are not what they usually are, as a module shows them."""
    return "".join(f", {name}={now}" for name, (now, usual) in options.items() if now != usual)
