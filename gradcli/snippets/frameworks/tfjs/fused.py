"""`tf.fused`: a product or a convolution, a bias and an activation in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Array

ACTIVATIONS = {
    "relu": "relu",
    "elu": "elu",
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "prelu": "prelu",
    "leakyrelu": "leakyRelu",
}
"""Activations, and the functions that they are."""


def fused(home: Any) -> dict[str, Any]:
    """The functions by their paths: each takes one object of options."""
    of: Callable[..., Array] = home.result_of

    def of_channels(x: Any, options: dict[str, Any]) -> Any:
        """A number for each channel, which are the first axis of an image if it says so."""
        if options.get("dataFormat") != "NCHW" or len(x.shape) != 1:
            return x
        return of("reshape", x, [float(x.shape[0]), 1.0, 1.0])

    def ended(y: Array, options: dict[str, Any]) -> Array:
        """A product with its bias and its activation."""
        bias, name = options.get("bias"), options.get("activation", "linear")
        if bias is not None and bias is not UNDEFINED:
            y = of("add", y, of_channels(bias, options))
        if name in ("linear", None, UNDEFINED):
            return y
        if name not in ACTIVATIONS:
            text = home.machine.language.text(name)
            raise fail(f"Activation {text} has not been implemented for the CPU backend.")
        if name == "prelu":
            return of("prelu", y, of_channels(options["preluActivationWeights"], options))
        rest = [options.get("leakyreluAlpha", 0.2)] if name == "leakyrelu" else []
        return of(ACTIVATIONS[name], y, *rest)

    def mat_mul(options: Any) -> Array:
        turns = [options.get(f"transpose{name}", False) for name in "AB"]
        return ended(of("matMul", options["a"], options["b"], *turns), options)

    def convolution(name: str) -> Callable[[Any], Array]:
        def convolve(options: Any) -> Array:
            given = [options.get(key, UNDEFINED) for key in ("x", "filter", "strides", "pad")]
            given += [options.get("dataFormat", "NHWC"), options.get("dilations", [1.0, 1.0])]
            return ended(of(name, *given), options)

        return convolve

    rows: dict[str, Callable[..., Any]] = {
        "matMul": mat_mul,
        "conv2d": convolution("conv2d"),
        "depthwiseConv2d": convolution("depthwiseConv2d"),
    }
    return {f"fused.{name}": native(name, row) for name, row in rows.items()}
