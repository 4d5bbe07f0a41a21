"""The files that names, globs and folders on a command line, or in a call, stand for."""

from __future__ import annotations

import glob
import os
from errno import ENOENT
from typing import TYPE_CHECKING

from gradcli.data.files import unreadable
from gradcli.data.tables.hive import keys_of, typed_keys
from gradcli.data.tables.kinds import EXTENSIONS, packed_kind
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.tables.hive import Keys


def expand(names: Sequence[str]) -> list[str]:
    """The files that are meant: globs in order of name, folders with the tables in them."""
    return [path for name in names for path in _expanded(name)]


def _expanded(name: str) -> list[str]:
    if os.path.isdir(name):
        return _tables_in(name)
    if name == "-" or os.path.exists(name):  # a file, or a pipe
        return [name]
    matches = sorted(filter(os.path.isfile, glob.glob(name, recursive=True)))
    if matches:
        return matches
    if glob.has_magic(name):
        raise InputError(f"no file matches '{name}'")
    if not name:
        raise InputError("the name of a table is empty", help="name a file, or - for stdin")
    raise unreadable(name, FileNotFoundError(ENOENT, os.strerror(ENOENT)))


def folder_keys(names: Sequence[str]) -> dict[str, Keys]:
    """What the folders in a folder that is read say about each table in them."""
    folders = [name for name in names if name != "-" and os.path.isdir(name)]
    return typed_keys({path: keys_of(name, path) for name in folders for path in _tables_in(name)})


def _tables_in(name: str) -> list[str]:
    """The tables of a folder and the folders in it, in order of name, without hidden ones."""
    paths = []
    for folder, inner, files in os.walk(name):
        inner[:] = sorted(filter(_is_seen, inner))
        paths += [os.path.join(folder, n) for n in files if packed_kind(n) and _is_seen(n)]
    if not paths:
        raise InputError(
            f"there is no table in '{name}'", help=f"tables end in {' '.join(EXTENSIONS)}"
        )
    return sorted(paths)


def _is_seen(name: str) -> bool:
    return not name.startswith((".", "_"))
