"""Values and gradients of formulas and small programs, with the words of the command line.

>>> import gradcli
>>> gradcli.grad("atan(x)", x=[-4, -2, 0, 2, 4])
array([0.05882353, 0.2       , 1.        , 0.2       , 0.05882353])
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import (
    DeadlineError,
    DomainError,
    GradcliError,
    GradcliWarning,
    InputError,
    InternalError,
    LimitError,
    OutOfMemoryError,
    ParseError,
    ProgramNameError,
    ProgramTypeError,
    ShapeError,
    UsageError,
)

__version__ = "0.1.0"

_OURS = {
    "Program": "gradcli.engine.api",
    "ask": "gradcli.engine.api",
    "compile": "gradcli.engine.api",
    "functions": "gradcli.engine.api",
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
    "OutOfMemoryError",
    "ParseError",
    "Program",
    "ProgramNameError",
    "ProgramTypeError",
    "ShapeError",
    "UsageError",
    "ask",
    "backward",
    "batch",
    "check",
    "derivative",
    "diff",
    "directional",
    "evaluate",
    "functions",
    "grad",
    "gradients",
    "grads",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "tape",
    "value_and_grad",
    "value_and_grads",
    "variable_grads",
    "vjp",
]
"""What `import *` brings: all but `compile`, `eval` and `map`, the names of builtins, and `run`."""


def __getattr__(name: str) -> Any:
    """The functions, imported when the first is used: `import gradcli` alone costs nothing."""
    if name.startswith("_"):
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    from importlib import import_module

    from gradcli.engine import api

    module = _OURS.get(name)
    item = api.function(name) if module is None else getattr(import_module(module), name)
    if item is None:
        from gradcli.suggest import nearest

        near = nearest(name, __dir__())
        meant = f"; did you mean {near!r}?" if near else ""
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}{meant}")
    globals()[name] = item
    return item


def __dir__() -> list[str]:
    from gradcli.engine.api import function_names

    return sorted({*__all__, *_OURS, *function_names(), "__version__"})
