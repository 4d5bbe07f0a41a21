"""Functions that a target may lack, in gradcli's own language: a helper is written from the text.

So each stands once, whatever the target's language. It says what a record computes where its other
parameters are left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gradcli.errors import Source
from gradcli.lower.names import Names
from gradcli.lower.trees import assigned_in, walked
from gradcli.syntax import tree
from gradcli.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.translation.work import Work

TEXT = """
# elements
frac(x) = x - trunc(x)
trunc(x) = sign(x)*floor(abs(x))
ceil(x) = -floor(-x)
cube(x) = x^3
reciprocal(x) = 1/x
rsqrt(x) = 1/sqrt(x)
squared_difference(x, y) = (x - y)^2
hypot(x, y) = sqrt(x^2 + y^2)
sec(x) = 1/cos(x)
csc(x) = 1/sin(x)
cot(x) = 1/tan(x)
sech(x) = 1/cosh(x)
csch(x) = 1/sinh(x)
coth(x) = 1/tanh(x)
exp2(x) = exp(x*log(2))
deg2rad(x) = x*(pi/180)
rad2deg(x) = x*(180/pi)
sind(x) = sin(x*(pi/180))
cosd(x) = cos(x*(pi/180))
tand(x) = tan(x*(pi/180))
xlogy(x, y) = log_times(y + zeros_like(x), x + zeros_like(y))
log_times(y, x) = where(x == 0, 0, x*log(where(x == 0, 1.0, y)))
vjp log_times(y, x, dy) = (where(x == 0, 0, dy*x/where(x == 0, 1.0, y)), dy*log(y))
sinc(x) = sin_over(pi*x)
logit(x) = log(x/(1 - x))
step(x, zero=0.0) = where(x == 0, zero, where(x > 0, 1.0, 0.0))

# gamma functions and the normal distribution
gamma(x) = exp(lgamma(x))*where(x < 0, 1 - 2*(floor(x) % 2), 1.0)
lgamma(x) = {
    y = where(x < 0.5, 1 - x, x)
    z = y + 6
    series = 1/(12*z) - 1/(360*z^3) + 1/(1260*z^5)
    rising = y*(y + 1)*(y + 2)*(y + 3)*(y + 4)*(y + 5)
    above = (z - 0.5)*log(z) - z + 0.5*log(2*pi) + series - log(rising)
    where(x < 0.5, log(pi/abs(sin(pi*x))) - above, above)
}
digamma(x) = {
    y = where(x < 0.5, 1 - x, x)
    z = y + 6
    series = 1/(2*z) + 1/(12*z^2) - 1/(120*z^4) + 1/(252*z^6)
    rising = 1/y + 1/(y + 1) + 1/(y + 2) + 1/(y + 3) + 1/(y + 4) + 1/(y + 5)
    above = log(z) - series - rising
    where(x < 0.5, above - pi/tan(pi*x), above)
}
beta(x, y) = exp(lgamma(x) + lgamma(y) - lgamma(x + y))
betaln(x, y) = lgamma(x) + lgamma(y) - lgamma(x + y)
factorial(x) = gamma(x + 1)
ndtr(x) = erfc(-x*sqrt(0.5))/2
norm_pdf(x, loc=0.0, scale=1.0) = exp(-((x - loc)/scale)^2/2)/(scale*sqrt(2*pi))
norm_logpdf(x, loc=0.0, scale=1.0) = -((x - loc)/scale)^2/2 - log(scale*sqrt(2*pi))
norm_cdf(x, loc=0.0, scale=1.0) = erfc((loc - x)/scale*sqrt(0.5))/2

