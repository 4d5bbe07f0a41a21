"""`gradcli batch`: what jobs answer, in which order, and what survives an interruption."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data import job_lines
from gradcli.data.console import Console, StandardInput
from gradcli.data.job_files import JobFile
from gradcli.data.jobs import Raw
from gradcli.data.results import begin
from gradcli.engine import question as registry
from gradcli.engine.jobs.runner import Runner
from gradcli.engine.jobs.setup import MANY, Setup
from gradcli.engine.jobs.workers import A_WORKER, _Pool, answers
from gradcli.memory import Memory

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"


def batch(*args: Any, stdin: bytes = b"") -> tuple[int, str, str]:
    """Status, standard output and standard error of a batch."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(io.BytesIO(stdin), out, err, {}, width=100)
    status = run(["batch", *map(str, args)], console)
    return status, out.getvalue(), err.getvalue()


def lines(text: str) -> list[Any]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def answer(job: Any, *args: str) -> Any:
    """What one job answers, without its id."""
    text = job if isinstance(job, str) else json.dumps(job)
    (found,) = lines(batch("-", "-q", "--from", "jsonl", *args, stdin=text.encode())[1])
    found.pop("id")
    return found


# --- jobs and their answers ---------------------------------------------------------------------

ANSWERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {"expr": "x*y", "inputs": {"x": [1, 2], "y": [-1, -2]}},
        {"grads": {"x": [-1, -2], "y": [1, 2]}},
    ),
    ({"expr": "x^2", "inputs": {"x": 3}, "op": "eval"}, {"value": 9}),
    ({"expr": "x^2", "inputs": {"x": 3}, "op": "grad"}, {"grads": {"x": 6}}),
    ({"expr": "x^2", "inputs": {"x": 3}, "op": "value-and-grad"}, {"value": 9, "grads": {"x": 6}}),
    (
        {"expr": "x*y", "inputs": {"x": 3, "y": 2}, "op": "value-and-grads", "wrt": ["y"]},
        {"value": 6, "grads": {"y": 3}},
    ),
    ({"expr": "x*y", "inputs": {"x": 3, "y": 2}, "wrt": "y,x"}, {"grads": {"x": 2, "y": 3}}),
    (
        {"expr": "sum(a*x)", "op": "variable-grads", "var": {"a": [3, 4]}, "const": {"x": [1, 2]}},
        {"value": 11, "grads": {"a": [1, 2]}},
    ),
    (
        {
            "expr": "a*k",
            "op": "variable-grads",
            "var": {"a": 3},
            "frozen": {"k": 2},
            "wrt": ["a", "k"],
        },
        {"value": 6, "grads": {"a": 2, "k": None}},
    ),
    (
        {"expr": "c = 2*a; c*a", "op": "gradients", "xs": ["a", "c"], "inputs": {"a": 3}},
        {"grads": {"a": 12, "c": 3}},
    ),
    (
        {
            "expr": "b = 2*a; c = a + b",
            "op": "gradients",
            "ys": "c",
            "xs": "a,b",
            "stop": ["a", "b"],
            "inputs": {"a": 3},
            "grad_ys": {"c": 5},
        },
        {"grads": {"a": 5, "b": 5}},
    ),
    (
        {"expr": "x*z", "op": "gradients", "xs": ["x"], "grad_ys": 2, "inputs": {"x": 3, "z": 4}},
        {"grads": {"x": 8}},
    ),
    (
        {"expr": "y = x^2; z = y^2", "op": "tape", "ask": ["dz/dx", "dz/dy"], "var": {"x": 3}},
        {"grads": {"dz/dx": 108, "dz/dy": 18}},
    ),
    ({"expr": "x*w", "op": "backward", "var": {"x": 3}, "const": {"w": 2}}, {"grads": {"x": 2}}),
    (
        {"expr": "x^3", "op": "derivative", "order": 2, "inputs": {"x": [1, 2]}},
        {"derivative": {"x": [6, 12]}},
    ),
    (
        {"expr": "x^2", "op": "jacobian", "inputs": {"x": [1, 2]}},
        {"jacobian": {"x": [[2, 0], [0, 4]]}},
    ),
    (
        {"expr": "x*y", "op": "hessian", "inputs": {"x": 1, "y": 2}},
        {"hessian": {"x": {"x": 0, "y": 1}, "y": {"x": 1, "y": 0}}},
    ),
    ({"expr": "x^2", "op": "jvp", "tangent": [1, 0], "inputs": {"x": [3, 4]}}, {"jvp": [6, 0]}),
    ({"expr": "x^2", "op": "vjp", "dy": [1, 10], "inputs": {"x": [3, 4]}}, {"vjp": {"x": [6, 80]}}),
    (
        {"expr": "sum(x^3)", "op": "hvp", "tangent": {"x": [1, 0]}, "inputs": {"x": [3, 4]}},
        {"hvp": {"x": [18, 0]}},
    ),
    (
        {"expr": "1/x", "op": "eval", "inputs": {"x": [[2, "Infinity"], ["-Infinity", 4]]}},
        {"value": [[0.5, 0], [-0.0, 0.25]]},
    ),
    (
        {"expr": "x + 0", "op": "eval", "inputs": {"x": ["Infinity", True]}},
        {"value": ["Infinity", 1]},
    ),
    ({"expr": "y[m]", "op": "eval", "inputs": {"m": [True, False], "y": [3, 4]}}, {"value": [3]}),
    ({"expr": "x", "op": "eval", "inputs": {"x": [[True], [False]]}}, {"value": [[True], [False]]}),
    ({"expr": "x", "op": "eval", "inputs": {"x": [True, 2]}}, {"value": [1, 2]}),
    (
        {"expr": "x+1", "op": "eval", "dtype": "float32", "inputs": {"x": 16777216}},
        {"value": 16777216},
    ),
    ({"expr": "x^2", "method": "forward", "inputs": {"x": 3}}, {"grads": {"x": 6}}),
    ({"expr": "x^2", "inputs": {"x": 3, "note": "hi", "more": [1, None]}}, {"grads": {"x": 6}}),
    (
        {"expr": "2*x", "wrt": ["z"], "unconnected": "none", "inputs": {"x": 1, "z": 2}},
        {"error": {"kind": "input", "message": "the program has no variable 'z' at stdin:1"}},
    ),
    (
        {"expr": "0*z + 2*x", "inputs": {"x": 1, "z": 2}, "unused": 1},
        {"error": {"kind": "input", "message": "a job has no key 'unused' at stdin:1"}},
    ),
    (
        {
            "expr": "x^2",
            "inputs": {"x": 3, "unused": 4},
            "value": 1,
            "grads": 2,
            "hessian": 3,
            "error": 4,
        },
        {"grads": {"x": 6}},
    ),
    ({"expr": "print(x); x", "inputs": {"x": 3}, "op": "eval"}, {"value": 3, "printed": ["3"]}),
    ({"expr": "x = 3; print(x)", "op": "run"}, {"printed": ["3"]}),
    ({"expr": "x^2", "wrt": None, "dtype": None, "inputs": {"x": 3}}, {"grads": {"x": 6}}),
]


