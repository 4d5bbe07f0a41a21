"""Which function a word means: one of the language itself, of the library, or of a framework."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.errors import ProgramNameError, ProgramTypeError, Span
from gradcli.lower.values import BuiltIn, Special
from gradcli.lower.words import (
    ATTRIBUTES,
    CONSTANTS,
    FRAMEWORK_METHODS,
    INSTEAD,
    PREFIXED,
    PYTHON_TYPES,
    SPECIALS,
    UPDATES,
)
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradcli.errors import GradcliError
    from gradcli.lower.needs import Catalogue
    from gradcli.lower.values import FunctionValue


_ARRAYS = {"np": "ndarray"}
"""What frameworks call arrays, in signatures of methods that no function has."""


def is_function(library: Catalogue, name: str) -> bool:
    """Whether a name stands for a function by itself."""
    return name not in library.METHODS_ONLY and is_method(library, name)


def has_meaning(library: Catalogue, name: str) -> bool:
    """Whether a name stands for something as long as it is given no value."""
    named = name in CONSTANTS or name in library.PREFIXES or name in PYTHON_TYPES
    return named or is_method(library, name)


def is_method(library: Catalogue, name: str) -> bool:
    """Whether a name stands for a function behind a dot."""
    return name in SPECIALS or library.find(name) is not None


def function_named(library: Catalogue, name: str) -> FunctionValue | None:
    """The function that a name stands for by itself; None if there is none."""
    return None if name in library.METHODS_ONLY else method_named(library, name)


def method_named(library: Catalogue, name: str) -> FunctionValue | None:
    """The function that a name stands for behind a dot; None if there is none."""
    if name in SPECIALS:
        return Special(name)
    record = library.find(name)
    return None if record is None else BuiltIn(record, name)


def prefixed_function(library: Catalogue, words: Sequence[str]) -> FunctionValue | None:
    """The function behind a framework's prefix, `tf.math.sin`, in that framework's meaning."""
    framework, name = library.framework(words), words[-1]
    path = ".".join([framework, *words[1:-1]])
    behind = library.BEHIND_PREFIX
    name = behind.get((path, name)) or behind.get((framework, name), name)
    if name in PREFIXED:
        return Special(name)
    function = method_named(library, name)
    if isinstance(function, BuiltIn):
        function.name = ".".join(words)
        function.framework = path if path in function.record.variants else framework
        function.spellings = library.spellings(words)
    return function


def methods_framework(library: Catalogue, prefixes: Collection[str]) -> str:
    """The prefix that methods are read with in a program that uses these; "" for none."""
    if not prefixes:
        return ""
    frameworks = {library.METHODS.get(f, f) for f in map(library.PREFIXES.__getitem__, prefixes)}
    frameworks.discard("")
    return frameworks.pop() if len(frameworks) == 1 else ""


def method_meant(library: Catalogue, name: str, prefix: str) -> FunctionValue | None:
    """The function that a name stands for behind a dot, with this prefix's meaning if any."""
    prefix = prefix or FRAMEWORK_METHODS.get(name, "")
    function = prefixed_function(library, [prefix, name]) if prefix else method_named(library, name)
    if isinstance(function, BuiltIn):
        of_arrays = f"{prefix}.{_ARRAYS.get(prefix, 'Tensor')}" if prefix else "x"
        function.spellings = (f"{of_arrays}.{name}", *function.spellings)
    return function


# --- what to say where there is none ------------------------------------------------------------


def unknown_function(
    name: str, span: Span, library: Catalogue, own: Collection[str], help_: str | None = None
) -> ProgramNameError:
    """The error of a call of no function; `own` are the names that the program assigns."""
    help_ = help_ or what_to_write(name, library, own)
    return ProgramNameError(f"unknown function '{name}'", span=span, help=help_)


def what_to_write(name: str, library: Catalogue, own: Collection[str] = ()) -> str:
    """The help for a name that is no function: how to write what it is elsewhere, or a near one."""
    from gradcli.lower.instead import hint

    bare = name.rpartition(".")[2]
    help_ = INSTEAD.get(bare) or _other_base(name) or hint(bare)
    if help_ is None and bare.endswith("_") and bare[:-1] in library.NAMES:
        return f"nothing changes in place: write x = {bare[:-1]}(…)"
    near = None if help_ else nearest(name, [*library.NAMES, *SPECIALS, *own])
    return help_ or (f"did you mean '{near}'?" if near else "`gradcli functions` lists them")


def _other_base(name: str) -> str | None:
    """`log_b(x)`."""
    base = re.fullmatch(r"log_(\w+)", name)
    return f"the logarithm to base {base[1]} is `logb(x, {base[1]})`" if base else None


def unknown_attribute(
    name: str, span: Span, library: Catalogue, own: Collection[str]
) -> GradcliError:
    """The error of an attribute that no array has; it may be a function, whose brackets lack."""
    if name in own or is_method(library, name):
        message = f"'{name}' is a function and is called with brackets"
        return ProgramTypeError(message, span=span, help=f".{name}()")
    from gradcli.lower.instead import hint

    help_ = _RESULTS.get(name) or hint(name)
    near = None if help_ else nearest(name, [*ATTRIBUTES, *library.NAMES])
    listed = ", ".join(f".{attribute}" for attribute in ATTRIBUTES)
    return ProgramNameError(
        f"unknown attribute '{name}'",
        span=span,
        help=help_
        or (f"did you mean '.{near}'?" if near else f"there are {listed}, and every function"),
    )


_RESULTS = {
    "values": "leave it out: the values are all that is given",
    "data": "leave it out: a name holds the values themselves",
    "numpy": "leave it out: a name holds the values themselves",
    "indices": "argmax, argmin and argsort give indices",
}
"""What stands behind a dot elsewhere, where results have parts."""


def check_update(name: str, span: Span) -> None:
    """Refuses what is called behind `x.at[i]` and is no way to update elements."""
    if name not in UPDATES:
        listed = ", ".join(f".{word}" for word in UPDATES)
        message = f"there is no update '{name}'"
        raise ProgramNameError(message, span=span, help=f"behind `x.at[i]` stand {listed}")


def no_function_for_rule(name: str, span: Span) -> GradcliError:
    """The error of `vjp sin(x, dy) = …` without a function of that name before."""
    return ProgramNameError(
        f"'{name}' is not a function of this program, and only those can have a rule",
        span=span,
        help=f"define it before the rule: {name}(…) = …",
    )
