"""TensorFlow.js: the program as a function of tensors, and `tf.valueAndGrads`; in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.record import INPUT
from gradcli.lower.room import Room
from gradcli.translation.definitions import EDGES, mentioned
from gradcli.translation.javascript import SPELLED, JavaScript
from gradcli.translation.names import Naming
from gradcli.translation.python import comments, indented, nested
from gradcli.translation.spelling import Spelling
from gradcli.translation.style import Style
from gradcli.translation.target import Target

if TYPE_CHECKING:
    from gradcli.translation.work import Work

TABLE = """
    tf: add sub mul div neg reciprocal floordiv=floorDiv mod square sqrt rsqrt pow exp expm1
    tf: log log1p sigmoid sin cos tan asin acos atan atan2 sinh cosh tanh
    tf: asinh acosh atanh lt=less le=lessEqual gt=greater ge=greaterEqual eq=equal ne=notEqual
    tf: logical_and=logicalAnd logical_or=logicalOr logical_xor=logicalXor logical_not=logicalNot
    tf: isnan=isNaN isinf=isInf isfinite=isFinite where sign floor ceil round abs
    tf: relu selu elu softplus erf dot zeros_like=zerosLike ones_like=onesLike clone
    tf: squared_difference=squaredDifference divide_no_nan=divNoNan outer=outerProduct
    clip = tf.clipByValue(x, lo, hi)
    leaky_relu = tf.leakyRelu(x, alpha=0.2)
    sum = tf.sum(x, axis=None, keepDims: keepdims = False)
    mean = tf.mean(x, axis=None, keepDims: keepdims = False)
    prod = tf.prod(x, axis=None, keepDims: keepdims = False)
    max = tf.max(x, axis=None, keepDims: keepdims = False)
    min = tf.min(x, axis=None, keepDims: keepdims = False)
    logsumexp = tf.logSumExp(x, axis=None, keepDims: keepdims = False)
    softmax = tf.softmax(x, axis=-1)
    log_softmax = tf.logSoftmax(x, axis=-1)
    cumsum = tf.cumsum(x, axis=0, exclusive=False, reverse=False)
    reshape = tf.reshape(x, shape)
    transpose = tf.transpose(x, axes=None)
    expand_dims = tf.expandDims(x, axis=0)
    squeeze = tf.squeeze(x, axis=None)
    concat = tf.concat(arrays, axis=0)
    stack = tf.stack(arrays, axis=0)
    tile = tf.tile(x, reps)
    matmul = tf.matMul(x, y, transposeA: transpose_a = False, transposeB: transpose_b = False)
    zeros = tf.zeros(shape)
    ones = tf.ones(shape)
    eye = tf.eye(n)
    linspace = tf.linspace(start, stop, num)
