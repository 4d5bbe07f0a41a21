"""SymPy: the program as an expression of symbols, and `diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.lower.trees import walked
from gradcli.syntax import tree
from gradcli.translation.framework import Framework
from gradcli.translation.shared_helpers import SLOPE
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target
from gradcli.translation.targets.jax import ARRAYS

if TYPE_CHECKING:
    from gradcli.translation.framework import Call
    from gradcli.translation.work import Work

TABLE = """
    sp: sin cos tan sec csc cot asin acos atan atan2 sinh cosh tanh sech csch coth asinh acosh
    sp: atanh acot asec acsc acoth asech acsch exp log sqrt cbrt abs=Abs sign
    sp: erf erfc erfinv gamma digamma factorial maximum=Max minimum=Min
    sp: logical_and=And logical_or=Or logical_not=Not beta zeta
"""

HELPERS = {
    "safe_log": """
def safe_log(x):
    return sp.Piecewise((sp.log(x), x >= 0), (sp.sqrt(-1 - x**2), True))
""",
    "safe_log1p": """
def safe_log1p(x):
    return sp.Piecewise((sp.log(1 + x), x >= -1), (sp.sqrt(-1 - x**2), True))
""",
    "safe_atanh": """
def safe_atanh(x):
    return sp.Piecewise((sp.atanh(x), sp.Abs(x) <= 1), (sp.sqrt(-1 - x**2), True))
""",
    "zeros_like": "def zeros_like(x):\n    return 0*x",
    "real": "def real(x):\n    return x if x.is_real else sp.nan",
    "where": """
def where(condition, x, y):
    return sp.Piecewise((x, condition), (y, True))
""",
    "sigmoid": "def sigmoid(x):\n    return 1/(1 + sp.exp(-x))",
    "logaddexp": "def logaddexp(x, y):\n    return sp.log(sp.exp(x) + sp.exp(y))",
    "softplus": "def softplus(x):\n    return sp.log(1 + sp.exp(x))",
    "clip": "def clip(x, lo, hi):\n    return sp.Min(sp.Max(x, lo), hi)",
    "elu": """
def elu(x, alpha=1.0):
    return sp.Piecewise((x, x > 0), (alpha*(sp.exp(x) - 1), True))
""",
    "selu": """
def selu(x):
    below = 1.6732632423543772*(sp.exp(x) - 1)
    return 1.0507009873554805*sp.Piecewise((x, x > 0), (below, True))
""",
    "j0": "def j0(x):\n    return sp.besselj(0, x)",
    "j1": "def j1(x):\n    return sp.besselj(1, x)",
    "i0": "def i0(x):\n    return sp.besseli(0, x)",
    "i1": "def i1(x):\n    return sp.besseli(1, x)",
    "gammainc": "def gammainc(a, x):\n    return sp.lowergamma(a, x)/sp.gamma(a)",
    "floor": """
class floor(sp.Function):
    @classmethod
    def eval(cls, x):
        return sp.floor(x) if x.is_Number else None

    def fdiff(self, argindex=1):
        return sp.Integer(0)
""",
    "mod": """
class mod(sp.Function):
    @classmethod
    def eval(cls, x, y):
        return x - y*sp.floor(x/y) if x.is_Number and y.is_Number else None

    def fdiff(self, argindex=1):
        x, y = self.args
        return sp.Integer(1) if argindex == 1 else (self - x)/y
""",
    "lgamma": "def lgamma(x):\n    return sp.log(sp.Abs(sp.gamma(x)))",
    "square": "def square(x):\n    return x**2",
    "cbrt": """
def cbrt(x):
    third = sp.Rational(1, 3)
    return sp.Piecewise((x**third, x >= 0), (-(-x)**third, True))
