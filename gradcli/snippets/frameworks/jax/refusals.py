"""What JAX says of arrays that cannot be written, differentiated by, or looked at."""

from __future__ import annotations

IMMUTABLE = (
    "JAX arrays are immutable and do not support in-place item assignment. Instead of x[idx] = y, "
    "use x = x.at[idx].set(y) or another .at[] method: "
    "https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ndarray.at.html"
)

INTEGERS = (
    "grad requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), "
    "but got {}. If you want to use Boolean- or integer-valued inputs, use vjp or set allow_int to "
    "True."
)

SHAPED = {
    **dict.fromkeys(("zeros", "ones", "full", "empty", "eye", "identity"), slice(1)),
    **dict.fromkeys(("reshape", "broadcast_to", "tile"), slice(1, None)),
    "range": slice(None),
    "linspace": slice(2, 3),
}
"""Functions of which some arguments are lengths, and which these are."""

STATIC = "Shapes must be 1D sequences of concrete values of integer type, got "
TRY = "\nIf using `jit`, try using `static_argnums` or applying `jit` to smaller subfunctions."
NUMBERED = "jax.jit(f, static_argnums=0) takes the first argument as it is"
TRUTH = "Attempted boolean conversion of traced array"
ABSTRACT = "Abstract tracer value encountered where concrete value is expected: traced array"

UNREAL = (
    "grad requires real-valued outputs (output dtype that is a sub-dtype of np.floating), but got "
    "{}. For differentiation of functions with integer outputs, use jax.vjp directly."
)
