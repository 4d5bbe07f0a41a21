"""Files in and formats out: what is read from where, and what is printed how."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import subprocess
import zipfile
from typing import Any

import numpy as np
import pytest

from gradcli.data import files, json_text, numbers, writer
from gradcli.data.answer import Answer
from gradcli.data.console import Console, StandardInput
from gradcli.data.file_kinds import COMPRESSIONS, FILE_KINDS, FileKind, binary_kind
from gradcli.data.formats import FORMATS, Format
from gradcli.data.formats.page import Page
from gradcli.data.job_files import JobFile
from gradcli.data.report import Report
from gradcli.data.writer import Output, choose_output, write
from gradcli.errors import GradcliError, InputError, LimitError, Notice, UsageError

A = np.array


# Numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.1, "0.1"),
        (-0.0, "-0"),
        (1e-7, "1e-07"),
        (1e16, "1e+16"),
        (1e300, "1e+300"),
        (0.1 + 0.2, "0.30000000000000004"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert numbers.number(value) == text
    assert numbers.texts(A(value)) == [text]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9.899999618530273, "9.8999996"),
        (53.50999832, "53.5099983"),
        (15.440000534, "15.4400005"),
        (11.5, "11.5"),
        (0.1, "0.1"),
        (1 / 3, "0.33333334"),
        (1e-9, "1e-09"),
        (123456.789, "123456.789"),
        (1e10, "10000000000"),
        (np.nan, "nan"),
        (np.inf, "inf"),
    ],
)
def test_single_precision(value: float, text: str) -> None:
    assert numbers.texts(A(value, dtype=np.float32)) == [text]


def test_single_precision_reads_back() -> None:
    bits = np.random.default_rng(1).integers(0, 2**32, 20_000, dtype=np.uint32)
    values = bits.view(np.float32)
    back = A([float(text) for text in numbers.texts(values)], dtype=np.float32)
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1 / 17, 6, "0.0588235"),
        (1e6, 6, "1000000"),
        (1234567.0, 6, "1.23457e+06"),
        (2.5, 6, "2.5"),
        (1e-5, 6, "1e-05"),
        (3.14159, 3, "3.14"),
        (2.0000001, 3, "2"),
        (float("nan"), 6, "nan"),
        (float("inf"), 6, "inf"),
    ],
)
def test_significant(value: float, digits: int, text: str) -> None:
    assert numbers.number(value, digits) == text


def test_other_types() -> None:
    assert numbers.texts(A([True, False])) == ["true", "false"]
    assert numbers.texts(A([2**60 + 1])) == [str(2**60 + 1)]
    assert json_text.json_cells(A([np.nan, -np.inf, -0.0, 1])) == [
        '"NaN"',
        '"-Infinity"',
        "-0.0",
        "1",
    ]


def test_matrices_as_json() -> None:
    odd = A([[np.nan, -0.0, -10], [1, -np.inf, 1e-20]])
    assert json_text.json_text(odd) == '[["NaN", -0.0, -10], [1, "-Infinity", 1e-20]]'
    assert json_text.json_text(odd, 2) == json_text.json_text(odd)
    assert json_text.json_text(A([[9.9, 2]], dtype=np.float32)) == "[[9.8999996, 2]]"
    assert json_text.json_text(A(-0.0)) == "-0.0"


def test_single_numbers_as_json() -> None:
    assert json_text.json_text([np.float64(2), np.float32(9.9), np.int64(3), np.bool_(True)]) == (
        "[2, 9.8999996, 3, true]"
    )


@pytest.mark.parametrize(
    "item",
    [
        None,
        True,
        2**70,
        1.5,
        1e300,
        -1e-7,
        "",
        "θ",
        'a "b" \\ c',
        "line\nend\x1b\u2028",
        [],
        {},
        ["a", [1, None, {"b": False}], (2.5,)],
    ],
)
def test_json_text_reads_back(item: Any) -> None:
    assert json.loads(json_text.json_text(item)) == json.loads(json.dumps(item))


@pytest.mark.parametrize("shape", [(70,), (5, 30), (1, 90), (2, 40), (3, 4, 20), (1, 1, 50)])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "?"])
def test_text_in_pieces_is_the_same(
    shape: tuple[int, ...], dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large arrays become text in pieces, between which a deadline is heard."""
    array = np.linspace(-3, 3, np.prod(shape)).astype(dtype)
    if array.dtype.kind == "f":
        array[::7], array[3::5] = np.nan, -0.0
    array = array.reshape(shape)
    ways = numbers.bracketed, numbers.texts, json_text.json_text, json_text.json_cells
    whole = [way(array) for way in ways]
    monkeypatch.setattr(numbers, "PIECE", 16)
    assert [way(array) for way in ways] == whole


# Formats


def written_as(name: str, answer: Answer, **kwargs: Any) -> Any:
    return FORMATS[name].write(answer, Page(**kwargs))


