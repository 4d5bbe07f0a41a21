"""Pictures: no false line, no missed pole, what is told of them, and where they go."""

from __future__ import annotations

import gzip
import json
import math
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow
import pytest
from pyarrow.parquet import write_table

import gradcli
from gradcli.engine.plotting.curves import drawn
from gradcli.engine.plotting.evaluation import Function
from gradcli.engine.plotting.fields import field_over
from gradcli.engine.program import Text
from gradcli.engine.settings import Settings
from gradcli.render.picture import Axis, Curve, Mark, Picture, in_pi, number
from gradcli.render.terminal_plot import Screen, in_characters
from tests.test_cli import gradcli as shell

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.plotting.curves import Drawn

LOW, HIGH = -4.0, 4.0
WHOLE = list(range(-20, 21))
TURNS = [math.pi * k for k in range(-8, 9)]
HALF_TURNS = [math.pi * (k + 0.5) for k in range(-8, 9)]
HALVES = [k + 0.5 for k in WHOLE]
NEGATIVE = [float(-k) for k in range(21)]

BROKEN: dict[str, tuple[str, list[float]]] = {
    "1/(u)": ("pole", [0]),
    "1/(u)^2": ("pole", [0]),
    "1/((u)^2 - 1)": ("pole", [-1, 1]),
    "tan(u)": ("pole", HALF_TURNS),
    "tan(u)^2": ("pole", HALF_TURNS),
    "1/sin(u)": ("pole", TURNS),
    "cos(u)/sin(u)": ("pole", TURNS),
    "1/tanh(u)": ("pole", [0]),
    "1/(exp(u) - 1)": ("pole", [0]),
    "log(abs(u))": ("pole", [0]),
    "gamma(u)": ("pole", NEGATIVE),
    "digamma(u)": ("pole", NEGATIVE),
    "floor(u)": ("jump", WHOLE),
    "ceil(u)": ("jump", WHOLE),
    "round(u)": ("jump", HALVES),
    "mod(u, 1)": ("jump", WHOLE),
    "sign(u)": ("jump", [0]),
    "(u)/abs(u)": ("jump", [0]),
    "atan(1/(u))": ("jump", [0]),
    "where(u > 0, cos(u), -1)": ("jump", [0]),
}
"""Functions of u, and where they break."""

SHIFTS = [(1.0, 0.0), (1.0, 0.3), (2.0, -0.7), (-1.0, 0.25), (0.5, 0.41)]
AROUND = ["{}", "sin(x) + {}"]
CASES = list(product(BROKEN, SHIFTS, AROUND))


def curve_of(text: str, order: int = 1) -> Drawn:
    return drawn(Function(Text(text), "x", {}, Settings(), order), LOW, HIGH)


def places(points: list[float], a: float, b: float) -> list[float]:
    """Where a*x + b is one of the points, inside of the range."""
    inside = ((p - b) / a for p in points)
    return sorted(x for x in inside if LOW < x < HIGH)


def test_there_are_many() -> None:
    assert len(CASES) == 200


@pytest.mark.parametrize(("text", "shift", "around"), CASES)
def test_every_break_and_no_other(text: str, shift: tuple[float, float], around: str) -> None:
    a, b = shift
    kind, points = BROKEN[text]
    wanted = places(points, a, b)
    curve = curve_of(around.format(re.sub(r"\bu\b", f"({a}*x + {b})", text)))
    breaks = [p for p in curve.breaks if p.kind in ("pole", "jump") and LOW < p.x < HIGH]
    assert [p.kind for p in breaks] == [kind] * len(wanted)
    assert curve.bands == []
    np.testing.assert_allclose([p.x for p in breaks], wanted, atol=1e-9)
    assert_no_line_over(curve, wanted)


OTHERS = [
    line.rsplit(" : ", 1) if " : " in line else (line.removesuffix(" :"), "")
    for line in (Path(__file__).parent / "breaks.txt").read_text().splitlines()[1:]
]