def without_help(found: Any, wanted: Any) -> Any:
    """An answer whose help is left out where none is expected."""
    if "error" in found and "help" not in wanted.get("error", {}):
        found["error"].pop("help", None)
    return found


@pytest.mark.parametrize(("job", "wanted"), ANSWERS)
def test_answer(job: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert without_help(answer(job), wanted) == wanted


def test_check() -> None:
    job = {"expr": "atan(x)", "op": "check", "inputs": {"x": 3}}
    assert answer({**job, "claim": {"x": "1/(1+x^2)"}})["agree"] is True
    found = answer({**job, "claim": {"x": "1/(1+x)"}})
    assert found["agree"] is False
    assert found["check"]["x"]["claim"] == 0.25


def test_a_check_that_disagrees_has_failed(folder: Path) -> None:
    args = ("c.txt", "--x=3", "--y=2", "--op=check", "--claim=x=2*x", "-o", "out.jsonl")
    counts = {
        (): "2 jobs, 1 failed, ",
        ("--on-error=stop",): "2 jobs, 1 failed, ",
        ("--resume",): "2 answered before (1 failed), 0 jobs, 0 failed",
    }
    for extra, count in counts.items():
        status, _, err = batch(*args, *extra)
        assert (status, err[: len(count)]) == (3, count)


def test_warnings_stand_in_the_answer() -> None:
    job = {"expr": "log(x)", "op": "eval", "inputs": {"x": 0}}
    status, out, err = batch("-", stdin=json.dumps(job).encode())
    assert status == 0
    assert lines(out)[0]["warnings"][0]["kind"] == "domain"
    assert "log" not in err
    assert "warnings" not in answer(job)  # -q


ERRORS = {
    '{"expr": "x^2"': ("input", "not JSON: expecting ',' delimiter", 15),
    "nonsense": ("input", "not JSON: expecting value", 1),
    "[1]": ("input", "a job is a JSON object", None),
    "3": ("input", "a job is a JSON object", None),
    "{}": ("input", "the job has no 'expr'", None),
    '{"Program": "x^2"}': ("input", "the job has no 'expr'", None),
    '{"expr": 3}': ("input", "'expr' must be a string", None),
    '{"expr": "x", "expr": "y"}': ("input", "'expr' is given twice", None),
    '{"expr": "x", "inputs": {"x": 1, "x": 2}}': ("input", "'x' is given twice", None),
    '{"expr": "x", "inputs": [1]}': ("input", 'values by name, such as {"x": [1, 2]}', None),
    '{"expr": "x", "inputs": {"x": "1,2"}}': ("input", 'x: the string "1,2" is not', None),
    '{"expr": "x", "inputs": {"x": "@/etc/passwd"}}': ("input", 'x: the string "@/etc', None),
    '{"expr": " @/etc/passwd"}': ("parse", "on the command line only", 2),
    '{"expr": "x", "inputs": {"x": [1, null]}}': ("input", "x[1]: null is not a number", None),
    '{"expr": "x", "inputs": {"x": [[1], [1, 2]]}}': ("input", "x[1]: rows of different", None),
    '{"expr": "x", "op": "gradd"}': ("input", "there is no operation 'gradd'", None),
    '{"expr": "x", "exprr": 1}': ("input", "a job has no key 'exprr'", None),
    '{"expr": "x", "max_steps": 1}': ("input", "a job has no key 'max_steps'", None),
    '{"expr": "x", "output": "f"}': ("input", "a job has no key 'output'", None),
    '{"expr": "x", "order": 2}': ("input", "grads takes no 'order'", None),
    '{"expr": "x", "op": "eval", "wrt": "x"}': ("input", "eval takes no 'wrt'", None),
    '{"expr": "x", "op": "run", "dy": 1}': ("input", "run takes no 'dy'", None),
    '{"expr": "x", "op": "tape", "unconnected": "zero", "method": "forward"}': (
        "input",
        "tape takes no 'method'",
        None,
    ),
    **{
        f'{{"expr": "x", "op": "{op}", "method": "forward"}}': (
            "input",
            f"{op} takes no 'method'",
            None,
        )
        for op in ("hessian", "jacobian", "derivative", "jvp", "hvp", "check", "backward")
    },
    '{"expr": "x", "op": "derivative", "order": -1}': ("input", "a whole number from 0", None),
    '{"expr": "x", "op": "diff", "order": 0}': ("input", "a whole number from 1", None),
    '{"expr": "x", "op": "derivative", "order": 1e9}': ("input", "number from 0 to 999", None),
    '{"expr": "x", "op": "check", "claim": {"x": 1}}': (
        "input",
        "'claim' must be formulas by name",
        None,
    ),
    '{"expr": "x", "op": "gradients"}': ("input", "gradients needs 'xs'", None),
    '{"expr": "x", "op": "tape"}': ("input", "tape needs 'ask'", None),
    '{"expr": "x", "dtype": "f2"}': ("input", "'dtype' must be one of float64, float32", None),
    '{"expr": "x", "wrt": 3}': ("input", "a list of names", None),
    '{"expr": "2*rate"}': ("input", "no value for 'rate'", 3),
    '{"expr": "atn(x)", "inputs": {"x": 1}}': ("name", "unknown function 'atn'", 1),
    '{"expr": "x +", "inputs": {"x": 1}}': ("parse", "expected an expression after `+`", 3),
    '{"expr": "[1,2] + [1,2,3]", "op": "eval"}': ("shape", "do not broadcast", 1),
    '{"expr": "while 1 > 0 { x = 1 }", "op": "run"}': ("limit", "more than 500 statements", 15),
    '{"expr": "zeros(1000, 1000)", "op": "eval"}': ("limit", "array of 1,000,000 elements", 7),
    '{"id": NaN, "expr": "1"}': ("input", "the id of a job is a number that JSON lacks", None),
    '{"id": [{"a": 1e999}], "expr": "1"}': ("input", "the id of a job is a number that", None),
    '{"id": ' + "[" * 60 + "]" * 60 + ', "expr": "1"}': ("input", "nested too deeply", None),
    '{"id": ' + "[" * 3000 + "]" * 3000 + ', "expr": "1"}': ("input", "nested too deeply", None),
}


@pytest.mark.parametrize("job", ERRORS, ids=lambda job: job[:50])
def test_error(job: str) -> None:
    """The kind, a part of the message, and the column in the program or in the line of the job."""
    kind, message, column = ERRORS[job]
    found = answer("\n" + job, "--max-steps", "500", "--max-elements", "1000")
    error = found["error"]
    assert (error["kind"], message in error["message"]) == (kind, True)
    if kind not in ("input", "usage") or message.startswith("no value"):
        assert column is None or (error["line"], error["column"]) == (1, column)
    else:
        place = " at stdin:2" if column is None else f" at stdin:2:{column}"
        assert (error["message"].endswith(place), "line" in error) == (True, False)


def test_a_number_of_any_length() -> None:
    found = answer('{"expr": "x", "inputs": {"x": 1' + "0" * 5000 + '}, "op": "eval"}')
    assert found["value"] == "Infinity"


@pytest.mark.parametrize(
    ("job", "hint"),
    [
        ('{"expr": "x", "exprr": 1}', "did you mean 'expr'?"),
        ('{"expr": "x", "op": "gradd"}', "did you mean 'grad'?"),
        ('{"expr": "x", "op": "value-and-gradd"}', "did you mean 'value-and-grad'?"),
        ('{"expr": "rate", "inputs": {"raet": 1}}', "did you mean 'raet'?"),
        ('{"expr": "x"}', 'add "x" to the inputs'),
        ('{"expr": "1", "op": "jvp"}', '"tangent": [1, 0]'),
        ('{"expr": "x*y", "op": "grad", "inputs": {"x": 1, "y": 2}}', 'choose one with "wrt", or'),
        ('{"expr": "x", "op": "gradients"}', '"xs": ["a", "b"]'),
        ("x^2", "--from txt"),
        ('{"expr": "x", "inputs": {}, "x": 3}', '"inputs": {"x": 3}'),
        ('{"expr": "order^2", "order": 2}', '"inputs": {"order": 2}'),
        ("{", "jq -c ."),
        ('{"Program": "x^2"}', """in place of 'Program'? "expr": "x^2\""""),
    ],
)
def test_hint(job: str, hint: str) -> None:
    assert hint in answer(job)["error"]["help"]


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ("expr,x\n,3", "the job has no 'expr' at stdin:2", "fill in the cell"),
        (
            "expr,x\n\nx,@f",
            "x: a file (`@…`) can be named on the command line only at stdin:3",
            "into the cell",
        ),
        ("expr,op\nx,grad", "no value for 'x'", "add a column 'x'"),
        ("expr,op\n1,jvp", "jvp needs 'tangent' at stdin:2", "--tangent 1,0"),
        ("expr,op\n1,gradients", "gradients needs 'xs' at stdin:2", "--xs a,b"),
    ],
)
def test_hint_for_a_row(table: str, message: str, hint: str) -> None:
    error = answer(table, "--from=csv")["error"]
    assert (error["message"], hint in error["help"]) == (message, True)