X = A([-1.0, 0, 2])
VECTOR = Answer(kind="grads", parts={"x": 2 * X}, inputs={"x": X}, alone=True)
BOTH = Answer(value=A(5.0), kind="grads", parts={"x": 2 * X, "k": None}, inputs={"x": X, "k": A(3)})
MIXED = Answer(
    value=A([1.0, 2]), kind="grads", parts={"a,b": X, "y": A(np.nan)}, inputs={"y": A(1)}
)
HESSIAN = Answer(
    kind="hessian",
    parts={"x": {"x": np.eye(2), "y": A([[1.0], [0]])}, "y": {"x": A([[1.0, 0]]), "y": A([[7.0]])}},
    inputs={"x": A([1.0, 2]), "y": A([1.0])},
)
CUBE = Answer(value=np.arange(8.0).reshape(2, 2, 2), alone=True)
PAIR = Answer(value=(A(1.5), (A([True, False]), A([1.0, np.inf]))), alone=True)
JVP = Answer(kind="jvp", parts=A([1.0, -0.0]), alone=True)
TAPE = Answer(kind="grads", parts={"dz/dx": A(2.0), "d2z/dx2": None})
NOTICED = Answer(value=A(-np.inf), warnings=[Notice("log(0) is -inf", help="look", kind="domain")])
EMPTY = Answer(value=np.zeros(0), alone=True)
FITTING = Answer(
    value=3 * X, kind="grads", parts={"x": A([3.0, 3, 3]), "k": None}, inputs={"x": X, "k": A(3)}
)
JUDGED = Answer(
    kind="grads",
    parts={"x": A([-0.0, 0.25])},
    inputs={"x": A([0.0, 10])},
    verdicts={"x": A(["kink [-1, 1]", "smooth"])},
)
NARROW = Answer(
    kind="grads",
    parts={"x": A([1.0, 1])},
    inputs={"x": A([1.0, 2]), "A": np.eye(2)},
    verdicts={"x": A(["smooth", "smooth"])},
)
SQUARE = Answer(
    kind="grads",
    parts={"A": A([[1, 2], [3, 4.5]])},
    inputs={"A": A([[10.5, -1], [0, 1e-9]])},
    verdicts={"A": A([["smooth", "kink"], ["smooth", "smooth"]])},
)
SCALARS = Answer(
    kind="hessian", parts={"x": {"x": A(2.0), "y": A(-0.5)}, "y": {"x": A(-0.5), "y": A(0)}}
)
REPORT = Report(["name", "n"], [['a, "b"', 1.5], ["c", None]], {"rows": [1.5, None]})


def alone(answer: Answer) -> Answer:
    return Answer(kind=answer.kind, parts=answer.parts, verdicts=answer.verdicts, alone=True)


@pytest.mark.parametrize("width", [30, 60, 80, 140, None])
def test_a_table_has_as_many_columns_as_there_is_room_for(width: int | None) -> None:
    """The first and the last, six characters each; ten of them where there is no terminal."""
    page = Page()
    page.width = width or page.width
    array = np.arange(400.0).reshape(2, 200)
    head, *_ = FORMATS["table"].write(Answer(value=array, alone=True), page).splitlines()
    fit = 5 if width is None else (width - len("  value") - len("   …")) // 12
    first, last = map(str, range(fit)), map(str, range(200 - fit, 200))
    assert head.split() == ["value", *first, "…", *last]


