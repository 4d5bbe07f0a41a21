"""C99: value and gradients written out number by number, with nothing but the C library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.ir.elements import Elements
from gradcli.translation.c_forms import FORMS
from gradcli.translation.forms import at_point
from gradcli.translation.items import FEW, Items
from gradcli.translation.names import Naming
from gradcli.translation.nests import SPELLED, Body
from gradcli.translation.python import comments, indented, nested
from gradcli.translation.target import Target
from gradcli.translation.work import without

if TYPE_CHECKING:
    from collections.abc import Mapping

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

ROOM = """
/* Memory for so many numbers. */
static double *room(size_t count)
{
    double *numbers = malloc(count*sizeof *numbers);
    if (!numbers) {
        fputs("out of memory\\n", stderr);
        exit(1);
    }
    return numbers;
}
"""

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
    outs = {name: naming.made(f"grad_{name}") for name in work.slopes}
    body = _body(work, naming, outs)
    ignored = [f"(void){naming(n)};" for n in work.inputs if naming(n) not in body.used]
    freed = [f"free({name});" for name in body.rooms]
    head = ["The value and the gradients of", *indented(work.source.text.splitlines())]
    head = comments([*head, *naming.changed()], " *")
    parts = [
        "\n".join(["/*", *(line.replace("*/", "* /") for line in head), " */"]),
        "\n".join(f"#include <{name}.h>" for name in "math stdio stdlib string".split()),
        *[text.strip("\n") for name, text in HELPERS.items() if name in body.functions],
        *[ROOM.strip("\n")] * bool(body.rooms),
        "\n".join(
            [_head(work, naming, outs), "{", *indented([*ignored, *body.lines, *freed]), "}"]
        ),
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


def _body(work: Work, naming: Naming, outs: Mapping[str, str]) -> Body:
    """The statements of the function, and what they need."""
    inputs = {node: naming(name) for name, node in work.inputs.items()}
    forms = at_point(FORMS, work.met())
    items = Items(inputs, forms, work.array)
    moving, still = work.parts()
    for node in (*inputs, *still):
        items.add(node, moves=False)
    for node in moving:
        items.add(node, moves=True)
        if items[node].kind == FEW:
            _refuse_others(node)
    places = {"value": work.value, **{outs[n]: x for n, x in work.slopes.items()}}
    return Body(
        {name: items[node] for name, node in places.items()},
        naming,
        OPERATORS,
        _apply,
        lambda code: Elements(code, _refuse_others, forms),
        work,
    )


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


def _main(work: Work, naming: Naming, outs: Mapping[str, str]) -> list[str]:
    """The main function, which prints the answer at the values that are given."""
    lines = [_declared(naming(name), array) for name, array in work.values.items()]
    sizes = {"value": work.value.size}
    sizes |= {out: work.slopes[name].size for name, out in outs.items()}
    lines += [f"double {name}[{max(size, 1)}];" for name, size in sizes.items()]
    arguments = [*map(naming, work.inputs), *sizes]
    shown = [("value", "value"), *outs.items()]
    return [
        "int main(void)",
        "{",
        *indented(lines),
        f"    value_and_grads({', '.join(arguments)});",
        *[f'    show("{name}", {out}, {sizes[out]});' for name, out in shown],
        "    return 0;",
        "}",
    ]


def _declared(name: str, array: Any) -> str:
    """The declaration of an input with its value."""
    text = nested(np.ravel(array), SPELLED)[1:-1] if np.ndim(array) else nested(array, SPELLED)
    if not np.ndim(array):
        return f"const double {name} = {text};"
    return f"const double {name}[{max(array.size, 1)}] = {{{text or '0'}}};"


TARGET = Target("C", write, goes_one_way=True)
