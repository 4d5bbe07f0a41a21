"""Formulas as written (`ir.written`) in LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.text import (
    ATOM,
    BINDING,
    POWER,
    PRODUCT,
    SHARED,
    SIGN,
    SUM,
    WHOLE,
    Notation,
    number,
)

if TYPE_CHECKING:
    from gradcli.ir.written import Written

    Term = tuple[str, float]

_FUNCTIONS = frozenset(
    """sin cos tan cot sec csc sinh cosh tanh coth log exp det min max""".split()
)
_NAMED = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "maximum": "max", "minimum": "min"}
_GREEK = tuple(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega""".split()
)
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _GREEK, strict=True))
_AROUND = {
    "sqrt": r"\sqrt{%s}",
    "cbrt": r"\sqrt[3]{%s}",
    "abs": r"\left|%s\right|",
    "norm": r"\left\lVert %s \right\rVert",
    "floor": r"\left\lfloor %s \right\rfloor",
    "ceil": r"\left\lceil %s \right\rceil",
}
_LETTERS = {"gamma": r"\Gamma", "digamma": r"\psi", "beta": r"\mathrm{B}", "ndtr": r"\Phi"}
"""Functions that mathematics calls by a letter."""
_BESSEL = frozenset("j0 j1 y0 y1 i0 i1 k0 k1".split())
_INDEXED = {"jv": "J", "yv": "Y", "iv": "I", "kv": "K", "polygamma": r"\psi"}
"""Functions whose first argument, the order, is an index."""
_FLOOR = r"\left\lfloor \frac{%s}{%s} \right\rfloor"
_SIGNS = {
    "%": r"\bmod",
    "<=": r"\le",
    ">=": r"\ge",
    "==": "=",
    "!=": r"\ne",
    "and": r"\land",
    "or": r"\lor",
}


latex = Notation(r"\left(%s\right)")
"""The formula for a page that sets mathematics."""


def _name(tree: Written) -> Term:
    stem, _, index = tree[1].replace("[", "_").rstrip("]").partition("_")
    digits = stem[len(stem.rstrip("0123456789")) :]
    stem, index = stem[: len(stem) - len(digits)], ",".join(filter(None, (digits, index)))
    stem = _GREEK_LETTERS.get(stem, stem)
    if stem in _GREEK:
        stem = f"\\{stem}"
    elif len(stem) > 1:
        stem = rf"\mathit{{{stem}}}"
    return (f"{stem}_{{{index}}}" if index else stem), ATOM


def _sum(tree: Written) -> Term:
    parts = [latex.inside(tree[1], SUM)]
    for term in tree[2:]:
        is_minus = term[0] == "minus"
        parts += [
            " - " if is_minus else " + ",
            latex.inside(term[1] if is_minus else term, PRODUCT),
        ]
    return "".join(parts), SUM


def _product(tree: Written) -> Term:
    numbers = [x[0] == "number" for x in tree[1:]]
    alone = numbers.count(False) < 2
    least = [PRODUCT if alone or x[0] != "matmul" else ATOM for x in tree[1:]]
    parts = [latex.inside(x, n) for x, n in zip(tree[1:], least, strict=True)]
    text = parts[0]
    for part, is_number in zip(parts[1:], numbers[1:], strict=True):
        text += rf" \cdot {part}" if is_number else rf" \, {part}"
    return text, PRODUCT


def _power(tree: Written) -> Term:
    base, exponent = tree[1], latex(tree[2])
    if base[0] == "call" and base[1] in _FUNCTIONS and base[1] != "exp":
        return rf"\{base[1]}^{{{exponent}}}{_arguments(base)}", POWER
    return f"{latex.inside(base, POWER + 1)}^{{{exponent}}}", POWER


def _arguments(tree: Written) -> str:
    return rf"\left({', '.join(map(latex, tree[2:]))}\right)"


def _call(tree: Written) -> Term:
    head = tree[1]
    if head in _AROUND:
        return _AROUND[head] % latex(tree[2]), ATOM
    if head == "inv":
        return rf"{latex.inside(tree[2], ATOM)}^{{-1}}", POWER
    if head == "matrix_power":
        return rf"{latex.inside(tree[2], ATOM)}^{{{latex(tree[3])}}}", POWER
    if head == "exp":
        return f"e^{{{latex(tree[2])}}}", POWER
    if head == "outer":
        left, right = latex.inside(tree[2], PRODUCT), latex.inside(tree[3], ATOM)
        return rf"{left} \, {right}^\top", PRODUCT
    if head == "grad":
        return rf"\frac{{d}}{{d{latex(tree[3])}}} \left({latex(tree[2])}\right)", PRODUCT
    if head == "where":
        condition, yes, no = map(latex, tree[2:])
        cases = rf"{yes} & \text{{if }} {condition} \\ {no} & \text{{else}}"
        return rf"\begin{{cases}} {cases} \end{{cases}}", ATOM
    if head in _INDEXED:
        order = latex(tree[2])
        index = f"_{{{order}}}" if head != "polygamma" else rf"^{{\left({order}\right)}}"
        return _INDEXED[head] + index + _arguments(tree[1:]), ATOM
    if head in _BESSEL:
        return f"{head[0].upper()}_{{{head[1]}}}" + _arguments(tree), ATOM
    if head in _LETTERS:
        return _LETTERS[head] + _arguments(tree), ATOM
    name = _NAMED.get(head, head)
    named = head in _FUNCTIONS or head in _NAMED
    word = rf"\{name}" if named else rf"\operatorname{{{name}}}".replace("_", r"\_")
    return word + _arguments(tree), ATOM


def _operator(tree: Written) -> Term:
    sign, *operands = tree[1:]
    binding = BINDING.get(sign, PRODUCT)
    if len(operands) == 1:
        return rf"\lnot {latex.inside(operands[0], ATOM)}", binding
    if sign == "//":
        return _FLOOR % (*map(latex, operands),), ATOM
    written = f" {_SIGNS.get(sign, sign)} ".join(latex.inside(x, binding + 1) for x in operands)
    return written, WHOLE if binding == PRODUCT else binding


def _list(tree: Written) -> Term:
    """A vector as a column, a list of lists as a matrix."""
    is_matrix = any(row[0] == "list" for row in tree[1:])
    rows = [" & ".join(map(latex, row[1:])) if is_matrix else latex(row) for row in tree[1:]]
    inner = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}", ATOM


def _shared(tree: Written) -> Term:
    body, *definitions = map(latex, tree[1:])
    return rf"{body} \quad \text{{where }} " + r", \; ".join(definitions), SHARED


latex.writers = {
    "number": number,
    "name": _name,
    "sum": _sum,
    "product": _product,
    "quotient": lambda tree: (rf"\frac{{{latex(tree[1])}}}{{{latex(tree[2])}}}", PRODUCT),
    "power": _power,
    "minus": lambda tree: (f"-{latex.inside(tree[1], PRODUCT)}", SIGN),
    "call": _call,
    "operator": _operator,
    "matmul": lambda tree: (r" \, ".join(latex.inside(x, PRODUCT) for x in tree[1:]), PRODUCT),
    "transpose": lambda tree: (rf"{latex.inside(tree[1], ATOM)}^\top", POWER),
    "row": lambda tree: (rf"{latex.inside(tree[1], ATOM)}^\top", POWER),
    "list": _list,
    "definition": lambda tree: (f"{latex(tree[1])} = {latex(tree[2])}", SHARED),
    "shared": _shared,
}
