"""The targets of translations: a record each, found by name, a file each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.translation.work import Work

TARGETS = tuple("numpy jax torch tensorflow tfjs autograd sympy c latex".split())
"""Their names, as the option has them."""

EXTENSIONS = {"tfjs": ".js", "c": ".c", "latex": ".tex"}
"""How the names of files end that are not Python's."""


class Target(NamedTuple):
    """A target: what people call it, and what writes a file for it.

    A file may hold one way of a program alone, if it `goes_one_way`.
    """

    title: str
    write: Callable[[Work], str]
    goes_one_way: bool = False


def find(name: str) -> Target:
    """The record of the target with that name."""
    record: Target = import_module(f"gradcli.translation.targets.{name}").TARGET
    return record
