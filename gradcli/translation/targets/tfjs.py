"""TensorFlow.js: the program as a function of tensors, and `tf.valueAndGrads`; in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    softmax = softmax(x, axis=-1)
    var = variance(x, axis=None, keepdims=False, ddof=0)
    std = std(x, axis=None, keepdims=False, ddof=0)
    norm = norm(x, ord=None, axis=None, keepdims=False)
    roll = roll(x, shift, axis=None)
    flip = tf.reverse(x, axis=None)
    stop_gradient = stop_gradient(x)
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
    )
}

HELPERS["slopes"] = "const slopes = (f) => (...inputs) => tf.grads(f)(inputs);"
HELPERS["slope"] = "const slope = (f) => (x) => tf.grad(f)(x);"
HELPERS |= {
    name: text.strip()
    for name, text in {
        "softmax": """
const softmax = (x, axis = -1) => tf.exp(tf.sub(x, tf.logSumExp(x, axis, true)));
""",
        "var": """
const variance = (x, axis, keepdims, ddof = 0) => {
    const gaps = tf.sub(x, tf.mean(x, axis, true));
    const count = gaps.size/tf.mean(x, axis).size;
    return tf.div(tf.sum(tf.square(gaps), axis, keepdims), count - ddof);
};
""",
        "std": """
const std = (x, axis, keepdims, ddof = 0) => {
    const gaps = tf.sub(x, tf.mean(x, axis, true));
    const count = gaps.size/tf.mean(x, axis).size;
    return tf.sqrt(tf.div(tf.sum(tf.square(gaps), axis, keepdims), count - ddof));
};
""",
        "norm": """
const norm = (x, ord = 2, axis, keepdims) => {
    if (axis === undefined && x.rank === 2) {
        return tf.norm(x, ord === 2 ? "fro" : ord, [0, 1], keepdims);
    }
    if ([1, 2, Infinity].includes(ord)) return tf.norm(x, ord, axis, keepdims);
    return tf.pow(tf.sum(tf.pow(tf.abs(x), ord), axis, keepdims), 1/ord);
};
""",
        "every": """
const every = (x, begin, step) => tf.gather(x, tf.range(begin, x.shape[0], step, "int32"));
""",
        "roll": """
const roll = (x, shift, axis) => {
    if (axis === undefined && x.rank > 1) {
        return tf.reshape(roll(tf.reshape(x, [-1]), shift), x.shape);
    }
    const n = x.shape[axis ?? 0];
    const places = [...Array(n).keys()].map((i) => (((i - shift) % n) + n) % n);
    return tf.gather(x, tf.tensor1d(places, "int32"), axis ?? 0);
};
""",
        "sort": """
const sort = (x) => {
    if (x.rank > 1) return tf.stack(tf.unstack(x).map(sort));
    const numbers = x.dataSync();
    const order = [...numbers.keys()].sort((i, j) => numbers[i] - numbers[j]);
    return tf.gather(x, tf.tensor1d(order, "int32"));
};
""",
        "median": """
const median = (x) => {
    const row = sort(tf.reshape(x, [-1]));
    const middle = [(x.size - 1) >> 1, x.size >> 1];
    return tf.mean(tf.gather(row, tf.tensor1d(middle, "int32")));
};
""",
        "stop_gradient": """
const stop_gradient = tf.customGrad((x) => ({
    value: tf.clone(x),
    gradFunc: () => tf.zerosLike(x),
}));
""",
        "eliminated": """
// The determinant of a and the solution of a x = b, by Gauss and Jordan.
const eliminated = (a, b) => {
    const n = a.shape[0];
    let rows = tf.unstack(tf.concat([a, b], 1));
    let det = tf.tensor1d([1]);
    for (let k = 0; k < n; k++) {
        const sizes = rows.map((row, i) => (i < k ? -1 : Math.abs(row.arraySync()[k])));
        const p = sizes.indexOf(Math.max(...sizes));
        if (p !== k) {
            [rows[k], rows[p]] = [rows[p], rows[k]];
            det = tf.neg(det);
        }
        const pivot = tf.slice(rows[k], k, 1);
        const own = tf.div(rows[k], pivot);
        det = tf.mul(det, pivot);
        rows = rows.map((row, i) =>
            i === k ? own : tf.sub(row, tf.mul(tf.slice(row, k, 1), own)));
    }
    return { det: tf.reshape(det, []), solution: tf.slice(tf.stack(rows), [0, n], [n, -1]) };
};
""",
        "solve": """
const solve = (a, b) => b.rank > 1 ? eliminated(a, b).solution
    : tf.squeeze(eliminated(a, tf.expandDims(b, 1)).solution, [1]);
""",
        "inv": "const inv = (a) => eliminated(a, tf.eye(a.shape[0])).solution;",
        "det": "const det = (a) => eliminated(a, tf.eye(a.shape[0])).det;",
        "logdet": "const logdet = (a) => tf.log(tf.abs(eliminated(a, tf.eye(a.shape[0])).det));",
        "slogdet": """
const slogdet = (a) => {
    const { det } = eliminated(a, tf.eye(a.shape[0]));
    return [tf.sign(det), tf.log(tf.abs(det))];
};
""",
    }.items()
}
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
    undefined var variance void while with yield Infinity NaN Math console tf value grads name array
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
    naming = Naming(WORDS | HELPERS.keys() | mentioned(work.tree.block))
    naming.keep(work.inputs)
    function = naming.made("f", "program", "function_")
    script = JavaScript(work, STYLE, naming)
    with Room(work.tree.depth):
        body = script.function(function)
    head = [*work.head(indented([work.source.text])), *naming.changed()]
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
    called = f"{function}({inputs})"
    if work.value.op is INPUT:
        called = f"tf.clone({called})"
    for name in work.unconnected:  # what has no gradient there is an error
        called = f"tf.add({called}, tf.sum(tf.zerosLike({naming(name)})))"
    is_plain = called == f"{function}({by})"
    called = function if is_plain else f"({by}) => {called}"
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