@pytest.mark.parametrize(("text", "listed"), OTHERS, ids=[text for text, _ in OTHERS])
def test_breaks_of_other_functions(text: str, listed: str) -> None:
    """Some have poles close together, some holes, some are high or steep."""
    wanted = [float(place) for place in listed.split(", ") if place]
    curve = curve_of(text)
    found = [p.x for p in curve.breaks if p.kind in ("pole", "jump") and LOW < p.x < HIGH]
    np.testing.assert_allclose(found, wanted, atol=1e-9)
    assert curve.bands == []
    assert_no_line_over(curve, wanted)


@pytest.mark.parametrize(
    "text", ["1/x^3", "tan(pi*x)", "csc(3x - 2)", "sec(2x + 1)", "1/(x^2 - 2)", "1/(0.5 - sin(x))"]
)
def test_no_derivative_is_joined_over_a_pole(text: str) -> None:
    curve = curve_of(text, 2)
    assert curve.breaks
    for y in curve.y:
        finite = np.isfinite(y)
        turned = np.sign(y[1:]) != np.sign(y[:-1])
        high = np.minimum(np.abs(y[1:]), np.abs(y[:-1])) > 1e6
        assert not (finite[1:] & finite[:-1] & turned & high).any()


def test_rounding_beside_a_hole_is_no_band_and_no_tangent() -> None:
    for text in ("(x^2 - 1)/(x - 1)", "(x^3 - 8)/(x - 2)", "(x^2 - 9)/(x - 3) + x^3"):
        curve = curve_of(text)
        assert curve.bands == []
        assert {point.kind for point in curve.breaks} <= {"hole"}


def assert_no_line_over(curve: Drawn, wanted: list[float]) -> None:
    """No line from the left of a break to its right: there is a gap in it, and none spans it."""
    there = np.isfinite(curve.y[0])
    joined = there[1:] & there[:-1]
    for place in wanted:
        assert not there[np.abs(curve.x - place) < 1e-9].all()
        over = (curve.x[:-1] < place - 1e-9) & (curve.x[1:] > place + 1e-9)
        assert not (over & joined).any()


SMOOTH = [
    "atan(x)",
    "exp(x^2)",
    "sin(9x)",
    "atan(1e6*x)",
    "1/(x^2 + 1e-9)",
    "sin(x)/x",
    "tanh(40x)",
]


@pytest.mark.parametrize("text", SMOOTH)
def test_smooth_ones_have_no_gap(text: str) -> None:
    """However steep they are."""
    curve = curve_of(text)
    assert (curve.breaks, curve.bands) == ([], [])
    assert np.isfinite(curve.y[0]).all()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("abs(x)", [("kink", 0)]),
        ("max(x, x^2)", [("kink", 0), ("kink", 1)]),
        ("sum(abs(x - [1, 2]))", [("kink", 1), ("kink", 2)]),
        ("cbrt(x)", [("vertical tangent", 0)]),
        ("sqrt(x)", [("end", 0)]),
        ("asin(x)", [("end", -1), ("end", 1)]),
        ("log(x)", [("pole", 0)]),
        ("x + 1e-6/(x - 0.3)", [("pole", 0.3)]),
        ("x + 1e-9/(x - 0.31)^2", [("pole", 0.31)]),
        ("exp(1/x)", [("pole", 0)]),
        ("if x > 1 { x^2 } else { 2x }", [("jump", 1)]),
        ("if x > 1 { x^2 } else { 2x - 1 }", []),
        ("abs(x)*x", []),
        ("max(x^2, x^2 + 1e-3*(x - 0.3))", [("kink", 0.3)]),
        ("sin(1/x)", []),
    ],
)
def test_verdicts(text: str, wanted: list[tuple[str, float]]) -> None:
    breaks = curve_of(text).breaks
    assert [(p.kind, pytest.approx(p.x, abs=1e-9)) for p in breaks] == wanted


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("acos(cos(x))", "kink", [-math.pi, 0, math.pi]),
        ("asin(sin(x))", "kink", [-math.pi / 2, math.pi / 2]),
        ("1/(1 + sin(x))", "pole", [-math.pi / 2]),
        ("1/(1 - cos(x - 1))", "pole", [1]),
    ],
)
def test_places_that_rounding_blurs(text: str, kind: str, wanted: list[float]) -> None:
    """Each is one, and known to half the digits."""
    breaks = curve_of(text).breaks
    assert [(p.kind, pytest.approx(p.x, abs=5e-8)) for p in breaks] == [(kind, p) for p in wanted]


