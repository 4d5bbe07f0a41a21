"""The file of answers: begun anew, or continued behind the last line that is whole."""

from __future__ import annotations

import json
import os
import stat
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.jobs import identity
from gradcli.data.writer import unwritable
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gradcli.data.jobs import Raw

_START = b'{"id": '


class Results:
    """An open file that takes lines, each passed on to the system at once.

    A process that is killed loses nothing that was written, and leaves at most one line unfinished.
    """

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream

    def write(self, text: str) -> None:
        """Lines; a lone surrogate is written as JSON escapes it."""
        try:
            self._stream.write(text.encode("utf-8", "backslashreplace"))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(self.path, error) from error

    def close(self) -> None:
        """What is written reaches the disk."""
        try:
            if stat.S_ISREG(os.fstat(self._stream.fileno()).st_mode):
                os.fsync(self._stream.fileno())
            self._stream.close()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(self.path, error) from error


def begin(path: str) -> Results:
    """An empty file; what it held is gone."""
    return _opened(path, "r+b" if os.path.isfile(path) else "wb", lambda _: 0)


def resume(path: str, jobs: Iterator[Raw | None]) -> tuple[Results, int]:
    """The file behind its last whole line, and how many jobs it answers, which `jobs` then skips.

    Every line must answer the job in its place; InputError for a file of other jobs.
    """
    if not os.path.exists(path):
        return begin(path), 0
    if not os.path.isfile(path):
        raise UsageError(f"--resume continues a file, and '{path}' is none")
    done = 0

    def end(stream: BinaryIO) -> int:
        nonlocal done
        done, found = _answered(path, stream, jobs)
        return found

    return _opened(path, "r+b", end), done


def _opened(path: str, mode: str, end: Callable[[BinaryIO], int]) -> Results:
    """The file, cut off where it is to go on."""
    try:
        stream: Any = open(path, mode)  # noqa: SIM115
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        _lock(path, stream)
        place = end(stream)
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.truncate(place)
            stream.seek(place)
    except BaseException:
        stream.close()
        raise
    return Results(path, stream)


def _answered(path: str, stream: BinaryIO, jobs: Iterator[Raw | None]) -> tuple[int, int]:
    """How many lines answer their jobs, and where the last of them ends."""
    done = end = 0
    for number, line in enumerate(stream, 1):
        if not line.endswith(b"\n"):
            if not line.startswith(_START) and not _START.startswith(line):
                raise _foreign(path, number)
            break
        job = next((job for job in jobs if job is not None), None)
        if job is None:
            raise InputError(f"'{path}' has more lines than there are jobs", help=_HELP)
        try:
            found = json.loads(line)["id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _foreign(path, number) from None
        wanted = identity(job)
        if found != wanted:
            both = f"answers the job {json.dumps(found)}, not {json.dumps(wanted)}"
            raise InputError(f"line {number} of '{path}' {both}", help=_HELP)
        done += 1
        end += len(line)
    return done, end


_HELP = "--resume takes the same files in the same order; without it the file begins anew"


def _foreign(path: str, number: int) -> InputError:
    return InputError(f"line {number} of '{path}' is no answer to a job", help=_HELP)


def _lock(path: str, stream: BinaryIO) -> None:
    """Refuses a file that another batch is writing, where the system can tell."""
    try:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"another process is writing '{path}'") from None
    except (ImportError, OSError):
        return


def refuse_same(path: str, sources: Iterable[str]) -> None:
    """An output file must not be one of the inputs."""
    for source in sources:
        if source != "-" and os.path.exists(path) and os.path.samefile(path, source):
            raise UsageError(f"'{path}' is read and written at once")


def all_jobs(sources: Iterable[Iterator[Raw | None]]) -> Iterator[Raw | None]:
    """The jobs of several files as one."""
    return chain.from_iterable(sources)


def escaped(line: str) -> str:
    """A line of JSON in ASCII, for a terminal that has nothing else."""
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in line)
