"""Which function of the library a call means, and its arguments by our parameters; nothing is run.

As `lower.postfix` and `lower.arguments` do it with values, this does it with trees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import Span
from gradcli.ir.op import Reduction
from gradcli.lower.frameworks import framework_signatures, meant
from gradcli.lower.functions import function_named, method_meant, prefixed_function
from gradcli.lower.signatures import Argument, signature_of
from gradcli.lower.trees import dotted
from gradcli.lower.values import BuiltIn
from gradcli.lower.words import FRAMEWORK_KEYWORDS
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Function
    from gradcli.lower.values import FunctionValue
    from gradcli.translation.work import Work


class Called(NamedTuple):
    """A call of a library function.

    `arguments` are trees by our parameters, several for one that takes the rest; `defaults` are
    those of a framework's function that are not ours.
    """

    record: Function
    arguments: dict[str, list[tree.Expression]]
    defaults: dict[str, Any]
    span: Span


def path_of(work: Work, node: tree.Expression) -> list[str] | None:
    """The words of an attribute behind a framework's prefix; None if it is none."""
    words = dotted(node, work.names.defined) if work.names.prefixes else None
    return words if words and words[0] in work.names.prefixes else None


def called(work: Work, node: tree.Call) -> FunctionValue | Called | None:
    """What a call means: one of the library, a word of the language; None for the program's own."""
    arguments = [Argument(_span(work, a), a.value, name=a.id) for a in node.arguments]
    function = _function(work, node, arguments)
    if not isinstance(function, BuiltIn):
        return function
    record = function.record
    several = sum(a.name is None for a in arguments) > 1 and isinstance(node.function, tree.Name)
    if record.ambiguous and several and isinstance(record.op, Reduction):
        if record.of_two is not None and len(arguments) == 2:
            return _bound(BuiltIn(record.of_two), arguments, _span(work, node))
        items = tuple(a.tree for a in arguments if a.tree is not None)
        arguments = [Argument(_span(work, node), tree.Array(items, node.start, node.end))]
    return _bound(function, arguments, _span(work, node))


def meaning(work: Work, node: tree.Call) -> FunctionValue | None:
    """The function that a call is of; None for one of the program."""
    return _function(work, node, [])


def _span(work: Work, node: tree.Tree) -> Span:
    return Span(work.source, node.start, node.end)


def _function(work: Work, node: tree.Call, arguments: list[Argument]) -> FunctionValue | None:
    """The function that is called; a method's receiver becomes the first of its arguments."""
    keywords = (FRAMEWORK_KEYWORDS.get(a.name, "") for a in arguments if a.name)
    prefix = next(filter(None, keywords), "")
    name = node.function
    if isinstance(name, tree.Name):
        if name.id in work.names.defined:
            return None
        named = prefixed_function(work.library, [prefix, name.id]) if prefix else None
        return named or function_named(work.library, name.id)
    if not isinstance(name, tree.Attribute):
        return None
    path = path_of(work, name)
    if path:
        return prefixed_function(work.library, path)
    if name.id in work.names.defined:
        return None
    arguments.insert(0, Argument(_span(work, name.value), name.value))
    return method_meant(work.library, name.id, prefix or work.names.framework)


def _bound(function: BuiltIn, arguments: Sequence[Argument], span: Span) -> Called:
    record = function.record
    theirs = meant(framework_signatures(record, function.spellings), arguments)
    if theirs is None:
        slots = signature_of(record, function.name).match(arguments, span)
        defaults = dict(record.variants.get(function.framework, {}))
        ours = {name: name for name in slots}
    else:
        slots = theirs.match(arguments, span)
        defaults = dict(theirs.defaults)
        ours = {
            name: theirs.targets[name].name if name in theirs.targets else name for name in slots
        }
    usual = {p.name: p.default for p in record.parameters}
    return Called(
        record,
        {ours[name]: [a.tree for a in slot if a.tree is not None] for name, slot in slots.items()},
        {n: v for n, v in defaults.items() if n in usual and v != usual[n]},
        span,
    )
