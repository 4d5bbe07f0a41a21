"""Writes `index.py`, which tells the module of each function without importing any of them.

`python -m gradcli.ops.build` after a function is added or renamed; a test says when it was not.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from textwrap import wrap

from gradcli.ir.function import Function
from gradcli.ops.catalog import FAMILIES

INDEX = Path(__file__).with_name("index.py")

HEAD = '''"""The names of each module's functions; written by `python -m gradcli.ops.build`."""

from __future__ import annotations

MODULES = {
'''


def names_of(module: str) -> dict[str, Function]:
    """The functions that a module defines, not those it imports, by name and alias."""
    loaded = import_module(f"gradcli.ops.{module}")
    source = Path(str(loaded.__file__)).read_text(encoding="utf-8")
    names: dict[str, Function] = {}
    for bound in _bound(ast.parse(source)):
        record = getattr(loaded, bound, None)
        if isinstance(record, Function):
            for name in (record.name, *record.aliases):
                if names.setdefault(name, record) is not record:
                    raise ValueError(f"{name!r} is a name of {names[name].name} and {record.name}")
    return names


def _bound(tree: ast.Module) -> list[str]:
    """The names that a module's own statements bind at its top level."""
    found = []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            found.append(statement.name)
        elif isinstance(statement, ast.Assign):
            found += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return found


def index() -> str:
    """The text of index.py."""
    known: dict[str, str] = {}
    parts = [HEAD]
    for module in FAMILIES.values():
        names = names_of(module)
        for name in names:
            if name in known:
                raise ValueError(f"{name!r} is a name in {known[name]} and in {module}")
            known[name] = module
        lines = wrap(" ".join(names), 88, break_long_words=False)
        quoted = "\n".join(f'        "{line} "' for line in lines)
        parts.append(f'    "{module}": (\n{quoted}\n    ),\n')
    return "".join(parts) + "}\n"


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
