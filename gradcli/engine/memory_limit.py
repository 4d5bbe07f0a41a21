"""The memory that a command, or a part of a Python program, may take: arrays, texts and answers."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gradcli.errors import LimitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

SHARE = 4
"""What part of the memory of the machine, or of its container, a command may take: one in four."""

LEAST = 2**20

OPTION = "--max-memory"

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}

_CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def bytes_in(typed: str, said: str = OPTION) -> int:
    """`2G`, `500M`, `1e9` as a number of bytes; messages call the limit as it is `said`."""
    match = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*([kmgt]?)(?:i?b)?\s*", typed.lower())
    with suppress(ValueError, OverflowError):
        if match and (size := int(float(match[1]) * _UNITS[match[2]])) >= LEAST:
            return size
    raise UsageError(f"{said} takes bytes from 1M on, not '{typed}'", help="2G, or 500M")


def usual() -> int | None:
    """The part of the machine's or the container's memory; None where the system does not tell."""
    sizes = []
    with suppress(OSError, ValueError, AttributeError):
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in _CONTAINER:
        with suppress(OSError, ValueError), open(path) as stream:
            sizes.append(int(stream.read()))
    return min(sizes) // SHARE if sizes else None


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
    taken = _taken()
    if most is None or taken is None:
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    if before[1] != resource.RLIM_INFINITY:
        most = min(most, before[1] - taken)
    with suppress(ValueError, OSError):
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


def _taken() -> int | None:
    """The bytes of data that the process has by now, as the system counts them."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm") as stream:
        return int(stream.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    return None
