"""C99: value and gradients written out number by number, with nothing but the C library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.ir.elements import Elements
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.scalar import Code, Scalar, call
from gradcli.translation.forms import PLAIN
from gradcli.translation.instructions import Statements
from gradcli.translation.names import Naming
from gradcli.translation.python import comments, indented, nested
from gradcli.translation.target import Target
from gradcli.translation.work import without

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.ir.node import Node
    from gradcli.translation.work import Work

LONGEST = 50_000
"""Instructions of a function: a compiler takes long for more."""

WORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if
    inline int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while main value show printf snprintf strtod NAN INFINITY value_and_grads
    bool true false""".split()
)
LIBRARY = frozenset(
    """acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 log log10
    log1p log2 logb cbrt fabs hypot pow sqrt erf erfc lgamma tgamma ceil floor nearbyint rint round
    trunc fmod remainder copysign fdim fmax fmin fma digamma sech sech2""".split()
)
"""The functions of C99's mathematics, and those of the file's own."""

# fmt: off
OPERATORS = {
    "fadd": ("{0:5} + {1:6}", 5), "fsub": ("{0:5} - {1:6}", 5), "fmul": ("{0:6}*{1:7}", 6),
    "fdiv": ("{0:6}/{1:7}", 6), "fneg": ("-{0:8}", 7), "olt": ("{0:5} < {1:5}", 4),
    "ole": ("{0:5} <= {1:5}", 4), "ogt": ("{0:5} > {1:5}", 4), "oge": ("{0:5} >= {1:5}", 4),
    "oeq": ("{0:5} == {1:5}", 3.5), "une": ("{0:5} != {1:5}", 3.5), "xor": ("{0:5} != {1:5}", 3.5),
    "and": ("{0:3} && {1:3}", 2), "or": ("{0:3} || {1:3}", 1), "not": ("!{0:8}", 7),
    "select": ("{0:3} ? {1:3} : {2:3}", 0.5), "cast": ("(double){0:8}", 7),
    "frem": ("fmod({0}, {1})", 10), "signbit": ("signbit({0})", 10),
    **{name: (f"{name}({{0}})", 10) for name in ("sqrt", "floor", "ceil", "trunc", "rint", "fabs")},
    "copysign": ("copysign({0}, {1})", 10), "fma": ("fma({0}, {1}, {2})", 10),
}
# fmt: on
"""How instructions are written."""

SPELLED = {"inf": "INFINITY", "nan": "NAN"}


def _power(x: Any, y: Any) -> Any:
    """A power; a product where the exponent is a small whole number."""
    if isinstance(x, Scalar) and not isinstance(y, Scalar):
        if y in (3.0, 4.0):
            return x * x * x if y == 3.0 else (x * x) * (x * x)
        if y in (-2.0, -3.0):
            return 1 / _power(x, -y) if y == -3.0 else 1 / (x * x)
    return np.power(x, y)


def _sigmoid(x: Any) -> Any:
    """By the exponential that softplus needs, too."""
    u = np.exp(-np.abs(x))
    return np.where(x > 0, 1.0, u) / (1 + u)


def _square(x: Any) -> Any:
    """A product; that of sech(x), the slope of tanh(x), is mostly to be had from that."""
    made = x.code.instructions[x.index]
    if made.data != "sech":
        return x * x
    inner = Scalar(x.code, made.sources[0], x.dtype)
    return call("sech2", inner, call("tanh", inner))


def _sum(x: Any, y: Any) -> Any:
    """A sum, without a zero."""
    if _is_zero(x) or _is_zero(y):
        return y if _is_zero(x) else x
    return x + y


def _is_zero(x: Any) -> bool:
    if not isinstance(x, Scalar):
        return bool(x == 0)
    made = x.code.instructions[x.index]
    return made.op == "constant" and float.fromhex(made.data) == 0


