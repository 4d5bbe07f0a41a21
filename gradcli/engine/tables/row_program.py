"""What `map` computes in each row: a program, its columns and constants, and what is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcli.data.missing import some
from gradcli.data.tables.dialect import misread
from gradcli.engine.program import Text, inputs_named, unknown_variable
from gradcli.engine.questions.tape import marks_of, ratios_of
from gradcli.engine.tables.text_columns import numbered, words_of
from gradcli.errors import InputError, Notice, ProgramTypeError, Span, UsageError
from gradcli.lower.trees import walked
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
    seed, `ask` are questions as of a tape, by the names of their columns or alone; `results` are
    names for the columns of the results. The names of new columns start with `prefix`. `over` is
    what the program runs over, in messages; `compiled` says that machine code is to run it.
    """

    wrt: tuple[str, ...] | None = None
    dy: Any = None
    hessian: bool = False
    ask: tuple[str, ...] = ()
    prefix: str = ""
    results: tuple[str, ...] = ()
    over: str = "the rows of a table"
    compiled: bool = False

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The columns of what is asked, and the questions: `gamma=d2f/dx2`, or `d2f/dx2`."""
        return [_named(text) for texts in self.ask for text in texts.split(",")]


def _named(text: str) -> tuple[str, str]:
    name, equals, question = (part.strip() for part in text.rpartition("="))
    if equals and not name:
        raise UsageError(f"a name is missing in '{text}'", help="⟨ask gamma=d2f/dx2⟩")
    return name or question, question


class PartsError(ProgramTypeError):
    """A row with another number of results than its columns; `count` None: one, and no tuple."""

    def __init__(self, count: int | None, wanted: int | None) -> None:
        super().__init__(
            f"the program has {_results(count)} here, and {_results(wanted)} in the first rows"
        )
        self.count = count


def _results(count: int | None) -> str:
    return "one result" if count in (None, 1) else f"{count} results"


def names_of(text: Text, columns: Collection[str], constants: Collection[str]) -> Names:
    """The names of a program whose inputs are columns, even where a constant has that name."""
    return text.names({*constants, *columns} - (PREFIXES.keys() - constants))


class RowProgram:
    """A program, the columns and constants it uses, and the columns it gives (`outputs`).

    `columns` are those of the table, under the names that the program has for them; of those in
    `seen` missing cells are NaN, those in `words` are texts, compared with these strings, for which
    there are numbers in the program `numbered`. `parts` is how many results a row has as a tuple
    (None: one that is no tuple), a guess until it `is_settled`. `option` is how messages say that a
    value is given to a name.
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
        _refuse_print(text, self.names, request.over)
        self._check(columns, constants, option)
        self.seen = set(self.columns).intersection(_asked_for_nan(text, self.names))
        self.words = words_of(text, self.columns)
        self.numbered = numbered(text, self.words)
        every = [name for name in self.columns if name not in self.words]
        self.wrt = every if request.wrt is None else inputs_named(self.names, request.wrt)
        ratios = ratios_of(self.names, [question for _, question in request.asked])
        self.ratios = [ratios[question] for _, question in request.asked]
        self.marks = marks_of(self.ratios)
        _refuse_unwritable([request.prefix, *request.results, *(n for n, _ in request.asked)])
        self._refuse_text(self.marks.union(self.wrt))
        pairs = [(a, b) for i, a in enumerate(self.wrt) for b in self.wrt[i:]]
        self.second = pairs if request.hessian else []
        last = text.tree.block.statements[-1]
        self.is_settled = isinstance(last, tree.Tuple)
        count = len(_items(last)) if isinstance(last, tree.Tuple) else len(request.results)
        self.parts = count if self.is_settled or count > 1 else None

    def __reduce__(self) -> Any:
        """As data that can travel: the text instead of its tree, settings that print nothing."""
        source, settings = self.text.source, self.settings.silent()
        rest = self.columns, self.constants, settings, self.request
        return _remade, (source.text, source.name, self.parts, *rest)

    @property
    def outputs(self) -> list[str]:
        """The names of the new columns."""
        names = [*self._results, *(f"d_{name}" for name in self.wrt)]
        names += [f"d2_{a}_{b}" for a, b in self.second]
        names += [name for name, _ in self.request.asked]
        return [self.request.prefix + name for name in names]

    @property
    def _results(self) -> list[str]:
        """The names of the columns of the results."""
        named, count = self.request.results, self.parts or 1
        if self.is_settled and named and len(named) != count:
            listed = ", ".join(named)
            raise UsageError(
                f"the program has {_results(count)} a row, and there are names for {len(named)}: "
                f"{listed}",
                help="a tuple has a column for each of its parts: (price, delta)",
            )
        numbered = [f"value_{i}" for i in range(1, count + 1)]
        return list(named) or (["value"] if self.parts is None else numbered)

    def of(self, parts: int | None) -> RowProgram:
        """The same with so many results a row."""
        other = self._like(self.request)
        other.parts, other.is_settled = parts, True
        return other

    def without(self, names: Collection[str]) -> RowProgram:
        """The same, not differentiating by columns that are true or false."""
        wrt = tuple(name for name in self.wrt if name not in names)
        return self._like(replace(self.request, wrt=wrt))

    def compiled(self) -> RowProgram:
        """The same, run by machine code."""
        return self._like(replace(self.request, compiled=True))

    def _like(self, request: RowRequest) -> RowProgram:
        """The same with something else asked of it."""
        other = RowProgram(self.text, self.columns, self.constants, self.settings, request)
        other.notices, other.parts, other.is_settled = self.notices, self.parts, self.is_settled
        return other

    def _refuse_text(self, names: Iterable[str]) -> None:
        """There is no derivative by texts."""
        for name in names:
            if name in self.words:
                raise InputError(f"{name} is a column of text: there is no derivative by it")

    def _check(
        self, columns: Sequence[str], constants: Iterable[str], option: Callable[[str], str]
    ) -> None:
        """Every input has a column or a value, every value an input, and the table some use."""
        for name, node in self.names.inputs.items():
            if name not in self.constants and name not in self.columns:
                from gradcli.engine.elsewhere import line_here

                span = Span(self.text.source, node.start, node.end)
                line = line_here(self.text.source.text, [*columns, *constants], without=name)
                raise misread(columns, name) or _no_value(name, span, columns, option(name), line)
        for name in constants:
            if name not in self.names.inputs:
                raise unknown_variable(name, self.names)
        if not self.columns:
            raise misread(columns) or InputError(
                "the program uses no column of the table", help=f"its columns are {some(columns)}"
            )


