"""SymPy: the program as an expression of symbols, and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.translate.framework import Framework
from gradcli.translate.script import Style
from gradcli.translate.spelling import Spelling
from gradcli.translate.target import Target

if TYPE_CHECKING:
    from gradcli.translate.framework import Call
    from gradcli.translate.work import Work

TABLE = """
    sp: sin cos tan sec csc cot asin acos atan atan2 sinh cosh tanh sech csch coth asinh acosh
    sp: atanh acot asec acsc acoth asech acsch exp log sqrt cbrt abs=Abs sign floor ceil=ceiling
    sp: erf erfc erfinv gamma lgamma=loggamma digamma factorial mod=Mod maximum=Max minimum=Min
    sp: logical_and=And logical_or=Or logical_not=Not beta zeta
"""

HELPERS = {
    "where": """
def where(condition, x, y):
    return sp.Piecewise((x, condition), (y, True))
""",
    "sigmoid": "def sigmoid(x):\n    return 1/(1 + sp.exp(-x))",
    "log_sigmoid": "def log_sigmoid(x):\n    return -sp.log(1 + sp.exp(-x))",
    "logaddexp": "def logaddexp(x, y):\n    return sp.log(sp.exp(x) + sp.exp(y))",
    "softplus": "def softplus(x):\n    return sp.log(1 + sp.exp(x))",
    "silu": "def silu(x):\n    return x/(1 + sp.exp(-x))",
    "mish": "def mish(x):\n    return x*sp.tanh(sp.log(1 + sp.exp(x)))",
    "gelu": "def gelu(x):\n    return x*sp.erfc(-x/sp.sqrt(2))/2",
    "ndtr": "def ndtr(x):\n    return sp.erfc(-x/sp.sqrt(2))/2",
    "relu": "def relu(x):\n    return sp.Piecewise((x, x > 0), (0, True))",
    "relu6": "def relu6(x):\n    return sp.Min(sp.Max(x, 0), 6)",
    "clip": "def clip(x, lo, hi):\n    return sp.Min(sp.Max(x, lo), hi)",
    "elu": "def elu(x, alpha=1.0):\n    return sp.Piecewise((x, x > 0), (alpha*(sp.exp(x) - 1), True))",
    "selu": """
def selu(x):
    below = 1.6732632423543772*(sp.exp(x) - 1)
    return 1.0507009873554805*sp.Piecewise((x, x > 0), (below, True))
""",
    "leaky_relu": """
def leaky_relu(x, alpha=0.01):
    return sp.Piecewise((x, x > 0), (alpha*x, True))
""",
    "softsign": "def softsign(x):\n    return x/(1 + sp.Abs(x))",
    "hard_sigmoid": "def hard_sigmoid(x):\n    return sp.Min(sp.Max(x/6 + 0.5, 0), 1)",
    "sinc": "def sinc(x):\n    return sp.sinc(sp.pi*x)",
    "square": "def square(x):\n    return x**2",
    "cube": "def cube(x):\n    return x**3",
    "cbrt": "def cbrt(x):\n    return sp.sign(x)*sp.Abs(x)**sp.Rational(1, 3)",
    "reciprocal": "def reciprocal(x):\n    return 1/x",
    "rsqrt": "def rsqrt(x):\n    return 1/sp.sqrt(x)",
    "pow": "def pow(x, y):\n    return x**y",
    "hypot": "def hypot(x, y):\n    return sp.sqrt(x**2 + y**2)",
    "squared_difference": "def squared_difference(x, y):\n    return (x - y)**2",
    "exp2": "def exp2(x):\n    return 2**x",
    "expm1": "def expm1(x):\n    return sp.exp(x) - 1",
    "log1p": "def log1p(x):\n    return sp.log(1 + x)",
    "log2": "def log2(x):\n    return sp.log(x)/sp.log(2)",
    "log10": "def log10(x):\n    return sp.log(x)/sp.log(10)",
    "xlogy": "def xlogy(x, y):\n    return x*sp.log(y)",
    "add": "def add(x, y):\n    return x + y",
    "sub": "def sub(x, y):\n    return x - y",
    "mul": "def mul(x, y):\n    return x*y",
    "div": "def div(x, y):\n    return x/y",
    "neg": "def neg(x):\n    return -x",
}


def _call(call: Call) -> str:
    by = "\n".join(f"    {name!r}: sp.diff(value, {own}_)," for name, own in call.by.items())
    symbols = "\n".join(f"{name}_ = sp.Symbol({name!r}, real=True)" for name in call.inputs)
    point = ", ".join(f"{name}_: sp.Float({name}, 30)" for name in call.inputs)
    return f"""{symbols}
value = sp.sympify({call.function}({", ".join(f"{name}_" for name in call.inputs)}))
answer = {{
    "value": value,
{by}
}}
for name, expression in answer.items():
    z = float(expression.subs({{{point}}}).evalf(20))
    print(name, repr(z).removesuffix(".0"), sep="\\t")"""


FRAMEWORK = Framework(
    Style(
        Spelling("SymPy", TABLE, HELPERS),
        lifted="sp.sympify({0})",
        arrays="sp.Array({0})",
        as_number="sp.Piecewise((1, {0}), (0, True))",
    ),
    "sp name expression z answer",
    "import sympy as sp",
    lambda text, varies: text,
    _call,
)


def write(work: Work) -> str:
    """The file of a program of numbers that goes one way."""
    work.refuse_arrays("SymPy")
    work.refuse_decisions("SymPy")
    return FRAMEWORK.write(work)


TARGET = Target("SymPy", write)
