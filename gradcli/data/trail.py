"""What the jobs asked that a file answers, kept beside it while it is unfinished."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO

from gradcli.data.whole import writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.jobs import Raw

_SIZE = 8
"""Bytes of a fingerprint: of a million jobs no two that differ are likely to have the same."""


class Trail:
    """A fingerprint of what holds for all jobs, and one of each job that is answered.

    They are written before the answer is, so that a process that is killed leaves no answer without
    its fingerprint. `options` is what holds for all jobs, as bytes.
    """

    def __init__(self, path: str, options: bytes) -> None:
        folder, name = os.path.split(path)
        self.path = os.path.join(folder, f".{name}.unfinished")
        self._options = _print_of(options)
        self._asked: deque[bytes] = deque()
        self._stream: BinaryIO | None = None
        self._known = b""
        self._before: list[bytes] = []

    def recall(self) -> None:
        """Reads what an earlier run has left; one that came to its end has left nothing."""
        with suppress(FileNotFoundError), open(self.path, "rb") as stream:
            self._known = stream.read()

    @property
    def has_other_options(self) -> bool:
        """Whether the answers that there are were asked for with other options."""
        return self._known[:_SIZE] not in (b"", self._options)

    def fits(self, job: Raw) -> bool:
        """Whether that is the job which the next of the answers that there are was given to."""
        asked = _print_of_job(job)
        self._before.append(asked)
        place = len(self._before) * _SIZE
        return self._known[place : place + _SIZE] in (b"", asked)

    def begin(self) -> None:
        """Behind the answers that fitted; none, if nobody has asked."""
        with writing(self.path):
            self._stream = open(self.path, "wb", buffering=0)  # noqa: SIM115
            self._stream.write(b"".join((self._options, *self._before)))

    def noting(self, jobs: Iterator[Raw | None]) -> Iterator[Raw | None]:
        """The jobs, which are answered in their order."""
        note = self._asked.append
        for job in jobs:
            if job is not None:
                note(_print_of_job(job))
            yield job

    def answered(self, count: int) -> None:
        """The next so many jobs are answered, and the answers about to be written."""
        if self._stream is not None:
            prints = b"".join([self._asked.popleft() for _ in range(count)])
            with writing(self.path):
                self._stream.write(prints)

    def close(self, *, is_done: bool) -> None:
        """No more is written; where all jobs are answered, nothing stays."""
        if self._stream is not None:
            self._stream.close()
            if is_done:
                with suppress(OSError):
                    os.unlink(self.path)


def _print_of(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SIZE).digest()


def _print_of_job(job: Raw) -> bytes:
    body = job.body if isinstance(job.body, bytes) else repr((job.header, job.body)).encode()
    return _print_of(body)
