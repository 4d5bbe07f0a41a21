"""`jax.tree`: functions of structures of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt, shown, upto
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import MISSING, ClassValue, Field, Instance, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable


class Parts:
    """How objects of a class are taken apart, and made of parts again."""

    def __init__(self, home: Any, of: Any, flatten: Any, unflatten: Any) -> None:
        self.home = home
        self.of = of
        self.flatten = flatten
        self.unflatten = unflatten

    def taken(self, value: Any) -> list[Any]:
        """The parts of an object."""
        return list(self.apart(value)[0])

    def kept(self, value: Any) -> str:
        """What of it is no part, as it is shown."""
        text: str = self.home.machine.language.text(self.apart(value)[1])
        return text

    def apart(self, value: Any) -> tuple[Any, Any]:
        """The parts of an object, and what is kept of it."""
        pair = self.home.machine.call(self.flatten, [value])
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise Raised("TypeError", "a flatten function gives a pair of children and aux data")
        return pair

    def made(self, like: Any, items: list[Any]) -> Any:
        """An object with other parts."""
        return self.home.machine.call(self.unflatten, [self.apart(like)[1], tuple(items)])


def by_fields(of: Any, data_fields: Any, meta: list[str]) -> tuple[Native, Native]:
    """How objects of a dataclass are taken apart by their fields, and made again."""
    names = list(of.names.get("__fields__", ())) if data_fields is None else list(data_fields)
    names = [name for name in names if name not in meta]

    def flatten(own: Any) -> tuple[Any, Any]:
        parts = [own.attributes[name] for name in names]
        return parts, tuple(own.attributes[name] for name in meta)

    def unflatten(aux: Any, children: Any) -> Any:
        made = Instance(of)
        made.attributes = dict(zip([*names, *meta], [*children, *aux], strict=True))
        return made

    return Native("flatten", flatten), Native("unflatten", unflatten)


def registering(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that say how objects of a class are taken apart."""
    language = home.machine.language

    def register(of: Any, flatten: Any, unflatten: Any, *_more: Any) -> None:
        if not isinstance(of, ClassValue):
            raise Raised("TypeError", "only classes of the snippet can be registered")
        of.parts = Parts(home, of, flatten, unflatten)

    def register_class(of: Any) -> Any:
        flatten = Native(
            "tree_flatten", lambda own: home.machine.call(language.attribute(own, "tree_flatten"))
        )
        unflatten = Native(
            "tree_unflatten",
            lambda aux, children: home.machine.call(
                language.attribute(of, "tree_unflatten"), [aux, children]
            ),
        )
        register(of, flatten, unflatten)
        return of

    def register_dataclass(of: Any = None, data_fields: Any = None, meta_fields: Any = ()) -> Any:
        if of is None:
            return Native(
                "register_dataclass", lambda own: register_dataclass(own, data_fields, meta_fields)
            )
        fields = [(name, part) for name, part in of.names.items() if isinstance(part, Field)]
        static = [name for name, part in fields if part.metadata.get("static")]
        register(of, *by_fields(of, data_fields, [*meta_fields, *static]))
        return of

    return {
        "tree_util.register_pytree_node": register,
        "tree_util.register_pytree_node_class": register_class,
        "tree_util.register_dataclass": register_dataclass,
    }


def stopping(home: Any, is_leaf: Any) -> Any:
    """What says whether a value is a leaf, by a function of the snippet."""
    if is_leaf is None:
        return None
    return lambda value: home.machine.truth(home.machine.call(is_leaf, [value]))


def trees(home: Any) -> dict[str, Callable[..., Any]]:
    """`jax.tree.map` and its like."""

    def over(function: Any, first: Any, *others: Any, is_leaf: Any = None) -> Any:
        stop = stopping(home, is_leaf)
        columns = [leaves(first, stop)]
        for other in others:
            found = upto(first, other, stop)
            if found is None:
                text = f"the structures differ: one is {shown(first)}, another {shown(other)}"
                raise Raised("ValueError", text)
            columns.append(found)
        made = (home.machine.call(function, row) for row in zip(*columns, strict=True))
        return home.structure(rebuilt(first, made, stop))

    def structure(tree: Any, is_leaf: Any = None) -> Structure:
        stop = stopping(home, is_leaf)
        return Structure(mapped(lambda _leaf: 0, tree, stop=stop) if stop else tree)

    def flat(tree: Any, is_leaf: Any = None) -> Any:
        return leaves(tree, stopping(home, is_leaf)), structure(tree, is_leaf)

    def reduced(function: Any, tree: Any, initializer: Any = MISSING, is_leaf: Any = None) -> Any:
        start = [] if initializer is MISSING else [initializer]
        items = [*start, *leaves(tree, stopping(home, is_leaf))]
        total = items[0]
        for item in items[1:]:
            total = home.machine.call(function, [total, item])
        return total

    return {
        "map": over,
        "leaves": lambda tree, is_leaf=None: leaves(tree, stopping(home, is_leaf)),
        "flatten": flat,
        "unflatten": lambda treedef, leaves: home.structure(rebuilt(treedef.like, iter(leaves))),
        "structure": structure,
        "reduce": reduced,
        "all": lambda tree, is_leaf=None: all(
            home.machine.truth(leaf) for leaf in leaves(tree, stopping(home, is_leaf))
        ),
    }


class Structure(Object):
    """The structure of a tree."""

    kind = "PyTreeDef"

    def __init__(self, like: Any) -> None:
        self.like = like

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return self.show()

    def show(self) -> str:
        """How it is shown."""
        return f"PyTreeDef({shown(self.like)})"
