"""The picture of the folders, held over the source: who imports whom, and what is imported late."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.mutants import COSTS, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "gradcli").rglob("*.py"))
}

MODULES = FILES.keys() - {"gradcli"}
"""The modules, and folders of them, that a string may name."""

BOTTOM = {"errors", "memory", "suggest", "threads"}
"""Modules that import nothing of the package and that all may import."""

MAY_IMPORT = {
    "errors": "",
    "memory": "",
    "suggest": "",
    "threads": "",
    "syntax": "",
    "ir": "",
    "data": "",
    "ops": "ir",
    "passes": "ir",
    "exec": "ir",
    "render": "ir",
    "lower": "syntax ir",
    "translation": "lower syntax ir",
    "engine": "translation lower ops passes exec render data syntax ir",
    "snippets": "engine lower ops passes exec ir syntax",
    "cli": "engine data render snippets __init__",
    "__init__": "engine",
    "load_order": "",
    "loading": "load_order",
    "__main__": "cli loading",
}
"""Each folder or module of the package, and what it imports besides itself and the bottom."""

ONE_FILE = {
    "lark": "gradcli.syntax.build",
    "llvmlite": "gradcli.exec.compiled.machine",
    "matplotlib": "gradcli.render.figure gradcli.render.png",
    "orjson": "gradcli.data.job_numbers gradcli.data.tables.digits",
    "plotext": "gradcli.render.terminal_plot",
    "prompt_toolkit": "gradcli.cli.prompt",
    "pyarrow": "gradcli.data.tables.arrow",
}
"""Dependencies that are the business of one file, or of one for each kind of picture."""

LATE = {*ONE_FILE, "rich", "scipy", "distributed", "prompt_toolkit"}
"""Dependencies that nobody pays for who does not use them."""


class Import(NamedTuple):
    """A module that is imported, as soon as the importer is (`early`), or later, or for types."""

    module: str
    early: bool


@cache
def imports(module: str) -> list[Import]:
    """What a module imports; a string that names a module of the package counts, too."""

    def visit(node: ast.AST, early: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, early) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield Import(name if name in FILES else str(node.module), early)
        elif isinstance(node, ast.Constant) and node.value in MODULES:
            yield Import(node.value, False)
        inner = early and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        checked = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inner and not checked)

    return list(visit(ast.parse(FILES[module].read_text(encoding="utf-8")), True))


def layer(module: str) -> str:
    """The folder of a module, or its own name at the top of the package."""
    return [*module.split("."), "__init__"][1]


def layers_of(module: str) -> set[str]:
    """The folders that a module imports from, its own and the bottom apart."""
    found = {layer(i.module) for i in imports(module) if i.module.split(".")[0] == "gradcli"}
    return found - {layer(module)} - (set() if layer(module) in BOTTOM else BOTTOM)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_the_arrows_are_those_of_the_picture(folder: str) -> None:
    """None is missing from the table, and none stands there that nobody uses."""
    modules = [module for module in FILES if layer(module) == folder]
    used = set().union(*map(layers_of, modules))
    assert used == set(MAY_IMPORT[folder].split())


def test_the_picture_is_whole() -> None:
    assert {layer(module) for module in FILES} == set(MAY_IMPORT)


def test_no_circle_of_imports() -> None:
    """Neither of early imports nor of late ones, for types or by name; packages hold nothing."""
    TopologicalSorter(
        {
            module: {i.module for i in imports(module) if i.module in FILES} - {module, "gradcli"}
            for module in FILES
            if module != "gradcli"
        }
    ).prepare()


@pytest.mark.parametrize("package", sorted(LATE))
def test_imported_late(package: str) -> None:
    """Inside a function, or at the top of a module that itself is imported inside functions."""
    users = {m for m in FILES for i in imports(m) if i.module.split(".")[0] == package}
    assert users
    early = {m for m in users for i in imports(m) if i.module.split(".")[0] == package and i.early}
    for module in FILES:
        assert not {i.module for i in imports(module) if i.early} & early


@pytest.mark.parametrize(("package", "file"), ONE_FILE.items())
def test_one_file(package: str, file: str) -> None:
    users = {m for m in FILES for i in imports(m) if i.module.split(".")[0] == package}
    assert users == set(file.split())


@pytest.mark.parametrize("file", COSTS)
def test_numbers_that_are_only_cost_are_where_mutants_look_for_them(file: str) -> None:
    tree = ast.parse((ROOT / "gradcli" / file).read_text(encoding="utf-8"))
    stated = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    assert set().union(*map(names_in, stated)).issuperset(COSTS[file].split())
