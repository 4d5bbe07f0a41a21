"""Derivation by hand: rules that turn `grad(u, x)` in a formula into what it comes to, one by one.

A rule takes what is differentiated and the name by which, and gives its own name, the parts of the
formula that it names (u = x^2), and what stands in the place of `grad(u, x)`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gradcli.engine.formulas import derivative_of, run_of
from gradcli.ir.written import flat
from gradcli.passes.simplify.entered import numbers_first
from gradcli.render.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradcli.ir.written import Written

    Named = dict[str, Written]
    Step = tuple[str, Named, Written]

ZERO: Written = ("number", 0)
ONE: Written = ("number", 1)


def pending(formula: Written, name: str) -> Written:
    """What is still to do, written as the language writes a derivative."""
    return ("call", "grad", formula, ("name", name))


def depends(tree: Written, name: str) -> bool:
    """Whether a name, or one of its elements, occurs in a formula."""
    return (tree[0] == "name" and tree[1].split("[")[0] == name) or any(
        depends(part, name) for part in tree[1:] if isinstance(part, tuple)
    )


def next_step(tree: Written) -> Step | None:
    """The rule for the first derivative that is still to do, and the formula after it."""
    if tree[:2] == ("call", "grad"):
        return _differentiated(tree[2], tree[3][1])
    for i, part in enumerate(tree):
        step = next_step(part) if isinstance(part, tuple) else None
        if step is not None:
            rule, named, new = step
            return rule, named, _tidy((*tree[:i], new, *tree[i + 1 :]))
    return None


def _differentiated(tree: Written, name: str) -> Step:
    if not depends(tree, name):
        return "constant", {}, ZERO
    return _RULES[tree[0]](tree, name)


# --- formulas without zeros, ones and brackets that are not needed ------------------------------


def _tidy(tree: Written) -> Written:
    match tree[0]:
        case "sum":
            return _sum(tree[1:])
        case "product":
            return _product(tree[1:])
        case "quotient":
            return _quotient(*tree[1:])
        case "minus":
            return _negative(tree[1])
    return tree


def _sum(terms: Iterable[Written]) -> Written:
    whole = flat("sum", (term for term in terms if term != ZERO))
    return whole if len(whole) > 2 else whole[1] if len(whole) == 2 else ZERO


def _product(factors: Iterable[Written]) -> Written:
    whole = flat("product", factors)[1:]
    if ZERO in whole:
        return ZERO
    signs = sum(factor[0] == "minus" for factor in whole)
    bare = [factor[1] if factor[0] == "minus" else factor for factor in whole]
    kept = numbers_first(flat("product", (factor for factor in bare if factor != ONE)))
    result = kept if len(kept) > 2 else kept[1] if len(kept) == 2 else ONE
    return ("minus", result) if signs % 2 else result


def _quotient(above: Written, below: Written) -> Written:
    if above[0] == "minus":
        return ("minus", ("quotient", above[1], below))
    return ZERO if above == ZERO else ("quotient", above, below)


def _negative(tree: Written) -> Written:
    if tree[0] == "minus":
        inner: Written = tree[1]
        return inner
    return ZERO if tree == ZERO else ("minus", tree)


def _slope(tree: Written, name: str) -> Written:
    """The derivative of a part: at once 1 of the variable, and 0 of what it does not move."""
    if tree == ("name", name):
        return ONE
    return pending(tree, name) if depends(tree, name) and not _is_truth(tree) else ZERO


def _is_truth(tree: Written) -> bool:
    """Whether a formula is true or false, and no number."""
    return tree[0] in ("operator", "call") and _gives_truth(_on_letters(tree)[0])


# --- the rules ----------------------------------------------------------------------------------


def _of_name(_tree: Written, _name: str) -> Step:
    return "derivative of the variable", {}, ONE


def _of_sum(tree: Written, name: str) -> Step:
    terms = [
        _negative(_slope(term[1], name)) if term[0] == "minus" else _slope(term, name)
        for term in tree[1:]
    ]
    return "sum rule, constant" if ZERO in terms else "sum rule", {}, _sum(terms)


def _of_sign(tree: Written, name: str) -> Step:
    return "constant factor", {}, _negative(_slope(tree[1], name))


def _of_product(tree: Written, name: str) -> Step:
    constant = [factor for factor in tree[1:] if not depends(factor, name)]
    factors = [factor for factor in tree[1:] if depends(factor, name)]
    if constant:
        return "constant factor", {}, _product([*constant, _slope(_product(factors), name)])
    terms = [
        _product([*factors[:i], _slope(factor, name), *factors[i + 1 :]])
        for i, factor in enumerate(factors)
    ]
    return "product rule", {}, _sum(terms)


def _of_quotient(tree: Written, name: str) -> Step:
    _, above, below = tree
    if not depends(below, name):
        return "constant factor", {}, ("quotient", _slope(above, name), below)
    square: Written = ("power", below, ("number", 2))
    if not depends(above, name):
        top = _product([above, _slope(below, name)])
        return "reciprocal rule", {}, _negative(("quotient", top, square))
    left = _product([_slope(above, name), below])
    right = _product([above, _slope(below, name)])
    return "quotient rule", {}, ("quotient", _sum([left, _negative(right)]), square)


def _of_power(tree: Written, name: str) -> Step:
    _, base, exponent = tree
    if not depends(exponent, name):
        return _chained("power rule", tree, name, {1: base})
    if not depends(base, name):
        return _chained("exponential rule", tree, name, {2: exponent})
    whole = _product([exponent, ("call", "log", base)])
    return "logarithmic differentiation", {}, _product([tree, pending(whole, name)])


def _of_call(tree: Written, name: str) -> Step:
    if tree[1] == "where":
        _, head, condition, yes, no = tree
        return "each case", {}, ("call", head, condition, _slope(yes, name), _slope(no, name))
    parts = {i: x for i, x in enumerate(tree) if i > 1 and depends(x, name)}
    return _chained(f"derivative of {tree[1]}", tree, name, parts)


def _of_operator(tree: Written, name: str) -> Step:
    parts = {i: x for i, x in enumerate(tree) if i > 1 and depends(x, name)}
    return _chained(f"derivative of {tree[1]}", tree, name, parts)


_RULES: dict[str, Callable[[Written, str], Step]] = {
    "name": _of_name,
    "sum": _of_sum,
    "minus": _of_sign,
    "product": _of_product,
    "quotient": _of_quotient,
    "power": _of_power,
    "call": _of_call,
    "operator": _of_operator,
}
"""The rule for each kind of formula, which depends on the name."""

# --- the chain rule -----------------------------------------------------------------------------


def _chained(rule: str, tree: Written, name: str, parts: dict[int, Written]) -> Step:
    """The outer derivative times the inner one, for each operand that depends on the name.

    Operands that are not numbers stand in the outer derivative under letters of their own.
    """
    outer, letters = _on_letters(tree)
    values = {letter: tree[i] for i, letter in letters.items()}
    slopes = [
        _product([_replaced(_outer_slope(outer, letters[i]), values), _slope(part, name)])
        for i, part in parts.items()
    ]
    inner = {i: part for i, part in parts.items() if part != ("name", name)}
    if not inner:
        return rule, {}, _sum(slopes)
    named = dict(zip("uvw", inner.values(), strict=False))
    shown = {i: ("name", letter) for i, letter in zip(inner, "uvw", strict=False)}
    function = text(tuple(shown.get(i, x) for i, x in enumerate(tree)))
    return f"chain rule, {function}", named, _sum(slopes)


def _on_letters(tree: Written) -> tuple[Written, dict[int, str]]:
    """An operation on letters in the place of operands that are not numbers, and the letters."""
    letters = {i: f"u{i}_" for i, x in enumerate(tree) if isinstance(x, tuple) and x[0] != "number"}
    return tuple(("name", letters[i]) if i in letters else x for i, x in enumerate(tree)), letters


@cache
def _gives_truth(outer: Written) -> bool:
    return run_of(outer, {}).results[0].is_bool


@cache
def _outer_slope(outer: Written, letter: str) -> Written:
    """The derivative of an operation on letters by one of them."""
    return derivative_of(run_of(outer, {}), letter, 1)


def _replaced(tree: Written, values: Named) -> Written:
    """A formula with others in the place of names."""
    if tree[0] == "name":
        return values.get(tree[1], tree)
    parts = (_replaced(x, values) if isinstance(x, tuple) else x for x in tree[1:])
    return _tidy((tree[0], *parts))
