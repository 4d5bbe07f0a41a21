"""From a job to a question: its program, its operation, its settings, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.jobs import count_in, group_in, names_in, text_in
from gradcli.data.numbers import parse
from gradcli.data.objects import array
from gradcli.engine.questions import QUESTIONS, Question
from gradcli.engine.settings import Settings, canonical
from gradcli.engine.values import typed_value
from gradcli.errors import InputError, Span
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs import Setup
    from gradcli.engine.program import Text
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


class Task:
    """A job taken apart: its program, operation and settings, and the values it gives."""

    def __init__(self, fields: dict[str, Any], setup: Setup, raw: Raw) -> None:
        self.fields = fields
        self.setup = setup
        self.typed = raw.form == "table"
        self.form = raw.form
        self.expr = text_in(fields, "expr")
        self.op = _operation(text_in(fields, "op", setup.op), fields)
        self.settings = self._settings()
        self.wrt = self.names("wrt", setup.wrt)
        self.asks = self._asks()

    def _settings(self) -> Settings:
        fields, base = self.fields, self.setup.settings
        return Settings(
            dtype=text_in(fields, "dtype", base.dtype),
            method=text_in(fields, "method", base.method),
            unconnected=text_in(fields, "unconnected", "") or base.unconnected,
            max_steps=base.max_steps,
            max_elements=base.max_elements,
            stabilize=base.stabilize,
            verdict=base.verdict,
            strict=base.strict,
            threads=base.threads,
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
            text, values, self.settings, wrt=self.wrt, dy=self.value("dy"), groups=groups,
            asks=self.asks | self._directions(),
        )  # fmt: skip
        grouped = set(given).difference(plain)
        question.values = {
            name: value
            for name, value in question.values.items()
            if name in question.names.inputs or name in grouped
        }
        self.setup.used.update(n for n in question.values if n not in given)
        return question

    def _asks(self) -> dict[str, Any]:
        """What only this operation asks for, but values."""
        if self.op == "gradients":
            return {key: self.names(key) for key in ("ys", "xs", "stop")}
        if self.op == "tape":
            return {"ask": names_in(self.fields, "ask")}
        if self.op == "derivative":
            return {"order": count_in(self.fields, "order", 1)}
        if self.op == "check":
            claims = group_in(self.fields, "claim")
            return {"claim": {canonical(name): text_in(claims, name) for name in claims}}
        return {}

    def _directions(self) -> dict[str, Any]:
        """The values that only this operation asks for: one, or some by name."""
        found = {}
        for key in ("grad_ys", "tangent"):
            item = self.fields.get(key)
            if item is not None:
                found[key] = self.values(key) if isinstance(item, dict) else array(item, (key,))
        return found

    def names(self, key: str, default: list[str] | None = None) -> list[str] | None:
        """Names of the program."""
        found = names_in(self.fields, key)
        return default if found is None else [canonical(name) for name in found]

    def value(self, key: str) -> Any:
        """An array; None if it is not given."""
        found = self.fields.get(key)
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
        if number is not None:
            return number
        try:
            return typed_value(
                text, name, self.settings.dtype, max_steps=self.settings.max_steps,
                max_elements=self.settings.max_elements,
            )  # fmt: skip
        except InputError as error:
            raise InputError(f"{name}: {error.message}", help=error.help) from None


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
