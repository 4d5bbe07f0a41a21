"""Everything that can go wrong, as data: kind, exit status, place in the text, and the way out.

Every module may import this one; it imports none of them. `render(error)` is the text a shell
shows, `str(error)` the same without the word before it: Python prints the name of the class.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Source:
    """A piece of text that somebody typed, and the name under which messages cite it."""

    __slots__ = ("name", "text")

    def __init__(self, text: str, name: str = "program") -> None:
        self.text = text
        self.name = name

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character offset."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def line(self, offset: int) -> str:
        """The text of the line of a character offset, without its newline."""
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text[start:].partition("\n")[0].rstrip("\r")

    def cited(self, offset: int) -> str:
        """How messages cite the place of a character offset: `name:line:column`."""
        line, column = self.place(offset)
        return f"{self.name}:{line}:{column}"


_LONGEST_CITED = 40


class Span:
    """The characters `start` to `end` (exclusive) of a source."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    def cited(self, otherwise: str) -> str:
        """The characters where they are few and in one line; else a word that stands for them."""
        text = self.text
        return text if 0 < len(text) <= _LONGEST_CITED and "\n" not in text else otherwise

    def __str__(self) -> str:
        return self.source.cited(self.start)


# --- how options are spelled, which messages name as ⟨wrt⟩ or ⟨tangent x=VALUE⟩ ------------------


def in_shell(option: str, value: str) -> str:
    """`--grad-ys`, `--tangent x=VALUE`."""
    return f"--{option.replace('_', '-')} {value}".rstrip()


LIMITS = ("max_elements", "max_memory", "max_steps", "timeout")
"""Options that hold for all jobs, and that no job can set."""


def in_job(option: str, value: str) -> str:
    """`"grad_ys"`, `"tangent": {"x": VALUE}`, `"tangent": [1, 0]`, `"xs": ["a", "b"]`."""
    if option in LIMITS:
        return in_shell(option, value)
    return f'"{option}": {_as_item(value)}' if value else f'"{option}"'


def in_dict(option: str, value: str) -> str:
    """As in a job; but limits hold for all jobs and are arguments of the call: `timeout=`."""
    return (in_python if option in LIMITS else in_job)(option, value)


def in_python(option: str, value: str) -> str:
    """`grad_ys=`, `tangent={"x": …}`, `tangent=[1, 0]`, `xs=["a", "b"]`."""
    return f"{option}={_as_item(value).replace('VALUE', '…')}"


def _as_item(value: str) -> str:
    """A value as a shell has it, as Python and JSON have it."""
    name, equals, item = value.partition("=")
    if equals:
        return f'{{"{name}": {_as_item(item)}}}'
    if "," in value:
        return f"[{', '.join(map(_as_item, value.split(',')))}]"
    is_name = value[:1].isalpha() and not value.isupper()
    return f'"{value}"' if is_name else value


_OPTION = r"⟨(\w+)(?: ([^⟩]+))?⟩"


_LONG_WORD, _LONG_TEXT = 200, 2_000
"""Characters of a word, and of a text, that a message cites; of data there may be megabytes."""


def _bounded(text: str) -> str:
    """A text whose words are cut where they are long, and itself."""
    text = re.sub(rf"(\S{{{_LONG_WORD // 2}}})\S{{{_LONG_WORD // 2},}}", r"\1…", text)
    return text if len(text) <= _LONG_TEXT else text[:_LONG_TEXT] + "…"


