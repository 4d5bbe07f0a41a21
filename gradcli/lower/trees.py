"""Walks over the tree: what stands below a node, and which names statements mention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from gradcli.lower.words import DTYPES, PYTHON_TYPES
from gradcli.memory import MEMORY
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

T = TypeVar("T")

FUNCTIONS = (tree.Define, tree.Lambda, tree.DerivativeRule)
"""What has a scope of its own."""

KEPT = 1_000
"""What names of a loop, or of what is around it, weigh in the memory."""

LONGEST_PATH = 6
"""Words that a prefix and what is behind it may be."""


def _kept(make: Callable[[Any, Any], T]) -> Callable[[Any, Any], T]:
    """A function of two trees whose results stay in the one memory if they are asked for again."""

    def known(x: Any, y: Any) -> T:
        found: T = MEMORY.kept((make, x, y), lambda: make(x, y), KEPT)
        return found

    return known


def children(node: tree.Tree) -> list[tree.Tree]:
    """The nodes directly below a node of the tree, in no particular order."""
    found: list[tree.Tree] = []
    stack = [getattr(node, slot) for slot in node.__slots__]
    for item in stack:  # which grows
        if item.__class__ is tuple:
            stack += item
        elif isinstance(item, tree.Tree):
            found.append(item)
    return found


def walked(root: tree.Tree) -> Iterator[tree.Tree]:
    """A node and all below it, in no particular order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += children(node)


def bare_type(name: str | None, node: tree.Tree | None) -> str:
    """The name of a type that an argument is, as in `dtype=int`; "" for any other argument."""
    if name == "dtype" and isinstance(node, tree.Name) and node.id in DTYPES:
        return node.id
    return ""


def may_be_type(argument: tree.Argument) -> bool:
    """Whether an argument by position is a type if its name means nothing else: `zeros(3, int)`."""
    value = argument.value
    return argument.id is None and isinstance(value, tree.Name) and value.id in PYTHON_TYPES


def bare_names(block: tree.Block) -> set[str]:
    """Names that stand anywhere but directly before a dot."""
    names: set[str] = set()
    stack: list[tree.Tree] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Attribute) and isinstance(node.value, tree.Name):
            continue
        if isinstance(node, tree.Name):
            names.add(node.id)
        stack.extend(children(node))
    return names


def assigned_in(block: tree.Block) -> set[str]:
    """The names that statements of a block assign, blocks in it included, functions' bodies not."""
    names: set[str] = set()
    stack: list[tree.Tree] = list(block.statements)
    while stack:
        node = stack.pop()
        names.update(assigned_by(node))
        if isinstance(node, (tree.Block, tree.If, tree.While, tree.For)):
            stack.extend(children(node))
    return names


def _read_by_functions(scope: tree.Tree) -> set[str]:
    """The names that the functions in a scope may read around them."""
    functions = [x for child in children(scope) for x in walked(child) if isinstance(x, FUNCTIONS)]
    return set().union(*[_names_in(f.body) - {p.id for p in f.parameters} for f in functions])


@_kept
def around(program: tree.Block, loop: tree.While | tree.For) -> tree.Tree:
    """The innermost function around a loop, or the program."""
    inner: tree.Tree = program
    stack = children(program)
    while stack:
        node = stack.pop()
        if node.start <= loop.start and loop.end <= node.end:
            inner = node if isinstance(node, FUNCTIONS) else inner
            stack += children(node)
    return inner


@_kept
def used_around(program: tree.Block, loop: tree.While | tree.For) -> frozenset[str]:
    """The names that stand in the function around a loop, but not in the loop alone."""
    names, stack = set(), [around(program, loop)]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Name):
            names.add(node.id)
        stack.extend(x for x in children(node) if x is not loop)
    return frozenset(names)


@_kept
def derived_by(scope: tree.Tree, words: frozenset[str]) -> frozenset[str]:
    """The names of a function's own, or the program's, by which derivatives are taken in it.

    `words` are the operators that take them.
    """
    names: set[str] = set()
    stack = children(scope)
    while stack:
        node = stack.pop()
        if isinstance(node, FUNCTIONS):
            own = {p.id for p in node.parameters}
            own |= assigned_in(node.body) if isinstance(node.body, tree.Block) else set()
            names |= derived_by(node, words) - own
        else:
            names.update(_sources_of(node, words))
            stack.extend(children(node))
    return frozenset(names)


def _sources_of(node: tree.Tree, words: Collection[str]) -> Iterator[str]:
    """The names that a node itself differentiates by."""
    if isinstance(node, tree.Attribute) and node.id == "grad" and isinstance(node.value, tree.Name):
        yield node.value.id
    if not isinstance(node, tree.Call) or len(node.arguments) < 2:
        return
    if getattr(node.function, "id", "") in words:
        by = node.arguments[1].value
        items = by.items if isinstance(by, (tree.Tuple, tree.Array)) else (by,)
        yield from (item.id for item in items if isinstance(item, tree.Name))


