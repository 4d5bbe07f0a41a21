"""What can be asked of a program: one record a question, found by name, a file each."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.engine import questions
from gradcli.engine.options import RUNNING, VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from types import ModuleType

    from gradcli.engine.options import Option
    from gradcli.lower.names import Names

    Fills = Callable[[Names, Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]

EVERYDAY = "Everyday"
FILES = "Files"
FRAMEWORKS = "As in TF.js, TensorFlow, PyTorch and JAX"
GROUPS = (EVERYDAY, FILES, FRAMEWORKS)
"""The groups of commands in the help, in their order."""


def _as_they_are(_names: Names, options: dict[str, Any]) -> dict[str, Any]:
    return options


def _no_names(_options: Mapping[str, Any]) -> tuple[str, ...]:
    return ()


class Question:
    """All that is known of a question; commands, jobs, Python and help are made from it.

    `function(run, **options)` gives the derivatives: nodes, `Gradient`s, arrays, or None, alone or
    by name, nested or not; or a report. Its docstring is the help, its module's the sentence in the
    list of commands, where it stands in `group` at `rank`. `aliases` are other names of its
    command. Of its options those that are no settings have `defaults`, by name; `needs` are those
    that it cannot be asked without, and `groups` the names of those that hold inputs. All else is
    as here unless the question says otherwise.
    """

    answers: str | None = None
    """The key of the derivatives in JSON."""
    value = False
    """Whether the answer holds the program's value, too."""
    alone = False
    """Whether it is about one array, which the plain format prints without its name and Python
    gives without a dict."""
    one_input = False
    """Whether the program must have one input, or --wrt name one."""
    needs_value = True
    """Whether the program must end with a value."""
    prepare: Callable[[Names, dict[str, Any]], dict[str, Any]] = staticmethod(_as_they_are)
    """Gives the options in the form that the function takes, once the names are known."""
    marks: Callable[[Mapping[str, Any]], Collection[str]] = staticmethod(_no_names)
    """Gives, from the options, the names, inputs apart, for which gradients are asked."""
    unconnected = "zero"
    """What stands where nothing depends on a name."""
    fills: Fills | None = None
    """Gives values to inputs that need none, for a question about the formula alone."""
    as_written = False
    """Whether no other form of the formula is computed."""
    by_turns = False
    """Whether it looks at each turn of a loop."""
    by_guess = False
    """Whether a program may decide by values that were filled in, too."""
    plain = ""
    """The type of what Python gives in place of a report."""
    extension: Callable[[Mapping[str, Any]], str] | None = None
    """How the name of a file ends that holds the answer as it is, from the options."""
    script = False
    """Whether it is of a file, and what that prints is part of what it gives."""

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        group: str,
        rank: int,
        examples: Sequence[str],
        aliases: str = "",
        options: Iterable[Option] = (),
        **others: Any,
    ) -> None:
        self.name = name
        self.function = function
        self.group = group
        self.rank = rank
        self.examples = tuple(examples)
        self.aliases = frozenset(aliases.split())
        self.options = {option.name: option for option in options}
        own = [option for option in self.options.values() if not option.setting]
        self.defaults = {option.name: option.default for option in own}
        self.needs = tuple(option for option in own if option.needed)
        self.groups = tuple(option.name for option in own if option.kind == VALUES)
        for field, value in others.items():
            if not hasattr(Question, field):
                raise TypeError(f"a question has no {field!r}")
            setattr(self, field, value)

    @property
    def doc(self) -> str:
        """What the question is, in some sentences."""
        return self.function.__doc__ or ""

    @property
    def sentence(self) -> str:
        """What the question is, in one."""
        return (sys.modules[self.function.__module__].__doc__ or "").strip().split("\n")[0]

    @property
    def keys(self) -> frozenset[str]:
        """What the JSON form of an answer holds, besides warnings and verdicts."""
        parts = [self.answers] if self.answers else []
        return frozenset([*parts, "value"] if self.value else parts)

    def option(self, name: str) -> Option | None:
        """The option of that name, of the question's own or of running a program."""
        return self.options.get(name) or _RUNNING.get(name)

    def __repr__(self) -> str:
        return f"<question {self.name}>"


_RUNNING = {option.name: option for option in RUNNING}


def question(name: str, **record: Any) -> Callable[[Callable[..., Any]], Question]:
    """Makes the record of a question from the function that answers it."""
    return lambda function: Question(name, function, **record)


# --- the registry: the files in `questions` -----------------------------------------------------


def names() -> list[str]:
    """The names of all questions, without importing them."""
    return [name.replace("_", "-") for name in modules_in(questions)]


def modules_in(package: ModuleType) -> list[str]:
    """The names of the modules in a folder."""
    from pkgutil import iter_modules

    return [module.name for module in iter_modules(package.__path__)]


def find(name: str) -> Question | None:
    """The question of that name; None if there is none."""
    if name not in _FOUND and all(map(_is_word, name.split("-"))):
        module = f"{questions.__name__}.{name.replace('-', '_')}"
        try:
            _FOUND[name] = _record(import_module(module))
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
    return _FOUND.get(name)


def _is_word(text: str) -> bool:
    return text.isascii() and text.isalpha() and text.islower()


def aliased(name: str) -> Question | None:
    """The question that has another name, too; for that all are imported."""
    return next((question for question in every() if name in question.aliases), None)


_FOUND: dict[str, Question] = {}
"""The questions that somebody has asked for."""


def _record(module: Any) -> Question:
    """The question that a file states."""
    return next(item for item in vars(module).values() if isinstance(item, Question))


def every() -> list[Question]:
    """All questions, in the order of the help."""
    records = [question for name in names() if (question := find(name)) is not None]
    return sorted(records, key=lambda q: (GROUPS.index(q.group), q.rank, q.name))
