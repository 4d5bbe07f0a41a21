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
    )
    from gradcli.engine.jobs.api import batch
    from gradcli.engine.tables.api import map  # noqa: A004 - the word of the contract

__version__ = "0.1.0"

_OURS = {
    "Program": "gradcli.engine.api",
    "compile": "gradcli.engine.api",
    "batch": "gradcli.engine.jobs.api",
    "map": "gradcli.engine.tables.api",
}
"""What is not a question, and where it is."""

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
    "batch",
    "compile",
    "map",
]


def __getattr__(name: str) -> Any:
    """The functions, imported when the first is used: `import gradcli` alone costs nothing."""
    if name.startswith("_"):
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    from importlib import import_module

    from gradcli.engine import api

    module = _OURS.get(name)
    found = api.function(name) if module is None else getattr(import_module(module), name)
    if found is None:
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    from gradcli.engine.api import function_names

    return sorted([*__all__, *function_names()])