FORMS = [
    ("plain", VECTOR, "-2\n0\n4\n"),
    ("plain", BOTH, "value\t5\nx\t-2\t0\t4\nk\tnone\n"),
    ("plain", HESSIAN, "x,x\t1\t0\t0\t1\nx,y\t1\t0\ny,x\t1\t0\ny,y\t7\n"),
    ("plain", CUBE, "0\t1\n2\t3\n\n4\t5\n6\t7\n"),
    ("plain", PAIR, "1.5\n\ntrue\nfalse\n\n1\ninf\n"),
    ("plain", JVP, "1\n-0\n"),
    ("plain", Answer(kind="jvp"), "jvp\tnone\n"),
    ("plain", TAPE, "dz/dx\t2\nd2z/dx2\tnone\n"),
    ("plain", EMPTY, ""),
    ("plain", Answer(kind="grads", parts={"x": None}, alone=True), "none\n"),
    ("json", VECTOR, '{"grads": {"x": [-2, 0, 4]}}\n'),
    ("json", BOTH, '{"value": 5, "grads": {"x": [-2, 0, 4], "k": null}}\n'),
    (
        "json",
        HESSIAN,
        (
            '{"hessian": {"x": {"x": [[1, 0], [0, 1]], "y": [[1], [0]]},'
            ' "y": {"x": [[1, 0]], "y": [[7]]}}}\n'
        ),
    ),
    ("json", CUBE, '{"value": [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]}\n'),
    ("json", PAIR, '{"value": [1.5, [[true, false], [1, "Infinity"]]]}\n'),
    ("json", JVP, '{"jvp": [1, -0.0]}\n'),
    (
        "json",
        NOTICED,
        (
            '{"value": "-Infinity", "warnings":'
            ' [{"kind": "domain", "message": "log(0) is -inf", "help": "look"}]}\n'
        ),
    ),
    ("json", Answer(value=np.zeros((2, 0))), '{"value": [[], []]}\n'),
    (
        "json",
        Answer(value=A(1), verdicts={"x": A(["smooth", "kink [-1, 1]"])}),
        '{"value": 1, "verdicts": {"x": ["smooth", "kink [-1, 1]"]}}\n',
    ),
    (
        "jsonl",
        BOTH,
        (
            '{"name": "value", "value": 5}\n'
            '{"name": "d_x", "value": [-2, 0, 4]}\n'
            '{"name": "d_k", "value": null}\n'
        ),
    ),
    (
        "jsonl",
        HESSIAN,
        (
            '{"name": "d_x_x", "value": [[1, 0], [0, 1]]}\n'
            '{"name": "d_x_y", "value": [[1], [0]]}\n'
            '{"name": "d_y_x", "value": [[1, 0]]}\n'
            '{"name": "d_y_y", "value": [[7]]}\n'
        ),
    ),
    ("csv", VECTOR, "x,d_x\n-1,-2\n0,0\n2,4\n"),
    ("csv", BOTH, "name,index,value\nvalue,,5\nd_x,0,-2\nd_x,1,0\nd_x,2,4\nd_k,,\n"),
    ("csv", FITTING, "x,k,value,d_x,d_k\n-1,3,-3,3,\n0,3,0,3,\n2,3,6,3,\n"),
    (
        "jsonl",
        FITTING,
        (
            '{"x": -1, "k": 3, "value": -3, "d_x": 3, "d_k": null}\n'
            '{"x": 0, "k": 3, "value": 0, "d_x": 3, "d_k": null}\n'
            '{"x": 2, "k": 3, "value": 6, "d_x": 3, "d_k": null}\n'
        ),
    ),
    ("csv", JUDGED, 'x,d_x,verdict_x\n0,-0,"kink [-1, 1]"\n10,0.25,smooth\n'),
    ("tsv", JUDGED, "x\td_x\tverdict_x\n0\t-0\tkink [-1, 1]\n10\t0.25\tsmooth\n"),
    ("csv", NARROW, "name,index,value,verdict\nd_x,0,1,smooth\nd_x,1,1,smooth\n"),
    (
        "jsonl",
        NARROW,
        (
            '{"name": "d_x", "value": [1, 1]}\n'
            '{"name": "verdict_x", "value": ["smooth", "smooth"]}\n'
        ),
    ),
    ("plain", JUDGED, "x\t-0\t0.25\nverdict x\tkink [-1, 1]\tsmooth\n"),
    ("plain", alone(JUDGED), "-0\tkink [-1, 1]\n0.25\tsmooth\n"),
    ("plain", alone(SQUARE), "1\t2\n3\t4.5\n\nsmooth\tkink\nsmooth\tsmooth\n"),
    ("csv", Answer(kind="grads", parts={"x": None}), 'd_x\n""\n'),
    ("csv", REPORT, 'name,n\n"a, ""b""",1.5\nc,none\n'),
    ("csv", Report(["is"], [[True], [False]], {}), "is\ntrue\nfalse\n"),
    ("tsv", REPORT, 'name\tn\n"a, ""b"""\t1.5\nc\tnone\n'),
    ("plain", REPORT, 'name\tn\na, "b"\t1.5\nc\tnone\n'),
    ("json", REPORT, '{"rows": [1.5, null]}\n'),
    ("jsonl", REPORT, '{"name": "a, \\"b\\"", "n": 1.5}\n{"name": "c", "n": null}\n'),
    ("table", REPORT, '  name        n\n ───────────────\n  a, "b"    1.5\n  c        none\n'),
    (
        "csv",
        MIXED,
        (
            "name,index,value\nvalue,0,1\nvalue,1,2\n"
            '"d_a,b",0,-1\n"d_a,b",1,0\n"d_a,b",2,2\nd_y,,nan\n'
        ),
    ),
    (
        "tsv",
        HESSIAN,
        (
            "name\tindex\tvalue\nd_x_x\t0 0\t1\nd_x_x\t0 1\t0\nd_x_x\t1 0\t0\nd_x_x\t1 1\t1\n"
            "d_x_y\t0 0\t1\nd_x_y\t1 0\t0\nd_y_x\t0 0\t1\nd_y_x\t0 1\t0\nd_y_y\t0 0\t7\n"
        ),
    ),
    ("csv", TAPE, "dz/dx,d2z/dx2\n2,\n"),
    ("csv", EMPTY, "value\n"),
    ("csv", CUBE, "value\n0\n1\n2\n3\n4\n5\n6\n7\n"),
]


@pytest.mark.parametrize(("name", "answer", "text"), FORMS)
def test_text_formats(name: str, answer: Answer, text: str) -> None:
    assert written_as(name, answer) == text


@pytest.mark.parametrize("name", ["plain", "json", "jsonl", "csv", "tsv"])
def test_precision(name: str) -> None:
    answer = Answer(value=A([1 / 3, 1234567.0]), alone=True)
    text = written_as(name, answer, precision=3)
    assert "0.333" in text
    assert "0.3333" not in text
    assert "1.23e+06" in text


def test_json_reads_back() -> None:
    values = np.random.default_rng(2).normal(size=(3, 4, 5)) * 1e-200
    text = written_as("json", Answer(value=values, kind="grads", parts={'"\\\n': A(1)}))
    back = json.loads(text)
    np.testing.assert_array_equal(A(back["value"]), values)
    assert back["grads"] == {'"\\\n': 1}


def test_names_that_would_meet_in_one_column() -> None:
    nested = {"x": {"x_x": A(1)}, "x_x": {"x": A(2)}}
    text = written_as("csv", Answer(kind="hessian", parts=nested))
    assert text == '"d_x,x_x","d_x_x,x"\n1,2\n'


def test_rows_stay_in_proportion() -> None:
    parts = {"x": np.ones((3, 1)), "y": np.ones((1, 2))}
    text = written_as("csv", Answer(value=A(6.0), kind="grads", parts=parts))
    assert text.startswith("name,index,value\nvalue,,6\nd_x,0 0,1\n")


def shouted(answer: Answer, page: Page) -> str:
    return str(FORMATS["plain"].write(answer, page)).upper()


