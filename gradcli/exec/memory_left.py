"""How much memory the machine has for this process, and how much of it is taken."""

from __future__ import annotations

import os
from contextlib import suppress

SHARE = 4
"""What part of the memory of the machine, or of its container, a command may take: one in four."""

UNKNOWN = 1 << 31
"""What is taken to be there where the system does not tell."""

_CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def usual() -> int | None:
    """The part of the machine's or the container's memory; None where the system does not tell."""
    sizes = []
    with suppress(OSError, ValueError, AttributeError):
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in _CONTAINER:
        with suppress(OSError, ValueError), open(path) as stream:
            sizes.append(int(stream.read()))
    return min(sizes) // SHARE if sizes else None


def bytes_taken() -> int | None:
    """The bytes of data that the process has by now, as the system counts them."""
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm") as stream:
        return int(stream.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    return None


def spare() -> int:
    """The bytes that the process may take more: the usual part, or what its limit leaves."""
    most, taken = usual() or UNKNOWN, bytes_taken()
    if taken is None:
        return most
    import resource

    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return most if limit == resource.RLIM_INFINITY else min(most, max(limit - taken, 0))
