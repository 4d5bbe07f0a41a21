"""What the command line of a batch says for all its jobs: values, and what they may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.given import Values, near_option, once, pairs, valueless
from gradcli.cli.options import Options, click_option, settings_of, with_values, without_values
from gradcli.cli.split import VARIABLES, long_names
from gradcli.engine import question as registry
from gradcli.engine.jobs.setup import Setup
from gradcli.engine.options import FILE, VALUES, Option
from gradcli.engine.settings import is_name
from gradcli.errors import InputError, UsageError
from gradcli.suggest import distance, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from gradcli.data.console import Console
    from gradcli.errors import Notice


def shared_options() -> dict[str, tuple[Option, list[str]]]:
    """The options of all questions, and the questions that take each."""
    shared: dict[str, tuple[Option, list[str]]] = {}
    for question in registry.every():
        for option in question.options.values():
            if option.kind == FILE:
                continue
            shared.setdefault(option.name, (option, []))[1].append(question.name)
    return shared


def for_all_jobs() -> list[click.Option]:
    """What the command line may say for jobs that do not say it themselves."""
    return [
        click_option(
            option,
            option.sentence
            if len(names) > 3
            else f"{', '.join(names)}: {_lowered(option.sentence)}",
        )
        for option, names in shared_options().values()
    ]


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


class Common:
    """The setup of all jobs, the files that it was read from, and what some job should use.

    `expected` are names of variables, and options as they are typed.
    """

    def __init__(self, ctx: click.Context, options: Options, console: Console) -> None:
        self.known = long_names(ctx.command.params)
        self.expected: set[str] = set()
        settings = settings_of({**options, "method": None, "unconnected": None}, console)
        settings = settings.but(printed=None)
        self._read = Values(console, settings)
        self._refuse_slips(ctx.meta[VARIABLES])
        _refuse_unknown(options["op"])
        plain = [*ctx.meta[VARIABLES], *pairs(options["set"], "set")]
        records = [option for option, _ in shared_options().values()]
        groups = [option.name for option in records if option.kind == VALUES]
        grouped = {name: pairs(options[name], name) for name in groups}
        once([*plain, *(pair for group in grouped.values() for pair in group)])
        self.setup = Setup(
            options["op"],
            settings,
            self._read.inputs(options["inputs"]) | self._values(plain),
            groups={kind: self._values(group, f"--{kind} ") for kind, group in grouped.items()},
            options=self._options(records, options),
            timeout=options["timeout"],
            precision=options["precision"],
            quiet=options["quiet"],
        )

    @property
    def files(self) -> list[str]:
        """The paths of the files that values were read from."""
        return self._read.files

    @property
    def rounded(self) -> Iterable[Notice]:
        """What is told of whole numbers in them that float64 does not hold."""
        return self._read.rounded

    def _refuse_slips(self, variables: Iterable[tuple[str, str | None]]) -> None:
        """Refuses variables that must have been meant as options, and those without a value."""
        for name, typed in variables:
            meant = _ABSENT.get(name) or _slip(name, self.known)
            if meant is not None:
                raise UsageError(
                    f"there is no option --{name}",
                    help=f"{meant} (a variable of that name: --set {name}=…)",
                )
            if not is_name(name):
                raise UsageError(f"there is no option --{name}", help="--help lists them")
            if typed is None:
                raise valueless(name)

    def hint(self, name: str) -> str | None:
        """The option that may have been meant by a variable that no job has used."""
        near = near_option(name, self.known) if name not in self.known else None
        return near and f"or did you mean --{near}?"

    def _values(self, texts: Iterable[tuple[str, Any]], option: str = "--") -> dict[str, Any]:
        """The values by name, which some job should use."""
        values = {name: self._value(name, typed, f"{option}{name}") for name, typed in texts}
        self.expected.update(values)
        return values

    def _value(self, name: str, typed: str, option: str) -> Any:
        """One value; what is none may be that of an option."""
        try:
            return self._read(name, typed, option)
        except InputError as error:
            raise error.advised(self.hint(name)) from None

    def _options(self, records: list[Option], options: Options) -> dict[str, Any]:
        """What is asked of jobs that do not say it themselves, by name."""
        asked = without_values(records, options) | with_values(records, options, self._read)
        asked |= {
            o.name: options[o.name]
            for o in records
            if o.setting and o.in_jobs and options[o.name] is not None
        }
        spelled = {option.name: option.spelled for option in records}
        self.expected.update(spelled[name] for name in asked)
        return asked


def _refuse_unknown(op: str) -> None:
    """Refuses an operation that there is not, for jobs that do not say one."""
    names = registry.names()
    if op not in names:
        near = nearest(op, names)
        lead = f"did you mean '{near}'? " if near else ""
        raise UsageError(f"--op: no command '{op}'", help=f"{lead}{', '.join(names)}")


_ABSENT = {
    "all": "JSON is always whole",
    "format": "answers are JSON lines; --from says what the files hold",
    "jobs": "--workers says how many processes there are",
}
"""Options that other commands or other tools have, and what stands for them here."""


def _slip(name: str, known: list[str]) -> str | None:
    """What a name that is too near to an option to be a variable's was to be."""
    near = near_option(name, known)
    if near is None or len(name) < 5 or not (near.startswith(name) or distance(name, near) == 1):
        return None
    return f"did you mean --{near}?"
