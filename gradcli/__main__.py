"""`python -m gradcli`, and the console script."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

REST = "22"
"""After so many cycles, as a power of two, threads of OpenBLAS sleep that have nothing to do.

Unless told otherwise they spin for a tenth of a second, from when NumPy is imported on: more work
on another core than most commands are altogether. Products that follow one another within 2 ms are
computed as fast as before.
"""


LEAST = 23 * 2**22
"""Bytes of address space that the libraries take which every command loads, with one thread."""

A_THREAD = 11 * 2**22
"""Bytes that each further thread of OpenBLAS takes: its stack, and a buffer."""

RESERVE = 2**22
"""Bytes that are given back to say that there was not enough memory; they are never touched."""


SLOTS = 2**14
"""Of the stack that `main` says it needs, so that all frames are in the piece of memory of its own.

Python keeps frames in pieces of 16 kB. Where one ends, each call maps the next one and each return
unmaps it: six hundred times in a start, which is a fifteenth of it.
"""


def main() -> None:
    """Runs the command line and exits with its status.

    The process ends at once: everything is written and closed by then, and taking down all modules
    one by one would take a sixth of the time that importing NumPy takes. A profiler gets its turn.
    """
    try:
        run = _entrance()
        status = run([_decoded(arg) for arg in sys.argv[1:]])
    except KeyboardInterrupt:
        status = 130
    if sys.getprofile() is not None or sys.gettrace() is not None:
        sys.exit(status)
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or nobody reads on
            stream.flush()
    os._exit(status)


main.__code__ = main.__code__.replace(co_stacksize=SLOTS)


def _entrance() -> Callable[[list[str]], int]:
    """What runs a command line; without the memory for what that takes, it cannot be loaded.

    NumPy may report that as an error of its own insides, and OpenBLAS by an interrupt. What is
    loaded stays: to look for garbage in it would take a twentieth of the start.
    """
    gc.disable()
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", REST)
    reserve = b""
    try:
        _find_room()
        reserve = bytes(RESERVE)
        from gradcli.loading import load

        load()
        from gradcli.cli.main import run
    except (ImportError, MemoryError, OSError, SystemError) as error:
        del reserve
        from gradcli.errors import cannot_load, render

        message = cannot_load(error)
        if message is None:
            raise
        sys.exit(render(message))
    gc.freeze()
    gc.enable()
    return run


def _find_room() -> None:
    """OpenBLAS has one thread where address space is limited to less than all of them take.

    A MemoryError where it does not do for one: libraries that run out of it as they are loaded
    crash, and Python itself may go round in circles.
    """
    try:
        bytes(LEAST + ((os.cpu_count() or 1) - 1) * A_THREAD)
    except MemoryError:
        bytes(LEAST)
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _decoded(arg: str) -> str:
    """An argument, in UTF-8 where the locale knows ASCII only; names of files stay as they are."""
    if arg.isascii() or arg.startswith("@") or os.path.exists(arg):
        return arg
    from contextlib import suppress

    with suppress(UnicodeDecodeError):
        if any("\udc80" <= character <= "\udcff" for character in arg):
            return os.fsencode(arg).decode()
    return arg


if __name__ == "__main__":
    main()