def test_a_format_is_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more record is chosen by name, by extension and by a slip of the fingers."""
    record = Format("shouted", __name__, FileKind("shouted", "SHOUTED", (".up",)))
    monkeypatch.setitem(FORMATS, "shouted", record)
    assert choose_output("shouted", None, None, {}, True) == ("shouted", None)
    assert choose_output("a.up", None, None, {}, True) == ("shouted", "a.up")
    with pytest.raises(UsageError, match="did you mean 'shouted'"):
        choose_output("shoutd", None, None, {}, True)
    world = console()
    write(TAPE, Output("shouted"), world)
    assert written(world) == b"DZ/DX\t2\nD2Z/DX2\tNONE\n"


def test_kinds_of_files_are_told_apart() -> None:
    kinds = [*FILE_KINDS.values(), *COMPRESSIONS.values()]
    for part in ("extensions", "magics"):
        marks = [mark for kind in kinds for mark in getattr(kind, part)]
        assert len(set(marks)) == len(marks)
    for kind in kinds:
        assert all(binary_kind(magic + b"...") is kind for magic in kind.magics)


@pytest.mark.parametrize("name", ["npy", "npz"])
def test_binary_formats_hold_arrays(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        written_as(name, REPORT)
    assert str(caught.value) == (
        f"'{name}' holds arrays, and the answer is a table of texts\n"
        "  help: table, plain, json, jsonl, csv, tsv"
    )


def test_npy() -> None:
    data = written_as("npy", VECTOR)
    np.testing.assert_array_equal(np.load(io.BytesIO(data)), 2 * X)
    with pytest.raises(UsageError, match="several arrays: value, d_x") as caught:
        written_as("npy", BOTH)
    assert "npz" in str(caught.value)
    with pytest.raises(UsageError, match="no array"):
        written_as("npy", Answer(kind="grads", parts={"x": None}))


def test_npz() -> None:
    for answer, names in [
        (BOTH, ["value", "d_x"]),
        (HESSIAN, ["d_x_x", "d_x_y", "d_y_x", "d_y_y"]),
    ]:
        archive = np.load(io.BytesIO(written_as("npz", answer)))
        assert archive.files == names


# Tables


def table(answer: Answer, **kwargs: Any) -> str:
    text: str = written_as("table", answer, **kwargs)
    return text


TABLES = [
    (Answer(kind="grads", parts={}), ""),
    (
        VECTOR,
        """
  #    x   d_x
 ──────────────
  0   -1    -2
  1    0     0
  2    2     4
""",
    ),
    (
        BOTH,
        """
  value
 ───────
      5

  k    d_k
 ──────────
  3   none

  #    x   d_x
 ──────────────
  0   -1    -2
  1    0     0
  2    2     4
""",
    ),
    (
        CUBE,
        """
  value[0, :, :]   0   1
 ────────────────────────
               0   0   1
               1   2   3

  value[1, :, :]   0   1
 ────────────────────────
               0   4   5
               1   6   7
""",
    ),
    (
        FITTING,
        """
  #    x   value   d_x    d_k
 ─────────────────────────────
  0   -1      -3     3   none
  1    0       0     3   none
  2    2       6     3   none
""",
    ),
    (
        JUDGED,
        """
  #    x    d_x   verdict
 ──────────────────────────────
  0    0   0      kink [-1, 1]
  1   10   0.25   smooth
""",
    ),
    (
        SQUARE,
        """
  A      0        1   d_A   0     1   verdict   0        1
 ───────────────────────────────────────────────────────────────
  0   10.5   -1         0   1   2           0   smooth   kink
  1    0      1e-09     1   3   4.5         1   smooth   smooth
""",
    ),
    (
        SCALARS,
        """
         x      y
 ─────────────────
  x    2     -0.5
  y   -0.5    0
""",
    ),
    (
        Answer(value=A([1.5, 20]), inputs={"x": A([1.0, 2]), "k": A(2)}),
        """
  #   x   value
 ───────────────
  0   1     1.5
  1   2    20
""",
    ),
    (
        Answer(value=A(4.0), inputs={"x": A([1.0, 2]), "k": A(2)}),
        """
  value
 ───────
      4
""",
    ),
    (
        Answer(value=A([np.nan, 1e20, -2.25]), kind="grads", parts={"x": A([np.inf, 1, 0.5])}),
        """
  #    value   d_x
 ──────────────────
  0      nan   inf
  1    1e+20   1
  2   -2.25    0.5