@pytest.mark.parametrize(
    ("text", "left", "right", "height"),
    [
        ("sin(1/x)", -0.02, 0.02, 1),
        ("sin(1e5*x)", LOW, HIGH, 1),
        ("2*mod(1e4*x, 1) - 1", LOW, HIGH, 1),
        ("exp(-x)*where(x > 3, sin(1e6*x), 0)", 2.99, HIGH, math.exp(-3)),
    ],
)
def test_what_is_too_fine_is_a_band(text: str, left: float, right: float, height: float) -> None:
    """It lies within the part where the curve is not resolved, and the curve has a gap there."""
    curve = curve_of(text, 0)
    (band,) = curve.bands
    assert left <= band.left < band.right <= right
    assert (band.lows[0], band.highs[0]) == pytest.approx((-height, height), abs=0.2 * height)
    inside = (curve.x > band.left) & (curve.x < band.right)
    assert np.isnan(curve.y[0, inside]).all()
    assert not any(band.left < point.x < band.right for point in curve.breaks)


def test_parts_that_are_apart_are_bands_of_their_own() -> None:
    left, right = curve_of("where(abs(x) > 3, sin(1e6*x), 0)", 0).bands
    ends = left.left, left.right, right.left, right.right
    assert ends == pytest.approx((-4, -3, 3, 4), abs=0.02)


def test_derivatives_are_exact() -> None:
    curve = curve_of("sin(x)", 3)
    for i, exact in enumerate([np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)]):
        np.testing.assert_allclose(curve.y[i], exact(curve.x), atol=1e-14)


# --- axes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [(0, "0"), (math.pi, "π"), (-3 * math.pi / 4, "-3π/4"), (math.pi / 12, "π/12"), (1, "")],
)
def test_multiples_of_pi(x: float, text: str) -> None:
    assert in_pi(x) == text


def test_ticks() -> None:
    assert Axis("x", -math.pi, math.pi).ticks(5)[1] == ["-π", "-π/2", "0", "π/2", "π"]
    assert Axis("x", -4, 4).ticks(9)[0] == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert Axis("x", 0, 1e-12).ticks(3)[1] == ["0", "5e-13", "1e-12"]
    assert Axis("x", 0, 1e300).ticks(3)[1] == ["0", "5e299", "1e300"]
    assert Axis("x", 0, 9e15).ticks(3)[1] == ["0", "5e15"]


def test_poles_do_not_flatten() -> None:
    x = np.linspace(-4, 4, 2001)
    y = np.where(x == 0, np.nan, 1 / np.where(x == 0, 1, x))
    nan = float("nan")
    mark = Mark("pole", 0, 0.0, (nan, nan), nan, "")
    picture = Picture("1/x", Axis("x", -4, 4), [Curve("f", 0, 0, x, y)], [mark])
    low, high = picture.heights()
    assert -12 < low < -2
    assert 2 < high < 12


# --- the shell ----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 100, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_width(width: int, *, unicode: bool) -> None:
    curve = curve_of("tan(x)")
    lines = [Curve("f", 0, 0, curve.x, curve.y[0])]
    picture = Picture("tan(x)", Axis("x", LOW, HIGH), lines)
    drawing = in_characters(picture, Screen(width, 20, unicode, colour=False))
    assert max(map(len, drawing.splitlines())) == width
    assert "\x1b" not in drawing
    assert unicode != drawing.isascii()


def test_contours_have_no_gaps() -> None:
    """However wide a screen is, there are points for all its columns."""
    axes = [Axis("x", -1, 1), Axis("y", -1, 1)]
    picture = Picture("y", axes[0], [], field=field_over(Text("y + 0*x"), axes, {}, Settings()))
    drawing = in_characters(picture, Screen(300, 20, unicode=False, colour=False))
    assert re.search(r"^   0\+[.^]{280,}\|$", drawing, re.MULTILINE)


