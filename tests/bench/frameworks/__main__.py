"""`python -m tests.bench.frameworks [--update | --wide] [NAMES…]`: calls of all frameworks' names.

With names it shows their lines: of a prefix, `jnp`, or of a pattern, `jnp.linalg.c*`; with `--wide`
those of more shapes and arguments, which are too many for the file. With
`--update` it puts the lines of those, else of all, into `tests/golden/frameworks.jsonl`: each in
a process of its own, whose memory is limited and ends with it, so that a run that was broken off
goes on with the prefixes that are left.

Every name that gradcli takes from a framework is called there with arrays of several shapes and
with every argument of its documented signature, by name and by position. A line is the call, its
arrays, the framework's results and its gradients, or that gradcli refuses the call. What gradcli
answers otherwise goes to standard error.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import math
import os
import resource
import signal
import subprocess
import sys
import warnings
from collections import Counter, defaultdict
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import GradcliError
from gradcli.lower.functions import method_meant, prefixed_function
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from tests.bench.frameworks.calls import bases, variants
from tests.bench.frameworks.modules import PREFIXES, STORED, answer, is_class, module, tidy
from tests.bench.frameworks.signatures import signatures
from tests.frameworks import FILE, REFUSED, difference, name_of, read, rounded, seed, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.bench.frameworks.calls import Call
    from tests.bench.frameworks.modules import Answer
    from tests.frameworks import Line

LARGEST = 16
"""At most so many elements an array of a line has."""


class Bounds(NamedTuple):
    """At most so many calls of a name with arrays alone, and with further arguments of so many."""

    bases: int
    variants: int
    varied: int


USUAL, WIDE = Bounds(4, 14, 1), Bounds(14, 80, 4)
OF_METHODS, OF_JAX = Bounds(2, 6, 1), Bounds(4, 14, 2)
"""Methods are functions for the most part, and JAX compiles each call: there are fewer of them."""

STEP = 1e-3
"""Of differences, where a framework's slope is in doubt."""

SECONDS, LATE = 10, 3
"""After which a call is given up: some of JAX's loops never end on what is not their domain.
A name of which so many calls were given up is called no more.
"""

MEMORY = 4 << 30
"""Bytes that a process may take; a call that needs more is given up."""


DIFFERENT = {
    pattern: reason
    for reason, patterns in {
        "the least subgradient where a norm or a deviation is 0": "jnp.std(* jnp.nanstd(* "
        "tf.math.reduce_std(*",
        "bounds that cross: the value is the upper one": "tf.clip_by_value(* lax.clamp(* "
        "tf.keras.ops.clip(* *.logit(*1)",
        "the slope by a symmetric matrix is symmetric": "jsp.linalg.cholesky(* "
        "jsp.linalg.cho_factor(* tf.linalg.eigh(* tf.linalg.eigvalsh(* "
        "tf.keras.ops.eigh(*",
        "JAX has infinite chances of what is certain": "jsp.stats.binom.*pmf(*1, 1*",
        "Keras does not turn by half a turn as NumPy": "tf.keras.ops.rot90(*2)",
        "NumPy counts the axes of the answer from the wrong end": "np.linalg.tensorsolve(*",
        "the order beside the k-th is not stated": "*.argpartition(* *.partition(*",
        "PyTorch has five digits of it": "torch.special.airy_ai(*",
        "SciPy makes a vector of a number": "scipy.special.logsumexp(*True* "
        "scipy.stats.sem(*keepdims=True)",
        "JAX leaves the initial value of a sum out of its method": "jnp.asarray(*).sum(*0.5*",
        "JAX makes a vector of a number": "jnp.*quantile(*True*",
        "a mask is of truth values; NumPy counts numbers in it as whole ones": "np.*where=w*",
        "TensorFlow and PyTorch state no order": "*top*k(*sorted=False*",
    }.items()
    for pattern in patterns.split()
}
"""Calls of which some have another answer here, and the convention that it follows."""


TENSORS = {"torch": ("torch", "tensor"), "jax": ("jax.numpy", "asarray")}
"""What makes an array of a list, in frameworks that take no lists."""


FREE_SIGNS = ("svd", "eigh")
"""Ends of names of which the columns of the results may have either sign."""