""",
    ),
]


@pytest.mark.parametrize(("answer", "text"), TABLES)
def test_tables(answer: Answer, text: str) -> None:
    assert table(answer) == text.lstrip("\n")


def test_long_tables() -> None:
    answer = Answer(value=np.arange(3000.0))
    short = table(answer).splitlines()
    assert len(short) == 24
    assert short[12].split() == ["…", "…"]
    assert short[-1] == "  3,000 elements; --all shows them all"
    whole = table(answer, everything=True).splitlines()
    assert len(whole) == 3002
    assert whole[1500].split() == ["1498", "1498"]
    assert len(set(map(len, whole[2:]))) == 1


def test_wide_tables_fit() -> None:
    answer = Answer(value=np.random.default_rng(3).normal(size=(40, 40)) * 1e-9)
    shown = console(width=60, is_terminal=True, environ={"NO_COLOR": "1"})
    text = table(answer, console=shown)
    assert max(map(len, text.splitlines())) <= 60
    assert "40 by 40 elements" in text
    assert "\x1b" not in text
    whole = table(answer, everything=True, precision=3)
    assert len(whole.splitlines()) == 42


@pytest.mark.parametrize(
    ("width", "header"),
    [
        (30, "  value       0   …      39"),
        (60, "  value       0       1       2   …      37      38      39"),
        (77, "  value       0       1       2       3   …      36      37      38      39"),
    ],
)
def test_matrices_use_the_width_there_is(width: int, header: str) -> None:
    answer = Answer(value=np.arange(80.0).reshape(2, 40) + 100.5)
    shown = console(width=width, is_terminal=True, environ={"NO_COLOR": "1"})
    assert table(answer, console=shown).splitlines()[0] == header


def test_numbers_of_a_report_are_not_folded() -> None:
    rows = [["x[0]", -0.98999, -0.98999, 12.5, "ok"], ["x[1]", 1.0, None, -3.02721, "ok"]]
    report = Report(["element", "reverse", "forward", "numeric", "verdict"], rows, {}, footer="all")
    shown = console(width=34, is_terminal=True, environ={"NO_COLOR": "1"})
    assert table(report, console=shown) == (
        "  element    reverse    forward\n"
        " ───────────────────────────────\n"
        "  x[0]      -0.98999   -0.98999\n"
        "  x[1]       1             none\n"
        "\n"
        "  element    numeric   verdict\n"
        " ──────────────────────────────\n"
        "  x[0]      12.5       ok\n"
        "  x[1]      -3.02721   ok\n"
        "  all\n"
    )


def test_precision_of_tables() -> None:
    assert "0.33\n" in table(Answer(value=A(1 / 3)), precision=2)


# The writer


def console(
    stdin: bytes = b"",
    environ: dict[str, str] | None = None,
    encoding: str = "utf-8",
    **kwargs: Any,
) -> Console:
    return Console(
        io.BytesIO(stdin),
        io.TextIOWrapper(io.BytesIO(), encoding, newline=""),
        io.TextIOWrapper(io.BytesIO(), encoding, newline=""),
        environ or {},
        **kwargs,
    )


def written(world: Console) -> bytes:
    world.flush()
    return world.stdout.buffer.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("what", "format", "output", "default", "terminal", "chosen"),
    [
        (None, None, None, "", True, ("table", None)),
        (None, None, None, "", False, ("plain", None)),
        (None, None, None, "json", True, ("json", None)),
        ("csv", None, None, "json", True, ("csv", None)),
        ("out.json", None, None, "csv", True, ("json", "out.json")),
        ("./out.NPZ", None, None, "", True, ("npz", "./out.NPZ")),
        ("a/b.txt", None, None, "", True, ("plain", "a/b.txt")),
        ("out.dat", "csv", None, "", True, ("csv", "out.dat")),
        ("json", None, "out.txt", "", True, ("json", "out.txt")),
        (None, "table", "out.txt", "", True, ("table", "out.txt")),
        (None, None, "out.tsv", "", True, ("tsv", "out.tsv")),
        (None, None, "-", "", True, ("table", None)),
        ("npy", None, None, "", False, ("npy", None)),
        ("json", "json", None, "", True, ("json", None)),
    ],
)
def test_choose_output(
    what: str | None,
    format: str | None,
    output: str | None,
    default: str,
    terminal: bool,
    chosen: tuple[str, str | None],
) -> None:
    assert choose_output(what, format, output, {"GRADCLI_FORMAT": default}, terminal) == chosen


@pytest.mark.parametrize(
    ("what", "format", "output", "default", "message"),
    [
        (
            "jsn",
            None,
            None,
            "",
            "-o: 'jsn' is not a format\n  help: did you mean 'json'? formats: ",
        ),
        (None, "roff", None, "", "--format: 'roff' is not a format\n  help: formats: table, plain"),
        (None, "yaml", None, "", "--format: 'yaml' is not a format\n  help: did you mean 'json'?"),
        (None, None, None, "xml", "GRADCLI_FORMAT: 'xml' is not a format"),
        ("out.dat", None, None, "", "no format has the extension '.dat': 'out.dat'"),
        ("./out", None, None, "", "the name './out' has no extension that tells its format"),
        (
            "npy",
            None,
            None,
            "",
            "'npy' is not for a terminal\n  help: write a file with '-o file.npy'",
        ),
        (None, None, None, "npz", "'npz' is not for a terminal"),
        ("json", "csv", None, "", "two formats for one answer: 'json' and 'csv'"),
        ("a.json", None, "b.json", "", "two files for one answer: 'a.json' and 'b.json'"),
        ("", None, None, "", "-o: '' is not a format"),
    ],
)
def test_choose_output_refuses(
    what: str | None, format: str | None, output: str | None, default: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose_output(what, format, output, {"GRADCLI_FORMAT": default}, True)
    assert str(caught.value).startswith(message)


def test_write_to_standard_output() -> None:
    for name, content in [("plain", b"-2\n0\n4\n"), ("npy", written_as("npy", VECTOR))]:
        world = console()
        write(VECTOR, Output(name), world)
        assert written(world) == content


def test_write_escapes_what_a_terminal_cannot_show() -> None:
    world = console(encoding="ascii")
    write(Answer(kind="grads", parts={"θ": A(1)}), Output("plain"), world)
    write(BOTH, Output("table"), world)
    assert written(world).startswith(b"\\u03b8\t1\n  value\n ---")


@pytest.mark.parametrize("name", ["plain", "json", "jsonl", "csv", "tsv", "npy", "npz", "table"])
def test_write_files(name: str, tmp_path: Any) -> None:
    path = tmp_path / "answer"
    path.write_text("old")
    path.chmod(0o640)
    world = console()
    write(VECTOR, Output(name, str(path)), world)
    content = written_as(name, VECTOR)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["answer"]
    assert written(world) == b""


def test_write_through_a_link(tmp_path: Any) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "target.txt")
    writer.write_file(str(tmp_path / "link.txt"), b"1")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "target.txt").read_bytes() == b"1"


def test_write_to_a_device() -> None:
    writer.write_file(os.devnull, b"1")
    assert not stat.S_ISREG(os.stat(os.devnull).st_mode)


def test_failed_writes_leave_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(InputError, match="no space left"):
        writer.write_file(str(path), b"new")
    assert os.listdir(tmp_path) == ["x.txt"]
    assert path.read_text() == "old"


def test_what_a_killed_process_left_is_removed(tmp_path: Any) -> None:
    """By the next that writes the same output; what one that runs writes stays, as do others'."""
    ended = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    stale = f".x.txt.{ended.stdout.strip()}.0123abcd.tmp"
    stay = {f".x.txt.{os.getpid()}.0123abcd.tmp", ".x.txt.tmp", stale.replace("x", "y", 1)}
    for name in (stale, *stay):
        (tmp_path / name).write_text("1")
    folder = tmp_path / stale.replace("0123abcd", "abcd0123")
    folder.mkdir()
    (folder / "part-00000.csv").write_text("1")
    writer.write_file(str(tmp_path / "x.txt"), b"new")
    assert set(os.listdir(tmp_path)) == {"x.txt", *stay}


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_unwritable_places(tmp_path: Any) -> None:
    with pytest.raises(InputError) as caught:
        writer.write_file(f"{tmp_path}/no/x.txt", b"")
    assert str(caught.value) == (
        f"cannot write '{tmp_path}/no/x.txt': no such file or directory\n"
        f"  help: there is no folder '{tmp_path}/no'"
    )
    with pytest.raises(InputError, match="is a directory"):
        writer.write_file(str(tmp_path), b"")


