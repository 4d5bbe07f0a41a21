"""Long, deep and endless programs: they run, or end with one clear sentence, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gradcli
from gradcli.data import files, job_lines
from gradcli.data.console import StandardInput
from gradcli.data.tables import sizes
from gradcli.engine.memory_limit import bytes_in
from gradcli.engine.tables import workers
from gradcli.errors import as_error
from gradcli.exec import memory_left
from gradcli.lower.room import SHALLOW, Room
from gradcli.syntax import lexer

DEPTH = "brackets, blocks and functions are nested more than 1,000 deep"
CALLS = "calls are nested more than 1,000 deep"

LONG: list[tuple[str, float, float]] = [
    ("+".join(["x^2"] * 5_000), 3, 30_000),
    ("x" + "".join(f"*(1 + x/{i})" for i in range(1, 5_000)), 0, 1),
    ("y = x\n" + "y = y + 2*x\n" * 5_000 + "y", 3, 10_001),
    ("x" + ".atan()" * 5_000, 0, 1),
    ("x" + ".T" * 5_000, 3, 1),
    (" ".join(f"{i} if x == {i} else" for i in range(5_000)) + " 7*x", 0.5, 7),
    ("-" * 5_000 + "x", 3, 1),
    ("^".join(["x"] * 1_000), 1, 1),
    ("x if " + " and ".join(["x > 0"] * 5_000) + " else 0", 3, 1),
    ("(" * 500 + "x" + ")" * 500, 3, 1),
    ("(" * 999 + "x" + ")" * 999, 3, 1),
    ("atan(" * 999 + "x" + ")" * 999, 0, 1),
    ("1 + (" * 999 + "x" + ")" * 999, 3, 1),
    ("-(" * 999 + "x" + ")" * 999, 3, -1),
    ("(x => " * 400 + "x" + ")(x)" * 400, 3, 1),
    ("if x > 0 {" * 999 + "x" + "}" * 999, 3, 1),
    ("[" * 60 + "x" + "]" * 60, 3, 1),
    ("f(n) = x*f(n - 1) if n > 0 else 1; f(900)", 1, 900),
    ("f(n) = x*f(n - 1) if n > 0 else 1; f(999)", 1, 999),
    ("f(n) = { if n > 0 { y = 1 + (x*(f(n - 1))) } else { y = 1 }; y }; f(900)", 1, 405_450),
    ("f(n) = (x + f(n - 1), n)[0] if n > 0 else 0; f(900)", 1, 900),
    ("f(n) = " + "(" * 300 + "x*f(n - 1)" + ")" * 300 + " if n > 0 else 1; f(900)", 1, 900),
    ("f = x => x^2\n" + "f = grad(f)\n" * 2 + "f(x)*x", 3, 2),
]


@pytest.mark.parametrize(("program", "x", "slope"), LONG, ids=lambda item: str(item)[:30])
def test_long(program: str, x: float, slope: float) -> None:
    assert gradcli.grad(program, x=x) == slope


def test_loop() -> None:
    program = "y = x; for i in range(20_000) { y = y + 0.0001*sin(y) }; y"
    value, slope = 1.0, 1.0
    for _ in range(20_000):
        value, slope = value + 0.0001 * np.sin(value), slope * (1 + 0.0001 * np.cos(value))
    found, gradient = gradcli.value_and_grad(program, x=1)
    np.testing.assert_allclose([found, gradient], [value, slope], rtol=1e-12)


BEYOND: list[tuple[str, str, str | None]] = [
    ("(" * 1_001 + "x" + ")" * 1_001, DEPTH, "part = …"),
    ("x => " * 1_001 + "x", DEPTH, "part = …"),
    ("if x > 0 {" * 1_001 + "x" + "}" * 1_001, DEPTH, "part = …"),
    ("f(n) = f(n)\nf(x)", CALLS, "while"),
    ("f(n) = x*f(n - 1) if n > 0 else 1\nf(1_001)", CALLS, "while"),
    ("f(x) = g(x); g(x) = f(x)\nf(x)", CALLS, "while"),
    (
        "f(n) = " + "sin(" * 900 + "f(n - 1)" + ")" * 900 + " if n > 0 else x\nf(900)",
        "calls and brackets together are nested too deeply",
        "while",
    ),
    ("t = (x,); for i in range(500) { t = (t, x) }; t", "the result is a tuple of more than", None),
    ("[" * 70 + "x" + "]" * 70, "an array has at most 64 axes", None),
    ("ones(" + "1, " * 70 + ")*x", "an array has at most 64 axes", None),
    ("zeros(1e30)*x", "elements is more than 134,217,728", "max_elements="),
    ("zeros((1e6, 1e6))*x", "elements is more than 134,217,728", "max_elements="),
    ("y = x*ones(20_000); outer(y, y)", "400,000,000 elements is more than", "max_elements="),
    ("x" * 17_000_000, "the program is longer than 16,777,216 bytes", None),
]


@pytest.mark.parametrize(
    ("program", "message", "help_"), BEYOND, ids=[message[:40] for _, message, _ in BEYOND]
)
def test_beyond(program: str, message: str, help_: str | None) -> None:
    with pytest.raises(gradcli.LimitError) as caught:
        gradcli.grad(program, x=1.0)
    assert message in caught.value.message
    assert (help_ or "") in (caught.value.help or "")


def test_steps_and_elements() -> None:
    endless = gradcli.compile("i = x; while true { i = i + 1 }; i", max_steps=1_000)
    with pytest.raises(gradcli.LimitError, match="more than 1,000 statements, conditions and call"):
        endless(x=1)
    counted = "for i in range(100) { y = x }; y"
    assert gradcli.compile(counted, max_steps=300)(x=1) == 1
    small = gradcli.compile("zeros(101) + x", max_elements=100)
    with pytest.raises(gradcli.LimitError, match="an array of 101 elements is more than 100"):
        small(x=1)
    assert gradcli.compile("zeros(100) + x", max_elements=100)(x=1).sum() == 100


MADE = (
    "range(1e6) range(0,1,1e-300) range(1e308) eye(1000) identity(1000) tri(1000) hann(1e5) "
    "hamming(1e5) blackman(1e5) bartlett(1e5) kaiser(1e5) bincount([1e5]) linspace(0,1,1e12) "
    "logspace(0,1,1e12) geomspace(1,2,1e12) one_hot([0],1e12) zeros(1e5) ones(1e5) full(1e5,1) "
    "random_normal(1e5) random_uniform(1e5) multigammaln(5,1e9) polyint([1,2],1e7) tile([1],1e5) "
    "repeat([1],1e5) pad([1],1e5) vander([1,2],1e5) histogram([1,2],1e5) "
    "segment_sum([1],[1e9]) segment_mean([1],[1e12]) segment_max([1],[1e12]) "
    "segment_prod(zeros(40),900*eye(40)[0]) histc([1,2],1e9,1,4) one_hot_classes([1e9]) "
    "sequence_mask([1e9]) pdist(ones((100,1))) toeplitz(ones(99)) hankel(ones(99)) "
    "circulant(ones(99)) local_response_norm(ones((1,99,1)),3)"
).split()
"""Calls that would make arrays of more than a thousand elements."""


@pytest.mark.parametrize("call", MADE)
def test_refused_before_it_is_made(call: str) -> None:
    with pytest.raises(gradcli.LimitError, match=r"an array of [\d,]+… elements|elements is more"):
        gradcli.evaluate(call, max_elements=1_000)


@pytest.mark.parametrize(
    "call",
    [
        "array_split([1, 2, 3], 1e10)",
        "split([], 1e10)",
        "hsplit(zeros(1e7), 1e7)",
        "unstack(zeros(1e7))",
        "chunk(zeros(1e7), 1e7)",
        "torch.split(zeros(1e7), 1)",
    ],
)
def test_parts_are_counted_before_they_are_made(call: str) -> None:
    with pytest.raises(gradcli.LimitError, match=r"000 parts are more than 1,000,000"):
        gradcli.evaluate(f"{call}[0]")


QUICK: list[tuple[str, float]] = [
    ("sum(adaptive_max_pool1d([[1, 2]], 1e6))", 1.5e6),
    ("sum(diff([1, 2, 3], 1e18))", 0),
    ("sum(polyder([1, 2], 1e18))", 0),
    ("sum(eye(2, 2, 1e300))", 0),
    ("sum(resize_nearest(ones((30_000, 1, 1)), (2, 1)))", 2),
    ("sum(fftconvolve(ones(1e6), ones(1e6)))", 1e12),
    (f'einsum("ab,bc,cd,de,ef,fg,gh,ha->", {", ".join(["ones((9, 9))"] * 8)})', 9**8),
]


@pytest.mark.parametrize(("program", "value"), QUICK, ids=[p[:30] for p, _ in QUICK])
def test_no_more_work_than_needed(program: str, value: float) -> None:
    assert gradcli.evaluate(program) == pytest.approx(value, rel=1e-12)


def test_products_of_einsum() -> None:
    nine = "ones((5, 5, 5, 5, 5, 5, 5, 5, 5))"
    with pytest.raises(gradcli.LimitError, match="adds up more than 1,000,000,000,000 products"):
        gradcli.evaluate(f'einsum("abcdefghi,jklmnopqr->", {nine}, {nine})')


# --- time ---------------------------------------------------------------------------------------

OVERDUE = [
    "eval sum(svd(random_normal((2000,2000)))[1]) --timeout 0.3",
    "eval inv(random_normal((5000,5000))) --timeout 0.3 -o json",
    "eval ones(3e7) --timeout 0.3",
    "eval @fifo --timeout 0.3",
    "eval @long.grad --x 1 --timeout 0.3",
    "map @fifo table.csv --timeout 0.3",
    "run fifo --timeout 0.3",
    "plot @fifo --x 0:1 --timeout 0.3",
]


@pytest.mark.parametrize("line", OVERDUE)
def test_time_is_over_whatever_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first byte read to the last written, in one long operation of LAPACK, too."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    Path("table.csv").write_text("x\n1\n")
    Path("long.grad").write_text("x" + "+x" * 1_000_000)
    start = time.monotonic()
    done = shell(line)
    assert (done.returncode, done.stdout) == (124, "")
    assert "not done after 0.3 s" in done.stderr
    assert ('{"error"' in done.stderr) == ("-o json" in line)
    assert time.monotonic() - start < 20  # by itself it takes a minute and more, or for ever


def test_one_long_operation_costs_one_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    slow = "sum(svd(random_normal((4000,4000)))[1])"
    Path("jobs.txt").write_text(f"1+1\n{slow}\n2+1\n")
    done = shell("batch jobs.txt --op eval --timeout 0.3")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("value") for answer in answers] == [2, None, 3]
    assert answers[1]["error"]["kind"] == "timeout"


def shell(line: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gradcli", *line.split(), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


# --- files that hold more than they seem to -----------------------------------------------------


def huge(length: int) -> bytes:
    """The header of a file of NumPy's with so many zeros, which take no room on a disk."""
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue()


