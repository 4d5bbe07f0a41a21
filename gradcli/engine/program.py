"""The text of a program, parsed once; and what its inputs must be given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.rounding import in_array
from gradcli.errors import InputError, ParseError, ProgramNameError, Source, Span, UsageError
from gradcli.lower.functions import has_meaning
from gradcli.lower.names import Names, read_names
from gradcli.lower.trees import bare_names
from gradcli.memory import MEMORY
from gradcli.ops import catalog
from gradcli.suggest import nearest
from gradcli.syntax import tree
from gradcli.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gradcli.errors import Notice
    from gradcli.syntax.tree import SyntaxTree

    Array = np.ndarray[Any, np.dtype[Any]]


_LONGEST = 60
"""Characters of a program that a help shows."""


class Text:
    """The text of a program and its tree; the names follow once it is known what is given."""

    __slots__ = ("_named", "source", "tree")

    def __init__(self, text: str, name: str = "program") -> None:
        self.source = Source(text, name)
        self._named: tuple[tuple[str, ...], Names] | None = None
        try:
            self.tree: SyntaxTree = parse(self.source, is_elementwise=catalog.is_elementwise)
        except ParseError as error:
            raise error.advised(_written_here(text)) from None

    @classmethod
    def of(cls, text: str) -> Text:
        """The program of a text, parsed unless it is remembered."""
        program: Text = MEMORY.kept(("text", text), lambda: cls(text), 64 + 20 * len(text))
        return program

    def names(self, given: Collection[str] = ()) -> Names:
        """The program's inputs and prefixes, given names having values.

        Read once for the same of them that would mean something else if they had none.
        """
        named, valued = self._named, tuple(given)
        if named is None or not (named[0] == valued or _valued(named[0]) == _valued(valued)):
            named = self._named = valued, self._read_names(given)
        return named[1]

    def _read_names(self, given: Collection[str]) -> Names:
        try:
            return read_names(self.tree, catalog, given)
        except ProgramNameError as error:
            raise error.advised(_written_here(self.source.text, given)) from None

    @property
    def ends_with(self) -> str:
        """The name of the function whose definition ends the program; "" for none."""
        last = self.tree.block.statements[-1]
        return last.id if isinstance(last, tree.Define) else ""

    @property
    def stacked(self) -> str:
        """The help that shows an array for the tuple that ends the program; "" for none."""
        text, last = self.source.text, self.tree.block.statements[-1]
        if not isinstance(last, tree.Tuple) or not last.items:
            return ""
        if len(text) > _LONGEST or "\n" in text.strip():
            return ""
        inner = text[last.items[0].start : last.items[-1].end]
        return f"write `{text[: last.start]}[{inner}]`"

    def words(self) -> set[str]:
        """All names that stand anywhere but directly before a dot, whatever they mean."""
        return bare_names(self.tree.block)


def _valued(given: Collection[str]) -> set[str]:
    """Those of some names that would mean something else if they had no value."""
    return {name for name in given if has_meaning(catalog, name)}


def _written_here(text: str, given: Collection[str] = ()) -> str | None:
    """What to write for a text in another notation."""
    from gradcli.engine.elsewhere import advice, line_here

    return advice(line_here(text, given))


def as_input(
    name: str, value: Any, dtype: np.dtype[Any], notices: list[Notice] | None = None
) -> Array:
    """A value as an array of the working dtype; truth values stay what they are.

    A whole number that is rounded is added to the `notices`.
    """
    if value.__class__ is np.ndarray and value.dtype is dtype:
        read: Array = value
        return read
    if isinstance(value, np.ndarray) and value.__class__ is not np.ndarray:
        _refuse_masked(name, value)
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError(f"the rows of {name} are of unequal length") from None
    except Exception as error:  # of another library, such as a tensor that is not on the CPU
        raise InputError(f"{name} cannot be made an array: {error}") from error
    if array.dtype is dtype or array.dtype.kind == "b" or array.dtype == dtype:
        return array
    given = array
    if array.dtype.kind == "O":
        array = _numbers(name, array)
    if array.dtype.kind == "c":
        raise InputError(f"{name} is complex: gradcli works with real numbers")
    if array.dtype.kind not in "fiu":
        what = "text" if array.dtype.kind in "US" else str(array.dtype)
        raise InputError(f"{name} is {what}, and not numbers")
    if notices is not None and given.dtype.kind in "iuO":
        notices += in_array(name, given)
    with np.errstate(over="ignore"):  # beyond float32: infinity, which the answer warns of
        return array.astype(dtype, copy=False)


def _refuse_masked(name: str, array: Array) -> None:
    """Refuses an array with masked elements, which would count with what lies under the mask."""
    if np.ma.is_masked(array):
        raise InputError(
            f"{name} has masked elements, and there is no number for them",
            help="leave them out with .compressed(), or fill them with .filled(…)",
        )


def _numbers(name: str, array: Array) -> Array:
    """Python's own numbers, such as integers of any length, fractions and decimals, as floats."""
    for item in array.flat:
        if not hasattr(item, "__float__"):
            raise InputError(f"{name} is not numbers: it holds {type(item).__name__}")
    try:
        return array.astype(float)
    except Exception as error:  # whatever the objects raise
        raise InputError(f"{name} is not numbers: {error}") from None


