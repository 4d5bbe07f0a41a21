"""The Python API: the command line's words as functions over NumPy arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradcli.engine.answers.asked import require_scalar, several_inputs, sources, variables
from gradcli.engine.answers.gradients import fill_unconnected, gradients
from gradcli.engine.program import Recording, Text, as_input, check_values
from gradcli.engine.repeated import KEPT, Repeated, owned, prepared, repeatable, shapes_of
from gradcli.engine.settings import MAX_ELEMENTS, MAX_STEPS, Settings, canonical
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from gradcli.lower.names import Names

    Array = np.ndarray[Any, np.dtype[Any]]
    Value = Any
    Values = Mapping[str, Any]


class Program:
    """A program parsed once, to be run often; safe to share between threads.

    `wrt` names the inputs to differentiate by (default: all of them, in the order of first use).
    Calling it gives the value; the methods give derivatives. Inputs are anything NumPy takes, by
    name, or in a mapping where a name means something else here, such as `dy`; results are arrays
    of the working dtype, each of its own.
    """

    def __init__(
        self, text: str, *, wrt: str | Sequence[str] | None = None, settings: Settings | None = None
    ) -> None:
        if not isinstance(text, str):
            raise UsageError(f"a program is a text, not {type(text).__name__}")
        self._text = Text(text)
        self._settings = settings or Settings()
        self._wrt = _names(wrt)
        self._names: dict[frozenset[str], Names] = {}
        self._kept: dict[Any, Repeated | None] = {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of first use."""
        return tuple(self._text.names(self._wrt or ()).inputs)

    def __repr__(self) -> str:
        return f"gradcli.compile({self._text.source.text!r})"

    def record(self, values: Values) -> Recording:
        """One run of the program at these inputs."""
        given = frozenset(values)
        names = self._names.get(given)
        if names is None:
            names = self._names[given] = self._text.names(values)
        check_values(self._text, names, values, _keyword)
        ordered = {name: values[name] for name in names.inputs}
        return Recording(self._text, names, ordered, self._settings)

    def __call__(self, values: Values | None = None, /, **inputs: Value) -> Value:
        """The value at these inputs: an array, or a tuple of arrays."""
        recording = self.record(merged(values, inputs))
        value = owned(recording.arrays(recording.value), held(recording))
        recording.graph.forget()
        return value

    def grads(
        self, values: Values | None = None, /, *, dy: Value = None, **inputs: Value
    ) -> dict[str, Array | None]:
        """The gradient of sum(value * dy) by each input, as {name: array of its shape}."""
        return self.value_and_grads(values, dy=dy, **inputs)[1]

    def value_and_grads(
        self, values: Values | None = None, /, *, dy: Value = None, **inputs: Value
    ) -> tuple[Value, dict[str, Array | None]]:
        """The value, and the gradients as `grads` gives them."""
        given = merged(values, inputs) if values else inputs
        settings = self._settings
        key = self._key(given) if dy is None else None
        repeated = None if key is None else self._kept.get(key)
        ready = None if repeated is None else prepared(repeated.names, given, repeated.dtype)
        if repeated is not None and ready is not None:
            return repeated(ready)
        recording = self.record(merged(given, {}))
        recording.shown = recording.results
        seed = None if dy is None else as_input("dy", dy, recording.graph.dtype)
        found = gradients(recording, self._sources(recording), settings, seed, self.record)
        kept = None if key is None else self._keep(key, recording)
        filled = fill_unconnected(recording, found, settings.unconnected or "zero")
        others = held(recording) if kept is None else kept.others(held(recording))
        answer = owned(recording.arrays(recording.value), others), owned(filled, others)
        recording.graph.forget()
        return answer

    def _key(self, given: Values) -> Any:
        """Under what the steps of a run are kept; None where they cannot be."""
        if self._settings.method != "reverse" or self._settings.unconnected == "none":
            return None
        try:
            return shapes_of(given)
        except ValueError:  # rows of unequal length, of which the run will tell
            return None

    def _keep(self, key: Any, recording: Recording) -> Repeated | None:
        """From the second run at the same shapes on, its steps serve the next ones: these."""
        if key not in self._kept and len(self._kept) < KEPT:
            self._kept[key] = None
        elif key in self._kept and repeatable(recording):
            self._kept[key] = Repeated(recording, self._sources(recording))
            return self._kept[key]
        return None

    def jacobian(self, values: Values | None = None, /, **inputs: Value) -> dict[str, Array]:
        """The derivative of each element of the value by each of each input.

        {name: array of shape value.shape + input.shape}.
        """
        from gradcli.engine.answers.matrices import jacobians

        recording = self.record(merged(values, inputs))
        found: dict[str, Array] = owned(
            jacobians(recording, self._sources(recording)), held(recording)
        )
        return found

    def hessian(
        self, values: Values | None = None, /, **inputs: Value
    ) -> dict[str, dict[str, Array]]:
        """The second derivatives of the value, one number, by each pair of inputs.

        {name: {name: array of the shape of the one, then of the other}}.
        """
        from gradcli.engine.answers.matrices import hessians

        recording = self.record(merged(values, inputs))
        found: dict[str, dict[str, Array]]
        found = owned(hessians(recording, self._sources(recording)), held(recording))
        return found

    def _sources(self, recording: Recording) -> list[str]:
        return sources(recording.names, self._wrt)