""",
    "pow": "def pow(x, y):\n    return x**y",
    "expm1": "def expm1(x):\n    return sp.exp(x) - 1",
    "log1p": "def log1p(x):\n    return sp.log(1 + x)",
    "log2": "def log2(x):\n    return sp.log(x)/sp.log(2)",
    "log10": "def log10(x):\n    return sp.log(x)/sp.log(10)",
    "add": "def add(x, y):\n    return x + y",
    "sub": "def sub(x, y):\n    return x - y",
    "mul": "def mul(x, y):\n    return x*y",
    "div": "def div(x, y):\n    return x/y",
    "neg": "def neg(x):\n    return -x",
}


def _each(name: str, text: str) -> str:
    """A helper that works on each element of an array."""
    if text.lstrip().startswith("class"):
        return f"{text.strip()}\n\n\n{name} = each({name})"
    return f"@each\n{text.strip()}"


def _words() -> dict[str, str]:
    """The functions of the table, of each element of an array."""
    words = [word for line in TABLE.strip().splitlines() for word in line.split()[1:]]
    pairs = (word.partition("=") for word in words)
    return {ours: f"{ours} = each(sp.{theirs or ours})" for ours, _, theirs in pairs}


DIFFERS = "sqrt norm std hypot clip pow log log2 log10 log1p atanh median"
COMPARED = {"<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge", "==": "Eq", "!=": "Ne"}
WITH_RULE = """
def with_rule(function, rule):
    class WithRule(sp.Function):
        @classmethod
        def eval(cls, *inputs):
            return function(*inputs) if all(x.is_number for x in inputs) else None

        def fdiff(self, argindex=1):
            return rule(*self.args, sp.Integer(1))[argindex - 1]

    return WithRule
"""
IN_LISTS = {
    "with_rule": WITH_RULE,
    **SLOPE,
    "slopes": """
def slopes(function):
    def at(*inputs):
        names = [sp.Dummy(real=True) for _ in inputs]
        value = sp.sympify(function(*names))
        return [sp.diff(value, name).subs(zip(names, inputs)) for name in names]

    return at
""",
    "max": "def max(x):\n    return sp.Max(*x)",
    "min": "def min(x):\n    return sp.Min(*x)",
}
OF_ARRAYS: dict[str, str] = {
    "with_rule": WITH_RULE.replace("return WithRule", "return each(WithRule)"),
    **_words(),
    **{name: _each(name, text) for name, text in HELPERS.items()},
    **{f"is_{name}": f"is_{name} = each(sp.{name})" for name in COMPARED.values()},
    **SLOPE,
    "slopes": """
def slopes(function):
    def at(*inputs):
        names = [each(lambda _: sp.Dummy(real=True))(x) for x in inputs]
        total = sp.sympify(np.sum(function(*names)))
        pairs = [p for n, x in zip(names, inputs) for p in zip(np.ravel(n), np.ravel(x))]
        return [each(lambda name: sp.diff(total, name).subs(pairs))(n) for n in names]

    return at
""",
    "folded": '''
def folded(function, x, axis, keepdims):
    """An array folded along some axes by a function of two numbers."""
    axes = [*range(np.ndim(x))] if axis is None else np.ravel(axis).tolist()
    for i in axes:
        x = np.frompyfunc(function, 2, 1).reduce(x, i, keepdims=True)
    return x if keepdims else np.squeeze(x, tuple(axes))[()]
''',
    "max": """
def max(x, axis=None, keepdims=False):
    return folded(sp.Max, x, axis, keepdims)
""",
    "min": """
def min(x, axis=None, keepdims=False):
    return folded(sp.Min, x, axis, keepdims)
""",
    "logsumexp": """
def logsumexp(x, axis=None, keepdims=False):
    return each(sp.log)(np.sum(each(sp.exp)(x), axis, keepdims=keepdims))
""",
    "var": """
def var(x, axis=None, keepdims=False, ddof=0):
    gaps = x - np.mean(x, axis, keepdims=True)
    count = gaps.size/np.size(np.mean(x, axis))
    return np.sum(gaps**2, axis, keepdims=keepdims)/(count - ddof)
""",
    "std": """
def std(x, axis=None, keepdims=False, ddof=0):
    gaps = x - np.mean(x, axis, keepdims=True)
    count = gaps.size/np.size(np.mean(x, axis))
    return each(sp.sqrt)(np.sum(gaps**2, axis, keepdims=keepdims)/(count - ddof))
""",
    "sort": """
