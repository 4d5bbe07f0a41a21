"""Answers jobs: each a question of its own, whose answer or error is one line of JSON."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.data.formats.objects import json_line, json_text, quote
from gradcli.data.jobs import (
    checked,
    count_in,
    fields_of,
    group_in,
    names_in,
    text_in,
)
from gradcli.data.numbers import parse
from gradcli.data.objects import array
from gradcli.data.report import Report
from gradcli.engine.program import Text
from gradcli.engine.questions import QUESTIONS, Question
from gradcli.engine.settings import Settings, canonical
from gradcli.engine.values import typed_value
from gradcli.errors import (
    DeadlineError,
    GradcliError,
    InputError,
    InternalError,
    LimitError,
    Span,
    UsageError,
)
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcli.data.answer import Answer
    from gradcli.data.jobs import Raw
    from gradcli.lower.names import Names

SPECIAL_KEYS = {
    "ys": ("gradients",),
    "xs": ("gradients",),
    "grad_ys": ("gradients",),
    "stop": ("gradients",),
    "tangent": ("jvp", "hvp"),
    "order": ("derivative",),
    "ask": ("tape",),
    "claim": ("check",),
    "var": ("variable-grads", "tape", "backward"),
    "const": ("variable-grads", "tape", "backward"),
    "frozen": ("variable-grads",),
}
"""Keys that only some operations understand."""

NEEDED_KEYS = {"gradients": "xs", "tape": "ask"}
"""Keys that an operation cannot do without."""

_REMEMBERED = 1 << 21
"""Characters of programs that are kept parsed at most."""


class Setup:
    """What the command line says for all jobs; `values` are inputs that jobs may use."""

    __slots__ = ("op", "precision", "quiet", "settings", "timeout", "values", "wrt")

    def __init__(
        self,
        op: str = "grads",
        settings: Settings | None = None,
        values: Mapping[str, Any] | None = None,
        *,
        wrt: list[str] | None = None,
        timeout: float | None = None,
        precision: int | None = None,
        quiet: bool = False,
    ) -> None:
        self.op = op
        self.settings = settings or Settings()
        self.values = dict(values or {})
        self.wrt = wrt
        self.timeout = timeout
        self.precision = precision
        self.quiet = quiet


class Answered(NamedTuple):
    """The line for a job, with its newline, and whether it tells of a failure."""

    line: str
    failed: bool


class Runner:
    """Answers one job after the other, and remembers the programs it has parsed."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._texts = _Texts()

    def answer(self, raw: Raw) -> Answered:
        """The line for a job; nothing is raised but what ends the process."""
        name: Any = raw.name
        printed: list[str] = []
        try:
            with _Deadline(self.setup.timeout):
                try:
                    fields = fields_of(raw)
                    name = fields.get("id", name)
                    job = _Job(checked(fields), self.setup, raw)
                    text = self._texts(job.expr)
                    question = job.question(text, printed)
                except InputError as error:
                    return failure(name, error, printed, raw.line)
                found = question.answer(job.op)
                return Answered(_line(name, self._members(found, printed)), failed=False)
        except Exception as error:  # each job's error is its own
            return failure(name, _as_error(error), printed)

    def _members(self, found: Answer | Report, printed: list[str]) -> list[str]:
        """What an answer says, as members of a JSON object."""
        if self.setup.quiet:
            found.warnings = []
        if isinstance(found, Report):
            from gradcli.data.formats.rows import report_text

            whole = report_text(found, "json", self.setup.precision)
        else:
            whole = json_line(found, self.setup.precision)
        return [*filter(None, (whole[1:-2],)), *_printed(printed)]


def failure(
    name: Any, error: GradcliError, printed: list[str] | None = None, line: int | None = None
) -> Answered:
    """The line for a job that failed; `line` is that of its file, if the job itself is wrong."""
    members = error.as_dict()
    if line is not None and (error.span is None or error.span.source.name == "job"):
        members = {"kind": members.pop("kind"), "message": members.pop("message"), "line": line} | {
            key: item for key, item in members.items() if key != "line"
        }
    text = json.dumps(members, ensure_ascii=False)
    return Answered(_line(name, [*_printed(printed or []), f'"error": {text}']), failed=True)


