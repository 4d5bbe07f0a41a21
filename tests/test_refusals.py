"""What is refused: arguments of a wrong type, values that are no arrays, with a sentence each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli

INTO: list[tuple[str, dict[str, Any], str]] = [
    ("grads", {"wrt": 5}, "'wrt' must be a list of names"),
    ("grads", {"wrt": [1]}, "'wrt' must be a list of names"),
    ("grads", {"wrt": [None]}, "'wrt' must be a list of names"),
    ("grads", {"wrt": b"x"}, "'wrt' must be a list of names"),
    ("compile", {"wrt": [["x"]]}, "'wrt' must be a list of names"),
    ("compile", {"nonsense": 3}, "compile takes no 'nonsense'"),
    ("grads", {"max_steps": None}, "max_steps is None"),
    ("grads", {"max_steps": [1]}, "max_steps is [1]"),
    ("grads", {"max_elements": 0}, "max_elements is 0"),
    ("compile", {"max_elements": 1.5}, "max_elements is 1.5"),
    ("compile", {"threads": -1}, "threads is -1"),
    ("grads", {"dtype": 3}, "dtype is 3"),
    ("grads", {"dtype": ["float32"]}, "dtype is ['float32']"),
    ("grads", {"method": None}, "method is None"),
    ("compile", {"stabilize": "no"}, "stabilize is 'no'"),
    ("compile", {"planned": 3}, "planned is 3"),
    ("grads", {"dy": np.array("a")}, "dy is text, and not numbers"),
    ("grads", {"dy": 1j}, "dy is complex"),
    ("vjp", {"dy": {"x": 1}}, "dy is not numbers: it holds dict"),
    ("gradients", {"xs": "x", "grad_ys": [[1], [2, 3]]}, "the rows of grad_ys are of unequal"),
    ("variable_grads", {"frozen": "x"}, "'frozen' must be values by name"),
    ("tape", {"ask": [1, 2]}, "'ask' must be a list of names"),
    ("derivative", {"order": [1]}, "'order' must be a whole number from 1"),
    ("check", {"claim": {"x": [1, 2]}}, "'claim' must be formulas by name"),
    ("map", {"wrt": [1]}, "'wrt' must be a list of names"),
    ("map", {"rename": "x"}, "rename must be columns by names, not str"),
    ("map", {"output": 5}, "output must be a path, not int"),
    ("batch", {"op": None}, "there is no operation 'None'"),
    ("batch", {"workers": "2"}, "workers is '2'"),
    ("batch", {"inputs": [1]}, "'inputs' must be values by name"),
]


@pytest.mark.parametrize(("name", "keywords", "message"), INTO)
def test_keywords(name: str, keywords: dict[str, Any], message: str) -> None:
    """Each is refused before anything is computed, whatever it is."""
    first = {"compile": ["x*2"], "batch": [[{"expr": "1"}]], "map": ["x*2", {"x": [1.0, 2.0]}]}
    with pytest.raises(gradcli.GradcliError) as caught:
        getattr(gradcli, name)(*first.get(name, ["x*2", {"x": [1.0, 2.0]}]), **keywords)
    assert caught.value.status == 2
    assert message in caught.value.message


MASKED = np.ma.array([1.0, 2.0], mask=[True, False])

VALUES: list[tuple[Any, str]] = [
    (MASKED, "x has masked elements, and there is no number for them"),
    (None, "x is not numbers: it holds NoneType"),
    ([1, "a"], "x is text, and not numbers"),
    ([1, None], "x is not numbers: it holds NoneType"),
    ([[1], [2, 3]], "the rows of x are of unequal length"),
    (1j, "x is complex"),
    (np.datetime64("2020-01-01"), "x is datetime64[D], and not numbers"),
    ({1, 2}, "x is not numbers: it holds set"),
]


@pytest.mark.parametrize(("value", "message"), VALUES, ids=[message for _, message in VALUES])
def test_values(value: Any, message: str) -> None:
    with pytest.raises(gradcli.InputError) as caught:
        gradcli.grads("x*2", x=value)
    assert caught.value.message.startswith(message)


def test_masked_arrays_without_a_mask() -> None:
    assert gradcli.grad("sum(x^2)", x=np.ma.array([1.0, 2.0])).tolist() == [2, 4]


@pytest.mark.parametrize("values", [5, "x", [1, 2], [("x", 1)], np.array([1.0])], ids=repr)
def test_values_without_names(values: Any) -> None:
    with pytest.raises(gradcli.UsageError, match="values are given by name, not as"):
        gradcli.grads("x*2", values)


@pytest.mark.parametrize("jobs", [None, 5])
def test_no_jobs(jobs: Any) -> None:
    with pytest.raises(gradcli.UsageError, match="jobs are dicts, or the path of a file"):
        gradcli.batch(jobs)


@pytest.mark.parametrize("job", [5, None, [1], {1: 2}], ids=repr)
def test_no_job(job: Any) -> None:
    (answer,) = gradcli.batch([job])
    assert answer["error"]["message"] == "a job is a dict by names at jobs:1"


def test_beyond_float32() -> None:
    """What does not fit the working type is infinite, and NumPy has nothing to say of it."""
    options = {"dtype": "float32", "dy": [1e300, 1]}
    slopes = gradcli.grad("x*[1e300, 2]", {"x": [1e308, 1]}, **options)
    assert slopes.tolist() == [np.inf, 2]