# quotients that are 0/0 at 0
sin_over(x) = where(x == 0, 1.0, sin(x)/x)
vjp sin_over(x, dy) = {
    z = x^2
    far = where(abs(x) < 0.5, 1.0, x)
    series = 1/3991680 - z*(1/518918400 - z/93405312000)
    near = x*(-1/3 + z*(1/30 - z*(1/840 - z*(1/45360 - z*series))))
    dy*where(abs(x) < 0.5, near, (cos(far) - sin(far)/far)/far)
}
cos_over(x) = where(x == 0, 0.5, 2*(sin(x/2)/x)^2)
vjp cos_over(x, dy) = {
    z = x^2
    far = where(abs(x) < 0.5, 1.0, x)
    series = 1/47900160 - z*(1/7264857600 - z/1494484992000)
    near = x*(-1/12 + z*(1/180 - z*(1/6720 - z*(1/453600 - z*series))))
    dy*where(abs(x) < 0.5, near, (sin(far) - 4*sin(far/2)^2/far)/far^2)
}
expm1_over(x) = where(x == 0, 1.0, expm1(x)/x)
vjp expm1_over(x, dy) = {
    far = where(abs(x) < 0.1, 1.0, x)
    series = 1/840 + x*(1/5760 + x*(1/45360 + x*(1/403200 + x/3991680)))
    near = 1/2 + x*(1/3 + x*(1/8 + x*(1/30 + x*(1/144 + x*series))))
    dy*where(abs(x) < 0.1, near, (exp(far) - expm1(far)/far)/far)
}

# activations
relu(x) = where(x > 0, x, 0)
relu6(x) = where(x > 0, where(x < 6, x, 6), 0)
leaky_relu(x, alpha=0.01) = where(x > 0, x, alpha*x)
elu(x, alpha=1.0) = where(x > 0, x, alpha*expm1(where(x > 0, 0, x)))
selu(x) = 1.0507009873554805*where(x > 0, x, 1.6732632423543772*expm1(where(x > 0, 0, x)))
silu(x) = x*sigmoid(x)
mish(x) = x*tanh(softplus(x))
softsign(x) = x/(1 + abs(x))
hard_sigmoid(x) = clip(x/6 + 0.5, 0, 1)
hard_swish(x) = x*clip(x/6 + 0.5, 0, 1)
tanhshrink(x) = x - tanh(x)
log_sigmoid(x) = -softplus(-x)
gelu(x) = x*erfc(-x*sqrt(0.5))/2
layer_norm(x, eps=1e-5) = {
    centred = x - mean(x, axis=-1, keepdims=true)
    centred/sqrt(mean(centred^2, axis=-1, keepdims=true) + eps)
}

# losses
l2_loss(x) = sum(x^2)/2
mse(x, y) = mean((x - y)^2)
mae(x, y) = mean(abs(x - y))
huber(x, y, delta=1.0) = {
    size = abs(x - y)
    mean(where(size <= delta, size^2/2, delta*(size - delta/2)))
}
smooth_l1(x, y, beta=1.0) = {
    size = abs(x - y)
    mean(where(size < beta, size^2/(2*beta), size - beta/2))
}
log_cosh(x, y=0.0) = {
    size = abs(x - y)
    size + log1p(exp(-2*size)) - log(2)
}
hinge(labels, predictions) = mean(relu(1 - where(labels == 0, -1.0, labels)*predictions))
squared_hinge(labels, predictions) = {
    mean(relu(1 - where(labels == 0, -1.0, labels)*predictions)^2)
}
poisson_loss(labels, predictions) = mean(predictions - labels*log(predictions + 1e-7))
log_loss(labels, predictions, epsilon=1e-7) = {
    gains = labels*log(predictions + epsilon) + (1 - labels)*log(1 - predictions + epsilon)
    -mean(gains)
}
kl_divergence(labels, predictions) = sum(labels*log(labels/predictions), axis=-1)
binary_cross_entropy(x, target) = -mean(target*log(x) + (1 - target)*log(1 - x))
binary_cross_entropy_with_logits(x, target) = {
    mean(target*softplus(-x) + (1 - target)*softplus(x))
}
binary_crossentropy(labels, predictions) = {
    -mean(labels*log(predictions) + (1 - labels)*log(1 - predictions))
}
sigmoid_cross_entropy(labels, logits) = labels*softplus(-logits) + (1 - labels)*softplus(logits)
softmax_cross_entropy(labels, logits) = -sum(log_softmax(logits)*labels, axis=-1)
cross_entropy(x, target) = {
    n = x.shape[-1]
    gains = log_softmax(x)
    classes = expand_dims(target, -1)
    if classes.ndim > x.ndim {
        -sum(gains*target)*(n/x.size)
    } else {
        is_class = classes == linspace(0, n - 1, n)
        -sum(where(is_class, gains, 0))/classes.size
    }
}

