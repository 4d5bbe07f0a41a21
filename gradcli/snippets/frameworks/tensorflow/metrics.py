"""`tf.keras.metrics`: means that add up over calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Kind, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[Any]]
    Score = Callable[..., Numbers]

SINGLE = FLOAT32.type


class Metric(Object):
    """A mean or a sum of what calls have given; a `score` makes it of what is true and predicted.

    `finish` makes the result of the sum and the count.
    """

    def __init__(self, home: Any, kind: str, score: Score | None, given: dict[str, Any]) -> None:
        self.home = home
        self.kind = kind  # type: ignore[misc]
        self.score = score
        self.label = given.pop("name", None) or _snake(kind)
        given.pop("dtype", None)
        self.options = given
        self.total = self.count = SINGLE(0)

    def numbers(self, value: Any) -> Numbers:
        """An argument as numbers in single precision."""
        numbers: Numbers = self.home.recorder.array(self.home.asarray(value)).astype(FLOAT32)
        return numbers

    @exposed
    def update_state(self, *values: Any, sample_weight: Any = None) -> None:
        """Adds what a call gives."""
        needed = 1 if self.score is None else 2
        if len(values) == needed + 1:
            *values, sample_weight = values  # type: ignore[assignment]
        if len(values) != needed:
            text = f"{self.kind}.update_state() takes {needed} values, {len(values)} were given"
            raise Raised("TypeError", text)
        given = [self.numbers(value) for value in values]
        each = given[0] if self.score is None else self.score(*given, **self.options)
        weights = np.ones_like(each)
        if sample_weight is not None:
            own = self.numbers(sample_weight)
            own = own.reshape(own.shape + (1,) * (each.ndim - own.ndim))
            weights = np.broadcast_to(own, each.shape)
        self.total = SINGLE(self.total + np.sum(each * weights, dtype=FLOAT32))
        self.count = SINGLE(self.count + np.sum(weights, dtype=FLOAT32))

    @exposed
    def result(self) -> Any:
        """The mean so far."""
        value = self.total
        if self.kind != "Sum":
            value = self.total / self.count if self.count else SINGLE(0)
        if self.kind == "RootMeanSquaredError":
            value = np.sqrt(value)
        return self.home.constant(SINGLE(value), FLOAT32)

    @exposed
    def reset_state(self) -> None:
        """Begins anew."""
        self.total = self.count = SINGLE(0)

    @exposed
    def reset_states(self) -> None:
        """The same, as it was called before."""
        self.reset_state()

    @exposed
    def __call__(self, *values: Any, sample_weight: Any = None) -> Any:
        """Adds what a call gives, and gives the mean so far."""
        self.update_state(*values, sample_weight=sample_weight)
        return self.result()

    @shown
    def name(self) -> str:
        """What it is called."""
        return self.label


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _mean(values: Any) -> Numbers:
    made: Numbers = np.mean(values, axis=-1, dtype=FLOAT32) if np.ndim(values) else values
    return made


def _hits(values: Any) -> Numbers:
    made: Numbers = np.asarray(values).astype(FLOAT32)
    return made


def _of_class(true: Numbers, given: Numbers) -> Numbers:
    """Whether the most probable class is the one whose number is given."""
    classes = true.reshape(true.shape[:-1]) if true.ndim == given.ndim else true
    return _hits(classes == given.argmax(-1))


def _of_two(true: Numbers, given: Numbers, threshold: float = 0.5) -> Numbers:
    """Whether an element is on the side of a threshold that it should be on."""
    return _hits(true == (given > SINGLE(threshold)))


def _most_probable(true: Numbers, given: Numbers) -> Numbers:
    """Whether the most probable class is the one that it should be."""
    return _hits(true.argmax(-1) == given.argmax(-1))


HITS: dict[str, Score] = {
    "binary_accuracy": _of_two,
    "categorical_accuracy": _most_probable,
    "sparse_categorical_accuracy": _of_class,
}
"""Functions that say of each element or row whether it is right."""

SCORES: dict[str, Score | None] = {
    "Mean": None,
    "Sum": None,
    "MeanSquaredError": lambda true, given: _mean((given - true) ** 2),
    "RootMeanSquaredError": lambda true, given: (given - true) ** 2,
    "MeanAbsoluteError": lambda true, given: _mean(abs(given - true)),
    "Accuracy": lambda true, given: _hits(true == given),
    "BinaryAccuracy": lambda *pair, **options: _mean(_of_two(*pair, **options)),
    "CategoricalAccuracy": _most_probable,
    "SparseCategoricalAccuracy": _of_class,
}
"""The score of each element or row; None where the values themselves are."""


def metrics(home: Any) -> dict[str, Any]:
    """The classes by their paths."""

    def kind(name: str, score: Score | None) -> Kind:
        return Kind(
            name,
            lambda **named: Metric(home, name, score, named),
            lambda value: isinstance(value, Metric) and value.kind == name,
        )

    def function(name: str, score: Score) -> Native:
        def call(*values: Any, **options: Any) -> Any:
            given = [home.recorder.array(home.asarray(v)).astype(FLOAT32) for v in values]
            return home.constant(score(*given, **options), FLOAT32)

        return Native(name, call)

    rows: dict[str, Any] = {name: kind(name, score) for name, score in SCORES.items()}
    rows |= {name: function(name, score) for name, score in HITS.items()}
    paths = ("keras.metrics", "metrics")
    return {f"{path}.{name}": value for path in paths for name, value in rows.items()}
