"""Graphs: their data, the layout's promises, and every form that they are written in."""

from __future__ import annotations

import random
import re
import sys
import time
import xml.etree.ElementTree as ET
from functools import reduce
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.data.formats.page import Page
from gradcli.render import page, png, svg
from gradcli.render.labels import block
from gradcli.render.layout import HEAD, MARGIN, arranged
from gradcli.render.scene import Scene

if TYPE_CHECKING:
    from pathlib import Path

LOOP = "f(a) = a^2 + sin(a)\ns = 0\nfor i in range(9) { s = s + f(x*i) }\ns * w"
POINT = {"x": 0.3, "w": 2.0}
NAME = "{http://www.w3.org/2000/svg}"


_KINDS = ("input", "step", "result")


def _random(count: int, seed: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    steps = [1, 1, 2, 3, 5, 8, 40]
    pairs = [(max(0, i - chance.choice(steps)), i) for i in range(1, count) for _ in range(2)]
    return sorted(set(pairs))


def _apart(a: Any, b: Any) -> bool:
    (x, y), (w, h) = a
    (u, v), (k, m) = b
    return bool(x + w <= u or u + k <= x or y + h <= v or v + m <= y)


def _around(key: Any, parents: dict[Any, Any]) -> list[Any]:
    """The boxes around something."""
    boxes = []
    while (key := parents[key]) is not None:
        boxes.append(key)
    return boxes


@pytest.mark.parametrize("seed", range(5))
def test_nothing_overlaps_and_links_lead_to_the_right(seed: int) -> None:
    """Boxes hold what is in them, and stand apart from all that is not."""
    links = _random(60, seed)
    sizes = {i: (20.0 + 7 * (i % 5), 26.0) for i in range(60)}
    boxes = {i: ("box", i // 10) if i // 10 in (1, 3, 4) else None for i in range(60)}
    parents: dict[Any, Any] = {**boxes, ("box", 1): None, ("box", 3): ("box", 4), ("box", 4): None}
    plan = arranged(sizes, dict.fromkeys(links, 10.0), parents)
    places = {key: (plan.corners[key], plan.sizes[key]) for key in parents}
    for a, b in combinations(parents, 2):
        nested = a in _around(b, parents) or b in _around(a, parents)
        assert _apart(places[a], places[b]) is not nested, (a, b)
    for a, b in links:
        assert plan.corners[a][0] + plan.sizes[a][0] < plan.corners[b][0]
        xs = [x for x, _ in plan.bends.get((a, b), [])]
        assert xs == sorted(xs)


def test_a_box_is_as_wide_as_what_is_in_it_and_its_margins() -> None:
    plan = arranged({0: (20.0, 10.0)}, {}, {0: "box", "box": None})
    (left, top), (x, y) = plan.corners["box"], plan.corners[0]
    assert plan.sizes["box"] == (20 + 2 * MARGIN, 10 + HEAD + MARGIN)
    assert (x - left, y - top) == (MARGIN, HEAD)


def test_a_thousand_nodes_in_about_a_second() -> None:
    links = _random(1000, 1)
    start = time.process_time()
    arranged(
        dict.fromkeys(range(1000), (40.0, 26.0)),
        dict.fromkeys(links, 20.0),
        dict.fromkeys(range(1000)),
    )
    assert time.process_time() - start < 5


def test_data() -> None:
    graph = gradcli.graph("(x + y) * z", x=-2, y=5, z=-4)
    assert [node["name"] for node in graph.nodes] == ["x", "y", "z", "q", "f"]
    assert [float(edge["gradient"]) for edge in graph.edges] == [-4, -4, -4, 3]
    assert gradcli.graph("x*y").nodes[-1]["value"] is None


def test_pictures_are_well_formed_and_hold_every_node() -> None:
    graph = gradcli.compile(LOOP).graph(**POINT)
    tree = ET.fromstring(graph._repr_svg_())
    groups = [g.get("class", "") for g in tree.iter(f"{NAME}g")]
    shown = graph.graph.unfolded()
    assert sum(name.startswith("node") for name in groups) == len(shown.nodes)
    assert groups.count("box") == len(shown.frames) == 4
    assert groups.count("node folded") == 1
    nodes = [g for g in tree.iter(f"{NAME}g") if g.get("data-node")]
    corners = {(g.get("class"), g[0].get("rx")) for g in nodes}
    assert corners == {("node folded", "4.0")} | {(f"node {k}", "13.0") for k in _KINDS}
    assert "7 more: for i in range(9)" in str(graph)
    assert repr(graph) == str(graph).rstrip("\n")


def test_the_page_needs_no_network() -> None:
    page = gradcli.graph(LOOP, **POINT).html()
    assert page.count("<svg") > 3
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "src=" not in page


def test_the_page_says_what_can_be_clicked() -> None:
    hint = "click a box to open or close it"
    assert hint in gradcli.graph(LOOP, **POINT).html()
    assert hint not in gradcli.graph("x*y", x=1, y=2).html()


def test_the_page_of_a_long_loop_is_small() -> None:
    loop = LOOP.replace("range(9)", "range(100)")
    assert len(gradcli.graph(loop, **POINT).html()) < 10_000_000


def test_the_page_has_room_for_so_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """All its boxes, each open by itself, or those that come first."""
    graph = gradcli.graph(LOOP, **POINT)
    drawing = graph.graph
    sizes = [len(drawing.unfolded({*drawing.chain(box)}).nodes) for box in drawing.frames]
    for short in (0, 1):
        monkeypatch.setattr(page, "ROOM", sum(sizes) - short)
        assert graph.html().count('data-view="b') == len(sizes) - short


@pytest.mark.parametrize("length", [40, 41])
def test_the_head_of_a_box_is_cut_where_it_is_long(length: int) -> None:
    head = "while x < 5 and".ljust(length - len("x > 0")) + "x > 0"
    graph = gradcli.graph(f"{head} {{ x = x*2 }}; x", x=3).graph
    (frame,) = graph.frames.values()
    assert frame.label == (head if length == 40 else f"{head[:39]}…")


@pytest.mark.parametrize(
    "turns",
    [
        "y = f(y)*x; ",
        "y = f(y); y = g(y); ",
        "y = f(y) + x; y = g(y)*x; ",
        "y = g(f(y))*x; ",
        "y = h(y)*x; ",
        "for i in range(3) { y = f(y)*x }; y = y + f(y); ",
    ],
)
def test_a_box_of_many_calls_holds_what_lies_between(turns: str) -> None:
    """Else it would lead to that and be led to by it, whichever boxes are open."""
    functions = "f(a) = sin(a); g(a) = f(a)*f(a^2) + a; "
    functions += "h(a) = { b = a; for i in range(5) { b = f(b)*a }; b }"
    graph = gradcli.graph(f"{functions}; y = x; {turns * 6}y", x=0.3).graph
    assert any(frame.folded for frame in graph.frames.values())
    for _, view in page._views(graph):
        corners = view.plan().corners
        assert all(corners[edge.source][0] < corners[edge.target][0] for edge in view.edges)


def test_folding_keeps_what_flows() -> None:
    """The gradients along all links from an input add up to its gradient, folded or not."""
    graph = gradcli.graph(LOOP, **POINT).graph
    (x,) = (i for i, node in graph.nodes.items() if node.name == "x")
    for view in (graph, graph.unfolded(), graph.unfolded(())):
        total = sum(e.gradient for e in view.edges if e.source == x)
        assert total == pytest.approx(graph.nodes[x].gradient)


def test_files_are_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gradcli.graph("x*y", svg=tmp_path / "a.svg", html=tmp_path / "a.html")
    assert {path.name for path in tmp_path.iterdir()} == {"a.svg", "a.html"}
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(gradcli.UsageError, match="matplotlib") as caught:
        gradcli.graph("x*y", png=tmp_path / "a.png")
    assert "gradcli[plot]" in caught.value.help
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("option", "name", "way_out"),
    [("png", "a.txt", 'png="a.png"'), ("svg", "a.png", 'svg="a.svg"'), ("html", "a.svg", "a.html")],
)
def test_a_file_is_called_after_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, way_out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(gradcli.UsageError, match=f"{option}= writes {option}, not '{name}'") as no:
        gradcli.graph("x*y", **{option: name})
    assert way_out in no.value.help
    assert not any(tmp_path.iterdir())


def test_png(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    gradcli.graph(LOOP, **POINT, png=tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.fixture(params=["whole", "folded"])
def drawn(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """A graph with boxes that are open or shut, and what matplotlib draws of it."""
    figure = pytest.importorskip("matplotlib.figure")
    graph = gradcli.graph(LOOP, **POINT).graph
    drawing = graph if request.param == "whole" else graph.unfolded()
    axes = figure.Figure().add_axes((0, 0, 1, 1))
    png._draw(axes, Scene(drawing))
    return drawing, axes


def rounded(*numbers: Any) -> tuple[float, ...]:
    return tuple(round(float(n), 1) for n in numbers)


def test_png_has_the_places_of_the_svg(drawn: tuple[Any, Any]) -> None:
    drawing, axes = drawn
    root = ET.fromstring(svg.svg(drawing))
    rectangles = [rect.attrib for rect in root.iter(f"{NAME}rect") if "rx" in rect.attrib]
    assert sorted(
        rounded(*box.get_bbox().bounds, box.get_boxstyle().rounding_size) for box in axes.patches
    ) == sorted(rounded(*(r[key] for key in "x y width height rx".split())) for r in rectangles)
    texts = {(*rounded(t.get("x"), t.get("y")), t.text) for t in root.iter(f"{NAME}text")}
    assert {(*rounded(*t.get_position()), t.get_text()) for t in axes.texts} == texts
    paths = [path.get("d", "") for path in root.iter(f"{NAME}path")]
    curves, lines = ([d for d in paths if sign in d] for sign in "CH")
    links, behind = axes.collections
    drawn_paths = [path.vertices for path in links.get_paths()]
    assert sum(map(len, drawn_paths)) == 4 * sum(d.count("C") for d in curves)
    assert [rounded(*v[-1]) for v in drawn_paths] == [rounded(*d.split()[-2:]) for d in curves]
    assert [rounded(*line.get_xydata().ravel()) for line in axes.lines] == [
        rounded(*start.split(), end, start.split()[1])
        for start, end in (d[1:].split("H") for d in lines)
    ]
    labels = [block(text) for link in Scene(drawing).links for text in link.texts]
    blocks = [path.get_extents().bounds for path in behind.get_paths()]
    assert blocks[: len(labels)] == [pytest.approx(label) for label in labels]


def test_png_looks_like_the_svg(drawn: tuple[Any, Any]) -> None:
    """Texts over nodes over pale patches over links, which are thin; colours and sizes of texts."""
    drawing, axes = drawn
    links, behind = axes.collections
    layers = [(links, *axes.lines), (behind,), axes.patches, axes.texts]
    heights = [{artist.zorder for artist in layer} for layer in layers]
    assert heights == [{height} for height in sorted(min(some) for some in heights)]
    assert {float(np.max(x.get_linewidth())) for x in (links, *axes.lines, *axes.patches)} == {1}
    assert tuple(behind.get_facecolor()[0]) == (1, 1, 1, 0.8)
    looks = {(t.get_color(), round(t.get_size() * 100 / 72, 1), t.get_ha()) for t in axes.texts}
    ink, grey, value, gradient = "#1f2328 #57606a #116329 #a40e26".split()
    named = {(grey, 10.5, "center")} if Scene(drawing).names else set()
    assert looks == named | {
        (ink, 12, "center"),
        (grey, 11, "left"),
        (value, 10.5, "center"),
        (gradient, 10.5, "center"),
    }


DEEP = reduce(lambda inner, i: f"cos({inner}) + sin({i}*x + y)", range(1, 75), "x")
WIDE = "sum((A @ x)^2) + log(1 + exp(a_very_long_name_indeed*x[0]))"
ARRAYS: dict[str, Any] = {
    "A": [[0.1, 0.2], [0.3, 0.4]],
    "x": [1.5, 2],
    "a_very_long_name_indeed": 3,
}


LONG_SUMS = [
    ("+".join(f"a{k}" for k in range(40)), "37 more: +a2 … +a38"),
    ("-".join(f"sin({k}*x)" for k in range(1, 15)), "11 more: -sin(3*x) … -sin(13*x)"),
    ("*".join(f"(x - {k})" for k in range(1, 15)), "11 more: *(x - 3) … *(x - 13)"),
    (
        "f(t) = t*sin(t); " + "+".join(f"f(c{k}*x)" for k in range(1, 15)),
        "11 more: +f(c3*x) … +f(c13*x)",
    ),
    ("s = 0; for k in range(2) { s = s*x + " + "+".join(["x^2*k"] * 12) + " }; s", "10 more: +"),
]


@pytest.mark.parametrize(("text", "label"), LONG_SUMS, ids=[label for _, label in LONG_SUMS])
def test_long_sums_fold(text: str, label: str) -> None:
    """What only their middle needs is in the box, and nothing leads from there but the sum."""
    graph = gradcli.graph(text)
    drawing = graph.graph.unfolded()
    assert label in str(graph)
    assert len(drawing.nodes) < 24
    folded = {i for i, vertex in drawing.nodes.items() if vertex.kind == "folded"}
    leaving = [edge.source for edge in drawing.edges if edge.source in folded]
    assert sorted(leaving) == sorted(folded)


def test_sums_of_few_do_not_fold() -> None:
    assert "more" not in str(gradcli.graph("+".join(f"a{k}" for k in range(10))))


@pytest.mark.parametrize("width", [40, 60, 100, 200])
@pytest.mark.parametrize(("text", "values"), [(DEEP, {"x": 1, "y": 2}), (WIDE, ARRAYS)])
def test_a_tree_fits_its_screen(text: str, values: dict[str, Any], width: int) -> None:
    """No line is longer; where there is room, nothing is cut."""
    page = Page()
    page.width = width
    drawn = gradcli.graph(text, values).drawing(page).splitlines()
    assert max(map(len, drawn)) <= width
    assert ("…" in "".join(drawn)) is (width < 100)


def test_a_deep_tree_goes_on_below() -> None:
    """Each node is shown in full once, and each arrow down has a tree further down."""
    graph = gradcli.graph(DEEP, x=1, y=2)
    lines = str(graph).splitlines()
    assert max(line.count("│") for line in lines) <= 24
    for name in (line.split("─ ")[1].split(" ↓")[0] for line in lines if "↓" in line):
        assert sum(line.startswith(f"{name} = ") for line in lines) == 1
    assert all(
        sum(f"{v.text} " in f"{line} " for line in lines) for v in graph.graph.nodes.values()
    )


ODD = 'print("a & b # c"); f(x) = x*[1, 2]; sum(f(x)) # a comment'


def test_other_languages_escape_labels() -> None:
    for text in ("sum(x*[1, 2]) < 3", "where(x < 1, x, 2)", ODD):
        graph = gradcli.graph(text, x=1.0)
        for line in graph.dot().splitlines():
            assert line.count('"') % 2 == 0
        for line in graph.mermaid().splitlines():
            assert line.count('"') in (0, 2)
            assert not re.search(r'"[^"]*[<>"][^"]*"', line)


FAN = "a = x*y; b = x + y; c = x - y; d = x/y; a*b*c*d*sin(x)*cos(y) + exp(a*b) + log(abs(c*d))"
CHAIN = "v = x; " + "; ".join(f"v = sin(v) + v/{i + 2}" for i in range(120))


@pytest.mark.parametrize(("text", "values"), [(FAN, {"x": 1.2345, "y": 2.345}), (LOOP, POINT)])
def test_numbers_do_not_stand_on_one_another(text: str, values: dict[str, Any]) -> None:
    scene = Scene(gradcli.graph(text, values).graph.unfolded())
    places = [block(text) for line in (*scene.links, *scene.stubs) for text in line.texts]
    places += scene.nodes.values()
    rectangles = [((x, y), (width, height)) for x, y, width, height in places]
    assert all(_apart(a, b) for a, b in combinations(rectangles, 2))


def test_a_long_strip_is_cut_into_rows() -> None:
    """No node is cut, what goes on in the next row is named there, and the picture is no strip."""
    scene = Scene(gradcli.graph(CHAIN, x=0.5).graph.unfolded())
    width, height = scene.size
    assert height < width < 4 * height
    places = scene.nodes.values()
    assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in places)
    broken = sum(a[3] != b[0] for link in scene.links for a, b in pairwise(link.pieces))
    assert broken >= len(scene.names) > 3
    assert {text.text for text in scene.names} <= {v.name for v in scene.drawing.nodes.values()}
