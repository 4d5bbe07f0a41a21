"""`tf.Module`: objects whose attributes hold variables."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Base, Instance


def module_base(_home: Any) -> Base:
    """The class of that name."""
    return Base(
        "Module",
        methods={"__init__": _named},
        values={
            "variables": lambda own: tuple(_variables(own)),
            "trainable_variables": lambda own: tuple(v for v in _variables(own) if v.is_trainable),
            "submodules": lambda own: tuple(_inner(own)),
            "name": lambda own: own.inner or own.of.name.lower(),
        },
    )


def _named(own: Instance, name: Any = None, **_more: Any) -> None:
    own.inner = name


def _variables(own: Instance) -> list[Variable]:
    """The variables of a module, and of those in it, by the names of attributes."""
    variables: dict[int, Variable] = {}
    for module in [own, *_inner(own)]:
        for leaf in _leaves([module.attributes[name] for name in sorted(module.attributes)]):
            if isinstance(leaf, Variable):
                variables.setdefault(id(leaf), leaf)
    return list(variables.values())


def _inner(own: Instance) -> list[Instance]:
    """The modules in a module."""
    modules: list[Instance] = []
    for leaf in _leaves([own.attributes[name] for name in sorted(own.attributes)]):
        if isinstance(leaf, Instance) and leaf not in modules and leaf is not own:
            modules += [leaf, *_inner(leaf)]
    return modules


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
