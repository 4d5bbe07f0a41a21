"""`tf.grad` and its kin: gradients of functions, and by variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import ancestors
from gradcli.passes.batch import dependents
from gradcli.snippets.arrays.making import record
from gradcli.snippets.arrays.points import passed
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tfjs.variable import Variable
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import native
from gradcli.snippets.values import Array, Closure, Native

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gradcli.ir.node import Node

APART = (
    "Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed encloses "
    "all operations that lead from x to y."
)
UNCONNECTED = (
    "Cannot find a connection between any variable and the result of the loss function y=f(x). "
    "Please make sure the operations that use variables are inside the function f passed to "
    "minimize()."
)
LOST = (
    "TensorFlow.js itself gives another gradient of a gradient here, or an error: it loses what "
    "flows through the results that `tanh` and `sigmoid` save"
)
UNKNOWN = {
    "gt": "Greater",
    "lt": "Less",
    "le": "LessEqual",
    "eq": "Equal",
    "ne": "NotEqual",
    "logical_not": "LogicalNot",
    "logical_and": "LogicalAnd",
    "logical_or": "LogicalOr",
    "gather_nd": "GatherNd",
    "cumprod": "Cumprod",
    "tensor_diag": "Diag",
    "einsum": "Einsum",
    "logical_xor": "LogicalXor",
    "topk": "TopK",
    "strided_slice": "StridedSlice",
    "scatter_nd": "ScatterNd",
    "tensor_scatter_nd_update": "TensorScatterUpdate",
    "depth_to_space": "DepthToSpace",
    "flip_left_right": "FlipLeftRight",
}
"""Functions by which TensorFlow.js cannot differentiate, and what it calls them then."""

RULE = "The function f passed in customGrad(f) must return an object where "


def fail(message: str, help_: str | None = None) -> Raised:
    """An error in the words of TensorFlow.js."""
    return Raised("Error", message, help=help_)


class Gradients:
    """The functions that differentiate."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.saved: set[Node] = set()
        self.unknown: dict[Node, str] = {}

    def members(self) -> dict[str, Native]:
        """The functions by their names."""
        return {
            "grad": native("grad", self.grad),
            "grads": native("grads", self.grads),
            "valueAndGrad": native("valueAndGrad", self.value_and_grad),
            "valueAndGrads": native("valueAndGrads", self.value_and_grads),
            "variableGrads": native("variableGrads", self.variable_grads),
            "customGrad": native("customGrad", self.custom_grad),
        }

    # --- of functions -----------------------------------------------------------------------

    def grad(self, f: Any) -> Native:
        """`tf.grad(f)`."""
        self.check(f, "The f passed in grad(f) must be a function")

        def gradient(x: Any, dy: Any = None) -> Any:
            return self.alone(f, [self.argument(x, "x", "tf.grad")], dy, "grad")[0]

        return native("gradient", gradient)

    def grads(self, f: Any) -> Native:
        """`tf.grads(f)`."""
        self.check(f, "The f passed in grads(f) must be a function")

        def gradients(args: Any, dy: Any = None) -> Any:
            return self.alone(f, self.listed(args, "grads"), dy, "grads")

        return native("gradients", gradients)

    def value_and_grad(self, f: Any) -> Native:
        """`tf.valueAndGrad(f)`."""
        self.check(f, "The f passed in valueAndGrad(f) must be a function")

        def both(x: Any, dy: Any = None) -> Any:
            if not isinstance(x, Array):
                raise fail("The x passed in valueAndGrad(f)(x) must be a tensor")
            value, (grad,) = self.of(f, [x], dy, "valueAndGrad")
            return {"grad": grad, "value": value}

        return native("valueAndGrad", both)

    def value_and_grads(self, f: Any) -> Native:
        """`tf.valueAndGrads(f)`."""
        self.check(f, "The f passed in valueAndGrads(f) must be a function")

        def both(args: Any, dy: Any = None) -> Any:
            if not (isinstance(args, list) and all(isinstance(x, Array) for x in args)):
                text = "The args passed in valueAndGrads(f)(args) must be array of tensors"
                raise fail(text, "write df([x, y])")
            value, grads = self.of(f, args, dy, "valueAndGrads")
            return {"grads": grads, "value": value}

        return native("valueAndGrads", both)

    def check(self, f: Any, message: str) -> None:
        """Refuses what is no function."""
        if not isinstance(f, (Closure, Native)):
            raise fail(message)

    def argument(self, x: Any, name: str, of: str) -> Array:
        """An argument of a gradient as a tensor."""
        return self.home.tensor_of(x, name, of)

    def listed(self, args: Any, of: str) -> list[Array]:
        """The arguments of `grads(f)`."""
        if not isinstance(args, list):
            text = (
                f"The args passed in {of}(f)(args) must be an array of `Tensor`s or `TensorLike`s"
            )
            raise fail(text, "write df([x, y])")
        return [self.argument(x, "args", f"tf.{of}") for x in args]

    def of(self, f: Any, xs: Sequence[Array], dy: Any, name: str) -> tuple[Array, list[Array]]:
        """The value of a function, and its gradients."""
        home = self.home
        seed = None if dy is None or dy is UNDEFINED else self.argument(dy, "dy", f"tf.{name}")

        def act() -> Any:
            y, nodes = self.marked(f, xs)
            if seed is not None and seed.shape != y.shape:
                raise fail(
                    f"The shape of dy passed in {name}(f)([x1,...], dy) must match the shape "
                    "returned by f([x1,...])"
                )
            found = self.nodes(y, nodes, seed)
            if any(node is None for node in found):
                apart = all(node is None for node in found)
                raise fail(APART if apart else APART.replace(" the f you", "\n    the f you"))
            grads = [self.answer(n, x) for n, x in zip(found, xs, strict=True)]
            return [home.memory.note(home.outside(y)), *map(home.memory.note, grads)]

        value, *grads = home.memory.within(act)
        return value, grads

    def alone(self, f: Any, xs: Sequence[Array], dy: Any, name: str) -> list[Array]:
        """The gradients of a function, whose value is not kept."""
        value, grads = self.of(f, xs, dy, name)
        self.home.memory.dispose(value)
        return grads

    def answer(self, node: Node | None, x: Array) -> Array:
        """A gradient as a tensor."""
        home, dtype = self.home, self.home.float_of(x)
        made: Array = home.wrap(home.recorder.number(node, dtype), dtype)
        return made

    def marked(self, f: Any, xs: Sequence[Array]) -> tuple[Array, list[Node]]:
        """The value of a function of tensors, and the nodes that these have while it is computed.

        The function gets the tensors themselves; so one that uses them under the names that they
        have outside is differentiated, too.
        """
        before = {id(x): x.node for x in xs}
        try:
            for x in {id(x): x for x in xs}.values():
                node = self.home.recorder.number(x.node, self.home.float_of(x))
                x.node = self.home.recorder.mark(node)
            nodes = [x.node for x in xs]
            return self.traced(f, xs), nodes
        finally:
            for x in xs:
                x.node = before[id(x)]

    def traced(self, f: Any, args: Sequence[Array]) -> Array:
        """What a function gives, with all that leads to it."""
        machine = self.home.machine
        machine.depth_of_tracing += 1
        try:
            y = machine.call(f, list(args))
        finally:
            machine.depth_of_tracing -= 1
        if not isinstance(y, Array):
            raise fail("The result y returned by f() must be a tensor.")
        return y

    def nodes(self, y: Array, xs: Sequence[Node], seed: Array | None) -> list[Node | None]:
        """The gradients of the sum of y, weighted by a seed."""
        recorder = self.home.recorder
        seeds = None if seed is None else [recorder.number(seed.node, y.dtype)]
        if y.node.is_bool:
            return self.of_truths(y, xs)
        if self.saved or self.unknown:
            self.compare(passed([y.node], dependents([y.node], xs)))
        is_last = not self.home.records([])
        if is_last:
            self.saved.clear()
            self.unknown.clear()
        return recorder.gradients([y.node], xs, seeds, numbers=is_last)

    def of_truths(self, y: Array, xs: Sequence[Node]) -> list[Node | None]:
        """The gradients of truth values: 0 where TensorFlow.js has a rule for what gives them."""
        recorder = self.home.recorder
        for node in reversed(dependents([y.node], xs)):
            if node in self.unknown:
                raise fail(f"Cannot compute gradient: {self.unknown[node]}.")
        known = set(ancestors([y.node]))
        return [recorder.constant(np.zeros(x.shape), x.dtype) if x in known else None for x in xs]

    def compare(self, path: Sequence[Node]) -> None:
        """Tells of what TensorFlow.js itself has no gradient of, on the way of one."""
        note = self.home.machine.note
        if not self.saved.isdisjoint(path):
            note(LOST, help="shown is the gradient with it")
        for node in path:
            if node in self.unknown:
                note(
                    f"TensorFlow.js itself raises an error here: {self.unknown[node]}",
                    help="shown is the gradient; in TensorFlow.js leave this outside of f, or use "
                    "tf.relu, tf.maximum or tf.customGrad",
                    span=node.span,
                )

    # --- by variables -----------------------------------------------------------------------

    def variable_grads(self, f: Any, variables: Any = None) -> Any:
        """`tf.variableGrads(f, varList)`."""
        self.check(f, "The f passed in variableGrads(f) must be a function")
        home = self.home
        is_given = variables is not None and variables is not UNDEFINED
        if is_given and not (
            isinstance(variables, list) and all(isinstance(v, Variable) for v in variables)
        ):
            raise fail(
                "The varList passed in variableGrads(f, varList) must be an array of variables"
            )
        listed = list(variables) if is_given else list(home.variables.values())
        trained = [v for v in listed if v.trainable]
        if not trained:
            raise fail(
                "variableGrads() expects at least one of the input variables to be trainable, but "
                f"none of the {len(listed)} variables is trainable."
            )
        value, grads = self.by_variables(f, trained)
        if is_given:
            grads |= {v.label: None for v in listed if not v.trainable}
        return {"value": value, "grads": grads}

    def by_variables(self, f: Any, variables: Sequence[Variable]) -> tuple[Any, dict[str, Any]]:
        """The value of a function, and its gradients by those variables that it depends on."""
        home = self.home

        def act() -> Any:
            y = self.traced(f, [])
            found = self.nodes(y, [v.node for v in variables], None)
            if all(node is None for node in found):
                raise fail(UNCONNECTED)
            if y.shape:
                raise fail(
                    "The f passed in variableGrads(f) must return a scalar, but it returned a "
                    f"rank-{len(y.shape)} tensor",
                    "sum() or mean() makes one number of it",
                )
            pairs = zip(found, variables, strict=True)
            grads = {v.label: home.wrap(n, v.dtype) for n, v in pairs if n is not None}
            return [home.memory.note(home.outside(y)), home.memory.note(grads)]

        value, grads = home.memory.within(act)
        return value, grads

    # --- rules of the snippet's own ---------------------------------------------------------

    def custom_grad(self, f: Any) -> Native:
        """`tf.customGrad(f)`."""
        self.check(f, "The f passed in customGrad(f) must be a function.")
        home = self.home

        def applied(*args: Any) -> Any:
            if not all(isinstance(x, Array) for x in args):
                raise fail("The args passed in customGrad(f)(x1, x2,...) must all be tensors")
            saved: list[Any] = []

            def save(tensors: Any) -> Any:
                saved[:] = [home.made(x.node, x.dtype) for x in tensors]
                return UNDEFINED

            def act() -> Any:
                made = home.machine.call(f, [*args, native("save", save)])
                return [made, saved if home.records(args) else UNDEFINED]

            result, _ = home.memory.within(act)
            value = result.get("value") if isinstance(result, dict) else None
            if not isinstance(value, Array):
                raise fail(RULE + "`obj.value` is a tensor")
            gradient = result.get("gradFunc")
            if not isinstance(gradient, (Closure, Native)):
                raise fail(RULE + "`obj.gradFunc` is a function.")
            return self.ruled(value, list(args), gradient, saved, stays=value)

        return Native("customGrad", applied)

    def ruled(
        self,
        value: Array,
        args: list[Array],
        gradient: Any,
        saved: list[Any],
        key: Hashable = None,
        *,
        stays: Array | None = None,
    ) -> Any:
        """A value with a rule for its gradients, which is one for all that have a `key`.

        What flows to an argument that `stays` is added to what the rule gives.
        """
        home = self.home

        def rule(_primals: Any, cotangents: list[Array], *_value: Array) -> list[Any]:
            parts = home.machine.call(gradient, [cotangents[0], saved])
            parts = parts if isinstance(parts, list) else [parts]
            if len(parts) != len(args):
                raise fail(
                    RULE + "`obj.gradFunc` is a function that returns the same number of tensors "
                    "as inputs passed to f(...)."
                )
            if not all(isinstance(part, Array) for part in parts):
                raise fail(
                    RULE + "`obj.gradFunc` is a function that returns a list of only tensors."
                )
            for i, (part, x) in enumerate(zip(parts, args, strict=True)):
                if part.shape != x.shape:
                    own, given = (",".join(map(str, a.shape)) for a in (x, part))
                    raise fail(
                        f"Error in gradient for op forward. The gradient of input '{i}' has shape "
                        f"'{given}', which does not match the shape of the input '{own}'"
                    )
            return [
                home.composites.of("add", cotangents[0], part) if x is stays else part
                for part, x in zip(parts, args, strict=True)
            ]

        if not home.records(args):
            return value
        home.recorder.use(value.dtype)
        plain = home.made(record("stop_gradient")(value.node), value.dtype)
        return custom(home, "customGrad", plain, args, rule, key=key)
