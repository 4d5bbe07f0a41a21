"""What `map` computes: rows that decide differently, lists, what is asked, what is told."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.engine.tables import mapper, row_path
from tests.tables import Done, mapped, pa, ran, read, sample, written

if TYPE_CHECKING:
    from pathlib import Path


PROGRAMS = {
    "branches": "if x > 1 and y > 0 { x^2*y } else if x > 2 { sin(x) } else { y - x }",
    "loop": "s = x\nn = 0\nwhile s > 0.3 and n < 40 { s = s*abs(y)*0.9\nn = n + 1 }\ns*x",
    "where": "where(y > 0, sqrt(abs(y))*x, x^3)",
    "function": "f(a) = a^2 + y\nf(f(x))",
    "array": "m = [[x, y], [1, 2]]\nsum(m @ m) + det(m)*m[0, 1] + max([x, y])",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_equals_row_by_row(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_path, "ROWS", 64)
    table = sample(200)
    source = written(tmp_path / "in.parquet", table)
    ran(PROGRAMS[name], source, "-o", tmp_path / "out.parquet")
    found = read(tmp_path / "out.parquet")
    for row in found:
        value, grads = gradcli.value_and_grads(PROGRAMS[name], x=row["x"], y=row["y"])
        np.testing.assert_allclose(
            [row["value"], row["d_x"], row["d_y"]],
            [value, grads["x"], grads["y"]],
            rtol=1e-12,
            atol=1e-12,
        )


def test_what_the_program_says() -> None:
    """Once, however many rows there are."""
    done = mapped("x*2\nx", "--keep", "", "--wrt", "")
    assert done.out == "value\n2\n3\n"
    assert done.err.startswith("warning: `x*2` is not used at program:1:1")
    assert done.err.count("warning: ") == 1


def test_many_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way for each value of an index, and rows without an answer on some of them."""
    monkeypatch.setattr(mapper, "PATHS", 16)
    rng = np.random.default_rng(5)
    index, x = rng.integers(0, 40, 500), rng.integers(1, 9, 500)
    table = "i,x\n" + "".join(f"{i},{k}\n" for i, k in zip(index, x, strict=True))
    done = mapped(
        "w[i]*x^2", "--w", "arange(30)", "--wrt", "x", "--on-bad-row", "null", table=table.encode()
    )
    assert done.status == 3
    lines = [
        f"{i},{k},{i * k * k},{2 * i * k}" if i < 30 else f"{i},{k},,"
        for i, k in zip(index, x, strict=True)
    ]
    assert done.out.splitlines()[1:] == lines
    assert f"{(index >= 30).sum()} of 500 rows are bad; the first: " in done.err


def test_lists(tmp_path: Path) -> None:
    """Vectors of several lengths, weights from an option, matrices, indices."""
    rows = [[1.0, 2.0], [3.0, 4.0, 5.0], [], [6.0, 7.0], [0.5, 1.0, 2.0]]
    table = pa.table({"v": rows, "k": [2.0, 1, 1, 3, 2]})
    for kind in ("parquet", "jsonl", "arrow"):
        source = written(tmp_path / f"in.{kind}", table)
        ran("sum(v^2)*k", source, "-o", tmp_path / "out.jsonl")
        for found, v, k in zip(
            read(tmp_path / "out.jsonl"), rows, table["k"].to_pylist(), strict=True
        ):
            assert found["value"] == sum(a * a for a in v) * k
            assert found["d_v"] == [2 * a * k for a in v]
            assert found["d_k"] == sum(a * a for a in v)
    table = pa.table({"v": [[1.0, 2], [3, 4]], "m": [[[1.0, 2], [3, 4]], [[0, 1], [1, 0]]]})
    source = written(tmp_path / "in.parquet", table)
    ran("v @ m @ w", source, "--w", "1,10", "-o", tmp_path / "out.parquet", "--wrt", "v,m,w")
    first, second = read(tmp_path / "out.parquet")
    assert (first["value"], first["d_v"], first["d_w"]) == (107, [21, 43], [7, 10])
    assert (second["d_m"], second["d_w"]) == ([[3, 30], [4, 40]], [4, 3])
    ran("m @ v", source, "-o", tmp_path / "out.parquet", "--wrt", "v")
    assert [row["value"] for row in read(tmp_path / "out.parquet")] == [[5, 11], [4, 3]]


