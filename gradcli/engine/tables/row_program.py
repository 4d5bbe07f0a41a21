"""What `map` computes in each row: a program, its columns and constants, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcli.data.missing import some
from gradcli.data.tables.dialect import misread
from gradcli.engine.program import Text, inputs_named, unknown_variable
from gradcli.engine.questions.tape import marks_of, ratios_of
from gradcli.errors import InputError, Notice, ProgramTypeError, Span, UsageError
from gradcli.lower.trees import children
from gradcli.lower.words import CONSTANTS
from gradcli.ops.catalog import PREFIXES
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from gradcli.engine.settings import Settings
    from gradcli.lower.names import Names


@dataclass(frozen=True)
class RowRequest:
    """What is asked of each row.

    `wrt` names what is differentiated by (None: every column that the program uses), `dy` is the
    seed, `ask` are questions as of a tape; the names of new columns start with `prefix`.
    """

    wrt: tuple[str, ...] | None = None
    dy: Any = None
    hessian: bool = False
    ask: tuple[str, ...] = ()
    prefix: str = ""


def names_of(text: Text, columns: Collection[str], constants: Collection[str]) -> Names:
    """The names of a program whose inputs are columns, even where a constant has that name."""
    return text.names({*constants, *columns} - (PREFIXES.keys() - constants))


class RowProgram:
    """A program, the columns and constants it uses, and the columns it gives (`outputs`).

    `columns` are those of the table, under the names that the program has for them, `seen` those
    whose missing cells it sees as NaN. `option` is how messages say that a value is given
    to a name.
    """

    def __init__(
        self,
        text: Text,
        columns: Sequence[str],
        constants: Mapping[str, Any],
        settings: Settings,
        request: RowRequest,
        option: Callable[[str], str] = "--{} VALUE".format,
    ) -> None:
        self.text, self.settings, self.request = text, settings, request
        self.names = names_of(text, columns, constants)
        self.constants = {n: constants[n] for n in self.names.inputs if n in constants}
        self.columns = [n for n in self.names.inputs if n in columns and n not in constants]
        self.notices = list(_shadowings(self, columns, option))
        _refuse_print(text, self.names)
        self._check(columns, constants, option)
        self.seen = set(self.columns).intersection(_asked_for_nan(text, self.names))
        self.wrt = self.columns if request.wrt is None else inputs_named(self.names, request.wrt)
        self.ratios = list(ratios_of(self.names, request.ask).values())
        self.marks = marks_of(self.ratios)
        pairs = [(a, b) for i, a in enumerate(self.wrt) for b in self.wrt[i:]]
        self.second = pairs if request.hessian else []

    def __reduce__(self) -> Any:
        """As data that can travel: the text instead of its tree, settings that print nothing."""
        source, settings = self.text.source, self.settings.silent()
        rest = self.columns, self.constants, settings, self.request
        return _remade, (source.text, source.name, *rest)

    @property
    def outputs(self) -> list[str]:
        """The names of the new columns."""
        names = ["value", *(f"d_{name}" for name in self.wrt)]
        names += [*(f"d2_{a}_{b}" for a, b in self.second), *self.request.ask]
        return [self.request.prefix + name for name in names]

    def without(self, names: Collection[str]) -> RowProgram:
        """The same, not differentiating by columns that are true or false."""
        wrt = tuple(name for name in self.wrt if name not in names)
        request = replace(self.request, wrt=wrt)
        other = RowProgram(self.text, self.columns, self.constants, self.settings, request)
        other.notices = self.notices
        return other

    def _check(
        self, columns: Sequence[str], constants: Iterable[str], option: Callable[[str], str]
    ) -> None:
        """Every input has a column or a value, every value an input, and the table some use."""
        for name, node in self.names.inputs.items():
            if name not in self.constants and name not in self.columns:
                near = nearest(name, columns)
                lead = f"did you mean the column '{near}'? " if near else ""
                ways = f"add {option(name)}, or ⟨rename {name}=COLUMN⟩"
                raise misread(columns) or InputError(
                    f"no column and no value for '{name}'",
                    span=Span(self.text.source, node.start, node.end),
                    help=f"{lead}{ways}; the columns are {some(columns)}",
                )
        for name in constants:
            if name not in self.names.inputs:
                raise unknown_variable(name, self.names)
        if not self.columns:
            raise misread(columns) or InputError(
                "the program uses no column of the table", help=f"its columns are {some(columns)}"
            )


def _remade(text: str, name: str, *rest: Any) -> RowProgram:
    return RowProgram(Text(text, name), *rest)


def _shadowings(
    program: RowProgram, columns: Collection[str], option: Callable[[str], str]
) -> list[Notice]:
    """What of two things of one name the program means: a column, a constant, a value given."""
    return [
        Notice(f"{name} has the value given to it, not that of the column '{name}'")
        for name in program.constants
        if name in columns
    ] + [
        Notice(
            f"{name} is the column of that name here, not the constant {CONSTANTS[name]}",
            help=f"{option(name)} gives it another value",
        )
        for name in program.columns
        if name in CONSTANTS
    ]


def _calls(text: Text, names: Names, function: str) -> Iterator[tree.Call]:
    """The calls of a function that is built in."""
    stack: list[tree.Tree] = [] if function in names.defined else [text.tree.block]
    while stack:
        node = stack.pop()
        called = node.function if isinstance(node, tree.Call) else None
        if isinstance(node, tree.Call) and isinstance(called, tree.Name) and called.id == function:
            yield node
        stack.extend(children(node))


def _asked_for_nan(text: Text, names: Names) -> Iterator[str]:
    """The names of which the program asks whether they are NaN."""
    for call in _calls(text, names, "isnan"):
        yield from (x.value.id for x in call.arguments if isinstance(x.value, tree.Name))


def _refuse_print(text: Text, names: Names) -> None:
    """A program that is run on every row has nowhere to print to."""
    for call in _calls(text, names, "print"):
        raise ProgramTypeError(
            "print has no place in a program over the rows of a table",
            span=Span(text.source, call.start, call.end),
            help="leave it out",
        )


def refuse_collisions(kept: Collection[str], outputs: Sequence[str]) -> None:
    """No column may be there twice."""
    for i, name in enumerate(outputs):
        if name in kept:
            raise UsageError(
                f"the table already has a column '{name}'",
                help=f"⟨prefix new_⟩ names the new ones new_{name} …, or ⟨drop {name}⟩",
            )
        if name in outputs[:i]:
            raise UsageError(f"two new columns would be named '{name}'", help="ask each once")
