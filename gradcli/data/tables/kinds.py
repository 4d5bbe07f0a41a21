"""The kinds of table files, told by extension, and the files that names, globs, folders mean."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from gradcli.data.file_kinds import COMPRESSIONS, FILE_KINDS
from gradcli.data.tables.hive import keys_of, typed_keys
from gradcli.errors import InputError, UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from gradcli.data.tables.hive import Keys

KINDS = ("csv", "tsv", "jsonl", "parquet", "arrow")

EXTENSIONS = {ending: kind for kind in KINDS for ending in FILE_KINDS[kind].extensions}

TEXT = frozenset({"csv", "tsv", "jsonl"})
"""Kinds whose cells are text, so that a column may change its type on the way."""


PACKED = tuple(ending for kind in COMPRESSIONS.values() for ending in kind.extensions)
"""What the names of compressed files end in."""


def kind_of(path: str) -> str | None:
    """The kind that a file's name asks for; None if it asks for none."""
    return EXTENSIONS.get(os.path.splitext(path)[1].lower())


def packed_kind(path: str) -> str | None:
    """The same for a file to read, which may be compressed."""
    root, extension = os.path.splitext(path)
    return kind_of(root if extension.lower() in PACKED else path)


def named_kind(name: str | None, option: str) -> str | None:
    """The kind that an option names, by its own name or an extension's."""
    if name is None or name in KINDS:
        return name
    found = kind_of(f"_.{name}")
    if found is None:
        raise UsageError(f"{option}: '{name}' is no kind of table", help=", ".join(KINDS))
    return found


def kind_or_fail(path: str, option: str) -> str:
    """The kind of a file to read; `option` is how it can be said otherwise."""
    found = packed_kind(path)
    if found is None:
        shown = "standard input" if path == "-" else f"'{path}'"
        raise UsageError(
            f"the extension does not tell what kind of table {shown} is"
            if path != "-"
            else "what kind of table does standard input bring?",
            help=f"{option} {'|'.join(KINDS)}",
        )
    return found


def expand(names: tuple[str, ...]) -> list[str]:
    """The files that are meant: globs in order of name, folders with the tables in them."""
    found: list[str] = []
    for name in names:
        if name == "-" or os.path.isfile(name):
            found.append(name)
        elif os.path.isdir(name):
            found += _folder(name)
        elif glob.has_magic(name):
            matches = sorted(path for path in glob.glob(name, recursive=True) if _is_file(path))
            if not matches:
                raise InputError(f"no file fits '{name}'")
            found += matches
        elif os.path.exists(name):
            found.append(name)  # a pipe
        else:
            raise _absent(name)
    return found


def folder_keys(names: tuple[str, ...]) -> dict[str, Keys]:
    """What the folders in a folder that is read say about each table in them."""
    folders = [name for name in names if name != "-" and os.path.isdir(name)]
    found = {path: keys_of(name, path) for name in folders for path in _folder(name)}
    return typed_keys(found)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)


def _folder(name: str) -> list[str]:
    """The tables of a folder and the folders in it, in order of name; hidden ones are none."""
    found = []
    for folder, inner, files in os.walk(name):
        inner[:] = sorted(filter(_is_seen, inner))
        found += [os.path.join(folder, n) for n in files if packed_kind(n) and _is_seen(n)]
    if not found:
        raise InputError(f"there is no table in '{name}'", help=" ".join(EXTENSIONS))
    return sorted(found)


def _is_seen(name: str) -> bool:
    return not name.startswith((".", "_"))


def _absent(name: str) -> InputError:
    folder, last = os.path.split(name)
    try:
        near = nearest(last, os.listdir(folder or "."))
    except OSError:
        return InputError(f"cannot read '{name}'", help=f"there is no folder '{folder}'")
    hint = None if near is None else f"did you mean '{os.path.join(folder, near)}'?"
    return InputError(f"cannot read '{name}': no such file or directory", help=hint)
