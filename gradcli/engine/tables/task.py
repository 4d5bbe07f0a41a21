"""What `map` computes in each row, as data that can travel: text, constants, names, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.answers.ratio import parse_ratio
from gradcli.engine.program import Text, unknown_variable
from gradcli.engine.settings import Settings
from gradcli.errors import InputError, ProgramTypeError, Span, UsageError
from gradcli.lower.trees import children
from gradcli.lower.words import CONSTANTS
from gradcli.ops import catalog
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Task:
    """A program, the columns and constants it uses, and the columns it gives.

    `columns` are those of the table, under the names that the program has for them. `wrt` names
    what is differentiated by (None: every column that the program uses); `ask` are questions as of
    a tape. What is computed goes into columns whose names start with `prefix`. `option` is how
    messages say that a value is given to a name.
    """

    def __init__(
        self,
        text: Text,
        columns: Sequence[str],
        constants: Mapping[str, Any],
        settings: Settings,
        *,
        wrt: Sequence[str] | None = None,
        dy: Any = None,
        hessian: bool = False,
        ask: Sequence[str] = (),
        prefix: str = "",
        option: Callable[[str], str] = "--{} VALUE".format,
    ) -> None:
        self.recipe = {
            "source": (text.source.text, text.source.name),
            "columns": list(columns),
            "constants": dict(constants),
            "wrt": None if wrt is None else list(wrt),
            "dy": dy,
            "hessian": hessian,
            "ask": tuple(ask),
            "prefix": prefix,
            "settings": _plain(settings),
        }
        self.text = text
        self.settings = settings
        self.dy = dy
        hidden = {*CONSTANTS, *catalog.PREFIXES}
        free = {name for name in columns if name not in hidden or name in (wrt or ())}
        self.names = text.names({*constants, *free})
        _refuse_print(text, self.names)
        self.constants = {n: constants[n] for n in self.names.inputs if n in constants}
        self.columns = [n for n in self.names.inputs if n in free and n not in constants]
        self._check_inputs(columns, option)
        self.wrt = self.columns if wrt is None else self._sources(wrt)
        self.default_wrt = wrt is None
        known = [*self.names.inputs, *sorted(self.names.assigned)]
        self.ratios = [parse_ratio(question, known) for question in ask]
        self.marks = {name for ratio in self.ratios for name in (ratio.of, *ratio.by)}
        pairs = [(a, b) for i, a in enumerate(self.wrt) for b in self.wrt[i:]]
        self.second = pairs if hessian else []
        self.outputs = [
            f"{prefix}value",
            *(f"{prefix}d_{name}" for name in self.wrt),
            *(f"{prefix}d2_{a}_{b}" for a, b in self.second),
            *(prefix + text for text in ask),
        ]

    def _check_inputs(self, columns: Sequence[str], option: Callable[[str], str]) -> None:
        for name, place in self.names.inputs.items():
            if name not in self.constants and name not in self.columns:
                span = Span(self.text.source, place.start, place.end)
                near = nearest(name, columns)
                lead = f"did you mean the column '{near}'? " if near else ""
                raise InputError(
                    f"no column and no value for '{name}'",
                    span=span,
                    help=f"{lead}add {option(name)}, or --rename {name}=COLUMN",
                )
        if not self.columns:
            listed = ", ".join(list(columns)[:12])
            raise InputError(
                "the program uses no column of the table", help=f"its columns are {listed}"
            )

    def _sources(self, wrt: Sequence[str]) -> list[str]:
        for name in wrt:
            if name not in self.names.inputs:
                raise unknown_variable(name, self.names)
        return [name for name in self.names.inputs if name in wrt]

    @classmethod
    def of(cls, recipe: Mapping[str, Any], settings: Settings | None = None) -> Task:
        """The task of a recipe, the `recipe` of another task."""
        rest = {k: v for k, v in recipe.items() if k not in ("source", "settings")}
        return cls(
            Text(*recipe["source"]),
            rest.pop("columns"),
            rest.pop("constants"),
            settings or Settings(**recipe["settings"]),
            **rest,
        )

    def without(self, names: Sequence[str]) -> Task:
        """The same task, not differentiating by columns that are true or false."""
        kept = [name for name in self.wrt if name not in names]
        return Task.of({**self.recipe, "wrt": kept})


def _plain(settings: Settings) -> dict[str, Any]:
    """What of the settings matters for rows, as data."""
    names = ("dtype", "max_steps", "max_elements", "stabilize", "unconnected")
    return {name: getattr(settings, name) for name in names}


def _refuse_print(text: Text, names: Any) -> None:
    """A program that is run on every row has nowhere to print to."""
    stack: list[tree.Tree] = [text.tree.block]
    while stack:
        node = stack.pop()
        called = node.function if isinstance(node, tree.Call) else None
        if isinstance(called, tree.Name) and called.id == "print" and "print" not in names.defined:
            raise ProgramTypeError(
                "print has no place in a program over the rows of a table",
                span=Span(text.source, node.start, node.end),
                help="leave it out",
            )
        stack.extend(children(node))


def check_collisions(kept: Sequence[str], outputs: Sequence[str]) -> None:
    """No column may be there twice."""
    for name in outputs:
        if name in kept:
            raise UsageError(
                f"the table has a column '{name}' already",
                help=f"--prefix new_ names the new ones new_{name} …, or --drop {name}",
            )
    if len(set(outputs)) < len(outputs):
        raise UsageError("the same question is asked twice")