def _no_value(
    name: str, span: Span, columns: Sequence[str], option: str, line: str | None
) -> InputError:
    near = nearest(name, columns)
    lead = f"did you mean the column '{near}'? " if near else ""
    lead += f"write `{line}`, " if line else _otherwise(name, span, columns)
    ways = f"add {option}, or ⟨rename {name}=COLUMN⟩"
    return InputError(
        f"no column and no value for '{name}'",
        span=span,
        help=f"{lead}{ways}; the columns are {some(columns) or 'none'}",
    )


def _otherwise(name: str, span: Span, columns: Sequence[str]) -> str:
    """What may be meant by `A1` and `col1`, the place of a column, and by `type == call`."""
    text = span.source.text
    compared = re.search(r"(\w+)\s*[!=]=\s*$", text[: span.start])
    if compared is not None and compared[1] in columns:
        return f'write `{compared[0]}"{name}"` if it is text, '
    from gradcli.engine.elsewhere import line_by_columns

    line = line_by_columns(text, columns)
    return f"columns go by their names: write `{line}`, " if line else ""


def _remade(text: str, name: str, parts: int | None, *rest: Any) -> RowProgram:
    return RowProgram(Text(text, name), *rest).of(parts)


def _items(node: tree.Tuple) -> list[tree.Expression]:
    """What stands in a tuple, and in the tuples in it."""
    return [
        inner
        for item in node.items
        for inner in (_items(item) if isinstance(item, tree.Tuple) else [item])
    ]


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
    for node in () if function in names.defined else walked(text.tree.block):
        called = node.function if isinstance(node, tree.Call) else None
        if isinstance(node, tree.Call) and isinstance(called, tree.Name) and called.id == function:
            yield node


def _asked_for_nan(text: Text, names: Names) -> Iterator[str]:
    """The names of which the program asks whether they are NaN."""
    for call in _calls(text, names, "isnan"):
        yield from (x.value.id for x in call.arguments if isinstance(x.value, tree.Name))


def _refuse_unwritable(names: Iterable[str]) -> None:
    """What UTF-8 lacks, half a pair of surrogates, cannot be in the name of a column."""
    for name in names:
        if not name.isascii() and name.encode("utf-8", "ignore").decode() != name:
            raise UsageError(f"{name!a} cannot be in the name of a column: it is not Unicode")


def _refuse_print(text: Text, names: Names, over: str) -> None:
    """A program that is run on every row has nowhere to print to."""
    for call in _calls(text, names, "print"):
        raise ProgramTypeError(
            f"print has no place in a program over {over}",
            span=Span(text.source, call.start, call.end),
            help="leave it out",
        )