# The console


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour(environ: dict[str, str], terminal: bool, colour: bool) -> None:
    world = console(environ=environ, is_terminal=terminal, width=80)
    assert world.colour is colour
    write(Answer(value=np.zeros(2)), Output("table"), world)
    assert (b"\x1b[" in written(world)) is colour


def test_standard_input_is_used_once() -> None:
    stdin = StandardInput(io.BytesIO(b"1"))
    assert stdin.take("the program").read() == b"1"
    with pytest.raises(InputError, match="used once: the program has it, --x asks for it too"):
        files.read_value("-", "x", stdin)


def test_the_console_of_this_process() -> None:
    world = Console.system()
    assert world.environ is os.environ
    assert world.width > 0


# Files


def npy(array: Any, **kwargs: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **kwargs)
    return stream.getvalue()


def headed(header: str, version: int = 1) -> bytes:
    """A file of NumPy's with that header."""
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + bytes(16)


SHAPED = "{{'descr': '<f8', 'fortran_order': False, 'shape': ({},)}}"
UNREAD = "'stdin' is damaged or not a NumPy file: its header cannot be read"


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def read(data: str | bytes, name: str = "x", reference: str = "-") -> Any:
    raw = data.encode() if isinstance(data, str) else data
    return files.read_value(reference, name, StandardInput(io.BytesIO(raw)))


READ = [
    ("3\n", 3),
    ("1 2 3", [1, 2, 3]),
    ("1,2, 3\r\n", [1, 2, 3]),
    ("1\n2\n3\n", [1, 2, 3]),
    ("1\r2\r", [1, 2]),
    ("\n1\t2\n\n3\t4\n\n", [[1, 2], [3, 4]]),
    ("1  2\n3 4", [[1, 2], [3, 4]]),
    ("\ufeff1e3 -2.5", [1000, -2.5]),
    (" nan INF\n", [np.nan, np.inf]),
    ("-Infinity", -np.inf),
    ("9007199254740992", 9007199254740992),
    ("1 2".encode("utf-16"), [1, 2]),
    ("x,y\n1,2\n3,4", [1, 3]),
    ("y,x\n1,2", 2),
    (",x\n0,5\n1,6\n", [5, 6]),
    ("x name\n1 bob\n2 al\n", [1, 2]),
    ("x\tname\n1\tbob b\n2\t\n", [1, 2]),
    ('"a,""b",x\n1,2\n"3","4"', [2, 4]),
    ("[1, 2]", [1, 2]),
    (" [[1, 2], [true, false]]", [[1, 2], [1, 0]]),
    ('{"x": ["NaN", "-Infinity", 1, "inf"]}', [np.nan, -np.inf, 1, np.inf]),
    ('{"y": "?", "x": 3}', 3),
    ("[1" + "0" * 5000 + "]", [np.inf]),
    ("[]", []),
    (npy(np.arange(3)), [0, 1, 2]),
    (npy(A([1.5], dtype=np.float16)), [1.5]),
    (headed(SHAPED.format("2L")), [0, 0]),
    (npy(np.asfortranarray([[1, 2], [3, 4]], dtype=">i4")), [[1, 2], [3, 4]]),
    (npz(x=np.eye(2), y=A(["?"])), [[1, 0], [0, 1]]),
    (npz(x=A([True])), [1]),
]


ROUND = [
    "9007199254740993",
    "[9007199254740993, 1.5]",
    '{"x": [[2, 9007199254740993]]}',
    "1 9007199254740993",
    "x,y\n9007199254740993,1",
    'y,x\n"1","9007199254740993"',
]


@pytest.mark.parametrize("text", ROUND)
def test_read_whole(text: str) -> None:
    """Where float64 would round a whole number, it stays what it is, to be warned of."""
    assert 9007199254740993 in read(text).ravel().tolist()
    assert -9007199254740993 in read(text.replace("90", "-90")).ravel().tolist()


@pytest.mark.parametrize(("data", "expected"), READ)
def test_read(data: str | bytes, expected: Any) -> None:
    found = read(data)
    np.testing.assert_array_equal(found, np.array(expected, dtype=float), strict=True)
    assert found.flags.c_contiguous


@pytest.mark.parametrize("data", [npy(A([1, 2], dtype=np.float32)), npy(A([1, 2], dtype=">f4"))])
def test_single_precision_stays(data: bytes) -> None:
    assert read(data).dtype == np.float32
    assert read(data).dtype.isnative