def test_timeout_of_a_job() -> None:
    jobs = b'{"expr": "i = 0; while i < 1e9 { i = i + 1 }; i", "op": "eval"}\n{"expr": "3"}\n'
    status, out, _ = batch("-", "--timeout", "0.2", "--max-steps", "1000000000", stdin=jobs)
    slow, quick = lines(out)
    assert (status, slow["error"]["kind"], quick["grads"]) == (3, "timeout", {})


@pytest.mark.parametrize("seconds", ["inf", "Infinity", "1e10", "1e300"])
def test_a_timeout_of_any_length(seconds: str) -> None:
    assert answer({"expr": "x", "inputs": {"x": 1}}, "--timeout", seconds) == {"grads": {"x": 1}}


def test_golden() -> None:
    """All jobs of the golden files are answered, by a worker as by this process."""
    for name in ("formulas", "edges"):
        path = GOLDEN / f"{name}.jsonl"
        status, out, _ = batch(path)
        ids = [job["id"] for job in lines(path.read_text(encoding="utf-8"))]
        assert [found["id"] for found in lines(out)] == ids
        assert status == (3 if any("error" in found for found in lines(out)) else 0)


# --- ids and files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "7",
        '"k"',
        "null",
        '[1, {"a": null}]',
        "12345678901234567890",
        "1.5",
        "true",
        '"\\ud800"',
        '"ü"',
        "10000000000000000000000000000000.5",
    ],
)
def test_id_is_what_it_was(name: str) -> None:
    (found,) = lines(batch("-", stdin=f'{{"id": {name}, "expr": "1"}}'.encode())[1])
    assert found["id"] == json.loads(name)
    (found,) = lines(batch("-", stdin=f'{{"id": {name}, "expr": "("}}'.encode())[1])
    assert found["id"] == json.loads(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text('{"expr": "x^2", "inputs": {"x": 3}}\n\n{"expr": "x"}\n')
    Path("b.csv").write_text(
        'expr,x,id,op,y\n"x^2","1,2",7,,no\nx*y,3,k,value-and-grads,2\n"x\n+ 1",2,,eval,\nx,no,,,\n'
    )
    Path("c.txt").write_text("# comments and empty lines are no jobs\nx^2\n\nx*y\n")
    Path("in.json").write_text('{"x": 1, "y": 2}')
    Path("d.tsv").write_text("x\texpr\n1\tx^3\n[1,2]\tsum(x)\n")
    return tmp_path


def test_ids_of_one_file_are_lines(folder: Path) -> None:
    status, out, err = batch("a.jsonl")
    assert status == 3
    assert [found["id"] for found in lines(out)] == [1, 3]
    assert err.startswith("2 jobs, 1 failed, ")


FIRST_LINES: list[tuple[bytes, list[Any]]] = [
    (b'{"expr": "x^2"}\n{"expr": "x^3"}', [(1, 4), (2, 12)]),
    (b"x^2\n# a comment\nx^3\n", [(1, 4), (3, 12)]),
    (b'\n"expr",x\nx^2,3\nx^3,1', [(3, 6), (4, 3)]),
    (b"x\texpr\n3\tx^2\n", [(2, 6)]),
    (
        b'[{"expr": "x^2"},\n\n  {"expr":\n "x^3", "id": "a"}, {"expr": "x"}]\n',
        [(1, 4), ("a", 12), (3, 1)],
    ),
    (b" [ ] ", []),
]


@pytest.mark.parametrize(("data", "wanted"), FIRST_LINES)
def test_the_first_line_tells_what_standard_input_holds(data: bytes, wanted: list[Any]) -> None:
    status, out, _ = batch("-", "-q", "--x=2", stdin=data)
    assert [(found["id"], found["grads"]["x"]) for found in lines(out)] == wanted
    assert status == 0


def test_compressed_jobs(folder: Path) -> None:
    for name in ("a.jsonl", "b.csv", "c.txt", "d.tsv"):
        Path(f"{name}.gz").write_bytes(gzip.compress(Path(name).read_bytes()))
        args = ["-q", "--set", "x=5", "--y=1,2"]
        assert batch(f"{name}.gz", *args)[:2] == (
            batch(name, *args)[0],
            batch(name, *args)[1].replace(name, f"{name}.gz"),
        )
    Path("e.txt.gz").write_bytes(Path("c.txt.gz").read_bytes()[:-9])
    assert batch("e.txt.gz", "-q", "--x=5")[2].startswith("error: 'e.txt.gz' is cut off")


BROKEN_ARRAYS = {
    '[{"expr": "1"},\n{"expr": "2"': "not JSON: expecting ',' delimiter at a.json:2",
    '[{"expr": "1"}\n{"expr": "2"}]': "not JSON: expecting ',' delimiter at a.json:2",
    '[{"expr": "1"}]\n[]': "not JSON: extra data at a.json:2",
    '[{"expr": "1"},\n' + "[" * 100_000: "not JSON: nested too deeply at a.json:2",
    '[{"expr": "1"},\n2]': "a job is a JSON object at a.json:2",
}


@pytest.mark.parametrize("text", BROKEN_ARRAYS)
def test_arrays_that_are_broken(text: str, folder: Path) -> None:
    """What stands before the fault is answered."""
    Path("a.json").write_text(text)
    status, out, _ = batch("a.json", "-q")
    first, *_, last = lines(out)
    assert (status, first) == (3, {"id": 1, "grads": {}})
    assert last["error"]["message"] == BROKEN_ARRAYS[text]


IDS: list[tuple[list[Any], list[Any]]] = [
    ([None, 1], ["ids.jsonl:1", 1]),
    ([2, None, None], [2, "ids.jsonl:2", 3]),
    ([None, 1, "ids.jsonl:1"], ["ids.jsonl:ids.jsonl:1", 1, "ids.jsonl:1"]),
    ([None, "1"], [1, "1"]),
]


@pytest.mark.parametrize(("own", "wanted"), IDS)
def test_ids_do_not_collide(own: list[Any], wanted: list[Any], folder: Path) -> None:
    jobs = [{"expr": "1"} | ({} if name is None else {"id": name}) for name in own]
    Path("ids.jsonl").write_text("".join(f"{json.dumps(job)}\n" for job in jobs))
    assert [found["id"] for found in lines(batch("ids.jsonl", "-q")[1])] == wanted
    assert [found["id"] for found in gradcli.batch([{"expr": "1"}, {"expr": "2", "id": 1}])] == [
        "jobs:1",
        1,
    ]


def test_jobs_of_python_say_what_there_is_to_say() -> None:
    (answer,) = gradcli.batch([{"expr": "sqrt(x)", "inputs": {"x": 0}}])
    (warning,) = answer["warnings"]
    assert warning["message"] == "the gradient becomes inf at sqrt(x)"


def test_ids_of_several_files_name_them(folder: Path) -> None:
    args = ["a.jsonl", "b.csv", "-", "c.txt", "d.tsv", "--set", "x=5", "--y=1,2"]
    _, out, _ = batch(*args, stdin=b'{"expr": "2*x"}')
    assert [found["id"] for found in lines(out)] == [
        "a.jsonl:1",
        "a.jsonl:3",
        7,
        "k",
        "b.csv:4",
        "b.csv:6",
        "stdin:1",
        "c.txt:2",
        "c.txt:4",
        "d.tsv:2",
        "d.tsv:3",
    ]
    grads = [found.get("grads", found.get("value")) for found in lines(out)]
    assert grads == [
        {"x": 6},
        {"x": 1},
        {"x": [2, 4]},
        {"x": 2, "y": 3},
        1,
        None,
        {"x": 2},
        {"x": 10},
        {"x": 3, "y": [5, 5]},
        {"x": 3},
        {"x": [1, 1]},
    ]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_tables_and_lines_of_other_systems(folder: Path, before: bytes, end: bytes) -> None:
    Path("t.csv").write_bytes(before + end.join([b"expr,x", b"x^2,3", b'"x^2","3,4"', b""]))
    Path("t.jsonl").write_bytes(before + end.join([b'{"expr": "1"}', b"", b'{"expr": "2"}']))
    Path("t.txt").write_bytes(before + end.join([b"1", b"2+x", b""]))
    for name, wanted in {
        "t.csv": {2: {"x": 6}, 3: {"x": [6, 8]}},
        "t.jsonl": {1: {}, 3: {}},
        "t.txt": {1: {}, 2: {"x": 1}},
    }.items():
        found = lines(batch(name, "--x", "1")[1])
        assert {job["id"]: job["grads"] for job in found} == wanted


def test_other_encodings(folder: Path) -> None:
    Path("t.jsonl").write_text('{"expr": "x", "inputs": {"x": 1}}\n', encoding="utf-16")
    assert batch("t.jsonl")[0] == 0
    Path("t.jsonl").write_bytes(b'{"expr": "1"}\n{"expr": "\xff"}\n{"expr": "1"}\n')
    found = lines(batch("t.jsonl")[1])
    assert [job["id"] for job in found] == [1, 2, 3]
    assert found[1]["error"]["message"].startswith("the line is not text in UTF-8")


def test_rows_that_do_not_fit(folder: Path) -> None:
    Path("i.csv").write_text('expr,id,x\nx,4,2\nx,7\nx,b,1,2\nx\nx,9,"1\n')
    assert [job["id"] for job in lines(batch("i.csv")[1])] == [4, 7, "b", 5, 6]
    Path("t.csv").write_text('expr,x\nx,1,2\nx\nx,1\nx,"1\nx,2\n')
    found = lines(batch("t.csv")[1])
    assert [job["id"] for job in found] == [2, 3, 4, 5]
    assert ["error" in job for job in found] == [True, True, False, True]


def test_values_of_the_job_come_first(folder: Path) -> None:
    Path("point.json").write_text('{"x": 7, "z": 1}')
    job = b'{"expr": "x*y*w", "inputs": {"x": 2}}'
    _, out, err = batch(
        "-", "--inputs", "point.json", "--x=5", "--y=6", "--w=1", "--v=3", stdin=job
    )
    assert lines(out)[0]["grads"] == {"x": 6, "y": 2, "w": 12}
    assert "no job used the value of 'v'" in err


def test_options_hold_for_jobs_that_say_nothing() -> None:
    job = {"expr": "x*y", "inputs": {"x": 2, "y": 3}}
    assert answer(job, "--wrt", "x", "--op", "value-and-grads") == {"value": 6, "grads": {"x": 3}}
    assert answer({**job, "op": "grads", "wrt": ["y"]}, "--wrt", "x") == {"grads": {"y": 2}}
    assert answer(job, "--verdict")["verdicts"] == {"x": "smooth", "y": "smooth"}
    assert answer({"expr": "x/3", "inputs": {"x": 1}}, "--precision", "3") == {
        "grads": {"x": 0.333}
    }


OPTIONS = [
    ("x^3", ["--op=derivative", "--order=2", "--x=2"], {"derivative": {"x": 12}}),
    ("x^3", ["--op=jvp", "--tangent=10", "--x=2"], {"jvp": 120}),
    ("x^3", ["--op=jvp", "--tangent=x=10", "--x=2"], {"jvp": 120}),
    ("x^3", ["--op=vjp", "--dy=10", "--x=2"], {"vjp": {"x": 120}}),
    ("x^3", ["--op=tape", "--ask=d/dx,d2/dx2", "--x=2"], {"grads": {"d/dx": 12, "d2/dx2": 12}}),
    ("k*w", ["--op=tape", "--ask=d/dk", "--const=k=2", "--w=3"], {"grads": {"d/dk": None}}),
    (
        "k*w",
        ["--op=tape", "--ask=d/dk", "--const=k=2", "--watch=k", "--w=3"],
        {"grads": {"d/dk": 3}},
    ),
    ("y = 2*x; y*x", ["--op=backward", "--retain=y", "--x=2"], {"grads": {"x": 8, "y": 2}}),
    (
        "y = 2*x; z = y*x",
        ["--op=gradients", "--ys=y,z", "--xs=x,y", "--stop=y", "--grad-ys=0,1", "--x=2"],
        {"grads": {"x": 4, "y": 2}},
    ),
    (
        "a*k*c",
        ["--op=variable-grads", "--var=a=3", "--frozen=k=2", "--const=c=5", "--wrt=a,k"],
        {"value": 30, "grads": {"a": 10, "k": None}},
    ),
    (
        "y = 0*x; 3*z",
        ["--op=gradients", "--xs=x,z", "--unconnected=zero", "--x=2", "--z=1"],
        {"grads": {"x": 0, "z": 3}},
    ),
    ("x^2", ["--method=forward", "--x=2"], {"grads": {"x": 4}}),
]


@pytest.mark.parametrize(("expr", "args", "wanted"), OPTIONS)
def test_options_ask_for_all_jobs(expr: str, args: list[str], wanted: Any) -> None:
    """As options of a batch, keys of jobs ask the same of jobs that have none, in each form."""
    text, table = expr.encode(), b'expr\n"' + expr.encode() + b'"\n'
    for form, data in {"txt": text, "csv": table}.items():
        status, out, err = batch("-", "--from", form, *args, stdin=data)
        (found,) = lines(out)
        del found["id"]
        assert found == wanted
        assert (status, "no job used" in err) == (0, False)


def test_the_job_comes_before_the_options() -> None:
    job = {"expr": "x^3", "op": "derivative", "order": 1, "inputs": {"x": 2}}
    assert answer(job, "--order=3", "--op=jvp", "--tangent=2") == {"derivative": {"x": 12}}
    job = {"expr": "a*b", "op": "variable-grads", "var": {"a": 5}}
    assert answer(job, "--var=a=7", "--var=b=2", "--const=c=1")["grads"] == {"a": 2, "b": 5}


UNUSED = {
    ("--order=2",): "no job used --order\n",
    ("--method=numeric", "--op=hessian"): "no job used --method\n",
    ("--v=3",): "no job used the value of 'v'\n",
    ("--form=3",): "no job used the value of 'form'\n  help: or did you mean --from?\n",
}


@pytest.mark.parametrize("args", UNUSED, ids=" ".join)
def test_options_that_no_job_used_are_told(args: tuple[str, ...]) -> None:
    status, _, err = batch("-", "--x=2", *args, stdin=b'{"expr": "x^2"}')
    assert (status, UNUSED[args] in err) == (0, True)


USAGE = {
    (): "batch needs a file of jobs",
    ("none.jsonl",): "cannot read 'none.jsonl'",
    (".",): "cannot read '.'",
    ("a.jsonl", "none.jsonl", "-o", "out.jsonl"): "cannot read 'none.jsonl'",
    ("a.jsonl", "-o", "out.csv"): "not the name of such a file\n  help: -o out.jsonl",
    ("a.jsonl", "-o", "out.tmp"): "'out.tmp' is not the name of such a file",
    ("a.jsonl", "-o", "./out"): "'./out' is not the name of such a file",
    ("a.jsonl", "-o", "."): "'.' is not the name of such a file",
    ("a.jsonl", "-o", "table"): "batch answers in JSON lines, not in the format table",
    ("a.jsonl", "-o", "a.jsonl"): "'a.jsonl' is read and written at once",
    ("a.jsonl", "-o", "./a.jsonl"): "'./a.jsonl' is read and written at once",
    ("c.txt", "--inputs", "in.json", "-o", "in.json"): "'in.json' is read and written at once",
    ("c.txt", "--x", "@in.json", "-o", "in.json"): "'in.json' is read and written at once",
    ("c.txt", "--x", "@in.json:x", "-o", "in.json"): "'in.json' is read and written at once",
    ("c.txt", "--dy", "@in.json:x", "-o", "in.json"): "'in.json' is read and written at once",
    ("a.jsonl", "-o", "no/where.jsonl"): "cannot write 'no/where.jsonl'",
    ("a.jsonl", "--resume"): "--resume continues a file",
    ("a.jsonl", "-o", "/dev/null", "--resume"): "--resume continues a file, and '/dev/null' is not",
    ("a.jsonl", "--op", "gard"): "--op: no command 'gard'",
    ("a.jsonl", "--wokers", "2"): "there is no option --wokers",
    ("a.jsonl", "--max-step", "2"): "there is no option --max-step",
    ("a.jsonl", "--jobs", "2"): "--workers says how many",
    ("a.jsonl", "--format", "csv"): "--from says what the files hold",
    ("a.jsonl", "--form", "csv"): "did you mean --from?",
    ("a.jsonl", "--order", "0"): "--order",
    ("a.jsonl", "--x", "1", "--set", "x=2"): "'x' is given twice",
    ("a.jsonl", "--x", "1", "--const", "x=2"): "'x' is given twice",
    ("a.jsonl", "--workers", "0"): "--workers",
    ("a.jsonl", "--timeout", "nan"): "--timeout takes seconds, not 'nan'",
    ("a.jsonl", "--timeout", "0"): "--timeout takes seconds, not '0'",
    ("a.jsonl", "--timeout", "soon"): "--timeout takes seconds, not 'soon'",
    ("--from", "csv", "c.txt"): "there is no column 'expr' in 'c.txt'",
    ("-", "-"): "standard input can be used once: the argument - has it",
    ("a.jsonl", "-j", "2"): "there is no option -j\n  help: --workers N",
}


@pytest.mark.parametrize("args", USAGE, ids=" ".join)
def test_usage(folder: Path, args: tuple[str, ...]) -> None:
    status, out, err = batch(*args)
    assert (status, out) == (2, "")
    assert USAGE[args] in err
    assert not Path("out.jsonl").exists()


@pytest.mark.parametrize("name", ["c.txt", "-"])
def test_a_stream_is_not_written_into_itself(folder: Path, name: str) -> None:
    before, err = Path("c.txt").read_bytes(), io.StringIO()
    with Path("c.txt").open("a") as out, Path("c.txt").open("rb") as stdin:
        console = Console(stdin, out, err, {})
        assert run(["batch", name, "--from=txt", "--x=1", "--y=2"], console) == 2
    assert "is read and written at once" in err.getvalue()
    assert Path("c.txt").read_bytes() == before


def test_stop_at_an_error(folder: Path) -> None:
    jobs = b'{"expr": "1"}\n{"expr": "("}\n{"expr": "2"}\n'
    status, out, _ = batch("-", "--on-error", "stop", stdin=jobs)
    assert (status, [found["id"] for found in lines(out)]) == (3, [1, 2])


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("job", "wanted"), [(b"(", 3), (b"1", 0)])
def test_the_status_stands_without_standard_error(job: bytes, wanted: int) -> None:
    console = Console(io.BytesIO(job), io.StringIO(), Full(), {})
    assert run(["batch", "-", "--from=txt"], console) == wanted