DEADLY = frozenset(("tf.nn.conv_transpose", *(f"tf.nn.conv{n}d_transpose" for n in "123")))
"""Names of which TensorFlow does not survive every call."""


def names_of(prefix: str, pattern: str) -> Iterator[tuple[str, Any]]:
    """The names of a module that gradcli takes, and the domains of their operands here."""
    for name in fnmatch.filter(sorted(dir(module(prefix))), pattern):
        is_random = "dropout" in name or "gumbel" in name
        if name.startswith("_") or is_random or not callable(getattr(module(prefix), name)):
            continue
        if f"{prefix}.{name}" in DEADLY:
            continue
        if is_class(prefix):
            function = method_meant(catalog, name, prefix.partition(".")[0])
        else:
            function = prefixed_function(catalog, words_of(prefix, name))
        if isinstance(function, BuiltIn):
            yield name, function.record.domain or ((-3.0, 3.0),)


def words_of(prefix: str, name: str) -> list[str]:
    """A dotted name as a program's is read: `scipy.stats.norm.cdf` is one of `norm_cdf`."""
    before, _, last = prefix.rpartition(".")
    if before.endswith(".stats"):
        return [*before.split("."), f"{last}_{name}"]
    return [*prefix.split("."), name]


@contextmanager
def time_limit() -> Iterator[None]:
    """Ends what is within by a TimeoutError when the processor has spent its time on it."""

    def ring(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


late: Counter[str] = Counter()
"""How many calls of each name were given up."""


def answered(prefix: str, name: str, call: Call) -> Answer | None:
    """What the framework answers; None if it does not take the call, or gives no numbers."""
    function, full = getattr(module(prefix), name), f"{prefix}.{name}"
    if late[full] == LATE:
        return None
    tensor = TENSORS.get(PREFIXES[prefix].partition(".")[0])
    try:
        with time_limit():
            try:
                theirs = answer(prefix, lambda arrays: call.made_by(function, arrays), call.arrays)
            except TypeError:
                if tensor is None:
                    return None
                listed = call.listed(getattr(import_module(tensor[0]), tensor[1]))
                theirs = answer(
                    prefix, lambda arrays: listed.made_by(function, arrays), call.arrays
                )
            values, gradients = theirs
    except TimeoutError:
        late[full] += 1
        return None
    except Exception:
        return None
    sizes = [x.size for x in (*values, *call.arrays.values())]
    if not values or max(sizes) > LARGEST or any(x.dtype.kind not in "bfiu" for x in values):
        return None
    return values, gradients


def line_of(prefix: str, name: str, call: Call) -> Line | None:
    """The call and what the framework answers, beside what gradcli does."""
    theirs = answered(prefix, name, call)
    if theirs is None:
        return None
    values, gradients = theirs
    line: Line = {
        "call": call.text,
        "at": {name: x.tolist() for name, x in call.arrays.items()},
        "gives": [rounded(x) for x in values],
    }
    if np.isfinite(values[0]).all() and gradients:
        line["slopes"] = {name: rounded(x) for name, x in gradients.items()}
    return judged(line, lambda: measured(prefix, name, call, gradients))


def measured(prefix: str, name: str, call: Call, gradients: Any) -> dict[str, Any]:
    """The slopes of the framework's own values, by differences of the fourth order."""

    def total(variable: str, moved: Any) -> Any:
        theirs = answered(prefix, name, call._replace(arrays={**call.arrays, variable: moved}))
        return math.nan if theirs is None else np.sum(theirs[0][0] * seed(theirs[0][0].shape))

    def slope(variable: str, element: Any) -> float:
        x = call.arrays[variable]
        unit = np.zeros_like(x)
        unit[element] = STEP
        ends = [total(variable, x + k * unit) for k in (-2, -1, 1, 2)]
        return float(np.dot(ends, (1, -8, 8, -1)) / (12 * STEP))

    shapes = {variable: np.shape(call.arrays[variable]) for variable in gradients}
    return {
        variable: rounded(np.reshape([slope(variable, i) for i in np.ndindex(shape)], shape))
        for variable, shape in shapes.items()
    }


def lines_of(prefix: str, name: str, domains: Any, bounds: Bounds) -> Iterator[Line]:
    """The lines of one name."""
    seen: set[str] = set()
    for parameters in signatures(name, getattr(module(prefix), name), is_class(prefix)):
        full = f"{prefix}.{name}"
        first: dict[Any, Call] = {}
        for call in bases(full, parameters, domains):
            shape = tuple(np.shape(x) for x in call.arrays.values())
            shown = f"{call.text}{[*shape]}"
            if shape in first or len(first) == bounds.bases or shown in seen:
                continue
            if (line := line_of(prefix, name, call)) is not None:
                first[shape] = call
                seen.add(shown)
                yield line
        alone = [*first.values()] or [*itertools.islice(bases(full, parameters, domains), 1)]
        for base in alone[: bounds.varied]:
            calls = variants(full, base, parameters, domains[0], bounds.varied > 1)
            yield from itertools.islice(_new(prefix, name, calls, seen), bounds.variants)


def _new(prefix: str, name: str, calls: Iterable[Call], seen: set[str]) -> Iterator[Line]:
    """The lines of calls that were not seen yet."""
    for call in calls:
        shown = f"{call.text}{[np.shape(x) for x in call.arrays.values()]}"
        if shown not in seen and (line := line_of(prefix, name, call)) is not None:
            seen.add(shown)
            yield line


def judged(line: Line, measured: Callable[[], Any]) -> Line:
    """The line, or the refusal; a difference is told of.

    Columns may have the other sign; slopes that the framework's values do not have are replaced.
    """
    full = name_of(line["call"])
    try:
        told = difference(line)
        if told and full.endswith(FREE_SIGNS):
            line["signs"] = "free"
            told = difference(line)
        if told and "slopes" in line:
            exact = {**line, "slopes": measured(), "by": "differences"}
            if not difference(exact):
                return exact
    except GradcliError:
        return {"call": line["call"], "at": line["at"], REFUSED: True}
    except Exception as error:
        told = repr(error)
    reasons = (why for x, why in DIFFERENT.items() if fnmatch.fnmatchcase(line["call"], x))
    reason = next(reasons, "")
    if told and reason:
        return {"call": line["call"], "at": line["at"], "differs": reason}
    if told:
        print(f"{line['call']}  {json.dumps(line['at'])}\n    {told}", file=sys.stderr, flush=True)
    return line


def lines(words: Iterable[str], bounds: Bounds) -> Iterator[Line]:
    """The lines of all names of prefixes, or of patterns behind one."""
    for word in words:
        prefix, pattern = parts_of(word)
        for name, domains in names_of(prefix, pattern):
            if bounds is USUAL and is_class(prefix):
                bounds = OF_METHODS
            elif bounds is WIDE and PREFIXES[prefix].startswith("jax"):
                bounds = OF_JAX
            yield from lines_of(prefix, name, domains, bounds)
            tidy(prefix)


def prefix_of(line: Line) -> str:
    """The prefix of the name that a line calls."""
    return name_of(line["call"]).rpartition(".")[0]


def parts_of(word: str) -> tuple[str, str]:
    """The prefix and the pattern of names that a word stands for."""
    prefix, _, pattern = (word, "", "*") if word in PREFIXES else word.rpartition(".")
    return prefix, pattern


def update(words: Iterable[str]) -> None:
    """Puts the lines of prefixes, or of patterns, into the file in the place of those it has."""
    for word in words:
        prefix, pattern = parts_of(word)
        command = [sys.executable, "-m", __spec__.name, word]
        made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        new = [json.loads(text) for text in made.splitlines()]
        kept = defaultdict(list)
        for line in read(FILE.read_text(encoding="utf-8").splitlines()):
            name = name_of(line["call"]).rpartition(".")[2]
            if prefix_of(line) != prefix or not fnmatch.fnmatchcase(name, pattern):
                kept[prefix_of(line)].append(line)
        kept[prefix] = sorted([*kept[prefix], *new], key=lambda line: name_of(line["call"]))
        texts = written(line for prefix in PREFIXES for line in kept[prefix])
        FILE.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def main(words: list[str]) -> None:
    """Puts lines into the file, or shows some."""
    if words[:1] == ["--update"]:
        update(words[1:] or STORED)
        return
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    bounds = WIDE if words[:1] == ["--wide"] else USUAL
    for line in lines(words[bounds is WIDE :], bounds):
        print(json.dumps(line, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