UNREADABLE = [
    ("", "'stdin' is empty"),
    ("  \n", "'stdin' is empty"),
    ("1,,2", "a number is missing at stdin:1:3\n  1 │ 1,,2\n    │   ^\n"),
    ("1,2,", "a number is missing at stdin:1:5"),
    ("1,2\n3,4\n5,1O", "'1O' is not a number at stdin:3:3\n  3 │ 5,1O\n    │   ^^"),
    ("1,2,1O", "'1O' is not a number at stdin:1:5"),
    ("1\n2\nfive", "'five' is not a number at stdin:3:1"),
    ("1 2 # no", "'#' is not a number at stdin:1:5"),
    ("sin(1)", "'sin(1)' is not a number at stdin:1:1"),
    ("1,2\n3", "rows of different lengths: the first row has 2, this one 1 at stdin:2:2"),
    ("1,2\n3,4,5", "rows of different lengths: the first row has 2, this one 3 at stdin:2:5"),
    ("1 2 \n3  \n", "rows of different lengths: the first row has 2, this one 1 at stdin:2:2"),
    ("x,y\n1,2\n3", "rows of different lengths: the header has 2, this one 1 at stdin:3:2"),
    ("x,y\n,2", "a number is missing at stdin:2:1"),
    ('y,x\n"1,0","2 3"', "'2 3' is not a number at stdin:2:7"),
    ("x\n", "'stdin' has a header and no numbers"),
    ("x,x\n1,2", "several columns 'x' in 'stdin'"),
    (
        "X,z\n1,2",
        "there is no column 'x' in 'stdin'\n  help: did you mean 'X'? it has the columns X, z",
    ),
    ("[1, 2", "not JSON: expecting ',' delimiter at stdin:1:6"),
    ("[1, [2]]", "[1]: rows of different shapes: a number first, 1 element here at stdin:1:5"),
    ("[[1, 2], [3]]", "[1]: rows of different shapes: 2 elements first, 1 element here"),
    ("[1, null]", "[1]: null is not a number at stdin:1:5"),
    (
        '{"a": {"x": [1, null]},\n "x": [[1, ":"], [3, 4]]}',
        'x[0, 1]: the string ":" is not a number at stdin:2:12',
    ),
    ('{"x": {"y": 1}}', "x: an object is not a number at stdin:1:7"),
    ('{"x": "3"}', 'x: the string "3" is not a number at stdin:1:7'),
    ('{"y": 1}', "there is no key 'x' in 'stdin'\n  help: it has the keys y"),
    ("{}", "there is no key 'x' in 'stdin'\n  help: it has no keys"),
    ("[" * 100_000, "'stdin' is nested too deeply"),
    ("[" * 70 + "]" * 70, "the lists are nested too deeply for an array"),
    (b"\x1f\x8b\x08", "'stdin' is compressed with gzip"),
    (b"1\n2 \xe9", "'stdin' is not text in UTF-8: see line 2\n  help: iconv -f ISO-8859-1 -t"),
    (
        "1\n2 é".encode("utf-16-le"),
        "'stdin' is not text in UTF-8: see line 2\n  help: iconv -f UTF-16 -t",
    ),
    (npy(A([1j])), "'stdin' holds complex128 values, not real numbers"),
    (npy(A(["a"])), "'stdin' holds <U1 values, not real numbers"),
    (npy(A([None]), allow_pickle=True), "'stdin' holds Python objects, not numbers"),
    (npy(np.arange(3))[:-3], "'stdin' is damaged or not a NumPy file"),
    (npy(np.arange(3)).replace(b"{", b"("), "'stdin' is damaged or not a NumPy file"),
    (npy(np.arange(3)).replace(b"Y\x01", b"Y\x09"), "'stdin' is damaged or not a NumPy file"),
    (headed("{'shape': x}"), UNREAD),
    (headed("{[]: 1}"), UNREAD),
    (headed("(" * 300), UNREAD),
    (headed("-" * 3_000 + "1"), UNREAD),
    (headed("{'descr': ',', 'fortran_order': False, 'shape': (1,)}"), UNREAD),
    (headed(SHAPED.format("True")), UNREAD),
    (headed(SHAPED.format("1" * 25)), "an array of 1,111,111,111,111,111,111,111,111 elements"),
    (headed(SHAPED.format("1" * 25), 3), "an array of 1,111,111,111,111,111,111,111,111 elements"),
    (headed(SHAPED.format(f"0, {'1' * 25}"), 3), UNREAD),
    (headed(SHAPED.format("-1")), "'stdin' is damaged or not a NumPy file: negative dimensions"),
    (headed(" " * 20_000), "'stdin' is damaged or not a NumPy file: its header is too long"),
    (npy(np.arange(3)) + bytes(16), "'stdin' has 16 bytes more than the array of its header"),
    (npz(y=A(1)), "there is no array 'x' in 'stdin'\n  help: it has the arrays y"),
    (npz(x=A([1j])), "'stdin:x' holds complex128 values, not real numbers"),
    (npz(x=np.eye(2))[:100], "'stdin' is damaged or not a NumPy file"),
    (zipped(x=b"1 2 3"), "'stdin:x' is not an array"),
    (b"\x89HDF\r\n", "'stdin' is an HDF5 file\n  help: arrays come from .npy .npz .json"),
]


