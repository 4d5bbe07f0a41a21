"""A program, parsed once; and one run of it, recorded as a graph that questions are asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.collector import Paused
from gradcli.errors import InputError, Source, Span
from gradcli.exec.blocked import BlockedEvaluator
from gradcli.ir.graph import Graph
from gradcli.lower.interpreter import Interpreter
from gradcli.lower.names import Names, read_names
from gradcli.lower.trees import bare_names
from gradcli.lower.values import leaves
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.suggest import nearest
from gradcli.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gradcli.engine.settings import Settings
    from gradcli.errors import Notice
    from gradcli.ir.node import Node
    from gradcli.syntax.tree import Program as Tree

    Array = np.ndarray[Any, np.dtype[Any]]


class Text:
    """The text of a program and its tree; the names follow once it is known what is given."""

    __slots__ = ("source", "tree")

    def __init__(self, text: str, name: str = "program") -> None:
        self.source = Source(text, name)
        self.tree: Tree = parse(self.source)

    def names(self, given: Collection[str] = ()) -> Names:
        """The program's inputs and prefixes, given names having values."""
        return read_names(self.tree, catalog, given)

    def words(self) -> set[str]:
        """All names that stand anywhere but directly before a dot, whatever they mean."""
        return bare_names(self.tree.block)


class Recording:
    """One run of a program: its graph, the nodes of its inputs, its value, and their arrays.

    The names in `marks` have nodes of their own, so that gradients can be asked for them; with
    `whole` the program must end with a value. `answers` are the gradients that were asked for, and
    `shown` what is to be evaluated in one run with them.
    """

    __slots__ = (
        "answers",
        "evaluator",
        "graph",
        "inputs",
        "interpreter",
        "names",
        "notices",
        "scope",
        "shown",
        "value",
    )

    def __init__(
        self,
        text: Text,
        names: Names,
        values: Mapping[str, Any],
        settings: Settings,
        *,
        marks: Collection[str] = (),
        whole: bool = True,
    ) -> None:
        self.graph = graph = Graph(
            settings.dtype, max_elements=settings.max_elements, stabilize=settings.stabilize
        )
        arrays = {name: as_input(name, values[name], graph.dtype) for name in values}
        self.inputs: dict[str, Node] = {
            name: graph.input(name, array.shape, array.dtype) for name, array in arrays.items()
        }
        self.names = names
        given = {node: arrays[name] for name, node in self.inputs.items()}
        self.evaluator = BlockedEvaluator(given, settings.threads, settings.planned)
        interpreter = Interpreter(
            text.source,
            names,
            catalog,
            graph,
            self.evaluator.reach,
            modes,
            marks=marks,
            max_steps=settings.max_steps,
            printed=settings.printed,
            depth=text.tree.depth,
        )
        with np.errstate(all="ignore"), Paused():
            self.value = interpreter.run(text.tree.block, self.inputs, whole=whole)
        self.interpreter = interpreter
        self.scope = interpreter.top.names
        self.answers: list[Node] = []
        self.shown: list[Node] = []
        self.notices: list[Notice] = interpreter.notices

    @property
    def results(self) -> list[Node]:
        """The nodes of the value, tuples taken apart."""
        return leaves(self.value)

    def arrays(self, value: Any) -> Any:
        """A node's array, a tuple's arrays, None for None."""
        if isinstance(value, tuple):
            return tuple([self.arrays(part) for part in value])
        return None if value is None else np.asarray(self.evaluator(value))


def total_of(run: Recording, dy: Any) -> float:
    """sum(value * dy) of a run, in double precision."""
    parts = [np.asarray(run.evaluator(y), float) for y in run.results]
    if dy is not None:
        parts = [parts[0] * dy]
    with np.errstate(all="ignore"):
        return float(sum(np.sum(part) for part in parts))


def as_input(name: str, value: Any, dtype: np.dtype[Any]) -> Array:
    """A value as an array of the working dtype; truth values stay what they are."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError(f"the rows of {name} are of unequal length") from None
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind == "O":
        array = _numbers(name, array)
    if array.dtype.kind == "c":
        raise InputError(f"{name} is complex: gradcli works with real numbers")
    if array.dtype.kind not in "fiu":
        what = "text" if array.dtype.kind in "US" else str(array.dtype)
        raise InputError(f"{name} is {what}, and not numbers")
    return array.astype(dtype, copy=False)


def _numbers(name: str, array: Array) -> Array:
    """Python's own numbers, such as whole ones of any length, fractions and decimals, as floats."""
    for item in array.flat:
        if not hasattr(item, "__float__"):
            raise InputError(f"{name} is not numbers: it holds {type(item).__name__}")
    try:
        return array.astype(float)
    except (OverflowError, TypeError, ValueError) as error:
        raise InputError(f"{name} is not numbers: {error}") from None


def check_values(
    text: Text, names: Names, values: Collection[str], option: Callable[[str], str]
) -> None:
    """Every input has a value and every value is an input's; `option` says how one is given."""
    for name, place in names.inputs.items():
        if name not in values:
            span = Span(text.source, place.start, place.end)
            help_ = f"add {option(name)}"
            if catalog.find(name) is not None:
                help_ += f", or call the function: {name}(…)"
            raise InputError(f"no value for '{name}'", span=span, help=help_)
    for name in values:
        if name not in names.inputs:
            raise unknown_variable(name, names)


def unknown_variable(name: str, names: Names) -> InputError:
    """The error for a value that belongs to no input."""
    if not names.inputs:
        return InputError(f"the program has no variable '{name}'", help="it has no variables")
    near = nearest(name, names.inputs)
    listed = ", ".join(names.inputs)
    help_ = f"did you mean '{near}'? " if near else ""
    return InputError(f"the program has no variable '{name}'", help=f"{help_}it has {listed}")
