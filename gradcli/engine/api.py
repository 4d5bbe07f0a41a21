"""The Python API: the command line's words as functions over NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.gradients import fill_unconnected, gradients
from gradcli.engine.program import Recording, Text, check_values, unknown_variable
from gradcli.engine.repeated import KEPT, Repeated, prepared, repeatable, shapes_of
from gradcli.engine.settings import Settings
from gradcli.errors import ShapeError, UsageError
from gradcli.ir.op import show_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from gradcli.lower.names import Names

    Array = np.ndarray[Any, np.dtype[Any]]
    Value = Any


class Program:
    """A program parsed once, to be run often; safe to share between threads.

    `wrt` names the inputs to differentiate by (default: all of them, in the order of first use).
    Calling it gives the value; the methods give derivatives. Inputs are anything NumPy takes, by
    name; results are arrays of the working dtype.
    """

    def __init__(
        self, text: str, *, wrt: Sequence[str] | None = None, settings: Settings | None = None
    ) -> None:
        self._text = Text(text)
        self._settings = settings or Settings()
        self._wrt = tuple(wrt) if wrt is not None else None
        self._names: dict[frozenset[str], Names] = {}
        self._kept: dict[Any, Repeated | None] = {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of first use."""
        return tuple(self._text.names(self._wrt or ()).inputs)

    def __repr__(self) -> str:
        return f"gradcli.compile({self._text.source.text!r})"

    def record(self, values: Mapping[str, Value]) -> Recording:
        """One run of the program at these inputs."""
        names = self._names_for(values)
        check_values(self._text, names, values, "{name}=…")
        ordered = {name: values[name] for name in names.inputs}
        return Recording(self._text, names, ordered, self._settings)

    def _names_for(self, given: Mapping[str, Value]) -> Names:
        """The program's names, read once for each set of names that are given."""
        key = frozenset(given)
        names = self._names.get(key)
        if names is None:
            names = self._names[key] = self._text.names(given)
        return names

    def __call__(self, **inputs: Value) -> Value:
        """The value at these inputs: an array, or a tuple of arrays."""
        recording = self.record(inputs)
        return recording.arrays(recording.value)

    def grads(self, *, dy: Value = None, **inputs: Value) -> dict[str, Array | None]:
        """The gradient of sum(value * dy) by each input, as {name: array of its shape}."""
        return self.value_and_grads(dy=dy, **inputs)[1]

    def value_and_grads(
        self, *, dy: Value = None, **inputs: Value
    ) -> tuple[Value, dict[str, Array | None]]:
        """The value, and the gradients as `grads` gives them."""
        settings = self._settings
        plain = dy is None and settings.method == "reverse" and settings.unconnected != "none"
        key = shapes_of(inputs) if plain else None
        repeated = None if key is None else self._kept.get(key)
        if repeated is not None:
            values = prepared(repeated.names, inputs, repeated.dtype)
            if values is not None:
                return repeated(values)
        recording = self.record(inputs)
        recording.shown = recording.results
        wrt = sources(recording.names, self._wrt)
        found = gradients(recording, wrt, settings, dy, self.record)
        if key is not None:
            self._keep(key, recording, wrt)
        filled = fill_unconnected(recording, found, settings.unconnected or "zero")
        return recording.arrays(recording.value), filled

    def _keep(self, key: Any, recording: Recording, wrt: Sequence[str]) -> None:
        """From the second run at the same shapes on, its steps serve the next ones."""
        if key not in self._kept and len(self._kept) < KEPT:
            self._kept[key] = None
        elif key in self._kept and repeatable(recording):
            self._kept[key] = Repeated(recording, wrt)


def sources(names: Names, wrt: Sequence[str] | None) -> list[str]:
    """The inputs to differentiate by, in the order of first use."""
    if wrt is None:
        return list(names.inputs)
    for name in wrt:
        if name not in names.inputs:
            raise unknown_variable(name, names)
    return [name for name in names.inputs if name in wrt]


