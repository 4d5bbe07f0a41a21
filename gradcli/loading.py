"""The modules that every command needs, loaded one after another without looking for them.

Python takes as long to find a module of a package as to load it. Here it is known where each of
them is, and in which order they need one another; whatever comes later is imported as always.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location

from gradcli.load_order import ORDER

FOLDER = os.path.dirname(__file__)


def load() -> None:
    """Loads them, unless the package is not a folder of files: in an archive, import finds them."""
    if isinstance(__spec__.loader, SourceFileLoader):
        for path in ORDER:
            folder, is_package = path.removesuffix("/__init__"), path.endswith("/__init__")
            name = "gradcli." + folder.replace("/", ".")
            if name not in sys.modules:
                _load(name, f"{FOLDER}/{path}.py", [f"{FOLDER}/{folder}"] if is_package else None)


def _load(name: str, path: str, inside: list[str] | None) -> None:
    """Does with a file what an import does that has found it; a package has modules `inside`."""
    spec = spec_from_file_location(name, path, submodule_search_locations=inside)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
