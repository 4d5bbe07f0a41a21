"""What is refused: arguments of a wrong type, values that are no arrays, with a sentence each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.errors import DomainError, InternalError, OutOfMemoryError
from gradcli.exec.plain import explained
from gradcli.ops import catalog
from tests.sessions import ROOT

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
    ("derivative", {"order": [1]}, "'order' must be a whole number from 0"),
    ("check", {"claim": {"x": [1, 2]}}, "'claim' must be formulas by name"),
    ("check", {"eps": np.nan}, "'eps' must be a number above 0"),
    ("check", {"eps": 0}, "'eps' must be a number above 0"),
    ("check", {"rtol": np.inf}, "'rtol' must be a number from 0"),
    ("plot", {"data": [1, 2]}, "'data' must be a mapping or a table with columns by name"),
    ("map", {"wrt": [1]}, "'wrt' must be a list of names"),
    ("map", {"rename": "x"}, "rename must be columns by names, not str"),
    ("map", {"precision": 10**400}, "precision is more than 17"),
    ("map", {"prefix": "\ud800"}, "'\\ud800' cannot be in the name of a column"),
    ("map", {"names": "\ud800"}, "'\\ud800' cannot be in the name of a column"),
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


@pytest.mark.parametrize("name", ["printed", "planned"])
def test_functions_of_the_caller_that_fail(name: str) -> None:
    def failing(text: str) -> None:
        raise RuntimeError("full")

    program = gradcli.compile("print(x); sum(exp(sin(x)))", **{name: failing})
    with pytest.raises(gradcli.UsageError, match=f"given as {name} failed: RuntimeError: full"):
        program(x=np.ones(3))


PROGRAMS = {
    "expand_dims(x, [0, 0])": "an axis is named twice in (0, 0)",
    "moveaxis(eye(2), [0, 0], [0, 1])": "is no order of 2 axes",
    "norm(eye(2), 2, [0, 0])": "is no order of 2 axes",
    "cholesky_solve(x, x, 1)": "chol of cholesky_solve needs 2 axes at least: its shape is (2,)",
    "sum(x, [false])": "an axis is a whole number, and not true or false",
    "x[true]": "an index is a whole number, and not true or false",
    "sum(x, nan)": "a whole number is needed here",
    "roll(x, inf)": "a whole number is needed here",
    "reshape(x, (nan,))": "a whole number is needed here",
    "torch.median(outer(x, x), (0, 1))": "the lower median has an index along one axis",
    "delete(x, true)": "truth values of the shape () do not choose among 2 places",
    "delete(x, [true])": "truth values of the shape (1,) do not choose among 2 places",
    "histogram(x, [0, 1], 7)": "the range of a histogram is two numbers",
    "amax()": "amax needs a value for 'x'",
    "amax(x, x)": "`amax(x, x)` could mean two things",
    "tensordot(x, x, 2)": "arrays of 1 and 1 axes do not fit over 2 of them",
    "tensordot(x, x, -1)": "arrays of 1 and 1 axes do not fit over -1 of them",
    "asarray(x, ndmin=1e18)": "an array has at most 64 axes",
    "combinations(x, 1e18, true)": "elements is more than",
    "sequence_mask(2, 1e18)": "elements is more than",
    "strided_slice(x, 0, 1, 0)": "the step of a slice is not 0",
    "multi_margin_loss(x, 0, weight=2)": "the weights of classes are a vector",
    "segment_sum(x, [0, 0], -5)": "there are 0 groups or more, and not -5",
    "cov(outer(x, x), aweights=2)": "cov needs one weight for each of 2 observations",
    "F.one_hot([0, 3], 2)": "class 3 is beyond the 2 classes",
    "F.one_hot([0.5])": "classes are whole numbers, not negative",
    "one_hot(x[0:0], 1e18)": "elements is more than",
    "np.gradient(x, edge_order=3)": "the ends are of order 1 or 2, and not 3",
    "vecmat(1, x)": "x of vecmat needs one axis at least: its shape is ()",
    "pixel_shuffle(x, 2)": "x of pixel_shuffle needs 3 axes at least: its shape is (2,)",
    "vander(x, 1e30)": "elements is more than",
    "argmax(ones((2, 2)), (0, 1))": "one axis is needed here, and not (0, 1)",
    "put(x, 'mean', 0)": "numbers are needed here",
    "gather_nd(x, ((0,), (0, 1)))": "the lists here have different lengths",
    "split(x, inf)": "a whole number is needed here",
    "segment_sum(x, [0, 1], num_segments='a')": "a whole number is needed here",
    "dist(x, x, (1, 2))": "norm knows no order (1.0, 2.0)",
    "adaptive_avg_pool1d(ones((1, 2)), 'a')": "adaptive pooling needs whole numbers of windows",
    "adaptive_avg_pool1d(ones((1, 2)), 0)": "cannot make 0 windows of 2 elements",
    "adaptive_max_pool1d(ones((1, 2)), 1e30)": "elements is more than",
    "nancumprod(x, ())": "one axis is needed here, and not ()",
    "max(x[0:0])": "max of no elements: the shape is (0,)",
    "argmax(x[0:0])": "argmax of no elements: the shape is (0,)",
    "average(x, weights=x[0:0])": "shapes (0,) and (2,) do not broadcast",
    "avg_pool(ones((1, 2, 2, 1)), 0)": "the stride is at least 1, and not 0",
    "avg_pool(ones((1, 2, 2, 1)), 2, inf)": "the stride needs one whole number",
    "zeros(-2)": "an array cannot have the shape (-2,)",
    "random_normal(2, seed=-1)": "a seed is a whole number from 0 on",
    "range(0, 1, 0)": "a range has finite ends and a step that is not 0",
    "range(nan)": "a range has finite ends and a step that is not 0",
    "bincount([inf])": "bincount needs a vector of whole numbers, not negative",
    "diff(x, -1)": "differences are taken 0 times or more",
    "combinations(x, 1e30)": "elements is more than",
    "diag_embed(x, 1e30)": "elements is more than",
    "tridiagonal_solve([[1]], 1, 1, x)": "tridiagonal_solve needs vectors for its diagonals",
    "tridiagonal_solve(x, x)": "tridiagonal_solve needs three rows of diagonals",
    "multigammaln(x, 0)": "the matrices of multigammaln have one row at least",
    'zeros(2, dtype="O")': "there is no type 'O'",
    "taylor(3, 0, 2)": "taylor takes a function",
    "taylor(t => t > 1, 0, 2)": "gives no array of numbers",
    "taylor(t => t*sum(t), x, 2)": "mixes elements, and has no power series of each",
    "taylor(sin, 0, 1.5)": "the order of taylor is a whole number from 0 on",
    "taylor(sin, 0, 200)": "the order 200 is above 170",
    'einsum("i->->", x)': "einsum does not know 'i->->'",
    'einsum("ij->", x)': "'ij' does not name the axes of the shape (2,)",
    'einsum("i->j", x)': "the result has letters of its own, or one twice",
}


def test_what_no_rule_foresees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that fails for its arguments names its parameters, and not its insides."""

    def failing(*_: Any) -> Any:
        raise ValueError("cannot reshape array of size 0")

    monkeypatch.setattr(catalog.FUNCTIONS["delete"], "build", failing)
    with pytest.raises(gradcli.ProgramTypeError, match="delete does not take these") as caught:
        gradcli.evaluate("delete([1, 2], 0)")
    assert caught.value.message == "delete does not take these arguments"
    assert caught.value.help == "delete(x, at, axis=None)"


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs(program: str) -> None:
    """What the arguments of a function cannot be is said before anything is computed."""
    with pytest.raises(gradcli.GradcliError) as caught:
        gradcli.evaluate(f"y = x; {program}", x=[1.0, 2.0])
    assert PROGRAMS[program] in caught.value.message


