"""`python -m tests.bench.frameworks [PREFIX…]`: makes `tests/golden/frameworks.jsonl` anew.

Every name that gradcli takes from a framework is called there with arrays of several shapes and
with every argument of its documented signature, by name and by position. A line is the call, its
arrays, the framework's results and its gradients, or that gradcli refuses the call. What gradcli
answers otherwise goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.lower.functions import prefixed_function
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from tests.bench.frameworks.calls import bases, variants
from tests.bench.frameworks.modules import PREFIXES, answer, module
from tests.bench.frameworks.signatures import signatures
from tests.frameworks import FILE, REFUSED, difference, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.frameworks.calls import Call

BASES, VARIANTS, LARGEST = 4, 14, 16
"""At most so many calls of a name with arrays alone, with further arguments; elements of arrays."""

SECONDS, LATE = 4, 3
"""After which a call is given up: some of JAX's loops never end on what is not their domain.
A name of which so many calls were given up is called no more.
"""


DIFFERENT = [
    (start.replace(",_", ", "), reason)
    for reason, starts in {
        "the signs of singular vectors are anybody's choice": "torch.svd torch.linalg.svd "
        "np.linalg.svd scipy.linalg.svd jnp.linalg.svd lax.linalg.svd tf.linalg.svd tf.svd",
        "of columns that are not sorted nothing is promised": "torch.searchsorted np.searchsorted "
        "jnp.searchsorted tf.searchsorted",
        "it is only half as precise there": "torch.special.airy_ai",
        "only one triangle of the factor is read, the other has no slope": "torch.cholesky_solve",
        "SciPy says nothing of the other triangle": "scipy.linalg.cho_factor jsp.linalg.cho_factor",
        "SciPy cuts orders to whole numbers": "scipy.special.kn scipy.special.yn",
        "TensorFlow has no derivative by these": "tf.math.betainc",
        "its slope is not symmetric": "jsp.linalg.cholesky(x)",
        "its slope is NaN at some points": "jsp.special.spence",
        "bounds that cross, or are no bounds": "tf.clip_by_norm tf.clip_by_value lax.clamp",
        "singular values that it leaves out, residuals of 0": "jnp.linalg.lstsq torch.linalg.lstsq",
        "one element has no spread, and no slope of it": "jnp.std jnp.nanstd tf.math.reduce_std",
        "what stands there is no condition, no count, no list": "F.poisson_nll_loss jnp.piecewise "
        "jnp.linalg.multi_dot tf.fill",
        "labels that are no shares of 1, which its slope takes for granted, or no counts": "tf.nn."
        "softmax_cross_entropy_with_logits tf.keras.losses.categorical_crossentropy "
        "tf.nn.log_poisson_loss tf.keras.losses.binary_crossentropy tf.keras.losses.kld "
        "tf.keras.losses.kullback_leibler_divergence",
        "vectors have their own signs, slopes two triangles": "tf.linalg.eigh tf.linalg.eigvalsh",
        "of a matrix that is not positive definite": "tf.linalg.logdet",
        "a number there makes all the others whole numbers": "tf.keras.losses.huber(x,_1 "
        "tf.keras.losses.mae(x,_1 tf.keras.losses.mse(x,_1",
        "the mean or the sum of nothing": "F.cross_entropy tf.math.lbeta",
        "NumPy makes a vector of a number": "np.argsort(x) jnp.argsort(x)",
        "NumPy counts the axes of the answer from the wrong end": "np.linalg.tensorsolve",
    }.items()
    for start in starts.split()
]
"""Starts of calls that gradcli answers otherwise, and why."""


DEADLY = frozenset(("tf.nn.conv_transpose", *(f"tf.nn.conv{n}d_transpose" for n in "123")))
"""Names of which TensorFlow does not survive every call."""


def names_of(prefix: str) -> Iterator[tuple[str, Any]]:
    """The names of a module that gradcli takes, and the domains of their operands here."""
    for name in sorted(dir(module(prefix))):
        is_random = "dropout" in name or "gumbel" in name
        if name.startswith("_") or is_random or not callable(getattr(module(prefix), name)):
            continue
        if f"{prefix}.{name}" in DEADLY:
            continue
        function = prefixed_function(catalog, [*prefix.split("."), name])
        if isinstance(function, BuiltIn):
            yield name, function.record.domain or ((-3.0, 3.0),)


@contextmanager
def time_limit() -> Iterator[None]:
    """Ends what is within by a TimeoutError when its time is up."""

    def ring(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


late: Counter[str] = Counter()
"""How many calls of each name were given up."""


def line_of(prefix: str, name: str, call: Call) -> dict[str, Any] | None:
    """The call and what the framework answers; None if it does not take it, or gives no numbers."""
    function, full = getattr(module(prefix), name), f"{prefix}.{name}"
    if late[full] == LATE:
        return None
    try:
        with time_limit():
            values, gradients = answer(
                prefix, lambda arrays: call.made_by(function, arrays), call.arrays
            )
    except TimeoutError:
        late[full] += 1
        return None
    except Exception:
        return None
    sizes = [x.size for x in (*values, *call.arrays.values())]
    if not values or max(sizes) > LARGEST or any(x.dtype.kind not in "bfiu" for x in values):
        return None
    line = {
        "call": call.text,
        "at": {name: x.tolist() for name, x in call.arrays.items()},
        "gives": [rounded(x) for x in values],
    }
    if np.isfinite(values[0]).all() and gradients:
        line["slopes"] = {name: rounded(x) for name, x in gradients.items()}
    return line


def lines_of(prefix: str, name: str, domains: Any) -> Iterator[dict[str, Any]]:
    """The lines of one name."""
    seen: set[str] = set()
    for parameters in signatures(name, getattr(module(prefix), name)):
        full = f"{prefix}.{name}"
        first: dict[Any, Call] = {}
        for call in bases(full, parameters, domains):
            shape = tuple(np.shape(x) for x in call.arrays.values())
            if shape in first or len(first) == BASES or call.text + str(shape) in seen:
                continue
            if (line := line_of(prefix, name, call)) is not None:
                first[shape] = call
                seen.add(call.text + str(shape))
                yield line
        if not first:
            continue
        base, count = next(iter(first.values())), 0
        for call in variants(full, base, parameters, domains[0]):
            if call.text in seen or count == VARIANTS:
                continue
            if (line := line_of(prefix, name, call)) is not None:
                seen.add(call.text)
                count += 1
                yield line


def judged(line: dict[str, Any]) -> dict[str, Any]:
    """The line, or the refusal; a difference is told of."""
    try:
        told = difference(line)
    except GradcliError:
        return {"call": line["call"], "at": line["at"], REFUSED: True}
    except Exception as error:
        told = repr(error)
    reason = next((why for start, why in DIFFERENT if line["call"].startswith(start)), "")
    if told and reason:
        return {"call": line["call"], "at": line["at"], "differs": reason}
    if told:
        print(f"{line['call']}  {json.dumps(line['at'])}\n    {told}", file=sys.stderr, flush=True)
    return line


def main(prefixes: list[str]) -> None:
    """Writes the file, or shows the lines of some prefixes."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with nullcontext(sys.stdout) if prefixes else FILE.open("w", encoding="utf-8") as out:
        for prefix in prefixes or PREFIXES:
            for name, domains in names_of(prefix):
                for line in lines_of(prefix, name, domains):
                    print(json.dumps(judged(line), separators=(",", ":")), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