def shortened(text: str, most: int) -> str:
    """A text in no more than so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


class Diagnostic:
    """One message with its place and its help; what errors and warnings have in common.

    `spelling` says how options are spelled in both, by those who know where the message is read.
    """

    kind = "internal"
    label = "error"
    spelling: Callable[[str, str], str] = staticmethod(in_shell)

    def __init__(self, message: str, *, span: Span | None = None, help: str | None = None) -> None:
        self._message = message
        self._help = help
        self.span = span

    def _spelled(self, text: str) -> str:
        if len(text) > _LONG_WORD:
            text = _bounded(text)
        if "⟨" not in text:
            return text
        return re.sub(_OPTION, lambda option: self.spelling(option[1], option[2] or ""), text)

    @property
    def message(self) -> str:
        """What happened."""
        return self._spelled(self._message)

    @property
    def help(self) -> str | None:
        """The way out; None where nobody knows one."""
        return None if self._help is None else self._spelled(self._help)

    def helped(self, text: str | None) -> Self:
        """The same, with a way out if it has none yet."""
        self._help = self._help or text
        return self

    def advised(self, text: str | None) -> Self:
        """The same, with this way out in place of its own, if there is one."""
        self._help = text or self._help
        return self

    def as_dict(self) -> dict[str, object]:
        """The JSON form: kind, message, and line, column and help where there are any."""
        members: dict[str, object] = {"kind": self.kind, "message": self.message}
        if self.span is not None:
            members["line"], members["column"] = self.line, self.column
        if self.help is not None:
            members["help"] = self.help
        return members

    @property
    def line(self) -> int | None:
        """The line of the text that it is about, from 1; None if it is about no place."""
        return None if self.span is None else self.span.source.place(self.span.start)[0]

    @property
    def column(self) -> int | None:
        """The column in that line, from 1."""
        return None if self.span is None else self.span.source.place(self.span.start)[1]

    def __str__(self) -> str:
        return "\n".join(_lines(self))


class GradcliError(Diagnostic, Exception):
    """Base of all errors; `status` is the exit status of a command that ends with it."""

    status = 1

    def __init__(self, message: str, *, span: Span | None = None, help: str | None = None) -> None:
        Exception.__init__(self, message)
        Diagnostic.__init__(self, message, span=span, help=help)

    __str__ = Diagnostic.__str__


class ParseError(GradcliError, ValueError):
    """The text is not a program."""

    kind = "parse"


class ProgramNameError(GradcliError, LookupError):
    """A name stands for nothing here."""

    kind = "name"


class ProgramTypeError(GradcliError, TypeError):
    """A value of the wrong sort: a function where an array is meant, two truth values for one."""

    kind = "type"


class ShapeError(GradcliError, ValueError):
    """Shapes that do not fit together."""

    kind = "shape"


class AxisError(ShapeError):
    """An axis of an array that it has not."""

    def __init__(self, axis: int, ndim: int) -> None:
        has = f"there are axes 0 to {ndim - 1}"
        if ndim < 2:
            has = "there is only axis 0" if ndim else "a scalar has no axes"
        super().__init__(f"axis {axis} is out of range: {has}")
        self.axis = axis
        self.ndim = ndim


class DomainError(GradcliError, ArithmeticError):
    """A value for which there is no answer at all, such as a singular matrix in `inv`."""

    kind = "domain"


class MatrixError(DomainError):
    """A matrix that is not of the kind that an operation needs: `reason` says "is singular"."""

    def __init__(self, reason: str, *, operation: str = "", span: Span | None = None) -> None:
        of = f" of {operation}" if operation else ""
        super().__init__(f"the matrix{of} {reason}", span=span)
        self.reason = reason


class LimitError(GradcliError):
    """A stated limit is passed; the help names the option that moves it."""

    kind = "limit"


def too_large(size: int, most: int, span: Span | None = None) -> LimitError:
    """The error of an array that would have more elements than `most`, and is not made."""
    message = f"an array of {size:,} elements is more than {most:,}"
    return LimitError(message, help="⟨max_elements⟩ raises the limit", span=span)


class InputError(GradcliError, ValueError):
    """Values that are missing, surplus, malformed or unreadable."""

    kind = "input"
    status = 2


class UsageError(GradcliError, TypeError):
    """The command line, or a call of the library, is not of the form it must have."""

    kind = "usage"
    status = 2


class DeadlineError(GradcliError, TimeoutError):
    """The time that a command or a call may take is over."""

    kind = "timeout"
    status = 124


class OutOfMemoryError(LimitError, MemoryError):
    """Arrays for which the machine has no room."""


class InternalError(GradcliError, RuntimeError):
    """A bug in gradcli."""

    kind = "internal"
    status = 70


class LoopError(InternalError):
    """A turn of a loop that was run as a node failed: run by itself it says what is wrong."""


class BatchError(InternalError):
    """An operation that has no rule for many values at a time."""


class Notice(Diagnostic):
    """A warning: the answer stands, and here is what to know about it."""

    kind = "warning"
    label = "warning"

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        help: str | None = None,
        kind: str = "warning",
    ) -> None:
        super().__init__(message, span=span, help=help)
        self.kind = kind

    def __repr__(self) -> str:
        return f"Notice({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notice) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.message)


class GradcliWarning(UserWarning):
    """A notice as Python passes warnings on, with its fields; the place is of the program."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice)
        self.notice = notice
        self.kind, self.message, self.help = notice.kind, notice.message, notice.help
        self.line, self.column = notice.line, notice.column