def _printed(lines: list[str]) -> list[str]:
    return [f'"printed": {json_text(lines)}'] if lines else []


def _line(name: Any, members: list[str]) -> str:
    text = quote(name) if isinstance(name, str) else json.dumps(name, ensure_ascii=False)
    return "{" + ", ".join([f'"id": {text}', *members]) + "}\n"


def _as_error(error: Exception) -> GradcliError:
    """Any exception as one of ours."""
    if isinstance(error, GradcliError):
        return error
    if isinstance(error, RecursionError):
        return LimitError("the program is nested too deeply")
    if isinstance(error, MemoryError):
        return LimitError("not enough memory", help="smaller arrays, or --max-elements")
    return InternalError(f"{type(error).__name__}: {error}", help="this is a bug in gradcli")


# --- from a job to a question -------------------------------------------------------------------


class _Job:
    """A job taken apart: its program, operation and settings, and the values it gives."""

    def __init__(self, fields: dict[str, Any], setup: Setup, raw: Raw) -> None:
        self.fields = fields
        self.setup = setup
        self.typed = raw.form == "table"
        self.form = raw.form
        self.expr = text_in(fields, "expr")
        self.op = _operation(text_in(fields, "op", setup.op), fields)
        self.settings = self._settings()

    def _settings(self) -> Settings:
        fields, base = self.fields, self.setup.settings
        unconnected = fields.get("unconnected", base.unconnected)
        if unconnected not in (None, "zero", "none"):
            raise InputError(f"unconnected is {unconnected!r}", help="one of zero, none")
        return Settings(
            dtype=text_in(fields, "dtype", base.dtype),
            method=text_in(fields, "method", base.method),
            unconnected=unconnected,
            max_steps=base.max_steps,
            max_elements=base.max_elements,
            stabilize=base.stabilize,
            verdict=base.verdict,
            strict=base.strict,
        )

    def question(self, text: Text, printed: list[str]) -> Question:
        """The question; inputs that the program does not use are left out."""
        self.settings.printed = printed.append
        groups = {key: self.values(key) for key in ("var", "const", "frozen")}
        plain = self.values("inputs")
        given = [name for group in (plain, *groups.values()) for name in group]
        for name in given:
            if given.count(name) > 1:
                raise InputError(f"'{name}' is given twice")
        values = {n: v for n, v in self.setup.values.items() if n not in given} | plain
        _require(text, text.names([*values, *given]), values, groups, self.form)
        question = Question(
            text, values, self.settings, wrt=self.names("wrt", self.setup.wrt),
            dy=self.value("dy"), groups=groups, asks=self.asks(),
        )  # fmt: skip
        grouped = set(given).difference(plain)
        question.values = {
            name: value
            for name, value in question.values.items()
            if name in question.names.inputs or name in grouped
        }
        return question

    def asks(self) -> dict[str, Any]:
        """What only this operation asks for."""
        found: dict[str, Any] = {}
        if self.op == "gradients":
            found = {key: self.names(key) for key in ("ys", "xs", "stop")}
            found["grad_ys"] = self.value("grad_ys", by_name=True)
        elif self.op == "tape":
            found["ask"] = names_in(self.fields, "ask")
        elif self.op == "derivative":
            found["order"] = count_in(self.fields, "order", 1)
        elif self.op in ("jvp", "hvp"):
            found["tangent"] = self.value("tangent", by_name=True)
        elif self.op == "check":
            claims = group_in(self.fields, "claim")
            found["claim"] = {canonical(name): text_in(claims, name) for name in claims}
        return found

    def names(self, key: str, default: list[str] | None = None) -> list[str] | None:
        """Names of the program."""
        found = names_in(self.fields, key)
        return default if found is None else [canonical(name) for name in found]

    def value(self, key: str, *, by_name: bool = False) -> Any:
        """An array, or arrays by name; None if it is not given."""
        found = self.fields.get(key)
        if by_name and isinstance(found, dict):
            return self.values(key)
        return None if found is None else array(found, (key,))

    def values(self, key: str) -> dict[str, Any]:
        """Arrays by name."""
        found = {}
        for name, item in group_in(self.fields, key).items():
            own = name if name.isascii() else canonical(name)
            if own in found:
                raise InputError(f"'{own}' is given twice")
            found[own] = self._cell(own, item) if self.typed else array(item, (own,))
        return found

    def _cell(self, name: str, text: str) -> Any:
        """The value in a cell of a table: a number, or what a person would type."""
        number = parse(text)
        return typed_value(text, name, self.settings.dtype) if number is None else number


