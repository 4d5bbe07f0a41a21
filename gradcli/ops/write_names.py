"""Writes `names.py`, which tells the module of each function without importing any of them.

`python -m gradcli.ops.write_names` after a function is added or renamed; a test says when it was
not.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from textwrap import wrap

from gradcli.ops.catalog import FAMILIES, functions_in

FILE = Path(__file__).with_name("names.py")

HEAD = '''"""The names of the functions of each module, by `python -m gradcli.ops.write_names`."""

from __future__ import annotations

MODULES = {
'''


def names_of(module: str) -> list[str]:
    """The names and aliases of the functions that a module defines, not of those it imports."""
    loaded = import_module(f"gradcli.ops.{module}")
    tree = ast.parse(Path(str(loaded.__file__)).read_text(encoding="utf-8"))
    imports = [statement for statement in tree.body if isinstance(statement, ast.ImportFrom)]
    foreign = {alias.asname or alias.name for statement in imports for alias in statement.names}
    own = {name: value for name, value in vars(loaded).items() if name not in foreign}
    return [name for record in functions_in(own) for name in (record.name, *record.aliases)]


def text() -> str:
    """The text of names.py."""
    owner: dict[str, str] = {}
    parts = [HEAD]
    for module in " ".join(FAMILIES.values()).split():
        names = names_of(module)
        for name in names:
            if owner.setdefault(name, module) != module or names.count(name) > 1:
                raise ValueError(f"{name!r} is a name in {owner[name]} and once more in {module}")
        lines = wrap(" ".join(names), 88, break_long_words=False)
        parts.append(f'    "{module}": """\n        ' + "\n        ".join(lines) + '""",\n')
    return "".join(parts) + "}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