def test_colour_on_a_terminal_only() -> None:
    line = 'plot "x^2" --x 0:1'
    assert "\x1b[38" in shell(line, terminal=True).out
    assert "\x1b" not in shell(line, terminal=True, environ={"NO_COLOR": "1"}).out
    assert "\x1b" not in shell(line).out


def test_json() -> None:
    whole = json.loads(shell('plot "floor(x)*a" --x 0:2 --a 2 -o json').out)
    (curve,) = whole["curves"]
    assert set(curve) == {"label", "x", "value", "d_x"}
    assert None in curve["value"]
    assert whole["marks"] == [
        {"kind": "jump", "curve": 0, "x": 1, "left": 0, "value": 2, "right": 2},
        {"kind": "jump", "curve": 0, "x": 2, "left": 2, "value": 4, "right": 4},  # at the very end
    ]


def test_a_band_is_told_and_drawn(tmp_path: Path) -> None:
    line = 'plot "sin(exp(9x))" --x 0:2 --order 0'
    out = shell(line).out
    assert "\ntoo fine to follow from x = 0.66 to 2: nearly all values lie in the band" in out
    assert 12 * "⣿" in out
    (band,) = json.loads(shell(f"{line} -o json").out)["bands"]
    assert band["value"] == pytest.approx([-1, 1], abs=0.05)
    shell(f"{line} --save {tmp_path / 'band.svg'}")
    assert "FillBetweenPolyCollection" in (tmp_path / "band.svg").read_text()


def test_several_curves() -> None:
    by_set = json.loads(shell('plot "a*x" --x 0:1 --set a=1 --set a=2 -o json').out)
    assert by_set == json.loads(shell('plot "a*x" --x 0:1 --a 1 --a 2 -o json').out)
    assert by_set == json.loads(shell('plot "a*x" --x 0:1 --over a=1,2 -o json').out)
    assert [curve["label"] for curve in by_set["curves"]] == ["f  a=1", "f  a=2"]
    assert by_set["curves"][1]["value"][-1] == 2


@pytest.mark.parametrize(
    ("options", "header", "last"),
    [
        ("--order 0", "x,value", "1,2"),
        ("", "x,value,d_x", "1,2,4"),
        ("--a 1 --order 2", "curve,x,value,d_x,d2_x", "1,1,1,2,2"),
    ],
)
def test_csv_has_a_column_for_each_order(options: str, header: str, last: str) -> None:
    lines = shell(f'plot "a*x^2" --x 0:1 --a 2 {options} -o csv').out.splitlines()
    assert (lines[0], lines[-1]) == (header, last)


@pytest.mark.parametrize(
    ("program", "range_", "row"),
    [
        ("log(x)", "0:5", ""),
        ("1/x", "0:5", ""),
        ("sqrt(x)", "0:1", "0,0,"),
        ("abs(x)", "-1:1", "0,0,1"),
        ("acos(x)", "-1:1", "1,0,"),
        ("x*log(x)", "0:1", "0,0,"),
    ],
)
def test_each_point_is_of_the_curve_and_in_the_range(program: str, range_: str, row: str) -> None:
    lines = shell(f'plot "{program}" --x {range_} -o csv').out.splitlines()[1:]
    assert row in {*lines, ""}
    low, high = map(float, range_.split(":"))
    known = [cells for line in lines if (cells := line.split(","))[1]]
    xs, values = (np.array([float(cells[i]) for cells in known]) for i in (0, 1))
    assert low <= xs.min()
    assert xs.max() <= high
    np.testing.assert_allclose(values, gradcli.eval(program, x=xs), 1e-9)


def test_csv_of_two_variables() -> None:
    header, first, *_ = shell('plot "x*y" --x 0:1 --y 2:3 -o csv').out.splitlines()
    assert header == "x,y,value,d_x,d_y"
    assert first == "0,2,0,2,0"


def test_the_field_has_gradients() -> None:
    axes = [Axis("x", 0, 1), Axis("y", 2, 3)]
    field = field_over(Text("y^2*x"), axes, {}, Settings())
    x, y = np.meshgrid(field.x, field.y)
    np.testing.assert_allclose(field.slopes, [y**2, 2 * x * y])


