"""Arrays as nodes of one graph: made, computed with at once, differentiated, and let go of."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from gradcli.ir.kinds import NAN
from gradcli.ir.node import BOOL, WORDS, Graph, Node, ancestors
from gradcli.ir.op import as_number
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import broadcast_shapes
from gradcli.lower.interpreter import Interpreter
from gradcli.lower.names import Names
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64, DType
from gradcli.snippets.arrays.nearest import CONVERT, Nearest
from gradcli.snippets.arrays.points import points_between
from gradcli.snippets.arrays.pushes import Pushes
from gradcli.snippets.arrays.repeated import Pattern, Repeated
from gradcli.snippets.arrays.rescue import rescued
from gradcli.snippets.errors import Raised, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from gradcli.engine.settings import Settings
    from gradcli.errors import Source, Span
    from gradcli.ir.record import Op
    from gradcli.snippets.values import Array

LOOKED_AT = 30
"""Gradients of a snippet whose way is looked at."""

SWEPT = 4_000
"""Nodes that may come before those that nobody holds are let go of."""


def is_plain(seed: Node | None) -> bool:
    """Whether a seed is numbers that depend on nothing, or none at all."""
    return seed is None or seed.op is CONSTANT or (seed.op is CONVERT and is_plain(seed.inputs[0]))


def by_operations(rules: Mapping[Any, Any]) -> dict[Any, Any]:
    """Rules for functions, under the operations that these are."""
    return {getattr(what, "op", what): rule for what, rule in rules.items()}


class Apart(dict[Any, "Node"]):
    """Nodes that are not found again: as in the frameworks, what is computed twice is two things.

    So the slopes of each are added up as they are there, in which they round otherwise.
    """

    def __setitem__(self, key: Any, node: Node) -> None:
        """Keeps nothing."""


class Counted(Apart):
    """The same, and how many nodes are made of each of those that are made."""

    def __init__(self) -> None:
        self.users: Counter[Node] = Counter()

    def __setitem__(self, key: Any, node: Node) -> None:
        """Counts its operands."""
        self.users[node] += 0
        for x in node.inputs:
            self.users[x] += 1


class Recorder:
    """The one graph of a snippet, which computes in float64 or float32 as its arrays ask.

    A node that is made while the graph is in one type has that type; so operands are converted to
    it first. Whole numbers live in float64, which holds them exactly up to 2^53. While somebody is
    `watching`, the nodes whose values the snippet has `looked` at are kept in mind. Nodes that are
    `unknown` hold random numbers without a seed: they can be computed with, and not be shown.
    `factors` are operations whose choice the framework multiplies derivatives with: zeros then have
    a sign. `noted(node, kind)` is told of operations on the way of a gradient at points of a kind
    (`ir.kinds`) at which it is not what it is elsewhere.
    """

    def __init__(
        self, source: Source, settings: Settings, noted: Callable[[Node, int], None]
    ) -> None:
        self.graph = Graph(np.float64, max_elements=settings.max_elements, stabilize=False)
        self.graph.nodes = Apart()
        self.graph.keeps_signs = True
        self.evaluator = Nearest({}, settings)
        self.repeated = Repeated(self.evaluator, self.evaluator.another())
        names = Names(set())
        self.lowering = Interpreter(
            source, names, catalog, self.graph, self.evaluator.reach, modes, max_steps=2**62
        )
        self.tables: dict[DType, tuple[Any, Any]] = {
            FLOAT64: (self.graph.scalars, self.graph.lengths),
            FLOAT32: ({}, {}),
        }
        self.arrays: list[ref[Array]] = []
        self.swept = 0
        self.marked = 0
        self.unknown: dict[Node, Span | None] = {}
        self.probes: set[Node] = set()
        self.asked = 0
        self.noted = noted
        self.watching = 0
        self.looked: list[Node] = []
        self.acts = 0
        self.pushes = Pushes(self.graph)
        self.factors: Collection[Op] = frozenset()

    # --- types ------------------------------------------------------------------------------

    def slope(self, framework: str, part: str = "slopes") -> None:
        """Has functions differentiated by a framework's own formulas, which round otherwise.

        A framework may add slopes up in an order of its own, too.
        """
        module = import_module(f"gradcli.snippets.frameworks.{framework}.{part}")
        way = getattr(module, "WAY", None)
        self.graph.way = None if way is None else way(self.graph)
        self.graph.slopes.update(by_operations(module.SLOPES))
        self.factors = getattr(module, "FACTORS", self.factors)

    def push(self, rules: Mapping[Any, Any], at_once: Callable[..., Node]) -> None:
        """Has tangents computed by a framework's own formulas (`arrays.pushes`)."""
        self.pushes.use(by_operations(rules), at_once)

    @contextmanager
    def sloped(self, rules: Mapping[Any, Any]) -> Iterator[None]:
        """Within it some functions are differentiated by other formulas."""
        before = self.graph.slopes
        self.graph.slopes = {**before, **by_operations(rules)}
        try:
            yield
        finally:
            self.graph.slopes = before

    @contextmanager
    def rewriting(self, rewritten: Callable[[Mapping[Node, int], Nearest], Any]) -> Iterator[None]:
        """Within it nodes are made of a graph that is computed otherwise than it is written."""
        nodes, counted = self.graph.nodes, Counted()
        self.graph.nodes = counted
        self.evaluator.rewritten = rewritten(counted.users, self.evaluator)
        try:
            yield
        finally:
            self.graph.nodes, self.evaluator.rewritten = nodes, None

    def compute(self, framework: str, part: str = "kernels") -> None:
        """Has functions computed in single precision as a framework does it."""
        module = import_module(f"gradcli.snippets.frameworks.{framework}.{part}")
        self.evaluator.own.update(module.KERNELS)

    def compute_doubles(self, framework: str) -> None:
        """Has functions computed in double precision as a framework does it."""
        module = import_module(f"gradcli.snippets.frameworks.{framework}.doubles")
        self.evaluator.doubles.update(module.DOUBLES)

    def sum_in_double(self) -> None:
        """Has sums in single precision added up in double, and rounded then."""
        self.evaluator.single = self.repeated.scratch.single = ()

    def use(self, dtype: DType) -> None:
        """Has the graph compute in the type that numbers of this type are computed in."""
        working = dtype if dtype is FLOAT32 or dtype == FLOAT32 else FLOAT64
        graph = self.graph
        if graph.dtype != working:
            working = FLOAT32 if working == FLOAT32 else FLOAT64
            graph.dtype = working
            graph.scalars, graph.lengths = self.tables[working]

    def moved(self, node: Node) -> Node:
        """A node as one of the type that the graph computes in; truth values stay."""
        dtype = self.graph.dtype
        if node.dtype is BOOL or node.dtype == dtype:
            return node
        return self.graph.node(CONVERT, (node,), (dtype,), node.shape, dtype)

    def number(self, node: Node, dtype: DType) -> Node:
        """A node as numbers of a type; truth values count as 0 and 1."""
        self.use(dtype)
        return self.moved(as_number(node) if node.is_bool else node)

    # --- values -----------------------------------------------------------------------------

    def constant(self, value: Any, dtype: DType) -> Node:
        """An array that does not change, of numbers of this type."""
        self.use(dtype)
        self.graph.check_size(np.shape(value))
        return self.graph.constant(value)

    def leaf(self, value: Any, dtype: DType, name: str = "x") -> Node:
        """An array by which others can be differentiated: a node that no other is the same as."""
        self.use(dtype)
        array = np.asarray(value, self.graph.dtype)
        self.graph.check_size(array.shape)
        node = self.graph.input(name, array.shape)
        self.evaluator.values[node] = array if array.ndim else array[()]
        return node

    def value(self, node: Node) -> Any:
        """The array of a node, as it is computed."""
        if self.watching:
            self.looked.append(node)
        return self.evaluator(node)

    def array(self, array: Array) -> np.ndarray[Any, Any]:
        """The numbers of an array in their own type; they may decide what the snippet does next."""
        if self.probes and not self.probes.isdisjoint(ancestors([array.node])):
            text = "can't apply forward-mode autodiff (jvp) to a custom_vjp function."
            raise Raised("TypeError", text, help="its rule looks at the cotangent")
        origin = self.origin(array.node)
        if origin is not None:
            where = self.unknown[origin]
            cited = "" if where is None else where.cited("")
            what = f"`{cited}`" if cited else "this"
            raise Refusal(
                f"{what} gives random numbers, which differ from run to run",
                help="give the numbers, seed the generator, or `--seed N`",
                span=where,
            )
        return self.numbers(array)

    def numbers(self, array: Array) -> np.ndarray[Any, Any]:
        """The numbers of an array for what is not shown, even if they are unknown."""
        return np.asarray(self.value(array.node)).astype(array.dtype)

    def origin(self, node: Node) -> Node | None:
        """The random numbers without a seed that a node is made of; None if there are none."""
        if not self.unknown:
            return None
        return next((x for x in ancestors([node]) if x in self.unknown), None)

    def follow(self, made: Node, source: Node) -> Node:
        """A node that was made of another's numbers is unknown if that one is."""
        origin = self.origin(source)
        if origin is not None:
            self.unknown[made] = self.unknown[origin]
        return made

    def settled(self, node: Node) -> Node:
        """The value of a node as a constant, which remembers nothing of how it was made."""
        if node.op is CONSTANT:
            return node
        value = self.value(node)
        self.graph.dtype, before = (
            node.dtype if node.dtype is not BOOL else FLOAT64,
            self.graph.dtype,
        )
        self.graph.scalars, self.graph.lengths = self.tables[self.graph.dtype]
        constant = self.graph.constant(value)
        self.use(before)
        return self.follow(constant, node)

    def overwrite(self, node: Node, source: Node) -> None:
        """Gives a node the numbers of another; derivatives through it use these from now on."""
        self.evaluator.values[node] = self.value(source)
        self.asked = 0  # what was derived of graphs that are made alike has the others

    def computed(self, kernel: Callable[..., Any] | None, x: Node, y: Node) -> Node | None:
        """What an instruction of the machine makes of two constants, which nobody asks how."""
        fits = x.shape == y.shape or not (x.shape and y.shape)
        if kernel is None or x.dtype != y.dtype or not fits:
            return None
        if self.unknown and (x in self.unknown or y in self.unknown):
            return None
        value = kernel(x.attrs[0], y.attrs[0])
        return self.graph.constant(value) if value.dtype == self.graph.dtype else None

    def written(self, op: Any, *inputs: Node) -> Node:
        """The node of an operation as it is written: no formula that is equal takes its place."""
        dtype = self.graph.dtype
        if any(x.dtype is not dtype for x in inputs):
            made: Node = op(*inputs)
            return made
        shape = inputs[0].shape
        if len(inputs) > 1 and inputs[1].shape != shape:
            shape = broadcast_shapes(shape, inputs[1].shape)
        return self.graph.node(op, inputs, (), shape, dtype)

    def mark(self, node: Node) -> Node:
        """A node of its own for a value, so that a gradient by it can be asked for."""
        self.marked += 1
        return WORDS["name"](node, self.marked)

    # --- derivatives ------------------------------------------------------------------------

    def gradients(
        self,
        ys: Sequence[Node],
        xs: Sequence[Node],
        seeds: Sequence[Node | None] | None = None,
        *,
        stops: Iterable[Node] = (),
        whole: bool = False,
        numbers: bool = False,
        taps: Mapping[Node, Callable[[Node], Node]] | None = None,
    ) -> list[Node | None]:
        """The gradient of sum(y * seed) by each x, in the type of x; None where none depends.

        Zeros of a seed stop the flow, too, unless seeds count as a `whole`, as those do that were
        computed: by them the gradient may be differentiated in turn. Nothing flows further back
        through `stops`; `taps` see what flows, and may change it. If only their `numbers` are
        wanted, what was derived of a graph is not derived again of one that is made alike.
        """
        stops = tuple(stops)
        is_repeated = self.asked > LOOKED_AT and self.repeated.is_worth_it
        if numbers and is_repeated and not (seeds or self.watching):
            found = self.repeated_gradients(ys, xs, stops)
            if found is not None:
                return found
        self.use(self.widest([*ys, *xs]))
        if seeds is not None:
            seeds = [None if s is None else self.moved(s) for s in seeds]
            whole = whole or not all(map(is_plain, seeds))
        with self.pushes.deriving(is_last=numbers):
            gradients = modes.reverse(ys, xs, seeds, stops, whole=whole, taps=taps)
        self.look_for_points(ys, xs)
        found = self.in_types_of(xs, gradients)
        return rescued(self, found, ys, xs, stops) if numbers and not seeds else found

    def in_types_of(
        self, xs: Sequence[Node], gradients: Sequence[Node | None]
    ) -> list[Node | None]:
        """Gradients, each in the type of what it is by."""
        pairs = zip(gradients, xs, strict=True)
        return [None if g is None else self.number(g, x.dtype) for g, x in pairs]

    def repeated_gradients(
        self, ys: Sequence[Node], xs: Sequence[Node], stops: Sequence[Node]
    ) -> list[Node | None] | None:
        """The same as constants; of a graph made like an earlier one they are not derived again.

        None if they are unknown, or not finite.
        """
        self.use(self.widest([*ys, *xs]))

        def derive(copies: Mapping[Node, Node]) -> list[Node | None]:
            own, by, until = ([copies.get(x, x) for x in nodes] for nodes in (ys, xs, stops))
            return self.in_types_of(xs, modes.reverse(own, by, None, until))

        pattern = Pattern(ys, (xs, stops))
        if self.unknown and any(x in self.unknown for n in pattern.nodes for x in (n, *n.inputs)):
            return None
        values = self.repeated.numbers(pattern, derive, lambda: derive({}))
        if not all(v is None or np.isfinite(v).all() for v in values):
            return None
        pairs = zip(values, xs, strict=True)
        return [None if v is None else self.constant(v, x.dtype) for v, x in pairs]

    def look_for_points(
        self, ys: Sequence[Node], xs: Sequence[Node], evaluate: Callable[[Node], Any] | None = None
    ) -> None:
        """Notes where on the way a convention stands for a slope, or nothing finite is.

        Only the first gradients of a snippet are looked at, as training asks for many.
        """
        self.asked += 1
        if self.asked > LOOKED_AT or any(self.origin(y) is not None for y in ys):
            return
        for node, kind in points_between(ys, xs, evaluate or self.evaluator):
            self.noted(node, kind)

    def lost(self, node: Node) -> None:
        """Tells that a formula as it is written has no number for a gradient, and another has."""
        self.noted(node, NAN)

    def widest(self, nodes: Sequence[Node]) -> DType:
        """The type in which all of these nodes can be computed."""
        types = {node.dtype for node in nodes}
        return FLOAT32 if types and all(t == FLOAT32 for t in types) else FLOAT64

    # --- memory -----------------------------------------------------------------------------

    def hold(self, array: Array) -> None:
        """What an array is made of is kept as long as somebody has the array."""
        self.arrays.append(ref(array))

    def sweep(self) -> None:
        """Lets go of the nodes that no array of the snippet is made of, where there are many."""
        if self.graph.count - self.swept < SWEPT or self.watching:
            return
        held = [(array, at) for at in self.arrays if (array := at()) is not None]
        self.arrays = [at for _, at in held]
        live = set(ancestors([array.node for array, _ in held]))
        self.graph.nodes.clear()
        self.lowering.decisions.clear()
        self.evaluator.forget(live)
        self.unknown = {node: span for node, span in self.unknown.items() if node in live}
        self.swept = self.graph.count