def test_no_jobs_have_no_speed() -> None:
    assert batch("-") == (0, "", "0 jobs, 0 failed\n")


def test_an_output_file_is_begun_anew(folder: Path) -> None:
    for _ in range(2):
        assert batch("c.txt", "--x=1", "--y=2", "-o", "out.jsonl")[:2] == (0, "")
        assert len(lines(Path("out.jsonl").read_text())) == 2


def test_a_pipe_takes_answers(folder: Path) -> None:
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as reader:
        assert batch("c.txt", "--x=1", "--y=2", "-o", "pipe")[:2] == (0, "")
        assert reader.stdout is not None
        assert len(lines(reader.stdout.read().decode())) == 2


def test_stop_at_an_error_of_a_worker(folder: Path) -> None:
    jobs = b'{"expr": "1"}\n{"expr": "("}\n' + 99 * b'{"expr": "2"}\n'
    status, out, _ = batch("-", "--on-error", "stop", "--workers", "2", stdin=jobs)
    assert (status, [found["id"] for found in lines(out)]) == (3, [1, 2])


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("err", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_a_bar_for_those_who_look(err: io.StringIO, shown: bool, folder: Path) -> None:
    Path("m.jsonl").write_text(many(200))
    console = Console(io.BytesIO(), io.StringIO(), err, {"TERM": "xterm"}, width=100)
    assert run(["batch", "m.jsonl"], console) == 3
    assert ("/s  " in err.getvalue(), "\x1b[" in err.getvalue()) == (shown, shown)
    assert "200 jobs, 23 failed, " in err.getvalue()


@pytest.mark.parametrize("line", ["batch m.jsonl", "map x m.csv", "map x m.csv -o - --to jsonl"])
@pytest.mark.parametrize("is_shown", [False, True], ids=["file", "terminal"])
def test_no_bar_beside_answers(is_shown: bool, line: str, folder: Path) -> None:
    Path("m.jsonl").write_text(many(200))
    Path("m.csv").write_text("x\n1\n2\n")
    with Terminal() as shown, open("out", "w") as file, Terminal() as err:
        out = shown if is_shown else file
        run(line.split(), Console(io.BytesIO(), out, err, {"TERM": "xterm"}, width=100))
        assert ("/s " in err.getvalue()) != is_shown


def test_a_stream_of_ascii_gets_escapes() -> None:
    out = io.TextIOWrapper(io.BytesIO(), "ascii")
    console = Console(io.BytesIO('{"id": "ü😀", "expr": "1"}'.encode()), out, io.StringIO(), {})
    assert run(["batch", "-"], console) == 0
    assert json.loads(out.buffer.getvalue())["id"] == "ü😀"  # type: ignore[attr-defined]


def test_a_file_has_one_writer(folder: Path) -> None:
    first = subprocess.Popen(
        command("-", "-q", "-o", "out.jsonl"), env=ENVIRON, stdin=subprocess.PIPE
    )
    assert first.stdin is not None
    while not Path("out.jsonl").exists() or not Path("out.jsonl").stat().st_size:
        first.stdin.write(b'{"expr": "1"}\n')
        first.stdin.flush()
        time.sleep(0.05)
    status, _, err = batch("c.txt", "-o", "out.jsonl")
    assert (status, "another process is writing 'out.jsonl'" in err) == (2, True)
    first.stdin.close()
    assert first.wait() == 0
    assert Path("out.jsonl").read_text().startswith('{"id": 1, "grads": {}}\n')


# --- resuming -----------------------------------------------------------------------------------


def test_resume_at_every_byte(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    args = ["a.jsonl", "b.csv", "c.txt", "--set", "x=5", "--y=1,2", "-q", "-o", "out.jsonl"]
    assert batch(*args)[0] == 3
    out = Path("out.jsonl")
    whole = out.read_bytes()
    for end in range(len(whole) + 1):
        out.write_bytes(whole[:end])
        status, shown, err = batch(*args, "--resume")
        assert (shown, err) == ("", "")
        assert out.read_bytes() == whole, end
        assert status == 3


def test_resume_counts_what_was_there(folder: Path) -> None:
    args = ("c.txt", "--x=1", "--y=2", "-o", "out.jsonl", "--resume")
    for line, wanted in {
        '{"id": 2, "grads": {"x": 2}}': (0, "1 answered before, 1 job, 0 failed, "),
        '{"id": 2, "error": {}}': (3, "1 answered before (1 failed), 1 job, 0 failed, "),
    }.items():
        Path("out.jsonl").write_text(line + "\n")
        status, _, err = batch(*args)
        assert (status, err[: len(wanted[1])]) == wanted
    assert batch(*args)[0::2] == (3, "2 answered before (1 failed), 0 jobs, 0 failed\n")
    Path("out.jsonl").unlink()
    assert batch(*args)[2].startswith("2 jobs, 0 failed, ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": 3}\n', "line 1 of 'out.jsonl' answers the job 3, not 2"),
        (2 * '{"id": 2, "grads": {}}\n', "line 2 of 'out.jsonl' answers the job 2, not 4"),
        ('{"id": 2, "grads": {}}\n{"id": 4, "error": {}}\n{"id": 5}\n', "more lines than there"),
        ("my notes\n", "line 1 of 'out.jsonl' is not the answer to a job"),
        ("my notes", "line 1 of 'out.jsonl' is not the answer to a job"),
        ('{"id": 2, "value": 1}\n', "line 1 of 'out.jsonl' does not answer grads, which the job 2"),
        ('{"id": 2, "grads": {}}\n[]\n', "line 2 of 'out.jsonl' is not the answer to a job"),
    ],
)
def test_resume_leaves_other_files_alone(folder: Path, text: str, message: str) -> None:
    Path("out.jsonl").write_text(text)
    status, _, err = batch("c.txt", "--x=1", "--y=2", "-o", "out.jsonl", "--resume")
    assert (status, message in err) == (2, True)
    assert Path("out.jsonl").read_text() == text


