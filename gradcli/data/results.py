"""The file of answers: begun anew, or continued behind the last line that is whole."""

from __future__ import annotations

import json
import os
import stat
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from gradcli.data.jobs import identity, operation
from gradcli.data.json_text import json_text
from gradcli.data.whole import writing
from gradcli.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gradcli.data.jobs import Raw
    from gradcli.data.trail import Trail

    KeysOf = Callable[[str], frozenset[str] | None]

_START = b'{"id": '

_BESIDES = frozenset(("id", "agree", "verdicts", "warnings", "printed"))
"""What an answer may hold besides what was asked for."""


class Before(NamedTuple):
    """The answers that a file holds already, and how many of them tell of a failure."""

    answered: int = 0
    failed: int = 0

    def __str__(self) -> str:
        failed = f" ({self.failed:,} failed)" if self.failed else ""
        return f"{self.answered:,} answered before{failed}, " if self.answered else ""


def is_failure(answer: Mapping[str, Any]) -> bool:
    """Whether an answer tells of a failure: an error, or a check that disagrees."""
    return "error" in answer or answer.get("agree") is False


class Results:
    """An open file that takes lines, each passed on to the system at once.

    A process that is killed loses nothing that was written, and leaves at most one line unfinished.
    """

    def __init__(self, path: str, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream

    def write(self, text: str) -> None:
        """Lines; a lone surrogate is written as JSON escapes it."""
        with writing(self.path):
            self._stream.write(text.encode("utf-8", "backslashreplace"))
            self._stream.flush()

    def close(self) -> None:
        """What is written reaches the disk."""
        with writing(self.path):
            status = os.fstat(self._stream.fileno())
            if stat.S_ISREG(status.st_mode):
                os.fsync(self._stream.fileno())
            self._stream.close()
            if stat.S_ISREG(status.st_mode) and not _is_at(self.path, status):
                raise InputError(
                    f"'{self.path}' was removed or replaced while answers were written to it"
                )


def _is_at(path: str, status: os.stat_result) -> bool:
    """Whether the path still leads to the file that was opened."""
    try:
        return os.path.samestat(os.stat(path), status)
    except FileNotFoundError:
        return False


def begin(path: str) -> Results:
    """An empty file; what it held is gone."""
    return _opened(path, "r+b" if os.path.isfile(path) else "wb", lambda _: 0)


def resume(
    path: str, jobs: Iterator[Raw | None], op: str, keys_of: KeysOf, trail: Trail
) -> tuple[Results, Before]:
    """The file behind its last whole line, and the answers that it has, which `jobs` then skips.

    Every line must answer the job in its place, by its id and what its operation asks, `op` where
    it says none; InputError for a file of other jobs, as far
    as that and the trail of an unfinished run tell. `keys_of` gives the keys that the answers to
    an operation hold, None where that is not known.
    """
    if not os.path.exists(path):
        return begin(path), Before()
    trail.recall()
    if trail.has_other_options:
        raise InputError(f"the answers in '{path}' were asked for with other options", help=_HELP)
    if not os.path.isfile(path):
        raise UsageError(f"--resume continues a file, and '{path}' is not one")
    before = Before()

    def end(stream: BinaryIO) -> int:
        nonlocal before
        before, found = _answered(path, stream, jobs, op, keys_of, trail)
        return found

    return _opened(path, "r+b", end), before


def _opened(path: str, mode: str, end: Callable[[BinaryIO], int]) -> Results:
    """The file, cut off where it is to go on."""
    with writing(path):
        stream: Any = open(path, mode)  # noqa: SIM115
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


def _answered(
    path: str, stream: BinaryIO, jobs: Iterator[Raw | None], op: str, keys_of: KeysOf, trail: Trail
) -> tuple[Before, int]:
    """The answers to the first jobs, and where the last of them ends."""
    done = failed = end = 0
    for number, line in enumerate(stream, 1):
        if not line.endswith(b"\n"):
            if not line.startswith(_START) and not _START.startswith(line):
                raise _foreign(path, number)
            break
        job = next((job for job in jobs if job is not None), None)
        if job is None:
            raise InputError(f"'{path}' has more lines than there are jobs", help=_HELP)
        found = _read(path, number, line)
        wrong = _contradiction(found, job, op, keys_of)
        if not trail.fits(job):
            wrong = wrong or f"answers another job than {json_text(identity(job))}"
        if wrong is not None:
            raise InputError(f"line {number} of '{path}' {wrong}", help=_HELP)
        done += 1
        failed += is_failure(found)
        end += len(line)
    return Before(done, failed), end


def _contradiction(answer: Mapping[str, Any], job: Raw, op: str, keys_of: KeysOf) -> str | None:
    """What an answer says that cannot be said to a job; None if it may belong to it."""
    wanted = identity(job)
    if answer["id"] != wanted:
        return f"answers the job {json_text(answer['id'])}, not {json_text(wanted)}"
    asked = operation(job) or op
    keys = keys_of(asked) if isinstance(asked, str) else None
    if keys is None or "error" in answer or answer.keys() - _BESIDES == keys:
        return None
    return f"does not answer {asked}, which the job {json_text(wanted)} asks"


def _read(path: str, number: int, line: bytes) -> dict[str, Any]:
    """A line as the answer that it is."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "id" not in found:
        raise _foreign(path, number)
    return found


_HELP = "--resume takes the same files and options; without it the file begins anew"


def _foreign(path: str, number: int) -> InputError:
    return InputError(f"line {number} of '{path}' is not the answer to a job", help=_HELP)


def _lock(path: str, stream: BinaryIO) -> None:
    """Refuses a file that another batch is writing, where the system can tell."""
    try:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"another process is writing '{path}'") from None
    except (ImportError, OSError):
        return


def all_jobs(sources: Iterable[Iterator[Raw | None]]) -> Iterator[Raw | None]:
    """The jobs of several files as one."""
    return chain.from_iterable(sources)
