"""`torch.nn`: modules that hold others, or parameters, by numbers or names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def held(own: Instance) -> dict[str, Any]:
    """What a module holds."""
    table: dict[str, Any] = getattr(own.inner, own.inner.holds)
    return table


def hold(own: Instance, name: str, value: Any) -> None:
    """Has a module hold something under a name."""
    own.attributes[name] = held(own)[name] = value


def contained(begin: Callable[[Instance], None]) -> dict[str, Callable[..., Any]]:
    """Methods of modules that hold others; `begin` prepares a new instance."""

    def at(own: Instance, key: Any) -> Any:
        """`model[key]`: what is held, or several in a module of the same class.

        A list numbers them anew.
        """
        inside = held(own)
        if isinstance(key, slice):
            made = Instance(own.of)
            begin(made)
            made.inner.compute = own.inner.compute
            if own.inner.compute is None:
                return _extend(made, list(inside.values())[key])
            _update(made, dict(list(inside.items())[key]))
            return made
        return inside[_name(own, key)]

    return {
        "__len__": lambda own: len(held(own)),
        "__iter__": lambda own: list(held(own) if own.inner.is_keyed else held(own).values()),
        "__contains__": lambda own, key: key in held(own),
        "__getitem__": at,
        "__setitem__": lambda own, key, value: hold(own, _name(own, key, is_new=True), value),
        "keys": lambda own: list(held(own)),
        "values": lambda own: list(held(own).values()),
        "items": lambda own: list(held(own).items()),
        "append": _append,
        "extend": _extend,
        "update": _update,
    }


def _name(own: Instance, key: Any, *, is_new: bool = False) -> str:
    """The name of what is held under a key."""
    names = list(held(own))
    if isinstance(key, str):
        if key not in names and not is_new:
            raise Raised("KeyError", repr(key))
        return key
    if not -len(names) <= key < len(names):
        raise Raised("IndexError", f"index {key} is out of range")
    return names[key]


def _append(own: Instance, value: Any) -> Instance:
    hold(own, str(len(held(own))), value)
    return own


def _extend(own: Instance, values: Any) -> Instance:
    for value in values:
        _append(own, value)
    return own


def _update(own: Instance, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        hold(own, name, value)


class Containers:
    """The modules, each made by a function that prepares an instance."""

    def __init__(self, home: Any) -> None:
        self.machine = home.machine

    def table(self) -> dict[str, Callable[..., None]]:
        """What prepares an instance of each class."""
        return {
            "Sequential": self.sequential,
            "ModuleList": self.listing("modules"),
            "ModuleDict": self.by_names("modules"),
            "ParameterList": self.listing("parameters"),
            "ParameterDict": self.by_names("parameters"),
        }

    def sequential(self, own: Instance, *modules: Any) -> None:
        """One module after another."""
        named = modules[0] if len(modules) == 1 and isinstance(modules[0], dict) else None
        for name, module in named.items() if named is not None else enumerate(modules):
            hold(own, str(name), module)

        def compute(own: Instance, x: Any) -> Any:
            for module in own.inner.modules.values():
                x = self.machine.call(module, [x])
            return x

        own.inner.compute = compute

    def listing(self, holds: str) -> Callable[..., None]:
        """`nn.ModuleList` and `nn.ParameterList`."""

        def make(own: Instance, values: Any = ()) -> None:
            own.inner.holds = holds
            _extend(own, self.machine.items(values))

        return make

    def by_names(self, holds: str) -> Callable[..., None]:
        """`nn.ModuleDict` and `nn.ParameterDict`."""

        def make(own: Instance, values: Any = None) -> None:
            own.inner.holds, own.inner.is_keyed = holds, True
            _update(own, self.pairs(values or {}))

        return make

    def pairs(self, values: Any) -> dict[str, Any]:
        """Names and what they stand for, given as a dict or as pairs."""
        items: Iterator[Any] = self.machine.items(values)
        return values if isinstance(values, dict) else dict(items)