def _keyword(name: str) -> str:
    """How a value is given to a name."""
    return f'{{"{name}": …}}' if name in _TAKEN else f"{name}=…"


_TAKEN = ("dy", "wrt", "dtype", "method")


def merged(values: Values | None, inputs: Values) -> dict[str, Value]:
    """The inputs of a call by their canonical names, from a mapping and from keywords."""
    found: dict[str, Value] = {}
    for name, value in [*(values or {}).items(), *inputs.items()]:
        word = canonical(str(name))
        if word in found:
            raise InputError(f"'{word}' is given twice")
        found[word] = value
    return found


def held(recording: Recording) -> set[int]:
    """The identities of arrays that somebody else holds: the values of inputs."""
    return {id(recording.evaluator(x)) for x in recording.inputs.values()}


def _names(wrt: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """`"x,y"`, or names one by one."""
    if wrt is None:
        return None
    words = wrt.split(",") if isinstance(wrt, str) else wrt
    return tuple([canonical(word.strip()) for word in words])


def compile(  # noqa: A001 - the word of the contract
    text: str,
    *,
    wrt: str | Sequence[str] | None = None,
    dtype: str = "float64",
    method: str = "reverse",
    unconnected: str | None = None,
    max_steps: int = MAX_STEPS,
    max_elements: int = MAX_ELEMENTS,
    stabilize: bool = True,
) -> Program:
    """A program for repeated use.

    Raises ParseError or ProgramNameError, with the place, for a text that is no program, and
    InputError for a name in `wrt` that is no input.
    """
    settings = Settings(
        dtype=dtype,
        method=method,
        unconnected=unconnected,
        max_steps=max_steps,
        max_elements=max_elements,
        stabilize=stabilize,
    )
    program = Program(text, wrt=wrt, settings=settings)
    names = _names(wrt)
    sources(program._text.names(names or ()), names)  # noqa: SLF001 - to fail now, not at a run
    return program


LONG = 4_096
"""Characters of a program from which it is not kept for the next call with the same text."""


def _program(
    text: str, wrt: Any = None, dtype: str = "float64", method: str = "reverse"
) -> Program:
    """The program of a call; one that came before with the same text if that is not long."""
    names = _names(wrt)
    make = _new if not isinstance(text, str) or len(text) > LONG else _remembered
    return make(text, names, dtype, method)


def _new(text: str, wrt: tuple[str, ...] | None, dtype: str, method: str) -> Program:
    return Program(text, wrt=wrt, settings=Settings(dtype=dtype, method=method))


_remembered = lru_cache(maxsize=128)(_new)


def evaluate(text: str, values: Values | None = None, /, **inputs: Value) -> Value:
    """The value of a program: an array, or a tuple of arrays."""
    return _program(text)(values, **inputs)


def grads(
    text: str,
    values: Values | None = None,
    /,
    *,
    wrt: str | Sequence[str] | None = None,
    dy: Value = None,
    dtype: str = "float64",
    method: str = "reverse",
    **inputs: Value,
) -> dict[str, Array | None]:
    """The gradients of sum(value * dy) by all inputs, or those in `wrt`: {name: array}."""
    return _program(text, wrt, dtype, method).grads(values, dy=dy, **inputs)


def value_and_grads(
    text: str,
    values: Values | None = None,
    /,
    *,
    wrt: str | Sequence[str] | None = None,
    dy: Value = None,
    dtype: str = "float64",
    method: str = "reverse",
    **inputs: Value,
) -> tuple[Value, dict[str, Array | None]]:
    """The value and the gradients, in one run."""
    return _program(text, wrt, dtype, method).value_and_grads(values, dy=dy, **inputs)


def grad(
    text: str, values: Values | None = None, /, *, wrt: str | None = None, **options: Value
) -> Array | None:
    """The gradient by the one input, or by the one that `wrt` names: an array of its shape."""
    return _one("grad", grads(text, values, wrt=wrt, **options))


def value_and_grad(
    text: str, values: Values | None = None, /, *, wrt: str | None = None, **options: Value
) -> tuple[Value, Array | None]:
    """The value, and the gradient by the one input."""
    value, found = value_and_grads(text, values, wrt=wrt, **options)
    return value, _one("value_and_grad", found)


def _one(command: str, found: Mapping[str, Array | None]) -> Array | None:
    if len(found) != 1:
        raise several_inputs(command, list(found))
    return next(iter(found.values()))


def variable_grads(
    text: str,
    *,
    var: Values,
    const: Values | None = None,
    frozen: Values | None = None,
    wrt: str | Sequence[str] | None = None,
    dtype: str = "float64",
    method: str = "reverse",
) -> tuple[Value, dict[str, Array | None]]:
    """The value, one number, and its gradients by the trainable variables (TF.js variableGrads).

    `frozen` variables named in `wrt` answer None; `const` are values that are no variables.
    """
    program = _program(text, None, dtype, method)
    constants, still = merged(const, {}), merged(frozen, {})
    recording = program.record(merged({**constants, **still}, var))
    asked, trainable = variables(recording.names, _names(wrt), constants, still)
    require_scalar(recording, "variable_grads")
    settings = Settings(dtype=dtype, method=method)
    found = gradients(recording, trainable, settings, None, program.record)
    filled = fill_unconnected(recording, found, "zero")
    others = held(recording)
    parts = {name: filled.get(name) for name in asked}
    return owned(recording.arrays(recording.value), others), owned(parts, others)
