"""`torch.nn`: convolutions, normalisations and embeddings as modules with parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.pytorch import checks
from gradcli.snippets.frameworks.pytorch.pools import each

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
            **{f"Conv{n}d": self.convolution(n) for n in (1, 2, 3)},
            **{f"ConvTranspose{n}d": self.transposed(n) for n in (1, 2, 3)},
            **{f"BatchNorm{n}d": self.batch_norm for n in (1, 2, 3)},
            **{f"InstanceNorm{n}d": self.instance_norm for n in (1, 2, 3)},
            "GroupNorm": self.group_norm,
            "LayerNorm": self.layer_norm,
            "RMSNorm": self.rms_norm,
            "PReLU": self.prelu,
            "Bilinear": self.bilinear,
            "Embedding": self.embedding,
        }

    def parameter(self, own: Instance, name: str, numbers: Any, *, drawn: bool = False) -> None:
        """A parameter of these numbers; those that were drawn are unknown without a seed."""
        home = self.home
        seeded = home.generator.is_seeded or not drawn
        array = home.random(np.asarray(numbers, home.default), home.default, is_seeded=seeded)
        self.layers.set_weight(own, name, array)

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
            padding_mode: str = "zeros",
            **named: Any,
        ) -> None:
            usual(named)
            size, strides = each(kernel_size, axes), each(stride, axes)
            shape = (out_channels, in_channels // groups, *size)
            self.weights(own, shape, out_channels if bias else 0)
            own.inner.shown = f"{in_channels}, {out_channels}, kernel_size={size}, stride={strides}"
            pads, gaps = _padding(padding, axes), each(dilation, axes)
            own.inner.shown += _unless(padding=(pads, each(0, axes)))
            own.inner.shown += _unless(dilation=(gaps, each(1, axes)), groups=(groups, 1))
            own.inner.shown += _unless(bias=(bias, True), padding_mode=(padding_mode, "zeros"))
            options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
            unusual = {k: v for k, v in options.items() if v != _PLAIN[k]}
            self.with_weights(own, f"conv{axes}d", **unusual)
            if padding_mode != "zeros":
                self.pad_first(own, f"conv{axes}d", padding_mode, unusual)

        return make

    def pad_first(self, own: Instance, name: str, mode: str, options: dict[str, Any]) -> None:
        """Has a convolution go over what was padded by other numbers than zeros."""
        pads = options.pop("padding", 0)
        if isinstance(pads, str):
            raise Refusal(f"`padding={pads!r}` with `padding_mode` is not part of the subset")
        axes = len(own.attributes["weight"].shape) - 2
        widths = [n for n in reversed(each(pads, axes)) for _ in range(2)]
        self.with_weights(own, name, **options)
        convolve, pad = own.inner.compute, "nn.functional.pad"
        own.inner.compute = lambda own, x: convolve(own, self.layers.call(pad, x, widths, mode))

    def with_weights(self, own: Instance, name: str, **options: Any) -> None:
        """Has a module call a function with its weight and its bias."""
        own.inner.compute = lambda own, *x: self.layers.call(
            f"nn.functional.{name}", *x, own.attributes["weight"], own.attributes["bias"], **options
        )

    def weights(
        self, own: Instance, shape: tuple[int, ...], offsets: int, inputs: int | None = None
    ) -> None:
        """A weight and a bias as PyTorch draws them first; no offsets are no bias.

        `inputs` is how many numbers make one of the result; all axes behind the first have them.
        """
        bound = 1 / math.sqrt(math.prod(shape[1:]) if inputs is None else inputs)
        draw = self.home.generator.uniform
        self.parameter(own, "weight", draw(shape, self.home.default, -bound, bound), drawn=True)
        own.attributes["bias"] = None
        if offsets:
            offset = draw((offsets,), self.home.default, -bound, bound)
            self.parameter(own, "bias", offset, drawn=True)

    def transposed(self, axes: int) -> Callable[..., None]:
        """`nn.ConvTranspose1d` and its like."""

        def make(
            own: Instance,
            in_channels: int,
            out_channels: int,
            kernel_size: Any,
            stride: Any = 1,
            padding: Any = 0,
            output_padding: Any = 0,
            *,
            bias: bool = True,
        ) -> None:
            size, strides = each(kernel_size, axes), each(stride, axes)
            self.weights(own, (in_channels, out_channels, *size), out_channels if bias else 0)
            pads, ends = each(padding, axes), each(output_padding, axes)
            own.inner.shown = f"{in_channels}, {out_channels}, kernel_size={size}, stride={strides}"
            own.inner.shown += _unless(padding=(pads, each(0, axes)))
            own.inner.shown += _unless(output_padding=(ends, each(0, axes)), bias=(bias, True))
            options = {"stride": strides, "padding": pads, "output_padding": ends}
            self.with_weights(own, f"conv_transpose{axes}d", **options)

        return make

    def scaled(self, own: Instance, shape: Any, *, weight: bool, bias: bool) -> None:
        """A weight of ones and a bias of zeros, as far as there are any."""
        own.attributes |= {"weight": None, "bias": None}
        if weight:
            self.parameter(own, "weight", np.ones(shape))
        if bias:
            self.parameter(own, "bias", np.zeros(shape))

    def group_norm(
        self,
        own: Instance,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-05,
        affine: bool = True,
        bias: bool = True,
    ) -> None:
        """`nn.GroupNorm`."""
        bias = affine and bias
        self.scaled(own, num_channels, weight=affine, bias=bias)
        own.inner.shown = f"{num_groups}, {num_channels}, eps={eps}, affine={affine}, bias={bias}"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.group_norm",
            x,
            num_groups,
            own.attributes["weight"],
            own.attributes["bias"],
            eps,
        )

    def instance_norm(
        self,
        own: Instance,
        num_features: int,
        eps: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = False,
    ) -> None:
        """`nn.InstanceNorm1d` and its like, each channel of each example by itself."""
        self.scaled(own, num_features, weight=affine, bias=affine)
        own.inner.shown = f"{num_features}, eps={eps}, momentum={momentum}, affine={affine}, "
        own.inner.shown += f"bias={affine}, track_running_stats=False"

        def compute(own: Instance, x: Any) -> Any:
            weight, bias = own.attributes["weight"], own.attributes["bias"]
            path = "nn.functional.group_norm"
            made = self.layers.call(path, x, num_features, weight, bias, eps)
            made.maker = "ViewBackward0" if made.requires else ""
            return made

        own.inner.compute = compute

    def rms_norm(
        self,
        own: Instance,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        """`nn.RMSNorm`."""
        shape = each(normalized_shape, 1)
        self.scaled(own, shape, weight=elementwise_affine, bias=False)
        own.inner.shown = f"{shape}, eps={eps}, elementwise_affine={elementwise_affine}"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.rms_norm", x, shape, own.attributes["weight"], eps
        )

    def prelu(self, own: Instance, num_parameters: int = 1, init: float = 0.25) -> None:
        """`nn.PReLU`: a slope that is learned."""
        self.parameter(own, "weight", np.full(num_parameters, init))
        own.inner.shown = f"num_parameters={num_parameters}"
        own.inner.compute = lambda own, x: self.layers.call(
            "nn.functional.prelu", x, own.attributes["weight"]
        )

    def bilinear(
        self,
        own: Instance,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
    ) -> None:
        """`nn.Bilinear`."""
        shape = (out_features, in1_features, in2_features)
        self.weights(own, shape, out_features if bias else 0, inputs=in1_features)
        own.inner.shown = f"in1_features={in1_features}, in2_features={in2_features}, "
        own.inner.shown += f"out_features={out_features}, bias={bias}"
        self.with_weights(own, "bilinear")

    def batch_norm(
        self,
        own: Instance,
        num_features: int,
        eps: float = 1e-05,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        """`nn.BatchNorm1d` and `2d`: the batch's own mean in training, the running one after."""
        home = self.home
        zeros, ones = np.zeros(num_features), np.ones(num_features)
        self.scaled(own, num_features, weight=affine, bias=affine)
        own.attributes |= {"running_mean": None, "running_var": None}
        for name, numbers in (("running_mean", zeros), ("running_var", ones)):
            if track_running_stats:
                buffer = home.constant(numbers, home.default)
                own.inner.buffers[name] = own.attributes[name] = buffer
        if track_running_stats:
            count = own.attributes["num_batches_tracked"] = home.constant(0)
            own.inner.buffers["num_batches_tracked"] = count
        own.inner.shown = f"{num_features}, eps={eps}, momentum={momentum}, affine={affine}, "
        own.inner.shown += f"bias={affine}, track_running_stats={track_running_stats}"
        own.inner.compute = lambda own, x: self.normalised(own, x, num_features, eps, momentum)

    def normalised(
        self, own: Instance, x: Any, features: int, eps: float, momentum: float | None
    ) -> Any:
        """One batch, along its second axis; in training it moves the running statistics."""
        home, of = self.home, self.home.operator
        tracks = own.attributes["running_mean"] is not None
        checks.batch(x, features, is_training=own.inner.is_training or not tracks)
        axes = [i for i in range(len(x.shape)) if i != 1]
        shape = [n if i == 1 else 1 for i, n in enumerate(x.shape)]

        def wide(name: str) -> Any:
            return self.layers.call("reshape", own.attributes[name], shape)

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

    def track(self, own: Instance, x: Any, axes: list[int], momentum: float | None) -> None:
        """Moves the running statistics towards those of a batch, or to the mean of all batches."""
        numbers = self.home.recorder.numbers(x)
        count = own.inner.buffers["num_batches_tracked"]
        number = int(self.home.recorder.numbers(count)) + 1
        self.home.write(count, self.home.constant(number).node)
        momentum = 1 / number if momentum is None else momentum
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
        **named: Any,
    ) -> None:
        """`nn.LayerNorm`."""
        usual(named)
        shape, has_bias = each(normalized_shape, 1), elementwise_affine and bias
        self.scaled(own, shape, weight=elementwise_affine, bias=has_bias)
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
        self,
        own: Instance,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        **named: Any,
    ) -> None:
        """`nn.Embedding`: rows by their numbers, of which one may be zeros that are not learned."""
        usual(named, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False)
        shape = (num_embeddings, embedding_dim)
        numbers = self.home.generator.normal(shape, self.home.default, 0.0, 1.0)
        own.inner.shown = f"{num_embeddings}, {embedding_dim}"
        if padding_idx is not None:
            padding_idx %= num_embeddings
            numbers[padding_idx] = 0
            own.inner.shown += f", padding_idx={padding_idx}"
        self.parameter(own, "weight", numbers, drawn=True)
        own.attributes |= {"num_embeddings": num_embeddings, "embedding_dim": embedding_dim}
        own.attributes["padding_idx"] = padding_idx

        def compute(own: Instance, indices: Any) -> Any:
            rows = self.home.item(own.attributes["weight"], indices)
            if padding_idx is not None:
                is_pad = self.home.item(
                    self.home.compare("==", indices, padding_idx), (Ellipsis, None)
                )
                rows = self.layers.call("where", is_pad, self.home.detached(rows), rows)
            if rows.requires:
                rows.maker = "EmbeddingBackward0"
            return rows

        own.inner.compute = compute

    def from_pretrained(self, embeddings: Any, freeze: bool = True, **named: Any) -> Any:
        """`nn.Embedding.from_pretrained`."""
        home = self.home
        made = home.result_of("nn.Embedding", *embeddings.shape, **named)
        weight = self.layers.parameter(embeddings, requires_grad=not freeze)
        home.machine.language.set_attribute(made, "weight", weight)
        return made


def usual(given: dict[str, Any], **values: Any) -> None:
    """Refuses options that are not what they usually are; a device is let be."""
    known = {"dtype": None, **values}
    for name, value in given.items():
        if name != "device" and (name not in known or value != known[name]):
            raise Refusal(f"`{name}` of this layer is not part of the subset")


_PLAIN: dict[str, Any] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
"""Options of a convolution that need not be said."""


def _padding(value: Any, axes: int) -> Any:
    return value if isinstance(value, str) else each(value, axes)


def _unless(**options: tuple[Any, Any]) -> str:
    """The options that are not what they usually are, as a module shows them."""
    return "".join(f", {name}={now}" for name, (now, usual) in options.items() if now != usual)