def sort(x):
    return x[np.argsort([float(sp.sympify(z).subs(point)) for z in x], kind="stable")]
""",
    "median": """
def median(x):
    x = sort(np.ravel(x))
    return (x[(x.size - 1)//2] + x[x.size//2])/2
""",
    "einsum": "def einsum(spec, arrays):\n    return np.einsum(spec, *arrays)",
    "cumprod": "def cumprod(x, axis=None):\n    return np.cumprod(x, axis)",
    "slogdet": """
def slogdet(a):
    det = sp.Matrix(a).det()
    return sp.sign(det), sp.log(sp.Abs(det))
""",
    "cholesky": """
def cholesky(a):
    return np.array((sp.Matrix(a + a.T)/2).cholesky(hermitian=False))
""",
    "pinv": "def pinv(a):\n    return np.array(sp.Matrix(a).pinv())",
    "logdet": "def logdet(a):\n    return sp.log(sp.Matrix(a).det())",
    "norm_more": """
def norm_more(x, ord=2, axis=None, keepdims=False):
    if np.ndim(x) > 1 and axis is None:
        raise ValueError("of a matrix, norms by elements alone")
    sizes = each(sp.Abs)(x)
    if ord == np.inf:
        return folded(sp.Max, sizes, axis, keepdims)
    return np.sum(sizes**ord, axis, keepdims=keepdims)**sp.sympify(1/ord)
""",
    "norm": """
def norm(x, axis=None, keepdims=False):
    return each(sp.sqrt)(np.sum(x**2, axis, keepdims=keepdims))
""",
    "softmax": """
def softmax(x, axis=-1):
    raised = each(sp.exp)(x)
    return raised/np.sum(raised, axis=axis, keepdims=True)
""",
    "log_softmax": """
def log_softmax(x, axis=-1):
    return x - each(sp.log)(np.sum(each(sp.exp)(x), axis=axis, keepdims=True))
""",
    "solve": """
def solve(a, b):
    return np.reshape(np.array(sp.Matrix(a).LUsolve(sp.Matrix(b))), np.shape(b))
""",
    "inv": "def inv(a):\n    return np.array(sp.Matrix(a).inv())",
    "det": "def det(a):\n    return sp.Matrix(a).det()",
}
STRUCTURAL = frozenset(
    """len sum mean prod cumsum reshape transpose ravel swapaxes moveaxis expand_dims squeeze concat
    stack hstack vstack roll tile repeat tril triu diag diagonal trace matmul tensordot zeros ones
    full eye linspace""".split()
)
"""NumPy's functions that only move and add what is in an array."""

EACH = """def each(function):
    of_arrays = np.vectorize(function, otypes=[object])
    return lambda *arrays: of_arrays(*arrays)[()]
"""


def _table() -> str:
    lines = (line.strip() for line in ARRAYS.format("np").splitlines())
    signatures = [line for line in lines if line.partition(" = ")[0] in STRUCTURAL]
    return "\n".join([*signatures, "np: dot outer inner kron fliplr flipud broadcast_to"])


NUMBER = '''
def number(expression):
    """The value at the point; by NumPy where it is infinite, or no real number."""
    import numpy as np

    value = expression.subs(point).evalf(20)
    if value.is_real and value.is_finite:
        return float(value)
    with np.errstate(all="ignore"):
        of_numbers = sp.lambdify([*point], expression, "numpy")
        return float(of_numbers(*map(np.float64, point.values())))
'''.strip()
"""What gives a number of an expression; SymPy itself knows no sign of an infinity."""


def _number(call: Call) -> str:
    """What gives numbers at points without a derivative."""
    return f"\n{NUMBER}\n\n\n" if call.is_special else ""


def _end(call: Call) -> str:
    """What stands behind the names of symbols, so that they are no names of inputs."""
    end = "_"
    while any(name + end in call.inputs for name in call.inputs):
        end += "_"
    return end


def _call(call: Call) -> str:
    end = _end(call)
    by = "\n".join(f'    ("{name}", sp.diff(value, {own}{end})),' for name, own in call.by.items())
    symbols = "\n".join(f'{name}{end} = sp.Symbol("{name}", real=True)' for name in call.inputs)
    point = ", ".join(f"{name}{end}: sp.Float({name}, 30)" for name in call.inputs)
    head, z = f"{symbols}\npoint = {{{point}}}", "number(expression)"
    if not call.is_special:
        head, z = symbols, f"float(expression.subs({{{point}}}).evalf(20))"
    return f"""{_number(call)}{head}
value = sp.sympify({call.function}({", ".join(name + end for name in call.inputs)}))
answer = [
    ("value", value),
{by}
]
for name, expression in answer:
    z = {z}
    print(name, repr(z).removesuffix(".0"), sep="\\t")"""


def _call_of_arrays(call: Call) -> str:
    end = _end(call)
    symbols = "\n".join(f'{name}{end} = symbols("{name}", {name})' for name in call.inputs)
    by = "\n".join(
        f'    ("{name}", [sp.diff(total, z) for z in np.ravel({own}{end})]),'
        for name, own in call.by.items()
    )
    z = "number(sp.sympify(z))" if call.is_special else "float(sp.sympify(z).subs(point).evalf(20))"
    return f"""{_number(call)}point = {{}}


def symbols(name, array):
    \"""An array of symbols, which have the numbers of another one.\"""
    names = [sp.Symbol(f"{{name}}{{i}}", real=True) for i in range(array.size)]
    point.update(zip(names, (sp.Float(z, 30) for z in array.ravel().tolist())))
    return np.array(names, dtype=object).reshape(array.shape)[()]


{symbols}
value = np.asarray({call.function}({", ".join(name + end for name in call.inputs)}))
total = sp.sympify(sum(value.ravel().tolist()))
answer = [
    ("value", value.ravel().tolist()),
{by}
]
for name, expressions in answer:
    numbers = [{z} for z in expressions]
    print(name, *(repr(z).removesuffix(".0") for z in numbers), sep="\\t")"""


FRAMEWORK = Framework(
    Style(
        Spelling("SymPy", TABLE, {**HELPERS, **IN_LISTS}),
        lifted="sp.sympify({0})",
        arrays="sp.Array({0})",
        as_number="sp.Piecewise((1, {0}), (0, True))",
        remainder="mod",
        compared={"==": "sp.Eq", "!=": "sp.Ne"},
        roots="real",
        rules_of_elements=True,
        differs=DIFFERS,
    ),
    "sp np name expression z value answer point number",
    "import sympy as sp",
    lambda text, varies: text,
    _call,
)
WITH_ARRAYS = Framework(
    Style(
        Spelling("SymPy", _table(), OF_ARRAYS),
        arrays="np.array({0}, dtype=object)",
        as_number="where({0}, 1, 0)",
        is_numeric=False,
        remainder="mod",
        attributes={"size": "np.size({0})", "ndim": "np.ndim({0})"},
        compared={sign: f"is_{name}" for sign, name in COMPARED.items()},
        roots="real",
        rules_of_elements=True,
        differs=DIFFERS,
    ),
    "sp np name expressions z answer point symbols number numbers total each folded",
    "import numpy as np\nimport sympy as sp\n\n\n" + EACH.strip(),
    lambda text, varies: f"np.array({text})",
    _call_of_arrays,
)


DEEP = "sys.setrecursionlimit(100_000)  # what turns of a loop make lies deep in one another"


def write(work: Work) -> str:
    """The file of a program that goes one way, with arrays of symbols where it has arrays."""
    work.refuse_decisions("SymPy")
    has_arrays = any(x.shape for x in (work.value, *work.inputs.values()))
    framework = WITH_ARRAYS if has_arrays or _stacks(work) else FRAMEWORK
    if any(isinstance(node, (tree.For, tree.While)) for node in walked(work.tree.block)):
        framework = framework._replace(head=f"import sys\n\n{framework.head}\n\n{DEEP}")
    return framework.write(work)


def _stacks(work: Work) -> bool:
    """Whether a program of numbers makes arrays of them."""
    return any(isinstance(node, tree.Array) for node in walked(work.tree.block))


TARGET = Target("SymPy", write, goes_one_way=True)
