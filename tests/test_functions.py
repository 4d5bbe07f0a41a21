"""The list of functions and their pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from gradcli.data.formats import FORMATS
from gradcli.data.formats.page import Page
from gradcli.engine.api import evaluate
from gradcli.engine.functions import listed, page
from gradcli.errors import ProgramNameError
from gradcli.lower.pages import PAGES, SIGNS
from gradcli.lower.words import SPECIALS
from gradcli.ops import write_names
from gradcli.ops.catalog import FAMILIES, FUNCTIONS, find
from tests import pages

WRITTEN = pages.read()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_page(name: str) -> None:
    report = page(name)
    assert report.whole["name"] == name
    assert not report.whole["result"].startswith("error")
    assert len(str(FORMATS["plain"].write(report, Page())).splitlines()) == len(report.rows)
    assert pages.written(report) == WRITTEN[name]


def test_list_is_whole() -> None:
    data = json.loads(FORMATS["json"].write(listed(), Page()))
    assert {row["name"] for row in data} == set(FUNCTIONS)
    assert all(row["family"] in FAMILIES and row["doc"] and row["example"] for row in data)


def test_search() -> None:
    names = {row["name"] for row in listed("hyperbolic").whole}
    assert {"sinh", "atanh"} <= names
    assert "add" not in names


def test_any_name_leads_to_the_page() -> None:
    assert page("np.arctan").whole["name"] == "atan"
    assert page("logSumExp").whole["name"] == "logsumexp"
    with pytest.raises(ProgramNameError, match="did you mean 'atan'"):
        page("atn")


@pytest.mark.parametrize("name", ["atan", "exp", "sqrt", "tanh", "pow", "div", "hypot", "log"])
def test_derivatives_are_formulas(name: str) -> None:
    """A formula on a page is a program, with the value of the derivative."""
    record = FUNCTIONS[name]
    names = [p.name for p in record.parameters]
    point = dict(zip(names, [0.7, 1.3], strict=False))
    found = page(name).whole["derivatives"]
    for variable, text in zip(names, found, strict=True):
        formula = re.sub(r"^by \w+: ", "", text)
        slope = evaluate(f"grad({name}({', '.join(names)}), {variable})", **point)
        used = {n: v for n, v in point.items() if re.search(rf"\b{n}\b", formula)}
        assert evaluate(formula, **used) == pytest.approx(slope, rel=1e-12)


def test_camel_case() -> None:
    assert find("squaredDifference") is FUNCTIONS["squared_difference"]


def test_index_is_up_to_date() -> None:
    """`python -m gradcli.ops.write_names` writes it."""
    assert write_names.FILE.read_text(encoding="utf-8") == write_names.text()


@pytest.mark.parametrize("names", [{"arithmetic": ["a", "a"]}, {"arithmetic": ["a"], "b": ["a"]}])
def test_a_name_is_of_one_function(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_names, "FAMILIES", {"family": " ".join(names)})
    monkeypatch.setattr(write_names, "names_of", names.__getitem__)
    with pytest.raises(ValueError, match="'a' is a name in arithmetic and once more in"):
        write_names.text()


def test_modules_are_loaded_when_used() -> None:
    """A simple gradient needs few of the modules of functions."""
    code = (
        "import sys, gradcli; gradcli.grad('atan(x)', x=1.0); "
        "print(sum(name.startswith('gradcli.ops.') for name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 20


def test_words_of_the_language_have_pages() -> None:
    """What is no function of the library has a page, too, whose example runs."""
    assert PAGES.keys() >= {*SPECIALS, "if", "else", "for", "in", "while"}
    for word, about in (PAGES | SIGNS).items():
        assert word in about.forms or word in SIGNS
        evaluate(about.example)


@pytest.mark.parametrize(
    ("sign", "forms"),
    [("!", "factorial(x)"), ("|x|", "abs(x)"), ("x²", "x**2"), ("A @ b", "matmul(A, b)")],
)
def test_signs_have_pages(sign: str, forms: str) -> None:
    assert forms in page(sign).rows[0][1]
