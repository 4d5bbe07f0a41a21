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
        batch,
        compile,  # noqa: A004 - the word of the contract
    )

__version__ = "0.1.0"

_OURS = ("Program", "batch", "compile")

__all__ = [
    "DeadlineError",
    "DomainError",
    "GradcliError",
    "InputError",
    "InternalError",
    "LimitError",
    "ParseError",
    "Program",
    "ProgramNameError",
    "ProgramTypeError",
    "ShapeError",
    "UsageError",
    "batch",
    "compile",
]


def __getattr__(name: str) -> Any:
    """The functions, imported when the first is used: `import gradcli` alone costs nothing."""
    if name.startswith("_"):
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    from gradcli.engine import api

    found = getattr(api, name) if name in _OURS else api.function(name)
    if found is None:
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    from gradcli.engine.api import function_names

    return sorted([*__all__, *function_names()])
