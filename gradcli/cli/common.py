"""What the command line of a batch says for all its jobs: values, and what they may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.given import Values, names_in, near_option, once, pairs, valueless
from gradcli.cli.options import SEED, Options, bundled, settings_of
from gradcli.cli.split import VARIABLES, long_names
from gradcli.data.files import read_inputs
from gradcli.data.jobs import option_of
from gradcli.engine.jobs.setup import Setup
from gradcli.engine.jobs.tasks import GROUPS
from gradcli.engine.questions import QUESTIONS
from gradcli.engine.settings import is_name
from gradcli.errors import InputError, UsageError
from gradcli.suggest import distance, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.data.console import Console

_NAMES = ("wrt", "ys", "xs", "stop", "retain", "watch")
_PLAIN = ("order", "unconnected", "eps", "rtol", "atol")

asking = bundled(
    SEED,
    (
        click.option(
            "--tangent", multiple=True, metavar="[NAME=]VALUE", help="jvp, hvp: the direction."
        ),
        click.option("--order", type=click.IntRange(1), metavar="N", help="derivative: how often."),
        click.option("--ask", metavar="QUESTIONS", help="tape: dz/dx,d2z/dx2."),
        click.option("--watch", metavar="NAMES", help="tape: constants that are watched."),
        click.option(
            "--retain", metavar="NAMES", help="backward: intermediates whose gradients are kept."
        ),
        click.option("--ys", metavar="NAMES", help="gradients: what is differentiated."),
        click.option("--xs", metavar="NAMES", help="gradients: by what."),
        click.option("--grad-ys", multiple=True, metavar="VALUE", help="gradients: seeds."),
        click.option("--stop", metavar="NAMES", help="gradients: through which nothing flows."),
        click.option(
            "--claim",
            multiple=True,
            metavar='NAME="FORMULA"',
            help="check: a gradient derived by hand.",
        ),
        click.option(
            "--eps",
            type=click.FloatRange(0, min_open=True),
            metavar="STEP",
            help="check: first step of the differences, relative.",
        ),
        click.option(
            "--rtol", type=click.FloatRange(0), metavar="TOL", help="check: relative tolerance."
        ),
        click.option(
            "--atol", type=click.FloatRange(0), metavar="TOL", help="check: absolute tolerance."
        ),
        click.option(
            "--var",
            multiple=True,
            metavar="NAME=VALUE",
            help="variable-grads, tape, backward: a variable.",
        ),
        click.option(
            "--const",
            multiple=True,
            metavar="NAME=VALUE",
            help="variable-grads, tape, backward: a constant.",
        ),
        click.option(
            "--frozen",
            multiple=True,
            metavar="NAME=VALUE",
            help="variable-grads: a variable that is not trained.",
        ),
    ),
)
"""Gives a command the options of single questions, for jobs that do not say it themselves."""


class Common:
    """The setup of all jobs, the files that it was read from, and what some job should use.

    `expected` are names of variables, and options as they are typed.
    """

    def __init__(self, ctx: click.Context, options: Options, console: Console) -> None:
        self.known = long_names(ctx.command.params)
        self.expected: set[str] = set()
        self._read = Values(
            console,
            options["dtype"],
            max_steps=options["max_steps"],
            max_elements=options["max_elements"],
        )
        self._refuse_slips(ctx.meta[VARIABLES])
        op = _operation(options["op"])
        plain = [*ctx.meta[VARIABLES], *pairs(options["set"], "set")]
        grouped = {kind: pairs(options[kind], kind) for kind in GROUPS}
        once([*plain, *(pair for group in grouped.values() for pair in group)])
        fields = self._fields(options)
        settings = settings_of({**options, "method": "reverse", "unconnected": None}, console)
        settings.printed = None
        self.setup = Setup(
            op,
            settings,
            self._inputs(options["inputs"], console) | self._values(plain),
            groups={kind: self._values(group, f"--{kind} ") for kind, group in grouped.items()},
            fields=fields,
            timeout=options["timeout"],
            precision=options["precision"],
            quiet=options["quiet"],
        )

    @property
    def files(self) -> list[str]:
        """The paths of the files that values were read from."""
        return self._read.files

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

    def _inputs(self, file: str | None, console: Console) -> dict[str, Any]:
        """All that the file of `--inputs` holds."""
        if file is None:
            return {}
        path = file.removeprefix("@")
        self._read.files.append(path)
        return read_inputs(path, console.stdin)

    def _values(self, texts: Iterable[tuple[str, Any]], option: str = "--") -> dict[str, Any]:
        """The values by name, which some job should use."""
        found = {name: self._value(name, typed, f"{option}{name}") for name, typed in texts}
        self.expected.update(found)
        return found

    def _value(self, name: str, typed: str, option: str) -> Any:
        """One value; what is none may be that of an option."""
        try:
            return self._read(name, typed, option)
        except InputError as error:
            error.help = error.help or self.hint(name)
            raise

    def _fields(self, options: Options) -> dict[str, Any]:
        """What is asked of jobs that do not say it themselves, by key."""
        found: dict[str, Any] = {key: names_in(options[key], key) for key in _NAMES}
        found |= {key: options[key] for key in _PLAIN}
        found["ask"] = options["ask"]
        found["method"] = options["method"] if options["method"] != "reverse" else None
        found["claim"] = once(pairs(options["claim"], "claim", 'x="1/(1+x^2)"'), "claim") or None
        found["dy"] = None if options["dy"] is None else self._read("dy", options["dy"])
        found["tangent"] = self._read.named(options["tangent"], "tangent")
        found["grad_ys"] = self._read.named(options["grad_ys"], "grad-ys")
        given = {key: item for key, item in found.items() if item is not None}
        self.expected.update(map(option_of, given))
        return given


def _operation(op: str) -> str:
    """The operation of jobs that do not say one."""
    if op not in QUESTIONS:
        near = nearest(op, QUESTIONS)
        lead = f"did you mean '{near}'? " if near else ""
        raise UsageError(f"--op: no command '{op}'", help=f"{lead}{', '.join(QUESTIONS)}")
    return op


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