def check_values(
    text: Text, names: Names, values: Collection[str], way: Callable[[str], str]
) -> None:
    """Every input has a value and every value is an input's; `way` says how one is given."""
    valued = {*values}
    for name, first_use in names.inputs.items():
        if name not in valued:
            span = Span(text.source, first_use.start, first_use.end)
            raise _no_value(name, span, names, values, way(name))
    for name in values:
        if name not in names.inputs:
            raise unknown_variable(name, names)


_UNITS = frozenset(
    "nm mm cm m km inch inches ft feet yd mile miles mi mg g kg lb lbs oz ms s sec secs min mins "
    "minute minutes h hr hrs hour hours day days week weeks month months year years yr yrs "
    "mL ml L l liter liters mph kph kmh Hz kHz MHz GHz W kW MW J kJ N Pa kPa V mV A mA mol K "
    "USD EUR GBP dollars euros bps bp percent pct rad".split()
)
"""Units that are written behind numbers."""

_MODULES = {"linalg": "np", "signal": "scipy", "interpolate": "scipy"}
"""Modules that are also names of data, and the prefix that tells them from these."""


def _no_value(name: str, span: Span, names: Names, values: Collection[str], way: str) -> InputError:
    """The error of an input without a value, which may be meant as something else."""
    from gradcli.engine.elsewhere import line_here

    help_, before, after = way, span.source.text[: span.start], span.source.text[span.end :]
    if name in names.assigned:
        help_ = f"the program gives it one only later: move that up, or {help_}"
    if name in ("i", "j") and before[-1:].isdecimal():
        help_ = f"there are no complex numbers; {help_}"
    elif name == "I":
        help_ = f"the identity matrix of n rows is eye(n); {help_}"
    elif name in _UNITS and re.search(r"\d\s*$|/$", before):
        help_ = f"there are no units: leave '{name}' out, or {help_}"
    if catalog.find(name) is not None:
        help_ += f", or call the function: {name}(…)"
    line = line_here(span.source.text, values, without=name)
    if name in _MODULES and after.startswith("."):
        line = f"{before}{_MODULES[name]}.{name}{after}"
    message = f"no value for '{name}'"
    stray = [given for given in values if given not in names.inputs]
    if stray and line is None:
        message += f", and the program has no variable '{stray[0]}'"
    return InputError(message, span=span, help=f"write `{line}`, or {help_}" if line else help_)


def unknown_variable(name: str, names: Names) -> InputError:
    """The error for a value that belongs to no input."""
    if name in names.assigned:
        message = f"'{name}' is not an input: the program assigns it"
        help_ = f"the gradient by it is grad(y, {name}), or `gradcli gradients … --xs {name}`"
        return InputError(message, help=help_)
    if not names.inputs:
        return InputError(f"the program has no variable '{name}'", help="it has no variables")
    near = nearest(name, names.inputs)
    listed = ", ".join(names.inputs)
    help_ = f"did you mean '{near}'? " if near else ""
    return InputError(f"the program has no variable '{name}'", help=f"{help_}it has {listed}")


def without_variables() -> UsageError:
    """The error of a program that there is nothing to differentiate by."""
    help_ = "a variable is a name that the program uses and does not assign: x in x^2"
    return UsageError("the program has no variable to differentiate by", help=help_)


def inputs_named(names: Names, wrt: Sequence[str] | None) -> list[str]:
    """The inputs to differentiate by, in the order of first use: all, or those named."""
    if wrt is None:
        return list(names.inputs)
    for name in wrt:
        if name not in names.inputs:
            raise unknown_variable(name, names)
    wanted = {*wrt}
    return [name for name in names.inputs if name in wanted]