def render(diagnostic: Diagnostic) -> str:
    """The message, the line it is about with the place underlined, and the help."""
    return f"{diagnostic.label}: {diagnostic}"


def _lines(diagnostic: Diagnostic) -> list[str]:
    span = diagnostic.span
    message = diagnostic.message if span is None else f"{diagnostic.message} at {span}"
    lines = [_visible(message)]
    if span is not None:
        lines += _excerpt(span)
    if diagnostic.help is not None:
        lines.append(f"  help: {_visible(diagnostic.help)}")
    return lines


_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Kinds of characters that a terminal obeys, or shows as nothing: of data there may be any."""


def _visible(text: str) -> str:
    """A text whose unseen characters are spelled as Python spells them."""
    if text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode() if c not in "\n\t" and _is_unseen(c) else c
        for c in text
    )


def _is_unseen(c: str) -> bool:
    return not c.isprintable() and unicodedata.category(c) in _UNSEEN


_WIDTH = 100  # columns of source that an excerpt shows at most


def _excerpt(span: Span) -> list[str]:
    """The span's first line, cut to a window around the place, and the line of carets below it."""
    number, column = span.source.place(span.start)
    text = span.source.line(span.start)
    begin = column - 1
    end = min(begin + max(span.end - span.start, 1), max(len(text), begin + 1))
    left = 0 if len(text) <= _WIDTH else max(0, min(begin - _WIDTH // 3, len(text) - _WIDTH))
    right = left + _WIDTH
    shown = ("…" if left else "") + text[left:right] + ("…" if len(text) > right else "")
    margin = " " * len(str(number))
    before = terminal_columns(text[left:begin]) + (1 if left else 0)
    under = max(terminal_columns(text[begin : min(end, right)]), 1)
    if not shown.isprintable():
        shown = "".join(" " if _is_unseen(c) else c for c in shown)
    return [f"  {number} │ {shown}", f"  {margin} │ {' ' * before}{'^' * under}"]


def terminal_columns(text: str) -> int:
    """Terminal columns that a text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


_NO_THREAD = "can't start new thread", "Failed to launch worker thread"
"""What Python and Arrow say where there is no room for the stack of one thread more."""


def as_error(error: Exception, bug: str = "this is a bug in gradcli") -> GradcliError:
    """Any exception as one of ours; what was not foreseen is a bug, as `bug` then says."""
    if isinstance(error, GradcliError):
        return error
    if isinstance(error, RecursionError):
        return LimitError("the program is nested too deeply")
    if is_out_of_memory(error) or any(words in str(error) for words in _NO_THREAD):
        return OutOfMemoryError("not enough memory", help="smaller arrays, or ⟨max_elements⟩")
    if isinstance(error, ImportError) and (unloaded := cannot_load(error)):
        return unloaded
    wrapped = InternalError(f"{type(error).__name__}: {error}", help=bug)
    wrapped.__cause__ = error
    return wrapped


def refuse_twice(names: Sequence[str]) -> None:
    """A name may be given once."""
    seen: set[str] = set()
    for name in names if len({*names}) < len(names) else ():
        if name in seen:
            raise InputError(f"'{name}' is given twice")
        seen.add(name)


def is_out_of_memory(error: Exception) -> bool:
    """Whether there was not enough memory, for an object or for what the system was asked."""
    import errno

    return isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM


def cannot_load(error: ImportError | MemoryError | OSError | SystemError) -> GradcliError | None:
    """What to say where the system cannot load a library; None for any other failed import."""
    if isinstance(error, SystemError) or is_out_of_memory(error):
        return LimitError("not enough memory to load the libraries", help="more memory may help")
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    path = getattr(cause, "path", None) or ""
    if isinstance(cause, ModuleNotFoundError) or path.endswith(".py"):
        return None
    reason = str(cause).split("\n", maxsplit=1)[0]
    return LimitError(f"a library cannot be loaded: {reason}", help="more memory may help")