@_kept
def read_first(program: tree.Block, loop: tree.While | tree.For) -> tuple[set[str], set[str]]:
    """The names that a turn of a loop may read before it assigns them, and those it always assigns.

    If in doubt a name is among the first.
    """
    block = loop.block
    assigned = set(target_names(loop.target)) if isinstance(loop, tree.For) else set()
    read = _names_in(loop.condition) if isinstance(loop, tree.While) else set()
    read |= _read_by_functions(around(program, loop))
    for statement in block.statements:
        if isinstance(statement, tree.Assign):
            used = _names_in(statement.value)
            used.update(target_names(statement.target) if statement.op else ())
            read |= used - assigned
            assigned.update(target_names(statement.target))
        elif isinstance(statement, tree.Define):
            assigned.add(statement.id)
        else:
            read |= (_names_in(statement) | assigned_in(tree.Block((statement,), 0, 0))) - assigned
    return read, assigned


def _names_in(root: tree.Tree) -> set[str]:
    return {node.id for node in walked(root) if isinstance(node, tree.Name)}


def giver(program: tree.Block, node: tree.Expression | None) -> tree.Expression | None:
    """The expression that a value comes from: of a name what is assigned to it, an input itself.

    None where that is not plain to see: what is a parameter, or assigned more than once.
    """
    seen: set[str] = set()
    while isinstance(node, tree.Name) and node.id not in seen:
        seen.add(node.id)
        name = node.id
        givers = [n for n in walked(program) if name in assigned_by(n) or _is_parameter(n, name)]
        if not givers:
            return node
        only = givers[0]
        if (
            len(givers) > 1
            or not isinstance(only, tree.Assign)
            or only.target.__class__ is tree.Tuple
        ):
            return None
        node = only.value
    return None if isinstance(node, (tree.Name, tree.Choice)) or _calls_own(program, node) else node


def _is_parameter(node: tree.Tree, name: str) -> bool:
    return isinstance(node, tree.Parameter) and node.id == name


def _calls_own(program: tree.Block, node: tree.Tree | None) -> bool:
    """Whether this is a call of one of the program's own functions."""
    if not isinstance(node, tree.Call) or not isinstance(node.function, tree.Name):
        return False
    return any(node.function.id in assigned_by(n) for n in walked(program))


def assigned_by(node: tree.Tree) -> list[str]:
    """The names that a statement itself gives values to."""
    if isinstance(node, (tree.Assign, tree.For)):
        return target_names(node.target)
    return [node.id] if isinstance(node, tree.Define) else []


def target_names(target: tree.Expression) -> list[str]:
    """The names in the target of an assignment."""
    if isinstance(target, tree.Tuple):
        return [name for item in target.items for name in target_names(item)]
    assert isinstance(target, tree.Name)
    return [target.id]


OF_DISTRIBUTIONS = frozenset("pdf logpdf pmf logpmf cdf logcdf sf ppf".split())
"""What SciPy asks of a distribution, as `norm.cdf(x)`."""


def dotted(node: tree.Expression, own: Collection[str] = ()) -> list[str] | None:
    """The words of `a.b.c`; None if it starts with anything but a name, or is too long a path.

    What SciPy writes `stats.norm.cdf`, or `norm.cdf` after an import, is `stats.norm_cdf`, unless
    `cdf` is one of the program's own functions.
    """
    words: list[str] = []
    while isinstance(node, tree.Attribute) and len(words) < LONGEST_PATH:
        words.append(node.id)
        node = node.value
    if not isinstance(node, tree.Name):
        return None
    words = [node.id, *reversed(words)]
    if len(words) == 2 and words[1] in OF_DISTRIBUTIONS and words[1] not in own:
        return ["stats", "_".join(words)]
    return [*words[:-2], "_".join(words[-2:])] if words[-3:-2] == ["stats"] else words


def is_update(node: tree.Tree) -> bool:
    """Whether this is the function of `x.at[i].set(y)`."""
    where = node.value if isinstance(node, tree.Attribute) else None
    at = where.value if isinstance(where, tree.Index) else None
    return isinstance(at, tree.Attribute) and at.id == "at"


def unrolled(
    node: tree.Expression, path: Callable[[tree.Attribute], object]
) -> tuple[list[tree.Expression], tree.Expression | None]:
    """The postfixes of a chain, the innermost first, and the expression that they stand behind.

    There is none where a function's name stands, as do attributes of which `path` is true.
    """
    postfixes: list[tree.Expression] = []
    inner: tree.Expression | None = node
    while isinstance(inner, (tree.Call, tree.Index, tree.Attribute)):
        postfixes.append(inner)
        inner = _receiver(inner, path)
    return postfixes[::-1], inner


def _receiver(
    node: tree.Call | tree.Index | tree.Attribute, path: Callable[[tree.Attribute], object]
) -> tree.Expression | None:
    if isinstance(node, tree.Index):
        return node.value
    function = node.function if isinstance(node, tree.Call) else node
    if isinstance(function, tree.Attribute):
        return None if path(function) else function.value
    return None if isinstance(function, tree.Name) else function