@pytest.mark.parametrize(
    ("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
@pytest.mark.parametrize("option", ["--save", "-o"])
def test_save(tmp_path: Path, ending: str, start: bytes, option: str) -> None:
    path = tmp_path / f"p.{ending}"
    done = shell(f'plot "tan(x)" --x=-pi:pi {option} {path}')
    assert (done.status, done.out, done.err) == (0, "", "")
    data = path.read_bytes()
    assert data.startswith(start)
    shell(f'plot "tan(x)" --x=-pi:pi --save {path}')
    assert path.read_bytes() == data


X, Y = [0.5, 1.0, 9.0], [5.0, 2.0, 9.0]
ROWS = [{"x": x, "y": y} for x, y in zip(X, Y, strict=True)]
LINES = "".join(f"{x},{y}\n" for x, y in zip(X, Y, strict=True))
TABLES: dict[str, Callable[[Path], object]] = {
    "d.csv": lambda path: path.write_text(f"x,y\n{LINES}1.5,\n"),
    "d.csv.gz": lambda path: path.write_bytes(gzip.compress(f"x,y\n{LINES}".encode())),
    "d.txt": lambda path: path.write_text(f"x y\n{LINES}".replace(",", " ")),
    "rows.json": lambda path: path.write_text(json.dumps(ROWS)),
    "columns.json": lambda path: path.write_text(json.dumps({"x": X, "y": Y}, indent=1)),
    "d.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, ROWS))),
    "d.parquet": lambda path: write_table(pyarrow.table({"x": X, "y": Y, "n": ["a"] * 3}), path),
    "lists.parquet": lambda path: write_table(pyarrow.table({"x": [X, []], "y": [Y, []]}), path),
    "d.npz": lambda path: np.savez(path, x=X, y=Y),
}
"""Files with three points, of which two are within 0 to 2, and what writes them."""


@pytest.mark.parametrize("name", TABLES)
def test_data_beneath(tmp_path: Path, name: str) -> None:
    TABLES[name](tmp_path / name)
    done = shell(f'plot "3x + 1" --x 0:2 --data {tmp_path / name}')
    assert (done.status, done.err) == (0, "")
    assert "• data" in done.out
    assert done.out.count("•") == 3
    beneath = gradcli.plot("3x + 1", x=(0, 2), data=tmp_path / name).axes[0].get_lines()[1]
    assert beneath.get_xydata().tolist() == [[0.5, 5], [1, 2]]


def test_data_on_a_curve_is_seen(tmp_path: Path) -> None:
    """Where a fit is good, points are on it."""
    x = np.linspace(0.2, 1.8, 9)
    lines = "".join(f"{a},{3 * a + 1}\n" for a in x)
    (tmp_path / "fit.csv").write_text(f"x,y\n{lines}")
    out = shell(f'plot "3x + 1" --x 0:2 --data {tmp_path / "fit.csv"}').out
    assert out.count("•") == len(x) + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"exp(x)" --x=-1:300', "f goes beyond the picture: up to 1.94e130"),
        ('"-exp(a*x)" --x 0:50 --over a=0,2', "f a=2 goes beyond the picture: down to -2.69e43"),
        ('"exp(x)" --x 0:4', ""),
        ('"tan(x)" --x=-4:4', ""),
    ],
)
def test_what_goes_beyond_the_picture_is_told(line: str, said: str) -> None:
    out = shell(f"plot {line}").out
    assert said in out
    assert ("goes beyond" in out) is bool(said)