def test_nothing_but_empty_lists() -> None:
    lines = b'{"v": [1, 2]}\n{"v": []}\n'
    assert ran("v", "-", "--from", "jsonl", stdin=lines) == (
        '{"v": [1, 2], "value": [1, 2], "d_v": [1, 1]}\n{"v": [], "value": [], "d_v": []}\n'
    )


def test_lists_of_truth_values(tmp_path: Path) -> None:
    """True and false in lists, as they are alone; a ragged matrix is a bad cell."""
    table = pa.table({"b": [[True, False], [True], None], "x": [2.0, 3, 4]})
    for kind in ("parquet", "jsonl"):
        source = written(tmp_path / f"in.{kind}", table)
        found = ran("sum(where(b, x, 0))", source, "--to", "csv", "--keep", "x", "-q")
        assert found == "x,value,d_x\n2,2,1\n3,3,1\n4,,\n"
    done = Done("sum(x)", "-", "--from", "jsonl", stdin=b'{"x": [[1, 2], [3]]}\n')
    assert "[[1, 2], [3]] has rows of unequal length at stdin:1, column x" in done.err


def test_lists_as_text() -> None:
    table = b'v\n"[1, 2]"\n"[3, 4, 5]"\n'
    assert mapped("sum(v^2)", table=table).out == (
        'v,value,d_v\n"[1, 2]",5,"[2, 4]"\n"[3, 4, 5]",50,"[6, 8, 10]"\n'
    )


def test_questions() -> None:
    table = b"x,y\n2,3\n"
    done = mapped("f = x^3*y; sin(f)*0 + f", "--hessian", "--ask", "d2f/dx2", table=table)
    assert done.out == ("x,y,value,d_x,d_y,d2_x_x,d2_x_y,d2_y_y,d2f/dx2\n2,3,24,36,8,36,12,0,36\n")
    done = mapped("x^2 + 0*y", "--unconnected", "none", "--wrt", "x", table=table)
    assert done.out == "x,y,value,d_x\n2,3,4,4\n"
    done = mapped("x^2 + k", "--k", "1", "--dy", "10", table=table)
    assert done.out == "x,y,value,d_x\n2,3,5,40\n"
    done = mapped("x^2", "--dy", "10", "--hessian", "--keep", "x", table=table)
    assert done.out == "x,value,d_x,d2_x_x\n2,4,40,20\n"


@pytest.mark.parametrize(
    ("program", "question", "none", "zero"),
    [
        ("stop_gradient(x)*y", "d/dx", "", "0"),
        ("stop_gradient(x)*y", "d2/dydx", "", "0"),
        ("x*y", "d2/dx2", "", "0"),
        ("x^2*y", "d2/dxdy", "4", "4"),
        ("floor(x)*y", "d/dx", "0", "0"),
    ],
)
def test_questions_without_an_answer(program: str, question: str, none: str, zero: str) -> None:
    """Nothing, or zero where that is wanted, as `tape` answers."""
    for how, wanted in (("none", none), ("zero", zero)):
        args = ["--wrt", "", "--keep", "", "--unconnected", how, "--ask", question]
        done = mapped(program, *args, table=b"x,y\n2,3\n")
        assert done.out.splitlines()[1].split(",")[1] == wanted
        console = Console(io.BytesIO(), io.StringIO(), io.StringIO(), {}, is_terminal=False)
        values = ["--x", "2", "--y", "3", "--unconnected", how]
        assert run(["tape", program, question, *values], console) == 0
        assert console.stdout.getvalue().split("\t")[1].strip() == (wanted or "none")