def _operation(op: str, fields: Collection[str]) -> str:
    """The operation, which must exist and understand what the job sets."""
    if op not in QUESTIONS:
        near = nearest(op.replace("_", "-"), QUESTIONS)
        known = ", ".join(QUESTIONS)
        lead = f"did you mean '{near}'? " if near else ""
        if op.replace("_", "-") in QUESTIONS:
            lead = f"did you mean '{op.replace('_', '-')}'? "
        raise InputError(f"there is no operation '{op}'", help=f"{lead}operations: {known}")
    for key, operations in SPECIAL_KEYS.items():
        if key in fields and op not in operations:
            raise InputError(f"'{key}' is nothing for {op}", help=f"it is for {_or(operations)}")
    if op in NEEDED_KEYS and NEEDED_KEYS[op] not in fields:
        raise InputError(f"{op} needs '{NEEDED_KEYS[op]}'")
    return op


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


_WAYS = {
    "jsonl": 'add "{name}" to the inputs of the job, or --{name} VALUE for all jobs',
    "table": "add a column '{name}', or --{name} VALUE for all jobs",
    "text": "add --{name} VALUE",
}
"""How a value is given, by the form of the job."""


def _require(
    text: Text,
    names: Names,
    values: Mapping[str, Any],
    groups: Mapping[str, Mapping[str, Any]],
    form: str,
) -> None:
    """Every input has a value."""
    given = {*values}.union(*groups.values())
    for name, place in names.inputs.items():
        if name not in given:
            near = nearest(name, [n for n in given if n not in names.inputs])
            help_ = f"did you mean '{near}'?" if near else _WAYS[form].format(name=name)
            span = Span(text.source, place.start, place.end)
            raise InputError(f"no value for '{name}'", span=span, help=help_)


# --- programs that come again -------------------------------------------------------------------


class _Known(Text):
    """A program that keeps what its names are, for jobs that give values to the same ones."""

    __slots__ = ("_known",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._known: dict[frozenset[str], Names] = {}

    def names(self, given: Collection[str] = ()) -> Names:
        """The program's inputs and prefixes, given names having values."""
        key = frozenset(given)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 8:
                self._known.clear()
            found = self._known[key] = super().names(given)
        return found


class _Texts:
    """Programs by their text, the ones used last, bounded by the characters that they have."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, _Known] = OrderedDict()
        self._room = _REMEMBERED

    def __call__(self, text: str) -> _Known:
        found = self._texts.get(text)
        if found is not None:
            self._texts.move_to_end(text)
            return found
        found = _Known(text)
        if len(text) < _REMEMBERED // 4:
            self._texts[text] = found
            self._room -= len(text)
            while self._room < 0:
                self._room += len(self._texts.popitem(last=False)[0])
        return found


# --- time ---------------------------------------------------------------------------------------


class _Deadline:
    """Within it, a job that runs too long is ended."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.over = False

    def __enter__(self) -> None:
        if self.seconds is not None:
            import signal

            signal.signal(signal.SIGALRM, self._expired)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def _expired(self, *_: Any) -> None:
        if not self.over:
            raise DeadlineError(
                f"not done after {self.seconds:g} s", help="--timeout gives more time"
            )

    def __exit__(self, *_: object) -> None:
        self.over = True
        if self.seconds is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