@pytest.mark.parametrize(
    ("jobs", "options", "message"),
    [
        ("x^2\ny(\nx\n", [], "3 jobs answered"),
        ("x^3\ny(\nx\n", [], "line 1 of 'out.jsonl' answers another job than 1"),
        ("x^2\nz(\nx\n", [], "line 2 of 'out.jsonl' answers another job than 2"),
        ("x^2\ny(\nx\n", ["--dtype=float32"], "'out.jsonl' were asked for with other options"),
        ("x^2\ny(\nx\n", ["--x=4"], "'out.jsonl' were asked for with other options"),
        ("x^2\ny(\nx\n", ["--wrt=x"], "'out.jsonl' were asked for with other options"),
    ],
)
def test_resume_continues_the_same_jobs(
    folder: Path, jobs: str, options: list[str], message: str
) -> None:
    """What the answers say does not tell them apart; their fingerprints do."""
    Path("jobs.txt").write_text("x^2\ny(\nx\n")
    args = ["jobs.txt", "-o", "out.jsonl", "--x=3"]
    assert batch(*args, "--on-error", "stop")[0] == 3
    before = Path("out.jsonl").read_text()
    Path("jobs.txt").write_text(jobs)
    status, _, err = batch(*args[: 4 if "--x=4" not in options else 3], *options, "--resume")
    if message == "3 jobs answered":
        assert (status, err[:37]) == (3, "2 answered before (1 failed), 1 job, ")
        assert len(Path("out.jsonl").read_text().splitlines()) == 3
        assert [path for path in os.listdir() if "unfinished" in path] == []
    else:
        assert (status, message in err) == (2, True)
        assert Path("out.jsonl").read_text() == before


