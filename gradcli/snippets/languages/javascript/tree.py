"""What JavaScript has beside the common tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.tree import Tree

if TYPE_CHECKING:
    from gradcli.snippets import tree


class Undefined:
    """`undefined`, of which there is one."""

    def __bool__(self) -> bool:
        return False


UNDEFINED = Undefined()


class Defaulted(Tree):
    """A target with the value that it gets where it gets none: `{a = 1}`, `(x = 2) => …`."""

    target: Tree
    default: Tree


class Declare(Tree):
    """`const`, `let` or `var`: targets, each with its value if it has one."""

    word: str
    pairs: tuple[tuple[Tree, Tree | None], ...]


class Key(Tree):
    """A computed name of a property: `{[key]: 1}`."""

    value: Tree


class Sequence(Tree):
    """`(a, b)`: the value of the last."""

    items: tuple[Tree, ...]


class Counting(Tree):
    """`for (first; condition; step) body`: each turn has names of its own."""

    first: Tree | None
    condition: Tree | None
    step: Tree | None
    body: Tree


class Keys(Tree):
    """The names of the properties of a value: what `for (const key in value)` goes over."""

    value: Tree


class Labelled(Tree):
    """`label: statement`; one that is `within` is the body of a loop, whose turn ends there."""

    label: str
    body: Tree
    within: bool


class LeaveLabelled(Tree):
    """`break label` and `continue label`, by that word."""

    word: str
    label: str


class Switch(Tree):
    """`switch`: cases, each with its value (None for `default`) and its statements."""

    value: Tree
    cases: tuple[tuple[Tree | None, tree.Block], ...]


class Member(Tree):
    """One member of a class: `kind` is method, field, get or set."""

    kind: str
    key: Tree
    value: Tree | None
    is_static: bool


class ClassBody(Tree):
    """A class: its base if it has one, and its members."""

    name: str
    base: Tree | None
    members: tuple[Member, ...]


class Step(Tree):
    """`i++` and `--i`: `before` says that the value before is wanted."""

    target: Tree
    by: float
    before: bool


class Await(Tree):
    """`await value`."""

    value: Tree


class Promised(Tree):
    """The body of a function that is `async`: what it gives is a promise.

    `is_waiting` says whether there is an `await` in it, once that is known.
    """

    body: tree.Block
    is_waiting: bool | None


class Template(Tree):
    """A template literal: texts and values by turns."""

    parts: tuple[Any, ...]
