"""The memory that a command, or a part of a Python program, may take: arrays, texts and answers."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gradcli.errors import LimitError, UsageError
from gradcli.exec.memory_left import bytes_taken, usual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

LEAST = 2**20

OPTION = "--max-memory"

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def bytes_in(typed: str, said: str = OPTION) -> int:
    """`2G`, `500M`, `1e9` as a number of bytes; messages call the limit as it is `said`."""
    match = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*([kmgt]?)(?:i?b)?\s*", typed.lower())
    with suppress(ValueError, OverflowError):
        if match and (size := int(float(match[1]) * _UNITS[match[2]])) >= LEAST:
            return size
    raise UsageError(f"{said} takes bytes from 1M on, not '{typed}'", help="2G, or 500M")


def memory_limit(most: int | str) -> AbstractContextManager[None]:
    """Within it the process may take that many bytes more, and then there is a LimitError.

    "2G", "500M" or a number. Linux keeps the account, of all threads together; other systems keep
    none, and there is no limit there.

    >>> with memory_limit("2G"):
    ...     pass
    """
    return bounded(bytes_in(str(most), "memory_limit"), "memory_limit")


@contextmanager
def bounded(most: int | None, said: str = OPTION) -> Iterator[None]:
    """Within it the process gets that many bytes more, and then a LimitError.

    The system keeps the account, of what C libraries hold, too; where it keeps none (it is Linux
    that does) there is no limit.
    """
    most = most or usual()
    taken = bytes_taken()
    if most is None or taken is None:
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    if before[1] != resource.RLIM_INFINITY:
        most = min(most, before[1] - taken)
    with suppress(ValueError, OSError, OverflowError):  # so much that it is none
        resource.setrlimit(resource.RLIMIT_DATA, (taken + most, before[1]))
    try:
        yield
    except MemoryError as error:
        message = getattr(error, "message", "not enough memory")
        help_ = f"smaller arrays, or {said}, which is {most / 2**30:.3g}G"
        raise LimitError(message, span=getattr(error, "span", None), help=help_) from None
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, before)
