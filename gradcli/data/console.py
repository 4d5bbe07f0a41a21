"""The world outside as one object: streams, environment, terminal; tests replace it whole."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from errno import EBADF
from typing import TYPE_CHECKING, BinaryIO, TextIO

from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class StandardInput:
    """Standard input, which one argument of a command can use."""

    __slots__ = ("_stream", "_use")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._use: str | None = None

    def take(self, use: str) -> BinaryIO:
        """The stream itself, for `use` (an option's name, or "the program")."""
        if self._use is not None:
            raise InputError(
                f"standard input can be used once: {self._use} has it, {use} asks for it too",
                help="put one of the two into a file and name it with @FILE",
            )
        self._use = use
        return self._stream

    @property
    def taken(self) -> BinaryIO | None:
        """The stream, if something uses it."""
        return None if self._use is None else self._stream


class Console:
    """Where a command reads, writes, and learns about its surroundings.

    `arguments` are those of the command line that runs.
    """

    def __init__(
        self,
        stdin: BinaryIO,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        *,
        width: int | None = None,
        is_terminal: bool | None = None,
    ) -> None:
        self.stdin = StandardInput(stdin)
        self.stdout = stdout
        self.stderr = stderr
        self.environ = environ
        self.is_terminal = stdout.isatty() if is_terminal is None else is_terminal
        self.stderr_is_terminal = stderr.isatty()
        self.stdin_is_terminal = stdin.isatty()
        self.arguments: Sequence[str] = ()
        self._width = width

    @classmethod
    def system(cls) -> Console:
        """The streams and the environment of this process.

        A closed input is empty, closed standard error silent; to a closed output no answer can go.
        """
        stdin = io.BytesIO() if sys.stdin is None else sys.stdin.buffer
        stdout = sys.stdout or io.TextIOWrapper(io.BufferedWriter(_Closed()), "utf-8")
        stderr = sys.stderr or io.TextIOWrapper(io.BytesIO(), "utf-8")
        return cls(stdin, stdout, stderr, os.environ)

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        if self._width is None:
            import shutil

            self._width = shutil.get_terminal_size().columns
        return self._width

    @property
    def height(self) -> int:
        """Lines of the terminal."""
        import shutil

        return shutil.get_terminal_size().lines

    @property
    def colour(self) -> bool:
        """Whether standard output may be coloured."""
        return self.is_terminal and self._may_colour

    @property
    def stderr_colour(self) -> bool:
        """Whether standard error may be coloured."""
        return self.stderr_is_terminal and self._may_colour

    @property
    def _may_colour(self) -> bool:
        return not self.environ.get("NO_COLOR") and self.environ.get("TERM") != "dumb"

    def has_room_for_bar(self, *, is_written: bool) -> bool:
        """Whether a bar on standard error is seen, and no answer `is_written` beside it."""
        return self.stderr_is_terminal and not (is_written and self.is_terminal)

    @property
    def unicode(self) -> bool:
        """Whether standard output can show more than ASCII."""
        return (getattr(self.stdout, "encoding", None) or "utf-8").lower().startswith("utf")

    def write(self, content: str | bytes) -> None:
        """Text or bytes to standard output; characters that it cannot show are written escaped."""
        if isinstance(content, bytes):
            self.stdout.flush()
            self.stdout.buffer.write(content)
            self.stdout.buffer.flush()
            return
        _write(self.stdout, content)

    def tell(self, text: str) -> None:
        """A line to standard error; where nobody can be told, the exit status has to speak."""
        with suppress(OSError):
            _write(self.stderr, text + "\n")

    def flush(self) -> None:
        """Pass on what is written so far."""
        self.stdout.flush()


class _Closed(io.RawIOBase):
    """What stands for a stream that is closed."""

    def writable(self) -> bool:
        """So that text can be sent here, which is then an error."""
        return True

    def write(self, _: object) -> int:
        """The error that the system would give."""
        raise OSError(EBADF, os.strerror(EBADF))


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