# vectors and matrices
ptp(x) = max(x) - min(x)
dot(x, y) = sum(x*y)
inner(x, y) = sum(x*y)
outer(x, y) = reshape(x, (x.size, 1))*reshape(y, (1, y.size))
diff(x) = x[1:] - x[:-1]
trapezoid(y, x) = sum((y[1:] + y[:-1])*(x[1:] - x[:-1]))/2
cosine_similarity(x, y) = {
    x_size = maximum(sqrt(sum(x^2, axis=-1)), 1e-8)
    y_size = maximum(sqrt(sum(y^2, axis=-1)), 1e-8)
    sum(x*y, axis=-1)/(x_size*y_size)
}
cross(x, y) = {
    stack([x[1]*y[2] - x[2]*y[1], x[2]*y[0] - x[0]*y[2], x[0]*y[1] - x[1]*y[0]])
}
polyval(p, x) = {
    total = 0*x
    for c in p { total = total*x + c }
    total
}
convolve(x, y) = {
    n = y.shape[0]
    total = zeros(x.shape[0] + n - 1)
    for i in range(n) {
        total = total + y[i]*concat([zeros(i), x, zeros(n - 1 - i)])
    }
    total
}
interp(x, xp, fp) = {
    total = fp[0] + 0*x
    for i in range(xp.shape[0] - 1) {
        share = (x - xp[i])/(xp[i + 1] - xp[i])
        total = total + (fp[i + 1] - fp[i])*clip(share, 0, 1)
    }
    total
}
tril(x) = {
    i = linspace(0, x.shape[0] - 1, x.shape[0])
    j = linspace(0, x.shape[1] - 1, x.shape[1])
    where(expand_dims(i, 1) >= expand_dims(j, 0), x, 0)
}
triu(x) = {
    i = linspace(0, x.shape[0] - 1, x.shape[0])
    j = linspace(0, x.shape[1] - 1, x.shape[1])
    where(expand_dims(i, 1) <= expand_dims(j, 0), x, 0)
}
cumprod(x) = {
    i = linspace(0, x.size - 1, x.size)
    is_taken = 1.0*(expand_dims(i, 1) >= expand_dims(i, 0))
    prod(is_taken*expand_dims(x, 0) + (1 - is_taken), axis=1)
}
matrix_power(a, n) = {
    power = eye(a.shape[0])
    for i in range(n) { power = power @ a }
    power
}
kron(x, y) = {
    a = x
    b = y
    if x.ndim < 2 { a = reshape(x, (1, x.size)) }
    if y.ndim < 2 { b = reshape(y, (1, y.size)) }
    columns = a.shape[1]*b.shape[1]
    products = reshape(outer(ravel(x), ravel(y)), (a.shape[0], a.shape[1], b.shape[0], b.shape[1]))
    whole = reshape(transpose(products, (0, 2, 1, 3)), (a.shape[0]*b.shape[0], columns))
    if x.ndim < 2 and y.ndim < 2 { whole = ravel(whole) }
    whole
}

