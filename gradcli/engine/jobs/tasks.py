"""From a job to a question: its program, its operation, its settings, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.jobs import count_in, formulas_in, group_in, names_in, option_of, text_in
from gradcli.data.json_arrays import array
from gradcli.data.numbers import parse
from gradcli.engine.questions import QUESTIONS, Question
from gradcli.engine.settings import Settings, canonical
from gradcli.engine.values import typed_value
from gradcli.errors import InputError, ParseError, Source, Span
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup
    from gradcli.engine.program import Text
    from gradcli.lower.names import Names

GROUPS = ("var", "const", "frozen")
VALUED = ("inputs", *GROUPS)

_GRADIENTS = ("grad", "grads", "value-and-grad", "value-and-grads", "variable-grads", "vjp")
_RECORDED = ("gradients", "tape", "backward")
_ORDERS = ("derivative", "jacobian", "hessian", "jvp", "hvp")

SPECIAL_KEYS = {
    "wrt": (*_GRADIENTS, *_ORDERS, "check"),
    "dy": (*_GRADIENTS, "backward", "check"),
    "method": _GRADIENTS,
    "unconnected": (*_GRADIENTS, *_RECORDED),
    "ys": ("gradients",),
    "xs": ("gradients",),
    "grad_ys": ("gradients",),
    "stop": ("gradients",),
    "tangent": ("jvp", "hvp"),
    "order": ("derivative",),
    "ask": ("tape",),
    "watch": ("tape",),
    "retain": ("backward",),
    "claim": ("check",),
    "eps": ("check",),
    "rtol": ("check",),
    "atol": ("check",),
    "var": ("variable-grads", "tape", "backward"),
    "const": ("variable-grads", "tape", "backward"),
    "frozen": ("variable-grads",),
}
"""Keys that only some operations understand."""

NEEDED_KEYS = {"gradients": {"xs": "x"}, "tape": {"ask": "d/dx"}}
"""Keys that an operation cannot do without, with an example."""


class Task:
    """A job taken apart: its program, operation and settings, and the values it gives."""

    def __init__(self, fields: dict[str, Any], setup: Setup, raw: Raw) -> None:
        self.setup = setup
        self.form = raw.form
        self.expr = _program(text_in(fields, "expr"))
        self.op = _operation(text_in(fields, "op", setup.op), fields)
        self.fields = self._completed(fields)
        self.settings = self._settings()
        self.wrt = self.names("wrt")
        self.asks = self._asks()

    def _completed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """What the job sets, and what the command line says for those that do not."""
        shared = {
            key: item
            for key, item in self.setup.fields.items()
            if key not in fields and self.op in SPECIAL_KEYS[key]
        }
        self.setup.used.update(map(option_of, shared))
        found = fields | shared if shared else fields
        for key, example in NEEDED_KEYS.get(self.op, {}).items():
            if key not in found:
                in_job = self.form == "jsonl"
                help_ = f'"{key}": ["{example}"]' if in_job else f"{option_of(key)} {example}"
                raise InputError(f"{self.op} needs '{key}'", help=help_)
        return found

    def _settings(self) -> Settings:
        fields, base = self.fields, self.setup.settings
        return Settings(
            dtype=text_in(fields, "dtype", base.dtype),
            method=text_in(fields, "method", base.method),
            unconnected=text_in(fields, "unconnected") or None,
            max_steps=base.max_steps,
            max_elements=base.max_elements,
            stabilize=base.stabilize,
            verdict=base.verdict,
            strict=base.strict,
            threads=base.threads,
        )

    def question(self, text: Text, printed: list[str]) -> Question:
        """The question; inputs that the program does not use are left out unread."""
        self.settings.printed = printed.append
        own = {key: self._items(key) for key in VALUED if key in self.fields}
        given = [name for group in own.values() for name in group]
        _refuse_twice(given)
        shared = self._shared(given)
        every = [*given, *(name for group in shared.values() for name in group)]
        names = text.names(every)
        _require(text, names, every, self.form)
        if "inputs" in own:
            own["inputs"] = _used(own["inputs"], names)
        values = {key: self._read(key, items) for key, items in own.items()}
        for key, group in shared.items():
            used = _used(group, names)
            self.setup.used.update(used)
            values[key] = used | values.get(key, {})
        return Question(
            text,
            values.pop("inputs", {}),
            self.settings,
            wrt=self.wrt,
            dy=self.value("dy"),
            groups=values,
            asks=self.asks | self._directions(),
        )

    def _shared(self, given: Collection[str]) -> dict[str, dict[str, Any]]:
        """The values of the command line for names to which the job gives none, by group."""
        found: dict[str, Mapping[str, Any]] = {"inputs": self.setup.values}
        found |= {k: v for k, v in self.setup.groups.items() if self.op in SPECIAL_KEYS[k]}
        return {
            key: {name: value for name, value in values.items() if name not in given}
            for key, values in found.items()
            if values
        }

    def _items(self, key: str) -> dict[str, Any]:
        """What the job gives by name, not looked into yet."""
        group = group_in(self.fields, key)
        if all(map(str.isascii, group)):
            return group
        _refuse_twice([canonical(name) for name in group])
        return {canonical(name): item for name, item in group.items()}

    def _read(self, key: str, items: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays by name."""
        if self.form == "table" and key == "inputs":
            return {name: self._cell(name, text) for name, text in items.items()}
        return {name: array(item, (name,)) for name, item in items.items()}

    def _asks(self) -> dict[str, Any]:
        """What only this operation asks for, but values."""
        if self.op == "gradients":
            return {key: self.names(key) for key in ("ys", "xs", "stop")}
        if self.op == "tape":
            return {"ask": names_in(self.fields, "ask"), "watch": self.names("watch")}
        if self.op == "backward":
            return {"retain": self.names("retain")}
        if self.op == "derivative":
            return {"order": count_in(self.fields, "order", 1)}
        if self.op == "check":
            claims = formulas_in(self.fields, "claim")
            limits = {key: self.fields.get(key) for key in ("eps", "rtol", "atol")}
            return limits | {"claim": {canonical(n): text for n, text in claims.items()}}
        return {}

    def _directions(self) -> dict[str, Any]:
        """The values that only this operation asks for: one, or some by name."""
        found = {}
        for key in ("grad_ys", "tangent"):
            item = self.fields.get(key)
            if item is not None:
                named = isinstance(item, dict)
                found[key] = self._read(key, self._items(key)) if named else array(item, (key,))
        return found

    def names(self, key: str) -> list[str] | None:
        """Names of the program."""
        found = names_in(self.fields, key)
        return found and [canonical(name) for name in found]

    def value(self, key: str) -> Any:
        """An array; None if it is not given."""
        found = self.fields.get(key)
        return None if found is None else array(found, (key,))

    def _cell(self, name: str, text: str) -> Any:
        """The value in a cell of a table: a number, or what a person would type."""
        number = parse(text)
        if number is not None:
            return number
        if text.startswith("@"):
            raise InputError(f"{name}: {_FILE}", help="write the numbers into the cell")
        try:
            return typed_value(
                text,
                name,
                self.settings.dtype,
                max_steps=self.settings.max_steps,
                max_elements=self.settings.max_elements,
            )
        except InputError as error:
            raise InputError(f"{name}: {error.message}", help=error.help) from None