"""

ALIKE = "tf.add(x, tf.zerosLike(y)), tf.add(y, tf.zerosLike(x))"
"""Two operands as arrays of one shape: TensorFlow.js does not sum gradients of the larger there."""

HELPERS = {
    name: f"const {name} = ({', '.join(parameters)}) => {body};"
    for name, *parameters, body in (
        ("cbrt", "x", "tf.mul(tf.sign(x), tf.pow(tf.abs(x), 1/3))"),
        ("log2", "x", "tf.div(tf.log(x), Math.LN2)"),
        ("log10", "x", "tf.div(tf.log(x), Math.LN10)"),
        ("logaddexp", "x", "y", "tf.add(x, tf.softplus(tf.sub(y, x)))"),
        ("std", "x", "tf.sqrt(tf.moments(x).variance)"),
        ("ravel", "x", "tf.reshape(x, [-1])"),
        (
            "diag",
            "x",
            "x.rank < 2 ? tf.mul(tf.eye(x.size), x) : tf.sum(tf.mul(tf.eye(...x.shape), x), 1)",
        ),
        ("erfc", "x", "tf.sub(1, tf.erf(x))"),
        ("maximum", "x", "y", f"tf.maximum({ALIKE})"),
        ("minimum", "x", "y", f"tf.minimum({ALIKE})"),
        ("trace", "x", "tf.sum(tf.mul(x, tf.eye(x.shape[0], x.shape[1])))"),
        ("norm", "x", "tf.norm(x)"),
    )
}

HELPERS["slopes"] = "const slopes = (f) => (...inputs) => tf.grads(f)(inputs);"
HELPERS["slope"] = "const slope = (f) => (x) => tf.grad(f)(x);"
HELPERS["with_rule"] = """
const with_rule = (f, rule) => {
    const ruled = tf.customGrad((...inputs) => {
        inputs.pop()(inputs);
        return { value: f(...inputs), gradFunc: (dy, saved) => rule(...saved, dy) };
    });
    return (...inputs) => ruled(...inputs.map((x) => tf.clone(x)));
};
""".strip()
HELPERS["compared"] = """
const compared = (compare) => {
    const truth = tf.customGrad((x, y) => ({
        value: compare(x, y),
        gradFunc: () => [tf.zerosLike(x), tf.zerosLike(y)],
    }));
    return (x, y) => truth(tf.clone(x), tf.clone(y));
};
""".strip()

WORDS = frozenset(
    """arguments await break case catch class const continue debugger default delete do else enum
    eval export extends false finally for function if implements import in instanceof interface let
    new null package private protected public return static super switch this throw true try typeof
    undefined var void while with yield Infinity NaN Math console tf value grads name array
    of async""".split()
)

STYLE = Style(
    Spelling("TensorFlow.js", TABLE, HELPERS, by_position=True),
    arrays="tf.tensor({0})",
    as_number='tf.cast({0}, "float32")',
    differs=EDGES,
    attributes={
        "T": "tf.transpose({0})",
        "size": "{0}.size",
        "ndim": "{0}.rank",
        "len": "{0}.shape[0]",
    },
)


def write(work: Work) -> str:
    """The file of a program."""
    _refuse_unconnected(work)
    naming = Naming(WORDS | HELPERS.keys() | mentioned(work.tree.block))
    naming.keep(work.inputs)
    function = next(n for n in ("f", "program", "function_") if not naming.has(n))
    naming.reserve(function)
    script = JavaScript(work, STYLE, naming)
    with Room(work.tree.depth):
        body = script.function(function)
    head = ["The value and the gradients of", *indented([work.source.text]), *naming.changed()]
    parts = [
        "\n".join(
            [
                *comments([*head, "TensorFlow.js computes in float32."], "//"),
                'import * as tf from "@tensorflow/tfjs";',
            ]
        ),
        "\n".join(script.helped.values()),
        "\n".join(body),
        "\n".join(_end(work, naming, function)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _refuse_unconnected(work: Work) -> None:
    """Refuses a gradient that TensorFlow.js throws an error for."""
    for name in work.unconnected:
        first = work.names.inputs[name]
        raise ProgramTypeError(
            f"TensorFlow.js has no gradient by {name}, on which the value does not depend",
            span=Span(work.source, first.start, first.end),
            help="name the others in ⟨wrt⟩",
        )


def _end(work: Work, naming: Naming, function: str) -> list[str]:
    """The inputs that have values, and the call where all have one."""
    lines = [
        f"const {naming(name)} = tf.tensor({nested(x, SPELLED)});"
        for name, x in work.values.items()
    ]
    if not work.is_given:
        return lines
    by = ", ".join(map(naming, work.slopes))
    inputs = ", ".join(map(naming, work.inputs))
    if work.value.op is INPUT:
        function = f"tf.clone({function}({inputs}))"
        called = f"({by}) => {function}"
    else:
        called = function if by == inputs else f"({by}) => {function}({inputs})"
    names = ", ".join(f'"{name}"' for name in ("value", *work.slopes))
    return [
        *lines,
        f"const {{ value, grads }} = tf.valueAndGrads({called})([{by}]);",
        f"[{names}].forEach((name, i) => {{",
        "    const array = [value, ...grads][i].dataSync();",
        '    console.log([name, ...array].join("\\t"));',
        "});",
    ]


TARGET = Target("TensorFlow.js", write)
