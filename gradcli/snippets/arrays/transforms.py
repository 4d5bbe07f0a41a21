"""Transformations of functions: gradients, Jacobians, products with them, maps over rows.

JAX, `torch.func`, autograd and TF.js have them under their own names and with their own errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import WORDS, Node
from gradcli.ir.record import INPUT
from gradcli.ir.shapes import normal_axis
from gradcli.passes import modes
from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.arrays.rows import Column, Rows
from gradcli.snippets.arrays.zeros import jacobian, pulled, pushed, signed
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence


class Traced:
    """A call of a function whose arguments were given nodes of their own.

    `inputs` are the arrays that stand for the leaves of the arguments to differentiate by.
    """

    def __init__(
        self, home: Any, function: Any, args: Sequence[Any], numbers: Sequence[int], named: Any
    ) -> None:
        self.home = home
        self.args = list(args)
        self.numbers = [n % len(args) for n in numbers]
        self.before = [self.args[n] for n in self.numbers]
        fresh = [mapped(self.fresh, tree) for tree in self.before]
        self.inputs: list[Array] = [x for tree in fresh for x in leaves(tree)]
        for n, tree in zip(self.numbers, fresh, strict=True):
            self.args[n] = tree
        before, home.moving = home.moving, [*home.moving, *self.xs]
        home.machine.depth_of_tracing += 1
        try:
            self.value = home.machine.call(function, self.args, named)
        finally:
            home.machine.depth_of_tracing -= 1
            home.moving = before

    def fresh(self, leaf: Any) -> Array:
        """A leaf of an argument as an array with a node of its own."""
        home = self.home
        array = home.differentiable(leaf)
        home.recorder.use(array.dtype)
        made: Array = home.inside(home.recorder.mark(array.node), array)
        return made

    @property
    def xs(self) -> list[Node]:
        """The nodes to differentiate by."""
        return [x.node for x in self.inputs]

    def answer(self, nodes: Sequence[Node | None], of: Node | None = None) -> list[Array]:
        """Gradients, `of` a node if they are of one, as arrays; zeros if nothing depends on it."""
        home = self.home
        pairs = zip(nodes, self.inputs, strict=True)
        full = [(zeros_node(home, x) if node is None else node, x) for node, x in pairs]
        nodes = [home.recorder.number(node, x.dtype) for node, x in full]
        return [home.left(node, x, of) for node, x in zip(nodes, self.inputs, strict=True)]

    def formed(self, values: Iterator[Any], alone: bool) -> Any:
        """Values in the form of the arguments: of the one, or a tuple of them."""
        trees = [rebuilt(tree, values) for tree in self.before]
        return self.home.structure(trees[0] if alone else tuple(trees))


class Transforms:
    """The transformations of one framework."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.recorder = home.recorder

    # --- gradients --------------------------------------------------------------------------

    def grad(
        self, function: Any, argnums: Any = 0, has_aux: bool = False, *, value: bool = False
    ) -> Native:
        """The gradient of a function of one number, behind its `value` if that is wanted."""

        def gradient(*args: Any, **named: Any) -> Any:
            numbers, alone = self.numbers(argnums)
            traced = self.traced(function, args, numbers, named)
            out, aux = self.parted(traced.value, has_aux)
            y = self.home.scalar(out)
            is_last = self.home.is_left_alone(y.node)
            found = self.recorder.gradients([y.node], traced.xs, numbers=is_last)
            found = signed(self.home, [y.node], traced.xs, found, is_last=is_last)
            result = traced.formed(iter(traced.answer(found, y.node)), alone)
            shown, aux = self.left(y), self.home.structure(mapped(self.left, aux))
            if value:
                return ((shown, aux) if has_aux else shown), result
            return (result, aux) if has_aux else result

        return Native(f"grad({getattr(function, 'name', '')})", gradient, wraps=function)

    def numbers(self, argnums: Any) -> tuple[list[int], bool]:
        """The numbers of arguments, and whether there is just one, not in a tuple."""
        alone = not isinstance(argnums, (list, tuple, range))
        numbers = [argnums] if alone else list(argnums)
        for number in numbers:
            if not isinstance(number, int):
                raise Raised("TypeError", f"argnums must be a whole number, not {number}")
        return numbers, alone

    def check_numbers(self, numbers: Sequence[int], args: Sequence[Any]) -> None:
        """Refuses to differentiate by an argument that there is not."""
        for n in numbers:
            if not -len(args) <= n < len(args):
                text = f"differentiating by argument {n} needs more than {len(args)} arguments"
                raise Raised("TypeError", text)

    def check_cotangents(self, given: Any, value: Any) -> None:
        """Refuses cotangents that are more or fewer than the arrays of a value."""
        if len(leaves(given)) != len(leaves(value)):
            raise Raised("ValueError", "the cotangent has not the structure of the value")

    def traced(
        self, function: Any, args: Sequence[Any], numbers: Sequence[int], named: Any
    ) -> Traced:
        """A call of a function, to differentiate by some of its arguments."""
        self.check_numbers(numbers, args)
        return Traced(self.home, function, args, numbers, named)

    def parted(self, value: Any, has_aux: bool) -> tuple[Any, Any]:
        """What is differentiated, and what comes with it."""
        if not has_aux:
            return value, None
        if not isinstance(value, tuple) or len(value) != 2:
            raise Raised("TypeError", "with has_aux=True a function gives a pair (value, aux)")
        return value[0], value[1]

    def left(self, leaf: Any) -> Any:
        """An array outside of the transformation in which it was made."""
        if not isinstance(leaf, Array):
            return leaf
        return self.home.left(leaf.node, leaf)

    # --- products ---------------------------------------------------------------------------

    def vjp(self, function: Any, *primals: Any, has_aux: bool = False, **named: Any) -> Any:
        """The value, and the function from a cotangent of it to those of the arguments."""
        traced = self.traced(function, primals, range(len(primals)), named)
        out, aux = self.parted(traced.value, has_aux)
        outs = [self.home.asarray(leaf) for leaf in leaves(out)]
        kept = [*outs, *traced.inputs]

        def back(*cotangents: Any) -> Any:
            whole = cotangents[0] if len(cotangents) == 1 else cotangents
            self.check_cotangents(whole, out)
            given = leaves(whole)
            seeds = [self.seed(c, y) for c, y in zip(given, outs, strict=True)]
            found = pulled(self.home, [y.node for y in outs], traced.xs, seeds)
            self.home.keep = kept
            return traced.formed(iter(traced.answer(found, outs[0].node)), False)

        value = mapped(self.left, out)
        pull = Native("vjp", back, keeps=kept)
        return (value, pull, mapped(self.left, aux)) if has_aux else (value, pull)

    def seed(self, given: Any, y: Array) -> Node:
        """A cotangent of a value."""
        seed = self.home.asarray(given)
        if seed.shape != y.shape:
            text = f"the cotangent has shape {seed.shape}, and the value {y.shape}"
            raise Raised("ValueError", text)
        return self.recorder.number(seed.node, y.dtype)

    def jvp(self, function: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
        """The value, and its tangent where the arguments move by tangents."""
        for name, value in (("primals", primals), ("tangents", tangents)):
            if not isinstance(value, (list, tuple)):
                text = f"{name} must be a tuple or a list, one part for each argument"
                raise Raised("TypeError", text)
        traced = self.traced(function, primals, range(len(primals)), {})
        out, aux = self.parted(traced.value, has_aux)
        moved = mapped(self.left, self.pushed(traced, out, tangents))
        value = mapped(self.left, out)
        return (value, moved, mapped(self.left, aux)) if has_aux else (value, moved)

    def pushed(self, traced: Traced, out: Any, tangents: Any, *, stepwise: bool = False) -> Any:
        """The tangent of a value."""
        outs = [self.home.asarray(leaf) for leaf in leaves(out)]
        given = leaves(list(tangents))
        if len(given) != len(traced.inputs):
            raise Raised("TypeError", "the tangents have not the structure of the primals")
        directions = [self.direction(t, x) for t, x in zip(given, traced.inputs, strict=True)]
        nodes = [y.node for y in outs]
        found = pushed(self.home, nodes, traced.xs, directions, stepwise=stepwise)
        pairs = zip(found, outs, strict=True)
        full = [(zeros_node(self.home, y) if node is None else node, y) for node, y in pairs]
        arrays = (self.home.again(self.recorder.number(n, y.dtype), y) for n, y in full)
        return rebuilt(out, arrays)

    def direction(self, given: Any, x: Array) -> Node:
        """The tangent of an argument."""
        tangent = self.home.asarray(given)
        if tangent.shape != x.shape:
            text = (
                "primal and tangent arguments to jax.jvp do not match; their shapes are "
                f"{x.shape} and {tangent.shape}"
            )
            raise Raised("ValueError", text)
        return self.recorder.number(tangent.node, x.dtype)

    def linearize(self, function: Any, *primals: Any) -> Any:
        """The value, and the function from a tangent of the arguments to that of the value."""
        traced = self.traced(function, primals, range(len(primals)), {})
        out = traced.value

        def moved(*tangents: Any) -> Any:
            return mapped(self.left, self.pushed(traced, out, tangents, stepwise=True))

        return mapped(self.left, out), Native("linearized", moved, keeps=[out, traced])

    def transpose(self, function: Any, *primals: Any) -> Native:
        """The transpose of a linear function: of arguments it needs no more than the shapes."""
        zeros = [mapped(lambda leaf: self.home.zeros(self.home.asarray(leaf)), p) for p in primals]

        def transposed(cotangent: Any) -> Any:
            _, back = self.vjp(function, *zeros)
            return self.home.machine.call(back, [cotangent])

        return Native("linear_transpose", transposed)

    # --- Jacobians --------------------------------------------------------------------------

    def jacobian(
        self, function: Any, argnums: Any = 0, has_aux: bool = False, *, forward: bool = False
    ) -> Native:
        """The derivative of each element of the value by each of the arguments."""

        def derivative(*args: Any, **named: Any) -> Any:
            numbers, alone = self.numbers(argnums)
            traced = self.traced(function, args, numbers, named)
            out, aux = self.parted(traced.value, has_aux)
            result = mapped(lambda y: self.rows(y, traced, alone, forward), out)
            return (result, mapped(self.left, aux)) if has_aux else result

        return Native("jacobian", derivative, wraps=function)

    def rows(self, leaf: Any, traced: Traced, alone: bool, forward: bool) -> Any:
        """The derivative of one array of the value by all arguments."""
        y = self.home.asarray(leaf)
        made = []
        for x in traced.inputs:
            node = jacobian(self.home, y.node, x.node, forward=forward)
            made.append(self.home.left(self.recorder.number(node, y.dtype), y, y.node))
        return traced.formed(iter(made), alone)

    def hessian(
        self, function: Any, argnums: Any = 0, has_aux: bool = False, *, forward: bool = False
    ) -> Native:
        """The second derivatives."""
        gradient = self.jacobian(function, argnums, has_aux)
        return self.jacobian(gradient, argnums, has_aux, forward=forward)

    # --- maps over rows ---------------------------------------------------------------------

    def vmap(
        self,
        function: Any,
        in_axes: Any = 0,
        out_axes: Any = 0,
        axis_name: Any = None,
        named_axes: Any = 0,
        **_named: Any,
    ) -> Native:
        """The function of each row of its arguments, stacked."""

        def over_rows(*args: Any, **named: Any) -> Any:
            axes = list(in_axes) if isinstance(in_axes, (list, tuple)) else [in_axes] * len(args)
            if len(axes) != len(args):
                text = f"vmap in_axes has {len(axes)} parts for {len(args)} arguments"
                raise Raised("ValueError", text)
            columns = [self.columns(a, axis) for a, axis in zip(args, axes, strict=True)]
            named_columns = {name: self.columns(v, named_axes) for name, v in named.items()}
            rows = Rows(self.home, function, columns, named_columns, axis_name)
            value = self.home.structure(rows.value())
            return self.placed(value, self.home.structure(rows.first), out_axes, rows)

        return Native("vmap", over_rows, wraps=function)

    def columns(self, tree: Any, axes: Any) -> Any:
        """An argument whose leaves are pairs of an array, mapped axis first, and whether it is."""
        if isinstance(axes, (dict, list, tuple)) and type(axes) is type(tree):
            keys = tree if isinstance(tree, dict) else range(len(tree))
            parts = [self.columns(tree[key], axes[key]) for key in keys]
            if isinstance(tree, dict):
                return dict(zip(tree, parts, strict=True))
            return type(tree)(parts)
        return mapped(lambda leaf: self.column(leaf, axes), tree)

    def column(self, leaf: Any, axis: Any) -> Column:
        """One leaf of an argument."""
        if axis is None:
            return Column(leaf, mapped=False)
        array = self.home.asarray(leaf)
        if not array.shape:
            raise Raised("ValueError", "vmap was requested to map an argument of rank 0")
        self.recorder.use(array.dtype)
        return Column(self.moved(array, normal_axis(axis, len(array.shape)), 0), mapped=True)

    def moved(self, array: Array, source: int, target: int) -> Array:
        """An array with an axis in another place."""
        if source == target:
            return array
        order = [i for i in range(len(array.shape)) if i != source]
        order.insert(target, source)
        self.recorder.use(array.dtype)
        node = WORDS["permute"](array.node, tuple(order))
        made: Array = self.home.wrap(node, array.dtype, [array])
        return made

    def placed(self, value: Any, first: Any, out_axes: Any, rows: Rows) -> Any:
        """The result with the axis of rows where it is wanted; with none, that of the first row."""
        if isinstance(out_axes, (list, tuple)) and isinstance(value, (list, tuple)):
            each = zip(value, first, out_axes, strict=True)
            return type(value)([self.placed(v, own, axis, rows) for v, own, axis in each])
        if out_axes is None:
            return mapped(rows.unmapped, first)
        if not out_axes:
            return value
        return mapped(lambda a: self.moved(a, 0, out_axes % len(a.shape)), value)


def zeros_node(home: Any, like: Array) -> Node:
    """Zeros of the shape and type of an array, as a node."""
    home.recorder.use(like.dtype)
    zeros: Node = WORDS["spread"](home.recorder.graph.constant(0.0), like.shape)
    return zeros


def custom(
    home: Any,
    name: str,
    value: Any,
    inputs: Sequence[Array],
    rule: Callable[..., Sequence[Any]],
    push: Callable[[Sequence[Array | None]], Sequence[Any]] | None = None,
    key: Hashable = None,
    fills: bool = True,
) -> Any:
    """A value whose cotangents for inputs are what `rule(inputs, cotangents)` gives.

    Its tangents are what `push(tangents)` gives, if there is such a rule. Several results have a
    node each, since derivatives add up: the rule is given the cotangent of one, and zeros for the
    others if it `fills`, else None. A rule of a `key` is given the value, too, and is one for all
    that have this key.
    """
    outs = [home.asarray(leaf) for leaf in leaves(value)]
    made = []
    for i, out in enumerate(outs):

        def cotangents(primals: Sequence[Node], g: Node, i: int = i) -> list[Node | None]:
            values = [] if key is None else [home.made(primals[0], outs[i].dtype)]
            pairs = zip(primals[len(values) :], inputs, strict=True)
            arrays = [home.again(p, x) for p, x in pairs]
            given = [home.zeros(y) if fills else None for y in outs]
            given[i] = home.made(g, outs[i].dtype)
            if g.op is INPUT and g not in home.recorder.evaluator.values:
                home.recorder.evaluator.values[g] = np.zeros(g.shape, g.dtype)[()]
                home.recorder.probes.add(g)
            home.machine.depth_of_tracing += 1
            try:
                parts = rule(arrays, given, *values)
            finally:
                home.machine.depth_of_tracing -= 1
            return [
                None if part is None else _derivative(home, part, x)
                for part, x in zip(parts, inputs, strict=True)
            ]

        def tangent(moved: Sequence[Node | None], i: int = i) -> Node:
            assert push is not None
            pairs = zip(moved, inputs, strict=True)
            arrays = [None if t is None else home.again(t, x) for t, x in pairs]
            return _derivative(home, push(arrays)[i], outs[i])

        home.recorder.use(out.dtype)
        nodes = [x.node for x in inputs]
        node = modes.ruled(name, out.node, nodes, cotangents, push and tangent, key)
        made.append(home.again(node, out))
    return rebuilt(value, iter(made))


def _derivative(home: Any, part: Any, x: Array) -> Node:
    """One cotangent or tangent that a rule has given, of the shape of what it is of."""
    if part is None:
        return zeros_node(home, x)
    array = home.asarray(part)
    node = home.recorder.number(array.node, x.dtype)
    if node.shape != x.shape:
        if node.size == 1 or not node.shape:
            spread: Node = WORDS["spread"](node, x.shape)
            return spread
        text = f"a rule gives a derivative of shape {node.shape} for a tensor of shape {x.shape}"
        raise Raised("ValueError", text)
    made: Node = node
    return made
