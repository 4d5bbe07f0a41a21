"""Files and folders that are there only when complete, and what is said if they cannot be."""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager, nullcontext, suppress
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from gradcli.data.files import STDIN
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor


@contextmanager
def whole_file(path: str, *, is_part: bool = False) -> Iterator[BinaryIO]:
    """A stream to a file that is there only when all went well; devices are written to directly.

    A part of a folder reaches the disk with the rest of its folder, which is what errors name.
    """
    with nullcontext() if is_part else writing(path):
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        is_device = mode is not None and not stat.S_ISREG(mode)
        with open(path, "wb") if is_device else _replacing(path, mode, is_part) as stream:
            yield stream


@contextmanager
def _replacing(path: str, mode: int | None, is_part: bool) -> Iterator[BinaryIO]:
    """A stream to a file beside the one of that name, whose place and mode it takes at the end."""
    target = os.path.realpath(path)
    beside = _beside(target, is_part=is_part)
    try:
        with open(beside, "xb") as stream:
            yield stream
            stream.flush()
            if mode is not None:
                os.chmod(beside, stat.S_IMODE(mode))
            if not is_part:
                os.fsync(stream.fileno())
        os.replace(beside, target)
    finally:
        with suppress(OSError):
            os.unlink(beside)


def _beside(target: str, *, is_part: bool = False) -> str:
    """A new name beside a file or folder, for what takes its place when complete.

    What a process that was killed has left there goes; that of one that runs stays. The folder
    of a part is new, and written to from several machines.
    """
    folder, name = os.path.split(target)
    start = f".{name[:100]}."
    if not is_part:
        _remove_stale(folder, start)
    return os.path.join(folder, f"{start}{os.getpid()}.{os.urandom(4).hex()}.tmp")


def _remove_stale(folder: str, start: str) -> None:
    left = re.compile(re.escape(start) + r"(\d+)\.[0-9a-f]{8}\.tmp(\.old)?")
    with suppress(OSError):
        for entry in os.scandir(folder):
            match = left.fullmatch(entry.name)
            if match is None or match[2] or _runs(int(match[1])):
                continue
            if entry.is_dir(follow_symlinks=False):
                _remove(entry.path)
            else:
                os.unlink(entry.path)


def _runs(process: int) -> bool:
    """Whether there is such a process, as far as one can tell; another user's counts."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def whole_folder(path: str, pool: Executor | None = None) -> Iterator[str]:
    """A folder that takes its name only when all went well, and the place of an older one.

    The threads of a pool remove that: to give memory back takes time, if files lie there.
    """
    target = os.path.realpath(path)
    beside = _beside(target)
    try:
        _refuse_foreign(path, target)
        os.mkdir(beside)
        yield beside
        _settle(beside)
        old = beside + ".old"
        if os.path.lexists(target):
            os.rename(target, old)
        os.rename(beside, target)
        _drop(old, map if pool is None else pool.map)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        _remove(beside)


def _drop(folder: str, mapped: Callable[..., Iterable[None]]) -> None:
    """Removes a folder of parts, if it is there; `mapped` calls a function for each."""
    with suppress(OSError):
        for _ in mapped(os.unlink, [entry.path for entry in os.scandir(folder)]):
            pass
        os.rmdir(folder)
    _remove(folder)


def _remove(folder: str) -> None:
    """Removes what there still is of a folder."""
    if os.path.lexists(folder):
        from shutil import rmtree

        rmtree(folder, ignore_errors=True)


def _settle(folder: str) -> None:
    """All that is in a folder reaches the disk."""
    for path in (*(entry.path for entry in os.scandir(folder)), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse_foreign(path: str, target: str) -> None:
    """A folder that holds anything but parts is not to be replaced."""
    for name in os.listdir(target) if os.path.isdir(target) else ():
        if not re.fullmatch(r"part-\d{5,}\.\w+", name):
            raise InputError(
                f"the folder '{path}' holds other files, such as '{name}'",
                help="name a new folder, or a file with an extension",
            )


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Within it what the system says of a file is said in our words; a closed pipe is no fault."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: str, error: OSError) -> InputError:
    """What to say about a file that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    folder = os.path.dirname(path) or "."
    missing = isinstance(error, FileNotFoundError) and not os.path.isdir(folder)
    advice = f"there is no folder '{folder}'" if missing else None
    return InputError(f"cannot write '{path}': {reason}", help=advice)


def refuse_same(
    target: str | IO[Any], sources: Iterable[str | IO[Any]], example: str = "results.jsonl"
) -> None:
    """The file that is written must not be one of those that are read; `example` is another."""
    written = _inode(target)
    for source in sources:
        if written is not None and _inode(source) == written:
            path = next((f for f in (target, source) if isinstance(f, str)), STDIN)
            raise UsageError(f"'{path}' is read and written at once", help=f"-o {example}")


def _inode(file: str | IO[Any]) -> tuple[int, int] | None:
    """Device and inode of a regular file; None for what is none, such as a terminal or a pipe."""
    try:
        status = os.stat(file if isinstance(file, str) else file.fileno())
    except (OSError, ValueError):  # there is no such file, or the stream is in memory
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None
