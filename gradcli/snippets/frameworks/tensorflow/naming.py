"""Names, devices and other things of TensorFlow that change no number; indices and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nograd import where
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Refusal
from gradcli.snippets.values import Array, Manager, Named, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Naming(Manager):
    """`tf.name_scope("a")`: the names of variables begin with this."""

    kind = "name_scope"

    def __init__(self, home: Any, name: str) -> None:
        self.home = home
        self.said = name

    def enter(self) -> str:
        """Begins."""
        self.home.scopes.append(self.said)
        return "/".join(self.home.scopes) + "/"

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Ends."""
        self.home.scopes.pop()


def naming(home: Any) -> dict[str, Callable[..., Any]]:
    """What changes no number."""

    def after(control_inputs: Any = ()) -> Manager:
        if not home.graphs.is_eager and control_inputs:
            text = "`tf.control_dependencies` of a graph is not part of the subset"
            raise Refusal(text, help="sess.run([a, b]) runs both")
        return Manager()

    return {
        "name_scope": lambda name, *_args, **_named: Naming(home, name),
        "device": lambda *_: Manager(),
        "init_scope": Manager,
        "control_dependencies": after,
        "no_op": lambda **_named: None,
    }


def counting(home: Any) -> dict[str, Callable[..., Any]]:
    """Places and counts, which have no gradient."""

    def holding(condition: Any) -> Array:
        found = np.argwhere(home.recorder.array(home.asarray(condition)))
        made: Array = home.constant(found, home.indices)
        return made

    def unique(x: Any, out_idx: Any = None, **_named: Any) -> Named:
        values, first, inverse = np.unique(home.recorder.array(home.asarray(x)), True, True)
        order = np.argsort(first)
        ranks = np.argsort(order)[inverse]
        kind = home.whole if out_idx is None else home.dtype_of(out_idx)
        parts = [home.constant(values[order], values.dtype), home.constant(ranks, kind)]
        return Named.of("Unique", ("y", "idx"), parts)

    def partition(data: Any, partitions: Any, num_partitions: int, **_named: Any) -> list[Array]:
        array, numbers = home.asarray(data), home.recorder.array(home.asarray(partitions))
        places = [np.flatnonzero(numbers == i) for i in range(num_partitions)]
        return [home.item(array, home.constant(at)) for at in places]

    def confusion(
        labels: Any,
        predictions: Any,
        num_classes: Any = None,
        weights: Any = None,
        dtype: Any = None,
        **_named: Any,
    ) -> Array:
        rows, columns = (home.recorder.array(home.asarray(x)) for x in (labels, predictions))
        count = num_classes or int(max(rows.max(), columns.max())) + 1
        each = 1 if weights is None else home.recorder.array(home.asarray(weights))
        matrix = np.zeros((count, count), np.asarray(each).dtype)
        np.add.at(matrix, (rows, columns), each)
        made: Array = home.constant(matrix, home.whole if dtype is None else home.dtype_of(dtype))
        return made

    def among_best(targets: Any, predictions: Any, k: int, **_named: Any) -> Array:
        wanted, scores = (home.recorder.array(home.asarray(x)) for x in (targets, predictions))
        own = scores[np.arange(len(wanted)), wanted]
        made: Array = home.constant((scores > own[:, None]).sum(1) < k)
        return made

    def zeros(value: Any, **_named: Any) -> Array:
        share = np.mean(home.recorder.array(home.asarray(value)) == 0)
        made: Array = home.constant(share, home.default)
        return made

    return {
        "where": where(home, ("where",), holding),
        "unique": unique,
        "dynamic_partition": partition,
        "math.confusion_matrix": confusion,
        "math.in_top_k": among_best,
        "nn.in_top_k": among_best,
        "math.zero_fraction": zeros,
        "nn.zero_fraction": zeros,
        "math.reciprocal_no_nan": lambda x, **_named: home.machine.call(
            home.member(("math", "divide_no_nan")), [1.0, home.asarray(x)]
        ),
    }


def passing(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that have functions of the snippet computed without their own gradient."""

    def pass_through(f: Any) -> Native:
        def call(*args: Any, **named: Any) -> Any:
            inputs = [home.asarray(x) for x in args]
            value = home.asarray(home.machine.call(f, inputs, named))
            if not home.records(inputs):
                return value

            def rule(_primals: Sequence[Array], cotangents: Sequence[Array]) -> Sequence[Array]:
                return cotangents

            return custom(home, "grad_pass_through", value, inputs, rule)

        return Native("grad_pass_through", call)

    def typed(value: Any, types: Any) -> Any:
        if isinstance(types, (list, tuple)):
            if not types:
                return []
            return [home.asarray(v, home.dtype_of(t)) for v, t in zip(value, types, strict=True)]
        return home.asarray(value, home.dtype_of(types))

    def py_function(func: Any, inp: Any, types: Any) -> Any:
        given = [home.asarray(x) for x in inp]
        with home.graphs.left():
            own = [home.made(x.node, x.dtype) for x in given]
            return typed(home.machine.call(func, own), types)

    def numpy_function(func: Any, inp: Any, types: Any) -> Any:
        given = [home.to_numpy(home.asarray(x)) for x in inp]
        return typed(home.machine.call(func, given), types)

    return {
        "grad_pass_through": pass_through,
        "py_function": decorating(py_function),
        "numpy_function": decorating(numpy_function),
    }


def decorating(call: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    """A function of a function and its arguments; without them it makes a decorator."""

    def begin(func: Any = None, inp: Any = None, Tout: Any = None, **_named: Any) -> Any:  # noqa: N803
        if func is not None:
            return call(func, inp, Tout)
        return Native("function", lambda f: Native("function", lambda *xs: call(f, xs, Tout)))

    return begin
