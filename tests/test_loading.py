"""What every command loads: the same modules as by import, in the order that imports take now."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from zipfile import ZipFile

from gradcli.load_order import ORDER
from tests import load_order

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = """
import sys
for name in sorted(sys.modules):
    if name.startswith("gradcli.") and name not in ("gradcli.loading", "gradcli.load_order"):
        module, (parent, _, last) = sys.modules[name], name.rpartition(".")
        spec, folders = module.__spec__, getattr(module, "__path__", None)
        print(spec.name, spec.origin, spec.submodule_search_locations, type(spec.loader), folders)
        there = vars(sys.modules[parent])[last] is module
        print(module.__file__, module.__cached__, module.__package__, there)
"""
BY_LOADING = "from gradcli.loading import load; load()"


def output(code: str, folder: Path) -> str:
    """What a fresh process prints, with gradcli from a folder or an archive."""
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def test_the_order_is_that_of_imports() -> None:
    assert load_order.FILE.read_text(encoding="utf-8") == load_order.text()


def test_modules_are_as_import_makes_them() -> None:
    folder = load_order.FOLDER.parent
    paths = [path.removesuffix("/__init__").replace("/", ".") for path in ORDER]
    by_import = "".join(f"import gradcli.{path}\n" for path in paths)
    shown = output(BY_LOADING + SHOWN, folder)
    assert len(shown.splitlines()) == 2 * len(ORDER)
    assert shown == output(by_import + SHOWN, folder)


def test_import_finds_them_in_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "gradcli.zip"
    with ZipFile(archive, "w") as file:
        for path in load_order.FOLDER.rglob("*.py"):
            file.write(path, path.relative_to(load_order.FOLDER.parent))
    ask = 'from gradcli.cli.main import run; run(["grad", "x^2", "--x", "3"])'
    assert output(f"{BY_LOADING}\n{ask}", archive) == "6\n"


def test_a_module_that_fails_is_none(tmp_path: Path) -> None:
    """It is loaded again by whoever needs it, as after an import that failed."""
    code = """
from gradcli import loading
(Path(FOLDER) / "broken.py").write_text("1/0")
try:
    loading._load("gradcli.broken", f"{FOLDER}/broken.py", None)
except ZeroDivisionError:
    print("gradcli.broken" in sys.modules)
"""
    setup = f"from pathlib import Path; FOLDER = {str(tmp_path)!r}"
    assert output(setup + code, load_order.FOLDER.parent) == "False\n"