_FILE = "a file (`@…`) can be named on the command line only"


def _program(text: str) -> str:
    """The text of a program, which is not read from a file."""
    if text.lstrip().startswith("@"):
        place = text.index("@")
        span = Span(Source(text), place, place + 1)
        raise ParseError(_FILE, span=span, help="write the program itself into the job")
    return text


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
    return op


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


_WAYS = {
    "jsonl": 'add "{name}" to the inputs of the job, or --{name} VALUE for all jobs',
    "table": "add a column '{name}', or --{name} VALUE for all jobs",
    "text": "add --{name} VALUE",
}
"""How a value is given, by the form of the job."""


def _refuse_twice(names: list[str]) -> None:
    for name in names if len(set(names)) < len(names) else ():
        if names.count(name) > 1:
            raise InputError(f"'{name}' is given twice")


def _used(values: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The values of inputs of the program."""
    return {name: value for name, value in values.items() if name in names.inputs}


def _require(text: Text, names: Names, given: Collection[str], form: str) -> None:
    """Every input has a value."""
    for name, place in names.inputs.items():
        if name not in given:
            near = nearest(name, [n for n in given if n not in names.inputs])
            help_ = f"did you mean '{near}'?" if near else _WAYS[form].format(name=name)
            span = Span(text.source, place.start, place.end)
            raise InputError(f"no value for '{name}'", span=span, help=help_)
