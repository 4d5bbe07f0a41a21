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

from typing import Any

from gradcli.errors import DeadlineError as DeadlineError
from gradcli.errors import DomainError as DomainError
from gradcli.errors import GradcliError as GradcliError
from gradcli.errors import GradcliWarning as GradcliWarning
from gradcli.errors import InputError as InputError
from gradcli.errors import InternalError as InternalError
from gradcli.errors import LimitError as LimitError
from gradcli.errors import OutOfMemoryError as OutOfMemoryError
from gradcli.errors import ParseError as ParseError
from gradcli.errors import ProgramNameError as ProgramNameError
from gradcli.errors import ProgramTypeError as ProgramTypeError
from gradcli.errors import ShapeError as ShapeError
from gradcli.errors import UsageError as UsageError

__version__ = "0.1.0"

_OURS = {
    "Program": "gradcli.engine.api",
    "ask": "gradcli.engine.api",
    "compile": "gradcli.engine.api",
    "functions": "gradcli.engine.api",
    "memory_limit": "gradcli.engine.memory_limit",
    "plot": "gradcli.engine.api",
    "batch": "gradcli.engine.jobs.api",
    "map": "gradcli.engine.tables.api",
}
"""What is not a question, and where it is."""

_ERRORS = [name for name, item in vars().items() if isinstance(item, type) and item is not Any]

_BUILT_IN = {"compile", "eval", "map", "run"}
"""What `import *` leaves out: the names of builtins, and `run`."""


def __getattr__(name: str) -> Any:
    """The functions, imported when the first is used: `import gradcli` alone costs nothing."""
    if name == "__all__":
        return sorted({*_ERRORS, *_functions()} - _BUILT_IN)
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
    return sorted({*_ERRORS, *_functions(), "__version__"})


def _functions() -> list[str]:
    """What can be called, the questions among them."""
    from gradcli.engine.api import function_names

    return [*_OURS, *function_names()]