def compile(  # noqa: A001 - the word of the contract
    text: str, *, wrt: Sequence[str] | None = None, **settings: Any
) -> Program:
    """A program for repeated use. `settings`: dtype, method, unconnected, max_steps, max_elements.

    Raises ParseError or ProgramNameError, with the place, for a text that is no program.
    """
    program = Program(text, wrt=wrt, settings=Settings(**settings))
    program.inputs  # noqa: B018 - finds unknown functions now rather than at the first run
    return program


def _program(text: str, wrt: str | Sequence[str] | None, settings: Any) -> Program:
    names = [wrt] if isinstance(wrt, str) else wrt
    return Program(text, wrt=names, settings=Settings(**settings))


def evaluate(text: str, **inputs: Value) -> Value:
    """The value of a program: an array, or a tuple of arrays."""
    return Program(text)(**inputs)


def grads(
    text: str,
    *,
    wrt: str | Sequence[str] | None = None,
    dy: Value = None,
    dtype: str = "float64",
    method: str = "reverse",
    **inputs: Value,
) -> dict[str, Array | None]:
    """The gradients of sum(value * dy) by all inputs, or those in `wrt`: {name: array}."""
    program = _program(text, wrt, {"dtype": dtype, "method": method})
    return program.grads(dy=dy, **inputs)


def value_and_grads(
    text: str,
    *,
    wrt: str | Sequence[str] | None = None,
    dy: Value = None,
    dtype: str = "float64",
    method: str = "reverse",
    **inputs: Value,
) -> tuple[Value, dict[str, Array | None]]:
    """The value and the gradients, in one run."""
    program = _program(text, wrt, {"dtype": dtype, "method": method})
    return program.value_and_grads(dy=dy, **inputs)


def grad(text: str, *, wrt: str | None = None, **options: Value) -> Array | None:
    """The gradient by the one input, or by the one that `wrt` names: an array of its shape."""
    return value_and_grad(text, wrt=wrt, **options)[1]


def value_and_grad(
    text: str, *, wrt: str | None = None, **options: Value
) -> tuple[Value, Array | None]:
    """The value, and the gradient by the one input."""
    value, found = value_and_grads(text, wrt=wrt, **options)
    if len(found) != 1:
        raise several_inputs("grad", list(found))
    return value, next(iter(found.values()))


def several_inputs(command: str, names: Sequence[str]) -> UsageError:
    """The error of a question about one gradient where there are several, or none."""
    if not names:
        return UsageError("the program has no variable to differentiate by")
    return UsageError(
        f"{command} gives one gradient, and the program has {', '.join(names)}",
        help=f"choose one with wrt, or use {command}s",
    )


def variable_grads(
    text: str,
    *,
    var: Mapping[str, Value],
    const: Mapping[str, Value] | None = None,
    frozen: Mapping[str, Value] | None = None,
    wrt: Sequence[str] | None = None,
    dtype: str = "float64",
    method: str = "reverse",
) -> tuple[Value, dict[str, Array | None]]:
    """The value, one number, and its gradients by the trainable variables (TF.js variableGrads).

    `frozen` variables named in `wrt` answer None; `const` are values that are no variables.
    """
    settings = Settings(dtype=dtype, method=method)
    program = Program(text, settings=settings)
    values = {**(const or {}), **(frozen or {}), **var}
    recording = program.record(values)
    require_scalar(recording, "variable_grads")
    asked = list(wrt) if wrt is not None else list(var)
    trainable = [n for n in recording.names.inputs if n in asked and n in var]
    found = gradients(recording, trainable, settings, None, program.record)
    filled = fill_unconnected(recording, found, "zero")
    return recording.arrays(recording.value), {
        name: filled.get(name) for name in recording.names.inputs if name in asked
    }


def require_scalar(recording: Recording, command: str) -> None:
    """Refuses a value that is not one number."""
    for y in recording.results:
        if y.size != 1 or len(recording.results) != 1:
            raise ShapeError(
                f"{command} needs one number, not the shape {show_shape(y.shape)}",
                span=y.span, help="take its sum",
            )  # fmt: skip