@pytest.mark.parametrize("values", "--x=@x.npy --x=@x.npz --inputs=x.npz --x=- --x=@x.json".split())
def test_headers_are_asked_first(
    values: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows the header is not there: it was not read. JSON has none, and is counted."""
    monkeypatch.chdir(tmp_path)
    Path("x.npy").write_bytes(huge(2_001))
    Path("x.json").write_text(f'{{"x": [{"1," * 2_000}1]}}')
    with zipfile.ZipFile("x.npz", "w") as archive:
        archive.write("x.npy")
    done = subprocess.run(
        [sys.executable, "-m", "gradcli", "eval", "sum(x)", "--max-elements", "2000", values],
        input=huge(2_001),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        "error: an array of 2,001 elements is more than 2,000\n"
        "  help: --max-elements raises the limit\n"
    )


def test_a_program_is_not_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_TEXT", 9)
    (tmp_path / "a").write_text("x" * 10)
    for path in ("-", str(tmp_path / "a")):
        name = files.cited(path)
        with pytest.raises(gradcli.LimitError, match=f"'{name}' is longer than 9 bytes"):
            files.read_text(path, StandardInput(io.BytesIO(b"x" * 99)))
    assert files.read_text("-", StandardInput(io.BytesIO(b"x" * 9))) == "x" * 9


# --- memory -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps the account of memory")
@pytest.mark.parametrize(
    "line",
    [
        "eval sum(ones(1e8)) --max-memory 500M",
        "eval ones(3e7) --max-memory 400M",  # the text of the answer is what is large
        "eval sum(x) --x @x.npy --max-memory 200M",
    ],
)
def test_memory_is_limited(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Path("x.npy").open("wb") as stream:
        stream.write(huge(10**8))
        stream.truncate(stream.tell() + 8 * 10**8)
    done = shell(line)
    assert (done.returncode, done.stdout[:100]) == (1, "")
    assert "memory" in done.stderr
    assert "or --max-memory, which is 0." in done.stderr


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        OSError("Unknown error: Failed to launch worker thread: Resource temporarily unavailable"),
    ],
)
def test_memory_for_one_thread_more(error: Exception) -> None:
    assert as_error(error).message == "not enough memory"


def test_memory_that_is_enough() -> None:
    assert shell("eval sum(ones(1e6)) --max-memory 500M").stdout == "1000000\n"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps the account of memory")
@pytest.mark.parametrize(
    ("most", "status", "told"),
    [("25M", 1, "error: not enough memory for a table: 2"), ("200M", 0, "")],
)
def test_memory_of_tables(most: str, status: int, told: str, tmp_path: Path) -> None:
    """Arrow ends a process that has too little for its threads, so that is asked before."""
    table, out = tmp_path / "x.jsonl", tmp_path / "out.csv"
    table.write_text('{"x": 1, "y": 2}\n' * 50_000)
    done = shell(f"map sin(x)*y {table} -o {out} --max-memory {most}")
    assert (done.returncode, done.stderr[: len(told) or None]) == (status, told)
    assert out.exists() == (status == 0)


@pytest.mark.parametrize(
    "program",
    [
        "for i in range(1e6) { x = x + 1e-6*sin(x) }; x",
        "w = linspace(0, 1, 1e5)*x; for i in range(300) { w = w + sin(w)/99 }; sum(w)",
    ],
)
def test_loops_take_little_memory(program: str) -> None:
    """A long loop of numbers, and one whose arrays would take 240 MB if each turn's stayed."""
    done = shell("grad --x 0.5 --max-memory 150M --max-steps 10000000", program)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("typed", ["x", "0", "-1", "1", "2X", "nan", "1e999", "1048575", "1023k"])
def test_memory_is_so_many_bytes(typed: str) -> None:
    with pytest.raises(gradcli.UsageError, match=r"takes bytes from 1M on, not '" + typed):
        bytes_in(typed)


@pytest.mark.parametrize(("typed", "size"), [("1M", 2**20), ("1.5GiB", 3 * 2**29), ("2e6", 2e6)])
def test_memory_has_units(typed: str, size: float) -> None:
    assert bytes_in(typed) == size


def test_memory_of_the_shell_is_so_many_bytes() -> None:
    done = shell("eval 1 --max-memory=2X")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--max-memory takes bytes from 1M on, not '2X'" in done.stderr


def test_memory_of_a_part_of_a_program() -> None:
    """From Python by a context, of which nothing stays."""
    over = pytest.raises(gradcli.LimitError, match=r"memory_limit, which is 0\.293G")
    with over, gradcli.memory_limit("300M"):
        gradcli.evaluate("sum(ones(1e8))")
    for most in ("300M", "1e30T"):
        with gradcli.memory_limit(most):
            assert gradcli.evaluate("sum(ones(1e6))") == 1e6
    with pytest.raises(gradcli.UsageError, match="memory_limit takes bytes from 1M on, not '9'"):
        gradcli.memory_limit(9)


def test_in_a_new_process() -> None:
    """Python's own limit is raised by what needs room, not by what ran before."""
    script = (
        "import gradcli\n"
        "f = 'f(n)=f(n-1) if n else x\\nf(900)'\n"
        "print(gradcli.grad(f, x=1.0), gradcli.grad('('*900 + 'x' + ')'*900, x=1.0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("1.0 1.0\n", "")


def test_the_limit_of_python_stays() -> None:
    """A limit that stayed high would let C functions, such as those of json, use up the stack."""
    usual = sys.getrecursionlimit()
    for program, x, _ in LONG[-8:]:
        gradcli.grad(program, x=x)
    rule = "f(x) = x; vjp f(x, dy) = " + "(" * 900 + "dy" + ")" * 900 + "; f(x)"
    assert gradcli.grad(rule, x=1) == 1
    for program, _, _ in BEYOND:
        with pytest.raises(gradcli.LimitError):
            gradcli.grad(program, x=1.0)
    assert sys.getrecursionlimit() == usual


@pytest.mark.parametrize("levels", [1, SHALLOW, SHALLOW + 1, 900])
def test_the_limit_of_python_is_raised_for_deep_trees_alone(levels: int) -> None:
    usual = sys.getrecursionlimit()
    with Room(levels):
        assert (sys.getrecursionlimit() > usual) == (levels > SHALLOW)
    assert sys.getrecursionlimit() == usual


@pytest.mark.parametrize(
    ("limit", "taken", "left"),
    [(-1, 300, 1000), (900, 300, 600), (5000, 300, 1000), (200, 300, 0), (900, None, 1000)],
)
def test_memory_that_is_left(
    monkeypatch: pytest.MonkeyPatch, limit: int, taken: int | None, left: int
) -> None:
    """The usual part of the machine's, or what the limit of the process leaves of it."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    monkeypatch.setattr(memory_left, "usual", lambda: 1000)
    monkeypatch.setattr(memory_left, "bytes_taken", lambda: taken)
    assert memory_left.spare() == left


def test_deep_in_threads() -> None:
    """Each thread has the room it needs, whoever leaves first."""
    usual = sys.getrecursionlimit()

    def ask(depth: int) -> float:
        return float(gradcli.evaluate("1 + (" * depth + "x" + ")" * depth, x=1))

    depths = [900, 5, 600, 80, 990, 300] * 4
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, depths)) == [depth + 1 for depth in depths]
    assert sys.getrecursionlimit() == usual


@pytest.mark.parametrize(
    ("left", "least", "enough"), [(47, None, False), (48, None, True), (3, 1, False), (4, 1, True)]
)
def test_memory_is_asked_before_each_chunk(
    left: int, least: int | None, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Megabytes: 48 at the least, and four times as many as the chunk has, which is one here."""
    if least is not None:
        monkeypatch.setattr(workers, "A_CHUNK", least << 20)
    monkeypatch.setattr(workers, "spare", lambda: left << 20)
    refused = pytest.raises(gradcli.LimitError, match=f": {left}M are left")
    with contextlib.nullcontext() if enough else refused:
        gradcli.map("x", {"x": np.ones(2**17)}, workers=1)


PROMISED = {
    f"A program has at most {lexer.MAX_BYTES >> 20} MB": "programs",
    f"{lexer.MAX_NESTING:,} levels of brackets": "brackets",
    f"a line of jobs {job_lines.LONGEST_LINE >> 20} MB": "jobs",
    f"a row of a table {sizes.LONGEST >> 20} MB": "tables",
    f"tables ask for {workers.LEAST >> 20} MB at least": "memory for tables",
    f"({['a half', 'a third', 'a quarter'][memory_left.SHARE - 2]} of the machine": "memory",
}


@pytest.mark.parametrize("promise", PROMISED, ids=PROMISED.values())
def test_limits_are_those_that_are_promised(promise: str) -> None:
    page = Path(__file__).parents[1] / "SECURITY.md"
    assert promise in " ".join(page.read_text(encoding="utf-8").split())
