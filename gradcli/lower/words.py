"""The words that the language itself gives a meaning: constants, attributes, special forms."""

from __future__ import annotations

import math

CONSTANTS = {
    "pi": math.pi,
    "e": math.e,
    "tau": math.tau,
    "inf": math.inf,
    "nan": math.nan,
    "euler_gamma": 0.5772156649015329,
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "newaxis": None,
    "None": None,
}

FIXED = frozenset({"true", "false", "True", "False", "None", "inf", "nan", "newaxis"})
"""Constants that no value can be given to."""

DTYPES = frozenset(
    {
        "bool",
        "bool_",
        "double",
        "float",
        "float16",
        "float32",
        "float64",
        "half",
        "int",
        "int16",
        "int32",
        "int64",
        "int8",
        "long",
        "uint8",
    }
)
"""Names of types, which stand for a text behind a prefix: `tf.int32`."""

ATTRIBUTES = ("T", "shape", "size", "ndim", "grad")
"""What may follow a dot without being called."""

OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floordiv",
    "%": "mod",
    "@": "matmul",
    "^": "pow",
}
"""Arithmetic operators and the functions behind them."""

COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

OF_FUNCTION = frozenset(
    {"grad", "grads", "value_and_grad", "value_and_grads", "jacobian", "hessian"}
)
"""Derivative operators that take a function, or a value and a name."""

OF_VALUE = frozenset({"jvp", "vjp", "hvp"})
"""Derivative operators that take a value, a name and a direction."""

SILENT = frozenset({"print", "backward", "zero_grad"})
"""Calls that are there for their effect and have no value."""

DERIVATIVES = OF_FUNCTION | OF_VALUE | {"backward"}
SPECIALS = OF_FUNCTION | OF_VALUE | SILENT

_COMPLEX = "complex numbers are not part of the language"

INSTEAD = {
    "gradient": "did you mean 'grad'? (np.gradient is finite differences: use fdiff)",
    **dict.fromkeys(
        ["fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "fftn", "stft", "eig", "eigvals"],
        _COMPLEX,
    ),
}
"""What to say to names that are known elsewhere, and mean something else or nothing here."""