def test_depends_on_nothing() -> None:
    done = mapped("y = x; 3", "--wrt", "x", table=b"x\n1\n")
    assert "the value does not depend on x" in done.err
    assert done.out == "x,value,d_x\n1,3,0\n"


VANISHING = [
    ("floor(k)*2", ["only through floor: its gradient is 0 at program:1:1", "│ floor(k)*2"]),
    ("if k < 2 { floor(k) } else { 1 }", ["only through floor", "program:1:12"]),
    ("if k < 2 { floor(k) } else { k }", []),
    ("where(k > 1, x, 2*x)", ["k only through a comparison"]),
    ("y = k; x", ["does not depend on k"]),
]


@pytest.mark.parametrize(("program", "words"), VANISHING)
def test_gradients_that_vanish(program: str, words: list[str]) -> None:
    """One warning for a name whose gradient is zero in whatever row, with the reason."""
    done = mapped(program, table=b"k,x\n1,2\n3,4\n2,5\n")
    assert done.status == 0
    assert done.err.count("warning: ") == bool(words)
    assert all(word in done.err for word in words), done.err


INFINITE = [
    ("log(x)", "value and d_x are", 2, 3, "log(0) is -inf at program:1:1\n  1 │ log(x)\n"),
    ("1 + sqrt(x)", "d_x is", 2, 3, "the gradient becomes inf at sqrt(x) at program:1:5"),
    ("if x > 3 { x/(x - x) } else { x }", "value and d_x are", 1, 4, "4/0 is inf at program:1:12"),
]


@pytest.mark.parametrize(("program", "names", "rows", "line", "reason"), INFINITE)
def test_what_is_not_finite(program: str, names: str, rows: int, line: int, reason: str) -> None:
    """The operation that it came from first, in the first such row."""
    done = mapped(program, table=b"x\n1\n0\n4\n0\n")
    assert done.status == 0
    many = f"{rows} row{'s' if rows > 1 else ''}"
    text = f"warning: {names} infinite or not a number in {many}, first at stdin:{line}: {reason}"
    assert done.err.startswith(text)
    assert done.err.count("warning: ") == 1


# rows are x, y = 1,2 0,3 0,0 -1,0: program, options, how many, the line of the first, what is said
CONVENTIONS: list[tuple[str, list[str], int, int, str]] = [
    ("relu(x) - relu(-x)", [], 2, 3, "kinks meet at x: its sides have the slopes 1 and 1"),
    ("y*(abs(x) - 3*relu(x))", [], 1, 3, "kinks meet at x: its sides have the slopes -3 and -6"),
    ("sqrt(abs(x)) + y", [], 2, 3, "vertical tangent at x"),
    ("norm([x, y]) + sqrt(norm([x, y]))", [], 1, 4, "vertical tangent at x"),
    ("sign(max([x, x]))*abs(x)", [], 2, 3, "kinks meet at x"),
    ("sum(sqrt(abs([x, 1])))", [], 2, 3, "vertical tangent at x"),
    ("sum(sort([x, -x])*[1, -1])*sign(x)", [], 2, 3, "kinks meet at x"),
    ("if y > 1 { x } else { cbrt(relu(x)) }", [], 1, 4, "vertical tangent at x"),
    ("w, v = eigh([[2, x], [x, 2]]); v[0, 0]", [], 2, 3, "eigenvectors of equal eigenvalues"),
    ("sum(pinv([[x, 1], [1, 1]]))", [], 1, 2, "the pseudoinverse jumps"),
    ("u = 2*x; z = relu(u) - relu(-u); 3*y", ["--ask", "dz/du"], 2, 3, "kinks meet at u"),
    ("x*grad(t => sqrt(abs(t)))(x)", ["--wrt", ""], 2, 3, "vertical tangent at t"),
    ("abs(x)^1.5", ["--hessian"], 2, 3, "vertical tangent at x: its sides have the slopes inf"),
]
POINTS = b"x,y\n1,2\n0,3\n0,0\n-1,0\n"