# at points without a derivative, where a framework has another slope than gradcli
safe_abs(x) = abs(x)
vjp safe_abs(x, dy) = dy*sign(x)
safe_log(x) = log(x)
vjp safe_log(x, dy) = dy/where(x < 0, nan, x)
safe_log2(x) = safe_log(x)/log(2)
safe_log10(x) = safe_log(x)/log(10)
safe_log1p(x) = log1p(x)
vjp safe_log1p(x, dy) = dy/(1 + where(x < -1, nan, x))
safe_atanh(x) = atanh(x)
vjp safe_atanh(x, dy) = dy/(1 - where(abs(x) > 1, nan, x)^2)
safe_sqrt(x) = sqrt(x)
vjp safe_sqrt(x, dy) = where(x == 0, 0, dy/(2*sqrt(where(x == 0, 1.0, x))))
safe_pow(x, y) = x^y
vjp safe_pow(x, y, dy) = (dy*y*x^(y - 1), where(x == 0, 0, dy*x^y*log(where(x == 0, 1.0, x))))
safe_cbrt(x) = cbrt(x)
vjp safe_cbrt(x, dy) = dy/(3*cbrt(x)^2)
safe_norm(x) = safe_sqrt(sum(x^2))
safe_std(x) = safe_sqrt(mean((x - mean(x))^2))
safe_hypot(x, y) = safe_sqrt(x^2 + y^2)
safe_maximum(x, y) = where(x == y, (x + y)/2, maximum(x, y))
safe_minimum(x, y) = where(x == y, (x + y)/2, minimum(x, y))
safe_clip(x, lo, hi) = where(x < lo, lo, where(x > hi, hi, x))
safe_max(x) = sum(where(x == max(x), x, 0))/sum(where(x == max(x), 1.0, 0.0))
safe_min(x) = sum(where(x == min(x), x, 0))/sum(where(x == min(x), 1.0, 0.0))
safe_max_along(x, axis) = {
    hit = x == max(x, axis=axis, keepdims=true)
    sum(where(hit, x, 0), axis=axis)/sum(where(hit, 1.0, 0.0), axis=axis)
}
safe_min_along(x, axis) = {
    hit = x == min(x, axis=axis, keepdims=true)
    sum(where(hit, x, 0), axis=axis)/sum(where(hit, 1.0, 0.0), axis=axis)
}
safe_norm_along(x, axis) = safe_sqrt(sum(x^2, axis=axis))
safe_std_along(x, axis) = safe_sqrt(mean((x - mean(x, axis=axis, keepdims=true))^2, axis=axis))
safe_median(x) = {
    row = sort(ravel(x))
    low = x == row[(x.size - 1)//2]
    high = x == row[x.size//2]
    lower = sum(where(low, x, 0))/sum(where(low, 1.0, 0.0))
    lower/2 + sum(where(high, x, 0))/sum(where(high, 1.0, 0.0))/2
}
"""

EDGES = """abs log log2 log10 log1p atanh sqrt norm std hypot maximum minimum clip max min cbrt
    median"""
"""Functions that have such points, at which most frameworks have another slope than gradcli."""

MET_AS = {"std": "norm", "median": "quantile"}
"""Functions of which an operation of another name is at such a point."""

SAFE = "safe_"
"""What the names of those begin with that take the place of a framework's function there."""


@cache
def definitions() -> Mapping[str, tree.Define]:
    """The definitions by the names of their records."""
    return {node.id: node for node in _statements() if isinstance(node, tree.Define)}


@cache
def _statements() -> tuple[tree.Statement, ...]:
    return parse(Source(TEXT)).block.statements


@cache
def rules() -> Mapping[str, tree.DerivativeRule]:
    """Their derivative rules."""
    return {node.id: node for node in _statements() if isinstance(node, tree.DerivativeRule)}


def is_safe(definition: tree.Define) -> bool:
    """Whether this has gradcli's slope at points without a derivative."""
    return definition.id.startswith(SAFE) or definition.id in rules()


def signature(definition: tree.Define) -> str:
    """How a helper is called, in the notation of frameworks."""
    parts = [
        p.id + (f"={p.default.value}" if isinstance(p.default, tree.Number) else "")
        for p in definition.parameters
    ]
    return f"{definition.id}({', '.join(parts)})"


def alone(work: Work, definition: tree.Define) -> Work:
    """The work of a definition, as if it were a program of its own."""
    block = tree.Block((definition,), definition.start, definition.end)
    source = Source(TEXT)
    body = definition.body
    own = assigned_in(body) if isinstance(body, tree.Block) else set()
    rule = rules().get(definition.id)
    parameters = rule.parameters if rule is not None else definition.parameters
    names = Names({*own, *[p.id for p in parameters]})
    return work._replace(
        source=source, tree=tree.SyntaxTree(block, tree.SHORT + 1, source), names=names, inputs={}
    )


def mentioned(block: tree.Block) -> set[str]:
    """The definitions whose names a program has, or one that these need."""
    found: set[str] = set()
    waiting: list[tree.Tree] = [block]
    while waiting:
        for node in walked(waiting.pop()):
            name = getattr(node, "id", "")
            if name in definitions() and name not in found:
                found.add(name)
                waiting.append(definitions()[name])
    return found