@pytest.mark.parametrize(("data", "message"), UNREADABLE)
def test_read_refuses(data: str | bytes, message: str) -> None:
    with pytest.raises((InputError, LimitError)) as caught:
        read(data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("@plain.txt", [1, 2]),
        ("@table.csv", 1),
        ("@table.csv:y", 2),
        ("@arrays.npz:b", 4),
        ("@point.json:a", [5, 6]),
        ("@odd:name", 7),
        ("@odd:name:x", 8),
    ],
)
def test_references(
    reference: str, expected: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "plain.txt": b"1\n2\n",
        "table.csv": b"x,y\n1,2\n",
        "arrays.npz": npz(a=A(3), b=A(4)),
        "point.json": b'{"a": [5, 6]}',
        "odd:name": b"7" if reference == "@odd:name" else b"x\n8",
    }.items():
        (tmp_path / name).write_bytes(data)
    np.testing.assert_array_equal(read(b"", "x", reference), np.array(expected, float), strict=True)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("@", "'@' needs a file's name after it"),
        ("@plain.tx", "cannot read 'plain.tx': no such file or directory\n  help: did you mean"),
        ("@no/x", "cannot read 'no/x': no such file or directory\n  help: there is no folder 'no'"),
        ("@.", "cannot read '.': is a directory"),
        ("@plain.txt:k", "'plain.txt' has no header, so there is no 'k' in it"),
        ("@one.npy:k", "'one.npy' holds one array without a name, so there is no 'k' in it"),
        ("@list.json:k", "'list.json' is a list, so there is no 'k' in it"),
    ],
)
def test_references_refused(
    reference: str, message: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.txt").write_text("1 2")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "one.npy").write_bytes(npy(A(1)))
    with pytest.raises(InputError) as caught:
        read(b"", "x", reference)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("data", "wanted", "expected"),
    [
        (b'{"x": [1, 2], "y": 3}', None, {"x": [1, 2], "y": 3}),
        (b'{"x": [1, 2], "note": "?"}', ["x", "z"], {"x": [1, 2]}),
        (b"x,y\n1,2\n3,4", None, {"x": [1, 3], "y": [2, 4]}),
        (b"x,name\n1,bob\n3,al", {"x"}, {"x": [1, 3]}),
        (b'x,y\n"1",2\n3,"4"', ["y", "z", "x"], {"x": [1, 3], "y": [2, 4]}),
        (b"x,,y\n1,a,2", None, {"x": 1, "y": 2}),
        (npz(x=A([1]), y=A(["?"])), ["x"], {"x": [1]}),
        (npz(x=A([1])), None, {"x": [1]}),
    ],
)
def test_inputs(data: bytes, wanted: Any, expected: dict[str, Any]) -> None:
    found = files.read_inputs("-", StandardInput(io.BytesIO(data)), wanted)
    assert {name: array.tolist() for name, array in found.items()} == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"1,2", "'stdin' has no header, and inputs need names"),
        (b"[1]", "'stdin' is a list, and inputs need names"),
        (npy(A(1)), "'stdin' holds one array without a name"),
        (b"x,name\n1,bob", "'bob' is not a number at stdin:2:3"),
        (b"x,y,x\n1,2,3", "several columns 'x' in 'stdin'"),
        (b"x,y\n", "'stdin' has a header and no numbers"),
        (b'{"x": 1, "y": 2, "x": 1}', "'x' is given twice in 'stdin'"),
        (b'{"x": 1, "y": {"a": 1, "a": 2}}', "'a' is given twice in 'stdin'"),
    ],
)
def test_inputs_refused(data: bytes, message: str) -> None:
    with pytest.raises(GradcliError) as caught:
        files.read_inputs("-", StandardInput(io.BytesIO(data)))
    assert str(caught.value).startswith(message)


def job_file(name: str, data: bytes, folder: Any, monkeypatch: pytest.MonkeyPatch) -> JobFile:
    monkeypatch.chdir(folder)
    (folder / name).write_bytes(data)
    return JobFile(name, StandardInput(io.BytesIO()))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jsonl", b"PK\x03\x04", "'a.jsonl' is a zip file\n  help: jobs are text: JSON"),
        ("a.csv", b"", "'a.csv' is empty\n  help: a table of jobs begins with a header"),
        ("a.csv", b"epr,x\n", "there is no column 'expr' in 'a.csv'\n  help: did you mean 'epr'?"),
        ("a.csv", b"expr,x,x\n", "several columns 'x' in 'a.csv'"),
        ("a.tab", b"expr\t\n", "a column without a name in 'a.tab'"),
        ("a.csv", b'expr,"x\n1,2\n', "'a.csv': a quote is never closed"),
        ("a.csv", b'expr,"x"y\n', "'a.csv': ',' expected after '\"'"),
        ("a.csv", b"expr,\xe9\n", "'a.csv': the line is not text in UTF-8: see its byte 6"),
    ],
)
def test_job_files_refused(
    name: str, data: bytes, message: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError) as caught:
        job_file(name, data, tmp_path, monkeypatch).check()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_jobs_of_a_table(encoding: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'expr,x\n"x^2",3\n\n"x\n+θ",4\nx,"5\n'
    jobs = job_file("a.csv", text.encode(encoding), tmp_path, monkeypatch).jobs()
    assert [(job.line, job.body) for job in jobs if job is not None] == [
        (2, ["x^2", "3"]),
        (4, ["x\n+θ", "4"]),
        (6, "a quote is never closed"),
    ]


def test_a_whole_text() -> None:
    stdin = StandardInput(io.BytesIO("\ufeffx = 1\r\nx".encode()))
    assert files.read_text("-", stdin) == "x = 1\nx"


@pytest.mark.parametrize("between", ["\n", " ", ",", "\t"])
def test_many_numbers(between: str) -> None:
    values = np.random.default_rng(4).normal(size=50_000)
    np.testing.assert_array_equal(read(between.join(map(repr, values.tolist()))), values)


@pytest.mark.parametrize("name", ["plain", "json", "csv", "tsv", "npz"])
def test_answers_can_be_read_again(name: str) -> None:
    answer = Answer(value=np.random.default_rng(5).normal(size=7), alone=True)
    np.testing.assert_array_equal(read(written_as(name, answer), "value"), answer.value)