@pytest.mark.parametrize(("program", "options", "rows", "line", "said"), CONVENTIONS)
@pytest.mark.parametrize("size", [1, 2, 2**15])
def test_where_conventions_meet(
    program: str,
    options: list[str],
    rows: int,
    line: int,
    said: str,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In how many rows, the first of them, and what it is there; however rows are cut."""
    monkeypatch.setattr(row_path, "ROWS", size)
    done = mapped(program, *options, table=POINTS)
    assert done.status == 0
    many = f"{rows} row{'s' if rows > 1 else ''}"
    text = f"a convention replaces the slope in {many}, first at stdin:{line}: {said}"
    assert done.err.count(text) == 1, done.err


@pytest.mark.parametrize(
    "program",
    [
        "relu(x) + abs(y)",
        "relu(x)*relu(y)",
        "max([x, y]) + abs(x)",
        "norm([x, y]) + abs(y)",
        "if x > 0 { sqrt(x) } else { 0 }",
        "where(x > 0, relu(x), abs(x))",
    ],
)
def test_lone_conventions_in_rows(program: str) -> None:
    """What everybody expects is not mentioned."""
    assert mapped(program, table=POINTS).err == ""


def test_conventions_of_all_workers() -> None:
    """Rows are counted over all chunks, by operations that meet."""
    rows = "".join(f"{i % 7 - 3},{i % 5}\n" for i in range(200_000))
    count = sum(i % 7 == 3 for i in range(200_000))
    for weight, start in (("1", f"in {count:,} rows, first at stdin:5"), ("y", "in up to 28,")):
        program = f"{weight}*(relu(x) - relu(-x)) + y"
        done = mapped(program, "--workers", "2", table=f"x,y\n{rows}".encode())
        assert start in done.err
        assert done.err.count("kinks meet at x") == done.err.count("warning") == 1


def test_a_few_rows_are_looked_at_for_a_convention() -> None:
    """Where it is worth nothing in the first eight of them, the others are not looked at."""
    for harmless, warnings in ((7, 1), (8, 0)):
        table = "x,y\n" + harmless * "0,0\n" + "0,1\n"
        done = mapped("y*(relu(x) - relu(-x)) + y", table=table.encode())
        assert done.err.count("kinks meet at x") == warnings


def test_steps_equals_plain() -> None:
    """The executor of blocks gives the plain one's bits."""
    from gradcli.engine.program import Text
    from gradcli.engine.run import Run
    from gradcli.engine.settings import Settings
    from gradcli.exec.plain import Evaluator
    from gradcli.exec.steps import Steps
    from gradcli.passes.reverse import reverse

    text = Text("y = where(x > 1, erf(x)*k, softmax(x) @ m)\nsum(y^2) + log1p(x[0])*norm(m)")
    rng = np.random.default_rng(2)
    values = {"x": rng.uniform(0, 2, 40), "k": np.float64(3), "m": rng.uniform(-1, 1, (40, 40))}
    run_ = Run(text, text.names(values), values, Settings())
    x, k, m = (run_.inputs[name] for name in ("x", "k", "m"))
    nodes = [*run_.results, *(g for g in reverse(run_.results, [x, k, m]) if g is not None)]
    plain = Evaluator({x: values["x"], k: values["k"], m: values["m"]})
    steps = Steps(nodes, [x, m], Evaluator({k: values["k"]}))
    for _ in range(2):
        for node, found in zip(nodes, steps([values["x"], values["m"]]), strict=True):
            assert np.array_equal(found, plain(node))
            assert np.asarray(found).dtype == node.dtype


# --- several results a row, and names for columns -----------------------------------------------

TUPLES: list[tuple[str, list[str], str]] = [
    ("(x^2, y)", [], "value_1,value_2,d_x,d_y\n4,3,4,1\n"),
    ("(x, (y, x*y))", ["--as", "a,b,c", "--wrt", ""], "a,b,c\n2,3,6\n"),
    ("f(a) = (a, a > 2); f(x)", ["--wrt", ""], "value_1,value_2\n2,false\n"),
    ("f(a) = (a, [a, y]); f(x)", ["--as", "p, q", "--wrt", ""], 'p,q\n2,"[2, 3]"\n'),
    ("f(a) = (a,); f(x)", ["--wrt", ""], "value_1\n2\n"),
    ("x^2", ["--as", "p", "--prefix", "my_"], "my_p,my_d_x\n4,4\n"),
    ("p = x^3; (p, y)", ["--ask", "gamma=d2p/dx2", "--wrt", ""], "value_1,value_2,gamma\n8,3,12\n"),
    ("x^3", ["--ask", "a=d/dx", "--ask", "b = d/dx", "--wrt", ""], "value,a,b\n8,12,12\n"),
]


@pytest.mark.parametrize(("program", "args", "wanted"), TUPLES)
def test_several_results(program: str, args: list[str], wanted: str) -> None:
    """Each part of a tuple has a column; gradients are those of their sum."""
    done = mapped(program, "--keep", "", *args, table=b"x,y\n2,3\n")
    assert (done.status, done.out) == (0, wanted), done.err


TUPLES_AMISS: list[tuple[str, list[str], int, str]] = [
    ("(x, y)", ["--as", "p"], 2, "the program has 2 results a row, and there are names for 1: p"),
    ("x", ["--as", "p,q"], 2, "has one result a row, and there are names for 2: p, q\n  help: a t"),
    ("f(a) = (a, a); f(x)", ["--as", "p,q,r"], 2, "has 2 results a row, and there are names for 3"),
    ("(x, y)", ["--as", "x,p"], 2, "the table already has a column 'x'"),
    ("(x, y)", ["--as", "p,p"], 2, "two new columns would be named 'p'"),
    ("(x, y)", ["--dy", "10"], 2, "a seed needs one value, and the program gives a tuple"),
    ("(x, y)", ["--hessian"], 1, "hessian needs one result a row, not 2\n  help: --ask d2f/dx2"),
    ("y = x; ()", [], 1, "the result is an empty tuple"),
    ("x", ["--ask", "=d/dx"], 2, "a name is missing in '=d/dx'\n  help: --ask gamma=d2f/dx2"),
    ("if x > 2 { (x, y) } else { x }", [], 1, "has 2 results here, and one result in the first ro"),
]


@pytest.mark.parametrize(("program", "args", "status", "words"), TUPLES_AMISS)
def test_several_results_amiss(program: str, args: list[str], status: int, words: str) -> None:
    done = mapped(program, *args, table=b"x,y\n2,3\n4,5\n")
    assert (done.status, done.out) == (status, "")
    assert words in done.err


def test_several_results_everywhere(tmp_path: Path) -> None:
    """From Python, without rows, through pipes, and in rows of another number of results."""
    table = {"x": [1.0, 2.0]}
    found = gradcli.map("(x, 2*x)", table, names="a,b", ask={"g": "d/dx"}, wrt=[], keep=[])
    assert found.to_pylist() == [{"a": 1, "b": 2, "g": 3}, {"a": 2, "b": 4, "g": 3}]
    empty = pa.table({"x": pa.array([], pa.float64())})
    assert gradcli.map("(x, 2*x)", empty).schema.names == ["x", "value_1", "value_2", "d_x"]
    lines = "".join(f'{{"x": {i}}}\n' for i in range(30_000)).encode()
    done = Done("f(a) = (a, 2*a); f(x)", "-", "--from", "jsonl", "--to", "csv", stdin=lines)
    assert done.out.splitlines()[-1] == "29999,29999,59998,3"
    assert len(done.out.splitlines()) == 30_001
    done = mapped("if x > 2 { (x, x) } else { x }", "--on-bad-row", "null", table=b"x\n1\n3\n")
    assert (done.status, done.out) == (3, "x,value,d_x\n1,1,1\n3,,\n")