def test_a_folder_of_data(tmp_path: Path) -> None:
    for name in ("d.csv", "d.parquet"):
        TABLES[name](tmp_path / name)
    assert shell(f'plot "3x + 1" --x 0:2 --data "{tmp_path}/*.parquet"').out.count("•") == 3


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("t,y\n0,1\n", 2, "has no column 'x'"),
        ("x,y\n0,1\n1,oops\n", 1, "'oops' is not a number at"),
        ("x,y\n0,1\n1,oops\n", 1, "d.csv:3, column y"),
        ("x,y\n0,1\n1,2,3\n", 1, "d.csv:3"),
    ],
)
def test_data_that_does_not_fit(tmp_path: Path, text: str, status: int, message: str) -> None:
    (tmp_path / "d.csv").write_text(text)
    done = shell(f'plot "3x + 1" --x 0:2 --data {tmp_path / "d.csv"}')
    assert (done.status, done.out) == (status, "")
    assert message in done.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('plot "x^2"', "plot needs a range of its variable 'x'"),
        ('plot "x^2" --x 3', "plot needs a range of its variable 'x'"),
        ('plot "x^2" --x 4:-4', "the range of --x goes from the smaller number to the larger"),
        ('plot "x^2" --x 1:1', "the range of --x goes from the smaller number to the larger"),
        ('plot "x^2" --x 0:inf', "the range of --x goes to infinity"),
        ('plot "x^2" --x 0:', "the range of --x takes two numbers"),
        ('plot "x^2" --x=-1e308:1e308', "the range of --x goes beyond 1e+200: '-1e308:1e308'"),
        ('plot "x*y" --x 0:5e-324 --y 0:1', "the range of --x is narrower than 1e-200: '0:5e-324'"),
        ('plot "a*x" --x 0:1', "add --a VALUE"),
        ('plot "a*x" --x 0:1 --over a=1,2 --a 3', "'a' is given twice"),
        ('plot "x" --x 0:1 --x 1:2', "'x' is given twice"),
        ('plot "x*y*z" --x 0:1 --y 0:1 --z 0:1', "plot draws over one range or two"),
        ('plot "a*x*y" --x 0:1 --y 0:1 --a 1 --a 2', "contours are of one function"),
        ('plot "x*y" --x 0:1 --y 0:1 --data p.csv', "two ranges give contours"),
        ('plot "x" --x 0:1 --dtype float32', "pictures are computed in float64"),
        ('plot "a*x" --x 0:1 --over "a=linspace(0,1,13)"', "that makes 13 curves"),
        ('plot "log(x)" --x=-2:-1', "no finite value anywhere in the range"),
        ('plot "log(x)*y" --x=-2:-1 --y 0:1', "no finite value anywhere in the ranges"),
        ('plot "3"', "the program has no variable to draw it over"),
        ('plot "x" --x 0:1 --save a.gif', "--save writes png, svg or pdf"),
        ('plot "x" --x 0:1 --save .', "help: --save plot.png"),
        ('plot "x" --x 0:1 --save no/a.png', "cannot write 'no/a.png': no such file or directory"),
        ('plot "x" --x 0:1 --save no/a.png', "help: there is no folder 'no'"),
        ('plot "x*y" --x 0:1 --y 0:1 --order 2', "contours show the value and its gradient"),
        ('plot "x" --x 0:1 -o npz', "plot does not answer in npz"),
        ('plot "x" --x 0:1 --order 9', "order"),
    ],
)
def test_usage_errors(line: str, message: str) -> None:
    done = shell(line)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('plot "a*x" --x 0:1 --a 1,2', "help: --over a=1,2 draws a curve for each"),
        ('plot "a*x" --x 0:1 --a 1,2,3,4', "help: --over a=1,2,3,… draws a curve for each"),
        ('plot "a*b*x" --x 0:1 --a 1,2 --b 3,4', "help: --over a=1,2 draws a curve for each"),
        ('plot "[x, x]" --x 0:1', "help: take its sum"),
        (
            'plot "print(x); x" --x 0:1',
            "print has no place in a program over a range at program:1:1",
        ),
        ('plot "print(x); x*y" --x 0:1 --y 0:1', "print has no place in a program over two ranges"),
        ('plot "[x, 2x]" --x 0:1', "plot needs one number, not the shape (2,)"),
        ('plot "x > 1" --x 0:1', "the value is true or false and has no gradient"),
    ],
)
def test_programs_without_a_picture(line: str, message: str) -> None:
    done = shell(line)
    assert (done.status, done.out) == (1, "")
    assert message in done.err


