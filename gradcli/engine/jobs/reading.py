"""From a job to a request: its question, its program, its options and settings, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.jobs import TABLE_KEYS
from gradcli.data.json_arrays import array
from gradcli.data.json_text import json_text
from gradcli.data.numbers import EXACT, array_of, parse, whole
from gradcli.engine import question as registry
from gradcli.engine.fields import group_in, read, text_in
from gradcli.engine.options import RUNNING, VALUES
from gradcli.engine.program import Text
from gradcli.engine.request import Request, needed
from gradcli.engine.values import in_groups, typed_value
from gradcli.errors import InputError, ParseError, Source, Span, refuse_twice
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcli.data.jobs import Raw
    from gradcli.engine.jobs.setup import Setup
    from gradcli.engine.options import Option
    from gradcli.engine.question import Question
    from gradcli.engine.settings import Settings
    from gradcli.errors import Notice
    from gradcli.lower.names import Names

OWN = ("op", "id", "expr", "inputs")
"""What every job may set."""

_OF_ANSWERS = ("value", "verdicts", "warnings", "printed", "error", "check", "agree")

_NO_EXPR = {
    "jsonl": '{"expr": "x^2", "inputs": {"x": 3}}',
    "python": '{"expr": "x^2", "inputs": {"x": 3}}',
    "table": "fill in the cell of the column expr",
    "text": "x^2",
}

_WAYS = {
    "jsonl": 'add "{0}" to the inputs of the job, or --{0} VALUE for all jobs',
    "python": 'add "{0}" to the inputs of the job',
    "table": "add a column '{0}', or --{0} VALUE for all jobs",
    "text": "add --{0} VALUE",
}
"""How a value is given, by the form of the job."""

_FILE = "a file (`@…`) can be named on the command line only"


def request_of(fields: Mapping[str, Any], raw: Raw, setup: Setup, settings: Settings) -> Request:
    """The request of a job; what it does not say, the setup says for all jobs."""
    said = {key: item for key, item in fields.items() if item is not None}
    if "expr" not in said:
        raise _no_program(said, raw.form)
    expr = _program(text_in(said, "expr"))
    question = _question(text_in(said, "op", setup.op))
    options = _options(question, said, raw.form)
    options |= _shared(setup, question, options)
    _require(question, options)
    settings = _narrowed(settings, question, options)
    text = Text.of(expr)
    values, groups = _values(text, question, said, raw, setup, settings)
    asked = {k: v for k, v in (options | groups).items() if not _setting(question, k)}
    notices = _grouped(text, said) if raw.form == "table" else ()
    return Request(
        question, text, values, asked, settings, way=_WAYS[raw.form].format, notices=notices
    )


def _no_program(said: Mapping[str, Any], form: str) -> InputError:
    """The error of a job without a program, which may be there under another key."""
    key = next((key for key in said if _meant(key, ("expr",)) == "expr"), None)
    help_ = _NO_EXPR[form] if key is None else f"did you mean 'expr' in place of '{key}'?"
    if key is not None and form != "table":
        help_ += f' "expr": {json_text(said[key])}'
    return InputError("the job has no 'expr'", help=help_)


def _shared(setup: Setup, question: Question, options: Collection[str]) -> dict[str, Any]:
    """The options for all jobs that the question takes and the job does not say."""
    taken = {
        name: item
        for name, item in setup.options.items()
        if name in question.options and name not in options
    }
    setup.used.update(question.options[name].spelled for name in taken)
    return taken


def _grouped(text: Text, said: Mapping[str, Any]) -> list[Notice]:
    """What there is to say of cells whose commas may be meant to group digits."""
    cells = said.get("inputs", {}).items()
    used = text.names(said.get("inputs", {})).inputs
    return [n for name, cell in cells if name in used for n in in_groups(f"{name}: ", cell)]


def _program(text: str) -> str:
    """The text of a program, which is not read from a file."""
    if text.lstrip().startswith("@"):
        start = text.index("@")
        span = Span(Source(text), start, start + 1)
        raise ParseError(_FILE, span=span, help="write the program itself into the job")
    return text


def _question(op: str) -> Question:
    """The question of that name."""
    question = registry.find(op.replace("_", "-"))
    if question is None:
        names = registry.names()
        near = "grad" if op in ("gradient", "derive", "d") else nearest(op, names)
        lead = f"did you mean '{near}'? " if near else ""
        raise InputError(
            f"there is no operation '{op}'", help=f"{lead}operations: {', '.join(names)}"
        )
    return question


# --- options ------------------------------------------------------------------------------------


def _options(question: Question, said: Mapping[str, Any], form: str) -> dict[str, Any]:
    """What the job itself sets, groups of values apart."""
    options = {}
    for key, item in said.items():
        if key in OWN or (form == "table" and key in TABLE_KEYS):
            continue
        option = question.option(key)
        if option is None or not option.in_jobs:
            _refuse_key(key, question, said)
        elif option.kind != VALUES:
            options[key] = read(option, item, _array)
    return options


def keys() -> dict[str, list[Question]]:
    """The keys that jobs may have, and the questions that they are for."""
    known: dict[str, list[Question]] = {key: [] for key in OWN}
    for question in registry.every():
        for option in (*question.options.values(), *RUNNING):
            if option.in_jobs:
                known.setdefault(option.name, []).append(question)
    return known


def _refuse_key(key: str, question: Question, said: Mapping[str, Any]) -> None:
    """Refuses a key that is nothing for a question; what answers hold is ignored."""
    if key in Text.of(_program(text_in(said, "expr"))).names().inputs:
        value = f'{{"{key}": {json_text(said[key])}}}'
        raise InputError(
            f"the value of '{key}' belongs in the inputs of the job", help=f'"inputs": {value}'
        )
    known = keys()
    if key in known:
        others = [q.name for q in known[key]]
        raise InputError(f"{question.name} takes no '{key}'", help=f"it is for {_or(others)}")
    if key in {*_OF_ANSWERS, *(q.answers for q in registry.every())}:
        return
    raise _unknown_key(key, known)


_KEYS = {
    **dict.fromkeys("values value vars variables args point params at".split(), "inputs"),
    **dict.fromkeys("expression program formula function equation f text code".split(), "expr"),
    **dict.fromkeys("operation command question".split(), "op"),
}
"""Keys that would be guessed, and those that are meant."""


def _meant(key: str, known: Collection[str]) -> str | None:
    """The key that is meant by one that no job has."""
    return _KEYS.get(key.lower()) or nearest(key, known)


def _unknown_key(key: str, known: Collection[str]) -> InputError:
    near = _meant(key, known)
    lead = f"did you mean '{near}'? " if near else ""
    return InputError(f"a job has no key '{key}'", help=f"{lead}it may have {', '.join(known)}")


def _or(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _require(question: Question, said: Collection[str]) -> None:
    for option in question.options.values():
        if option.needed and option.name not in said:
            raise needed(question, option)


def _narrowed(settings: Settings, question: Question, options: Mapping[str, Any]) -> Settings:
    """The settings of all jobs, and what this one sets of them."""
    own = {name: item for name, item in options.items() if _setting(question, name)}
    return settings.but(**own) if own else settings


def _setting(question: Question, name: str) -> bool:
    option = question.option(name)
    return option is not None and option.setting


# --- values -------------------------------------------------------------------------------------


def _values(
    text: Text,
    question: Question,
    said: Mapping[str, Any],
    raw: Raw,
    setup: Setup,
    settings: Settings,
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The values of inputs, and those of each group that the question tells apart.

    Inputs of the job that its program does not use are left out unread; so are values for all jobs.
    """
    groups = [option for option in question.options.values() if option.kind == VALUES]
    own = {o.name: group_in(o.name, said[o.name]) for o in groups if o.name in said}
    inputs = group_in("inputs", said.get("inputs", {}))
    given = [*inputs, *(name for group in own.values() for name in group)]
    refuse_twice(given)
    shared = {key: setup.groups.get(key, {}) for key in map(_name, groups)}
    every = {*given, *setup.values, *(name for group in shared.values() for name in group)}
    names = text.names(every)
    if question.fills is None:
        _require_values(text, names, every, raw.form)
    values = {
        name: _cell(name, item, settings) if raw.form == "table" else _array(item, name)
        for name, item in inputs.items()
        if name in names.inputs
    }
    grouped = {
        key: {name: _array(item, name) for name, item in group.items()}
        for key, group in own.items()
    }
    for key, group in shared.items():
        grouped.setdefault(key, {}).update(_unused(group, names, given, setup))
    return values | _unused(setup.values, names, given, setup), grouped


