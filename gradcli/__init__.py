"""Values and gradients of formulas and small programs, with the words of the command line.

A program is a text; its inputs are given by name, as numbers, arrays, lists, or a table's columns:

>>> import gradcli
>>> gradcli.grad("atan(x)", x=[-4, -2, 0, 2, 4])
array([0.05882353, 0.2       , 1.        , 0.2       , 0.05882353])
>>> gradcli.grads("sum(x*y)", x=[1, 2], y=[-1, -2])
{'x': array([-1., -2.]), 'y': array([1., 2.])}

Compile what is asked often; every function below is a method of a program, too:

>>> model = gradcli.compile("sum((a*x + b - y)^2)", wrt=["a", "b"])
>>> value, slopes = model.value_and_grads(a=1.0, b=0.0, x=[1, 2, 3], y=[2, 4, 6])
>>> float(value), float(slopes["a"])
(14.0, -28.0)

Values                evaluate
Gradients             grad, grads, value_and_grad, value_and_grads
Matrices              jacobian, hessian
Products, directions  jvp, vjp, hvp, directional
Higher derivatives    derivative, taylor
Formulas, files       diff; translate (a file for another framework or language)
As in TensorFlow      tape, gradients, variable_grads; as in PyTorch, backward
Looking into it       check (a gradient derived by hand, too), explain, graph, plot
Many at once          map (the rows of a table or of files), batch (jobs)
The whole answer      ask: .value .parts .verdicts .warnings
The language          functions: what may be called in a program

What every function takes: `wrt`, the inputs to differentiate by; `dtype`, "float64" or "float32";
`timeout`, in seconds; `max_steps` and `max_elements`, limits; `threads`; `stabilize`. What all of
them may take of memory: `with gradcli.memory_limit("2G"): …`.

Errors are GradcliErrors and Python's own (ValueError, TypeError, LookupError, TimeoutError …) at a
time, with .kind .message .line .column .help; notices are GradcliWarnings, with the same.

`help(gradcli.grad)` tells all about one function, `gradcli help python` in a shell how to port from
PyTorch, JAX and TensorFlow, and how to go on with SciPy and in a service.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

_ERRORS = """DeadlineError DomainError GradcliError GradcliWarning InputError InternalError
LimitError OutOfMemoryError ParseError ProgramNameError ProgramTypeError ShapeError
UsageError""".split()

_OURS = {
    "Program": "gradcli.engine.api",
    "ask": "gradcli.engine.api",
    "compile": "gradcli.engine.api",
    "functions": "gradcli.engine.api",
    "memory_limit": "gradcli.engine.memory_limit",
    "plot": "gradcli.engine.api",
    "batch": "gradcli.engine.jobs.api",
    "map": "gradcli.engine.tables.api",
    **dict.fromkeys(_ERRORS, "gradcli.errors"),
}
"""What is not a question, and where it is."""

_BUILT_IN = {"compile", "eval", "map", "run"}
"""What `import *` leaves out: the names of builtins, and `run`."""


def __getattr__(name: str) -> Any:
    """Functions and errors, imported when one is used: `import gradcli` alone costs nothing."""
    if name == "__all__":
        return sorted({*_named()} - _BUILT_IN)
    if name.startswith("_"):
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}")
    item = _imported(name)
    if item is None:
        from gradcli.suggest import nearest

        near = nearest(name, __dir__())
        meant = f"; did you mean {near!r}?" if near else ""
        raise AttributeError(f"module 'gradcli' has no attribute {name!r}{meant}")
    globals()[name] = item
    return item


def _imported(name: str) -> Any:
    """What is not a question, else the question; None if there is none of that name."""
    if name in _OURS:
        from importlib import import_module

        return getattr(import_module(_OURS[name]), name)
    from gradcli.engine import api

    return api.function(name)


def __dir__() -> list[str]:
    return sorted({*_named(), "__version__"})


def _named() -> list[str]:
    """What there is, the questions among it."""
    from gradcli.engine.api import function_names

    return [*_OURS, *function_names()]