@pytest.mark.parametrize("file", ["", " -o {}.svg", " -o {}.png"])
@pytest.mark.parametrize(
    "line",
    [
        "'x' --x=-1e200:1e200",
        "'1e308*x' --x=-1.5:1.5",
        "'x*y*1e308' --x=-1:1 --y=-1.5:1.5",
        "'x*y*1e200' --x=-1:1 --y=-1:1",
        "'x + y' --x=-1e200:1e200 --y=0:1e200",
    ],
)
def test_huge_numbers(tmp_path: Path, line: str, file: str) -> None:
    """What is too large to be drawn is left out."""
    done = shell(f"plot {line}{file.format(tmp_path / 'huge')}")
    assert (done.status, done.err) == (0, "")


def test_contours_have_levels_and_arrows() -> None:
    """Arrows point uphill: of a bowl, away from its middle."""
    for line, signs in (("", "→↑←↓"), (" --quiet", "→↑←↓")):
        out = shell(f'plot "x^2 + y^2" --x=-1:1 --y=-1:1{line}').out
        assert all(sign in out for sign in signs)
    rows = [line for line in out.splitlines() if "←" in line and "→" in line]
    assert rows
    assert all(line.rindex("←") < line.index("→") for line in rows)
    assert "contours at 0.2, 0.4" in out
    assert "arrows along the gradient" in out


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("exp(x)*y", "0.01, 0.1, 1, 10, 100, 1000"),
        ("-exp(x)*y", "-1000, -100, -10, -1, -0.1, -0.01"),
        ("(1 - x/4)^2 + (y + 8 - x^2)^2", "2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000"),
        ("exp(-x^2 - (y - 3)^2)", ""),  # a peak within
        ("x^3*y + 1", ""),  # both signs
        ("x + y", ""),
    ],
)
def test_levels_of_what_grows_by_decades(text: str, listed: str) -> None:
    axes = [Axis("x", -8.0, 8.0), Axis("y", 1.0, 5.0)]
    levels = field_over(Text(text), axes, {}, Settings()).levels
    if listed:
        assert ", ".join(map(number, levels)) == listed
    else:
        np.testing.assert_allclose(np.diff(levels), levels[1] - levels[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x*abs(x)", "f″ jumps at x = 0 from -2 to 2"),
        ("abs(x)^1.5", "f″ has a pole at x = 0"),
        ("relu(x)^2", "f″ jumps at x = 0 from 0 to 2"),
        ("max(x, x^2)", "kink at x = 1, slopes 1 and 2"),
    ],
)
def test_which_derivative_breaks(text: str, said: str) -> None:
    assert said in shell(f'plot "{text}" --x=-2:2 --order 2').out.splitlines()


def test_levels_of_one_value(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    done = shell(f"plot '0*(x + y) + 3' --x 0:1 --y 0:1 --save {path} -o plain")
    assert "the value is 3 everywhere" in done.out
    assert path.exists()


def test_missing_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gradcli.render.figure", None)
    done = shell(f'plot "x" --x 0:1 --save {tmp_path / "a.png"}')
    assert done.err == (
        "error: a figure needs matplotlib, which is not installed\n"
        "  help: pip install 'gradcli[plot]'\n"
    )
    assert list(tmp_path.glob("*.png")) == []


# --- Python -------------------------------------------------------------------------------------


def test_python() -> None:
    figure = gradcli.plot("a*tan(x)", x=(-4, 4), over={"a": [1, 2]}, order=0)
    (axes,) = figure.axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["f  a=1", "f  a=2"]
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_program_has_it_as_a_method() -> None:
    program = gradcli.Program("a*x")
    data: Any = {"x": [0, 1], "y": [2, 3]}
    figure = program.plot(x=(0, 1), a=2, data=data, order=3)
    (line, *_) = figure.axes[0].get_lines()[1:]
    assert line.get_label() == "data"
    assert program.plot({"x": "-pi:pi", "a": 1}).axes[0].get_xlim() == (-math.pi, math.pi)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"x": 3}, r"help: x=\(-4, 4\)"),
        ({"x": (4, -4)}, "the range of x goes from the smaller"),
        ({"x": (0, 1), "order": 7}, "order is 7"),
    ],
)
def test_python_errors(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(gradcli.UsageError, match=message):
        gradcli.plot("x", **keywords)
