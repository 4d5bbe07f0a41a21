"""The picture of the folders, held over the source: who imports whom, and what is imported late."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "gradcli").rglob("*.py"))
}

BOTTOM = {"errors", "suggest"}
"""Modules that import nothing of the package and that all may import."""

MAY_IMPORT = {
    "errors": "",
    "suggest": "",
    "syntax": "",
    "ir": "",
    "data": "",
    "ops": "ir",
    "passes": "ir",
    "exec": "ir",
    "render": "ir",
    "lower": "syntax ir",
    "engine": "lower ops passes exec render data syntax ir",
    "cli": "engine data render __init__",
    "__init__": "engine",
    "__main__": "cli",
}
"""Each folder or module of the package, and what it may import besides itself and the bottom."""

ONE_FILE = {
    "lark": "gradcli.syntax.build",
    "pyarrow": None,
    "matplotlib": None,
    "plotext": None,
    "prompt_toolkit": None,
    "dask": None,
    "distributed": None,
}
"""Dependencies that one file imports, and which if it is settled."""

LATE = {*ONE_FILE, "rich", "scipy"}
"""Dependencies that nobody pays for who does not use them."""


@cache
def imports(module: str) -> list[tuple[str, bool]]:
    """What a module imports, and whether as soon as it is imported itself."""

    def visit(node: ast.AST, early: bool) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Import):
            yield from ((alias.name, early) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((n if n in FILES else str(node.module), early) for n in names)
        inner = early and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        checked = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inner and not checked)

    return list(visit(ast.parse(FILES[module].read_text(encoding="utf-8")), True))


def layer(module: str) -> str:
    """The folder of a module, or its own name at the top of the package."""
    return [*module.split("."), "__init__"][1]


@pytest.mark.parametrize("module", FILES)
def test_no_import_against_an_arrow(module: str) -> None:
    """Imports for type checkers count, too."""
    own = layer(module)
    allowed = {own, *MAY_IMPORT[own].split()} | (set() if own in BOTTOM else BOTTOM)
    found = {layer(name) for name, _ in imports(module) if name.split(".")[0] == "gradcli"}
    assert sorted(found - allowed) == []


def test_no_import_cycle() -> None:
    """Modules import one another in an order, as far as imports run on import."""
    TopologicalSorter(
        {module: {n for n, early in imports(module) if early and n in FILES} for module in FILES}
    ).prepare()


@pytest.mark.parametrize("package", sorted(LATE))
def test_imported_late(package: str) -> None:
    """Inside a function, or at the top of a module that itself is imported inside functions."""
    early = {m for m in FILES for n, now in imports(m) if n.split(".")[0] == package and now}
    for module in FILES:
        assert not {n for n, now in imports(module) if now} & early


@pytest.mark.parametrize("package", sorted(ONE_FILE))
def test_one_file(package: str) -> None:
    """An optional dependency is the business of one file."""
    users = {m for m in FILES for n, _ in imports(m) if n.split(".")[0] == package}
    assert users <= {ONE_FILE[package]} if ONE_FILE[package] else len(users) <= 1