def command(*args: str) -> list[str]:
    """A batch as a process of its own."""
    return [sys.executable, "-m", "gradcli", "batch", *args]


ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}


def many(count: int) -> str:
    """Jobs that take their time."""
    return "".join(
        json.dumps(
            {
                "id": i,
                "expr": f"sin(x*{i}) + x^{i % 5}" if i % 9 else "(",
                "inputs": {"x": [0.5, i]},
            }
        )
        + "\n"
        for i in range(count)
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_kills_lose_nothing(folder: Path, workers: int) -> None:
    """Killed again and again, a batch that resumes has each answer once, in order."""
    Path("m.jsonl").write_text(many(700))
    Path("n.jsonl").write_text(many(100))
    args = ["m.jsonl", "n.jsonl", "-q", "-o", "out.jsonl", "--resume", f"--workers={workers}"]
    chance = random.Random(workers)
    for _ in range(4):
        process = subprocess.Popen(command(*args), env=ENVIRON)
        time.sleep(0.3 + chance.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert subprocess.run(command(*args), env=ENVIRON, check=False).returncode in (0, 3)
    batch("m.jsonl", "n.jsonl", "-o", "whole.jsonl")
    assert Path("out.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()


# --- streams and workers ------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [[], ["--workers", "2"], ["--from", "csv"]])
def test_a_stream_answers_before_the_next_line(extra: list[str]) -> None:
    process = subprocess.Popen(
        command("-", "-q", *extra), env=ENVIRON, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    is_table = "csv" in extra
    process.stdin.write(b"expr,x\n" if is_table else b"")
    for i in range(4):
        job = f"x^2,{i}" if is_table else json.dumps({"expr": "x^2", "inputs": {"x": i}})
        process.stdin.write(job.encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["grads"] == {"x": 2 * i}
    process.stdin.close()
    assert process.stdout.read() == b""
    assert process.wait() == 0
    process.stdout.close()


def test_a_closed_pipe_is_silent(folder: Path) -> None:
    Path("m.jsonl").write_text(many(3000))
    for workers in ("1", "2"):
        shell = " ".join(command("m.jsonl", "-q", "--workers", workers)) + " | head -n 2"
        done = subprocess.run(shell, shell=True, env=ENVIRON, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(done.stdout.splitlines()) == 2


def test_workers_of_large_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One a core, or as many as the environment says, where there is work for them."""
    monkeypatch.setenv("GRADCLI_THREADS", "3")
    (folder / "small.jsonl").write_text(many(9))
    (folder / "large.jsonl").write_text("\n" * (MANY + 1))
    found = [Setup().workers_for(files) for files in (["small.jsonl"], ["large.jsonl"], ["-"])]
    assert found == [1, 3, 1]
    assert list(gradcli.batch("large.jsonl")) == []


def test_workers_answer_as_one(folder: Path) -> None:
    Path("m.jsonl").write_text(many(300))
    args = ["m.jsonl", "b.csv", "--set", "x=1", "-q"]
    assert batch(*args, "--workers", 3) == batch(*args)


def test_scripts_need_no_main_guard(folder: Path) -> None:
    """A worker does not run the script that starts it, of which there need be no file."""
    jobs = [{"expr": "x^2", "inputs": {"x": x}} for x in range(3)]
    script = f"import gradcli\nprint(len([*gradcli.batch({jobs}, workers=2)]))"
    (folder / "script.py").write_text(script, encoding="utf-8")
    for file in ("script.py", "-"):
        done = subprocess.run(
            [sys.executable, file],
            input=script,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("3\n", "")


def test_a_worker_that_dies_costs_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a job does to its worker, those around it are answered."""
    jobs = [Raw(i, i, "text", b"2*x") for i in range(40)]
    pool = _Pool(Setup(values={"x": 1.0}), 2)
    poisoned = {7, 8, 30}
    send = Connection.send

    def sending(pipe: Any, message: Any) -> None:
        if isinstance(message, list) and poisoned & {job.name for job in message}:
            message = [_Poison()]
        send(pipe, message)

    monkeypatch.setattr(Connection, "send", sending)
    pool.length = 5.0
    try:
        found = list(pool.answers(iter(jobs)))
    finally:
        pool.close()
    assert [json.loads(answer.line)["id"] for answer in found if answer] == list(range(40))
    assert {i for i, answer in enumerate(found) if answer and answer.failed} == poisoned
    error = json.loads(found[7].line)["error"] if found[7] else {}
    assert error["message"] == "the worker that ran this job died (signal 9)"


def test_a_job_whose_worker_was_killed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once: it need not have been its fault."""
    jobs = [Raw(i, i, "text", b"2*x") for i in range(3)]
    pool = _Pool(Setup("eval", values={"x": 1.0}), 1)
    send = Connection.send
    killed: list[int] = []

    def sending(pipe: Any, message: Any) -> None:
        if isinstance(message, list) and message[0].name == 1 and not killed:
            killed.append(1)
            message = [_Poison()]
        send(pipe, message)

    monkeypatch.setattr(Connection, "send", sending)
    try:
        found = [json.loads(answer.line) for answer in pool.answers(iter(jobs)) if answer]
    finally:
        pool.close()
    assert killed
    assert [answer["value"] for answer in found] == [2, 2, 2]


def test_lines_have_a_longest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a few megabytes may unpack to a line of gigabytes."""
    monkeypatch.setattr(job_lines, "LONGEST_LINE", 100)
    line = b'{"expr": "' + b"1+" * 50 + b'1"}\n'
    Path("long.jsonl.gz").write_bytes(gzip.compress(line))
    Path("long.jsonl").write_bytes(line)
    Path("later.jsonl").write_bytes(b'{"expr": "1"}\n' * 2 + line)
    for name, at in (("long.jsonl.gz", 1), ("long.jsonl", 1), ("later.jsonl", 3)):
        message = f"error: the line at {name}:{at} is longer than 100 bytes\n"
        assert batch(name)[0::2] == (2, message)
    read, write = os.pipe()
    os.write(write, line.rstrip())
    os.close(write)
    with open(read, "rb") as stream, pytest.raises(gradcli.InputError, match="longer than 100"):
        list(JobFile("-", StandardInput(stream)).jobs())


def test_options_that_no_job_has() -> None:
    """Files, pictures, how closely to look: these are the shell's and Python's."""
    options = {option.name: q.name for q in registry.every() for option in q.options.values()}
    refused = set()
    for name, question in options.items():
        job = {"op": question, "expr": "x^2", "inputs": {"x": 1}, name: 1}
        (answer,) = gradcli.batch([job])
        if f"a job has no key '{name}'" in str(answer):
            refused.add(name)
    words = "atol dot eps html mermaid png retain rtol strict svg verdict watch"
    assert refused == set(words.split())


@pytest.mark.parametrize(("memory", "count"), [(0, 1), (3.5, 3), (1e9, 5)])
def test_no_more_workers_than_there_is_memory_for(
    memory: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradcli.engine.jobs.workers.spare", lambda: int(memory * A_WORKER))
    assert _Pool(Setup(), 5).most == count


def test_no_more_workers_than_there_is_work_for() -> None:
    pool = _Pool(Setup("eval"), 5)
    try:
        found = list(pool.answers(iter([Raw(1, 1, "text", b"1"), Raw(2, 2, "text", b"2")])))
        assert (len(found), len(pool.workers)) == (2, 2)
    finally:
        pool.close()


@pytest.mark.parametrize("room", [0, 1])
def test_no_more_workers_than_the_system_has_room_for(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that there are do the work; one process is told of if there is none."""
    pool = _Pool(Setup("eval"), 3)
    started = pool.context.Process

    def process(**options: Any) -> Any:
        if len(pool.workers) == room:
            raise OSError(errno.EMFILE, "Too many open files")
        return started(**options)

    monkeypatch.setattr(pool.context, "Process", process, raising=False)
    jobs = iter([Raw(i, i, "text", b"1") for i in range(4)])
    try:
        if room:
            assert (len(list(pool.answers(jobs))), len(pool.workers), pool.most) == (4, 1, 1)
            return
        with pytest.raises(gradcli.InputError) as caught:
            list(pool.answers(jobs))
        assert str(caught.value).startswith("no worker can be started: too many open files\n")
        assert caught.value.help == "--workers 1 needs none"
    finally:
        pool.close()


@pytest.mark.parametrize("change", [os.unlink, lambda path: os.replace("c.txt", path)])
def test_an_output_that_vanishes(folder: Path, change: Any) -> None:
    results = begin("out.jsonl")
    results.write('{"id": 1}\n')
    change("out.jsonl")
    with pytest.raises(gradcli.InputError, match=r"'out.jsonl' was removed or replaced"):
        results.close()


def test_a_worker_that_is_overdue_costs_one_job() -> None:
    """One long operation hears no alarm, so that its worker is ended."""
    slow = "sum(svdvals(random_normal((4000, 4000), seed=1)))"
    jobs = [Raw(i, i, "text", text.encode()) for i, text in enumerate(["1", slow, "2"])]
    pool = _Pool(Setup("eval", timeout=0.5), 2)
    pool.length = 3.0
    try:
        found = [json.loads(answer.line) for answer in pool.answers(iter(jobs)) if answer]
    finally:
        pool.close()
    assert [job.get("value") for job in found] == [1, None, 2]
    assert found[1]["error"]["kind"] == "timeout"


class _Poison:
    """What a worker does not survive to unpack."""

    def __reduce__(self) -> Any:
        return eval, ("__import__('os').kill(__import__('os').getpid(), 9)",)


def test_a_pause_comes_after_all_answers() -> None:
    def jobs() -> Any:
        for i in range(3):
            yield from (Raw(10 * i + k, 1, "text", b"x") for k in range(5))
            yield None

    found = list(answers(jobs(), Setup(values={"x": 1.0}), 2))
    assert [a and json.loads(a.line)["id"] for a in found] == [
        *range(5),
        None,
        *range(10, 15),
        None,
        *range(20, 25),
        None,
    ]


def test_programs_are_remembered_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(room=10_000)
    monkeypatch.setattr("gradcli.engine.request.MEMORY", memory)
    monkeypatch.setattr("gradcli.engine.program.MEMORY", memory)
    runner = Runner(Setup())
    for i in range(50):
        job = {"expr": f"x^{i}", "inputs": {"x": 1}, "op": "grad"}
        line = json.dumps(job).encode()
        for _ in range(2):
            assert json.loads(runner.answer(Raw(i, i, "jsonl", line)).line)["grads"]["x"] == i
    assert 0 < len(memory) < 50


# --- the same program at other numbers ----------------------------------------------------------

AGAIN = [
    ("sin(x)*y", [(1.0, 2.0), (0.5, [1, 2]), (3, 4), (0.1, 0.2), (7, [3, 4]), (8, [5, 6])]),
    ("x*log(y)", [(1, 2), (3, 4), (5, 6), (5, 0), (0, 1), (5, -1), (2, 3)]),
    ("if x > y { x^2 } else { y^3 }", [(1, 2), (2, 1), (1, 3), (3, 1), (4, 1)]),
    ("print(x); x*y", [(1, 2), (2, 1), (1, 3), (3, 1)]),
    ("i = 0; while i < x { i = i + 1 }; i*y", [(1, 2), (2, 2), (3, 2), (4, 2)]),
    ("[1, 2, 3][x]*y", [(0, 1), (1, 1), (2, 1), (3, 1), (1, 5)]),
    ("sum(x*y^2)", [([1, 2], 3), ([1, 2], [3, 4]), ([1, 2], [3, 5]), ([1, 2], [6, 5]), ([], 3)]),
    ("relu(x) + y", [(1, 2), (2, 2), (-1, 2), (0, 2), (5, 2)]),
    ("x + y*0", [(1, 2), (2, 2), (3, 2), (True, 2), ("NaN", 2), (4, 2)]),
    ("inv([[x, 1], [1, y]])", [(3, 4), (5, 6), (7, 8), (1, 1), (2, 3)]),
]


@pytest.mark.parametrize("op", ["eval", "grads", "value-and-grads"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("expr", "points"), AGAIN, ids=[expr for expr, _ in AGAIN])
def test_again_is_as_the_first_time(
    op: str, dtype: str, expr: str, points: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of a program changes no answer, no warning and no error."""
    runner = Runner(Setup(op))
    for x, y in points:
        job = {"expr": expr, "inputs": {"x": x, "y": y}, "dtype": dtype}
        raw = Raw(1, 1, "jsonl", json.dumps(job).encode())
        answer = runner.answer(raw)
        with monkeypatch.context() as patched:
            patched.setattr("gradcli.engine.request.MEMORY", Memory())
            assert answer == runner.answer(raw)