def _array(item: Any, name: str) -> Any:
    """An array as JSON has it."""
    return array(item, (name,))


def _name(option: Option) -> str:
    return option.name


def _unused(
    shared: Mapping[str, Any], names: Names, given: Collection[str], setup: Setup
) -> dict[str, Any]:
    """The values for all jobs that the program uses and the job does not give."""
    taken = {n: v for n, v in shared.items() if n in names.inputs and n not in given}
    setup.used.update(taken)
    return taken


def _cell(name: str, text: str, settings: Settings) -> Any:
    """The value in a cell of a table: a number, or what a person would type."""
    number = parse(text)
    if number is not None:
        return number if abs(number) < EXACT else whole(text)
    plain = _plain(text)
    if plain is not None:
        return plain
    if text.startswith("@"):
        raise InputError(f"{name}: {_FILE}", help="write the numbers into the cell")
    limits = {"max_steps": settings.max_steps, "max_elements": settings.max_elements}
    try:
        return typed_value(text, name, settings.dtype, **limits)
    except InputError as error:
        raise InputError(f"{name}: {error.message}", help=error.help) from None


def _plain(text: str) -> Any:
    """The array of a text that is nothing but numbers, with whole numbers as they are."""
    rows = [row.split(",") for row in text.split(";")]
    if len({len(row) for row in rows}) > 1 or any(parse(c) is None for row in rows for c in row):
        return None
    numbers = [[whole(cell) for cell in row] for row in rows]
    return array_of(numbers if len(rows) > 1 else numbers[0])


def _require_values(text: Text, names: Names, given: Collection[str], form: str) -> None:
    """Every input has a value."""
    for name, first_use in names.inputs.items():
        if name not in given:
            near = nearest(name, [n for n in given if n not in names.inputs])
            help_ = f"did you mean '{near}'?" if near else _WAYS[form].format(name)
            span = Span(text.source, first_use.start, first_use.end)
            raise InputError(f"no value for '{name}'", span=span, help=help_)