def edges() -> list[tuple[str, str, str]]:
    """Neighbours, of which the second is refused, and what is said."""
    lines = (ROOT / "tests" / "edges.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.strip() for line in lines if line and not line.startswith("#")]
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return [(*row.split(" | "), message) for row, message in pairs]


@pytest.mark.parametrize(("taken", "refused", "message"), edges())
def test_edges(taken: str, refused: str, message: str) -> None:
    """What a function takes ends where it says, and not one before or behind it."""
    gradcli.evaluate(f"y = x; {taken}", x=[1.0, 2.0])
    with pytest.raises(gradcli.GradcliError) as caught:
        gradcli.evaluate(f"y = x; {refused}", x=[1.0, 2.0])
    assert caught.value.message == message
    assert (caught.value.status, caught.value.span is None) == (1, False)


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


def test_a_choice_without_its_name() -> None:
    with pytest.raises(gradcli.UsageError) as caught:
        gradcli.translate("x^2", "jax")
    assert str(caught.value.help).startswith("write translate('x^2', to='jax')")


@pytest.mark.parametrize("jobs", [None, 5])
def test_no_jobs(jobs: Any) -> None:
    with pytest.raises(gradcli.UsageError, match="jobs are dicts, or the path of a file"):
        gradcli.batch(jobs)


@pytest.mark.parametrize("job", [5, None, [1], {1: 2}], ids=repr)
def test_no_job(job: Any) -> None:
    (answer,) = gradcli.batch([job])
    assert answer["error"]["message"] == "a job is a dict with names as keys at jobs:1"
    (answer,) = gradcli.batch([{"expr": "1", "id": (endless := [job]).append(endless) or endless}])
    assert answer["error"]["message"] == "the id of a job is nested too deeply at jobs:1"


def test_beyond_float32() -> None:
    """What does not fit the working type is infinite, and NumPy has nothing to say of it."""
    options = {"dtype": "float32", "dy": [1e300, 1]}
    slopes = gradcli.grad("x*[1e300, 2]", {"x": [1e308, 1]}, **options)
    assert slopes.tolist() == [np.inf, 2]


CHARACTERS = {
    "x = （1": ("`（` cannot be used here", "write `(`"),
    "x—2": ("this dash is not a minus sign", "write `-`"),
    "√4x": ("expected an operator between `4` and `x`", "write `√4*x`, or `√(4*x)`"),
    "∛8 y": ("expected an operator between `8` and `y`", "write `∛8*y`, or `∛(8*y)`"),
    "√*x": ("a root needs an operand", "write `√x`, `√(x + 1)`"),
    "x⁻": ("this is no power", "write `x^2`"),
    "xᵀ": ("`ᵀ` cannot be part of a name", "write `x.T`"),
    "½x": ("`½` cannot be part of a name", "write `(1/2)*x`"),
    "㎏": ("`㎏` cannot be used here", "write `kg`"),
    "㍿": ("`㍿` cannot be used here", None),
    "x＄2": ("`$` cannot be used here", "formulas are plain text: `x^2`"),
    "x？2": ("`?` is not an operator", "a choice is written `a if c else b`"),
    "x｜2": ("`|` is not an operator", "write `or`"),
    "x｀2": ("a backquote cannot be used here", "formulas are plain text: `x^2`"),
    "x★2": ("`★` cannot be used here", None),
    "x\ue000*y": ("the invisible character U+E000 cannot be used here", "delete it"),
    "x\ue020": ("the invisible character U+E020 cannot be used here", "delete it"),
    "\ue021x\ue021": ("the invisible character U+E021 cannot be used here", "delete it"),
    "x\u200b": ("the invisible character U+200B cannot be used here", "delete it"),
    "x\0": (
        "the invisible character U+0000 cannot be used here",
        "text is read as UTF-8: save it so",
    ),
    "x*0x" + "f" * 10_000: ("numbers are written in decimal", None),
}


@pytest.mark.parametrize("program", CHARACTERS, ids=lambda text: ascii(text[:12]))
def test_characters(program: str) -> None:
    """The spelling that is meant is in the help, as far as it can be known."""
    with pytest.raises(gradcli.ParseError) as caught:
        gradcli.evaluate(program, x=1.0)
    assert (caught.value.message, caught.value.help) == CHARACTERS[program]
    assert "\0" not in str(caught.value)


def test_long_texts_are_cut() -> None:
    """A message cites a text of any length, and is never as long itself."""
    for program in ("a" * 1_000_000, f'einsum("{"i" * 100_000}", x)'):
        with pytest.raises(gradcli.GradcliError) as caught:
            gradcli.grads(program, x=1.0)
        assert len(str(caught.value)) < 1_000


def test_what_a_terminal_would_obey_is_spelled() -> None:
    """Names and texts of a file may hold anything; a line of them keeps its columns."""
    names = {"a\x1b[31m\u202e": 1.0, "é\u200d": 2.0}
    with pytest.raises(gradcli.InputError) as caught:
        gradcli.map("y", {name: [x] for name, x in names.items()})
    assert r"the columns are a\x1b[31m\u202e, é\u200d" in str(caught.value)
    with pytest.raises(gradcli.ParseError) as refused:
        gradcli.evaluate("x\u202e\x1b + nosuch")
    assert str(refused.value).splitlines()[1:3] == ["  1 │ x   + nosuch", "    │  ^"]


FAILED: list[tuple[Exception, type[gradcli.GradcliError], str]] = [
    (ValueError("too odd"), DomainError, "exp cannot do this: too odd"),
    (IndexError("too far"), DomainError, "exp cannot do this: too far"),
    (np.linalg.LinAlgError("no end"), DomainError, "exp cannot do this: no end"),
    (MemoryError(), OutOfMemoryError, "exp runs out of memory"),
    (TypeError("what"), InternalError, "exp: TypeError: what"),
    (DomainError("this is below 0"), DomainError, "this is below 0"),
]


@pytest.mark.parametrize(("error", "kind", "message"), FAILED)
def test_what_fails_in_numpy_is_said_of_the_operation(
    error: Exception, kind: type[Exception], message: str
) -> None:
    """What NumPy and its like refuse of the numbers; anything else is a mistake of ours."""
    node = gradcli.compile("exp(x)").record({"x": np.float64(1)}).results[0]
    said = explained(error, node)
    assert (type(said), said.message) == (kind, message)
    assert said.span is not None
    assert (said.span.start, said.span.end) == (0, len("exp(x)"))
