"""Values and gradients of formulas and small programs, with the words of the command line.

>>> import gradcli
>>> gradcli.grad("atan(x)", x=[-4, -2, 0, 2, 4])
array([0.05882353, 0.2       , 1.        , 0.2       , 0.05882353])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import (
    DeadlineError,
    DomainError,
    GradcliError,
    GradcliWarning,
    InputError,
    InternalError,
    LimitError,
    ParseError,
    ProgramNameError,
    ProgramTypeError,
    ShapeError,
    UsageError,
)

if TYPE_CHECKING:
    from gradcli.engine.api import (
        Program,
        compile,  # noqa: A004 - the word of the contract
        evaluate,
        grad,
        grads,
        value_and_grad,
        value_and_grads,
        variable_grads,
    )
    from gradcli.engine.tables.api import map  # noqa: A004 - the word of the contract

__version__ = "0.1.0"

__all__ = [
    "DeadlineError",
    "DomainError",
    "GradcliError",
    "GradcliWarning",
    "InputError",
    "InternalError",
    "LimitError",
    "ParseError",
    "Program",
    "ProgramNameError",
    "ProgramTypeError",
    "ShapeError",
    "UsageError",
    "compile",
    "evaluate",
    "grad",
    "grads",
    "map",
    "value_and_grad",
    "value_and_grads",
    "variable_grads",
]


def __getattr__(name: str) -> Any:
    """The functions, imported when the first is used: `import gradcli` alone costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    from importlib import import_module

    module = "gradcli.engine.tables.api" if name == "map" else "gradcli.engine.api"
    return getattr(import_module(module), name)