def _place(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """Zeros with g added at some elements."""
    array = np.zeros(shape, object)
    places = np.arange(array.size).reshape(shape)[key.key]
    for i, x in zip(np.ravel(places), np.ravel(g), strict=True):
        there = array.flat[i]
        array.flat[i] = there + x if isinstance(there, Scalar) else x
    return array


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one number, of each element."""
    each = np.frompyfunc(function, 1, 1)
    return lambda x: function(x) if isinstance(x, Scalar) else each(x)


def _folding(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction by a function of two numbers."""
    each = np.frompyfunc(function, 2, 1)

    def folded(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
        for axis in sorted(axes, reverse=True):
            x = each.reduce(x, axis=axis, keepdims=keepdims)
        return x

    return folded


def _norm(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    return _each(np.sqrt)(_folding(np.add)(x * x, axes, keepdims))


def _logsumexp(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    top = _folding(np.maximum)(x, axes, True)
    whole = _each(np.log)(np.add.reduce(_each(np.exp)(x - top), axis=axes, keepdims=True)) + top
    return whole if keepdims else np.squeeze(whole, axes)


def _softmax(x: Any, axes: tuple[int, ...]) -> Any:
    raised = _each(np.exp)(x - _folding(np.maximum)(x, axes, True))
    return raised / np.add.reduce(raised, axis=axes, keepdims=True)


FORMS: Mapping[str, Callable[..., Any]] = {
    **PLAIN,
    "sigmoid": _sigmoid,
    "sech": lambda x: call("sech", x),
    "square": _square,
    "add": _sum,
    "place": _place,
    "max": _folding(np.maximum),
    "min": _folding(np.minimum),
    "any": _folding(np.logical_or),
    "all": _folding(np.logical_and),
    "norm": _norm,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": lambda x, axes: x - _logsumexp(x, axes, True),
    "pow": _power,
    "gamma": lambda x: call("tgamma", x),
    "lgamma": lambda x: call("lgamma", x),
    "digamma": lambda x: call("digamma", x),
}

HELPERS = {
    "sech": """
static double sech(double x)
{
    const double u = exp(-fabs(x));
    return 2*u/(1 + u*u);
}
""",
    "sech2": """
/* The square of 1/cosh(x), where t is tanh(x). */
static double sech2(double x, double t)
{
    double u;
    if (fabs(t) < 0.9) return 1 - t*t;
    u = exp(-2*fabs(x));
    return 4*u/((1 + u)*(1 + u));
}
""",
    "digamma": """
static double digamma(double x)
{
    double y = x, sum = 0, z;
    if (x <= 0) return digamma(1 - x) - 3.141592653589793/tan(3.141592653589793*x);
    for (; y < 12; y += 1) sum -= 1/y;
    z = 1/(y*y);
    return sum + log(y) - 0.5/y - z*(1/12.0 - z*(1/120.0 - z*(1/252.0 - z*(1/240.0
        - z*(1/132.0 - z*(691/32760.0 - z/12))))));
}
""",
}

SHOW = """
/* Prints a name and numbers, with the digits that read back as the same number. */
static void show(const char *name, const double *numbers, int count)
{
    char text[40];
    printf("%s", name);
    for (int i = 0; i < count; i++) {
        double x = numbers[i];
        int digits = 1, power = 0;
        do snprintf(text, sizeof text, "%.*e", digits - 1, x);
        while (strtod(text, 0) != x && digits++ < 17);
        if (isfinite(x)) power = atoi(strchr(text, 'e') + 1);
        if (isfinite(x) && power > -5 && power < 16)
            snprintf(text, sizeof text, "%.*f", digits > power + 1 ? digits - 1 - power : 0, x);
        printf("\\t%s", isnan(x) ? "nan" : text);
    }
    printf("\\n");
}
"""


def write(work: Work) -> str:
    """The file of a program: a function for its value and gradients, and a main with values."""
    work.refuse_decisions("C")
    naming = Naming(WORDS | LIBRARY, ascii=True)
    naming.keep(work.inputs)
    outs = {name: naming(f"grad_{name}") for name in work.slopes}
    body, functions = _body(work, naming, outs)
    head = ["The value and the gradients of", *indented(work.source.text.splitlines())]
    head = comments([*head, *naming.changed()], " *")
    parts = [
        "\n".join(["/*", *(line.replace("*/", "* /") for line in head), " */"]),
        "\n".join(f"#include <{name}.h>" for name in "math stdio stdlib string".split()),
        *[text.strip("\n") for name, text in HELPERS.items() if name in functions],
        "\n".join([_head(work, naming, outs), "{", *indented(body), "}"]),
    ]
    if work.is_given:
        parts += [SHOW.strip("\n"), "\n".join(_main(work, naming, outs))]
    return "\n\n".join(parts) + "\n"


def _head(work: Work, naming: Naming, outs: Mapping[str, str]) -> str:
    """The head of the function: arrays lie in rows, the last index the quickest."""
    inputs = [
        f"{'const double *' if x.shape else 'double '}{naming(name)}"
        for name, x in work.inputs.items()
    ]
    outputs = [f"double *{name}" for name in ("value", *outs.values())]
    return f"void value_and_grads({', '.join([*inputs, *outputs])})"


def _body(work: Work, naming: Naming, outs: Mapping[str, str]) -> tuple[list[str], set[str]]:
    """The statements of the function, and the functions that it calls."""
    code = Code()
    elements = Elements(code, _refuse_others, FORMS)
    elements.parameters(work.inputs.values())
    moving, still = work.parts()
    for node in still:
        if node.op is not INPUT:
            elements.constant(node, work.array(node))
    for node in moving:
        _apply(elements, node)
    nodes = [work.value, *work.slopes.values()]
    operands = [
        text
        for name, x in work.inputs.items()
        for text in ([f"{naming(name)}[{i}]" for i in range(x.size)] if x.shape else [naming(name)])
    ]
    named = _named(work, elements, naming)
    statements = Statements(code, OPERATORS, operands, named, lambda: naming.new("v"))
    texts = iter(statements.write(elements.all(nodes)))
    places = [("value", work.value), *zip(outs.values(), work.slopes.values(), strict=True)]
    results = [f"{name}[{i}] = {next(texts)};" for name, x in places for i in range(x.size)]
    unused = _unused(work, statements.operands())
    ignored = [f"(void){naming(name)};" for name in unused]
    return [*ignored, *statements.lines, *results], statements.functions()


def _unused(work: Work, operands: set[int]) -> list[str]:
    """The inputs of which nothing is used, by the numbers of the operands that are."""
    names, first = [], 0
    for name, x in work.inputs.items():
        if operands.isdisjoint(range(first, first + x.size)):
            names.append(name)
        first += x.size
    return names


def _apply(elements: Elements, node: Node) -> None:
    """The code of a node; an error where C has none."""
    before = len(elements.code)
    try:
        with np.errstate(all="ignore"):
            elements.apply(node)
    except (TypeError, AttributeError) as error:
        raise without("C", node) from error
    for instruction in elements.code.instructions[before:]:
        if instruction.op == "call" and instruction.data not in LIBRARY:
            raise without("C", node)
    if len(elements.code) > LONGEST:
        raise LimitError(
            f"in C each number has a line, and there are more than {LONGEST:,}",
            span=node.span,
            help="⟨to numpy⟩ works on whole arrays",
        )


def _refuse_others(node: Node) -> None:
    if node.size > LONGEST:
        raise LimitError(
            f"in C each number has a line, and there are more than {LONGEST:,}",
            span=node.span,
            help="⟨to numpy⟩ works on whole arrays",
        )


def _named(work: Work, elements: Elements, naming: Naming) -> dict[int, str]:
    """Names of the program for the numbers that they stand for."""
    names: dict[int, str] = {}
    for name, node in work.named.items():
        if node.op in (INPUT, CONSTANT) or not elements.has(node):
            continue
        for index in np.ndindex(node.shape):
            own = "_".join([name, *map(str, index)])
            names.setdefault(elements.of(node)[index].index, naming(own))
    return names


def _main(work: Work, naming: Naming, outs: Mapping[str, str]) -> list[str]:
    """The main function, which prints the answer at the values that are given."""
    lines = [_declared(naming(name), array) for name, array in work.values.items()]
    sizes = {"value": work.value.size}
    sizes |= {out: work.slopes[name].size for name, out in outs.items()}
    lines += [f"double {name}[{max(size, 1)}];" for name, size in sizes.items()]
    arguments = [*map(naming, work.inputs), *sizes]
    shown = {"value": "value", **outs}
    return [
        "int main(void)",
        "{",
        *indented(lines),
        f"    value_and_grads({', '.join(arguments)});",
        *[f'    show("{name}", {out}, {sizes[out]});' for name, out in shown.items()],
        "    return 0;",
        "}",
    ]


def _declared(name: str, array: Any) -> str:
    """The declaration of an input with its value."""
    text = nested(np.ravel(array), SPELLED)[1:-1] if np.ndim(array) else nested(array, SPELLED)
    if not np.ndim(array):
        return f"const double {name} = {text};"
    return f"const double {name}[{max(array.size, 1)}] = {{{text or '0'}}};"


TARGET = Target("C", write)
