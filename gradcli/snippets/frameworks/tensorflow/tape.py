"""Gradient tapes: what they watch, and the derivatives that are asked of them."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import is_stopped
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.shapes import show_shape
from gradcli.ops.marks import STOP
from gradcli.passes.batch import dependents
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.zeros import jacobian
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.tensorflow.slices import IndexedSlices, rows_put, takes_rows
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Manager, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ONCE = (
    "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
)


class Tapes:
    """The tapes that are recording, the innermost last."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.active: list[GradientTape] = []
        self.noting: list[dict[Variable, Node]] = []
        self.assigned = 0

    def note(self) -> dict[Variable, Node]:
        """What variables are read from now on, and the nodes that they have."""
        noted: dict[Variable, Node] = {}
        self.noting.append(noted)
        return noted

    def forget(self, noted: dict[Variable, Node]) -> None:
        """Notes no more variables in this table."""
        self.noting = [table for table in self.noting if table is not noted]

    @property
    def is_recording(self) -> bool:
        """Whether some tape is recording."""
        return bool(self.active)

    def reads(self, variable: Variable) -> None:
        """A variable is read: tapes that watch variables by themselves watch it from now on."""
        for noted in self.noting:
            noted.setdefault(variable, variable.array.node)
        for tape in self.active:
            if tape.watches_variables and variable.is_trainable:
                tape.follow(variable)

    def reading(self, build: Callable[[], Any]) -> tuple[Any, list[Variable]]:
        """What `build` gives, and the trainable variables that it reads."""
        tape = GradientTape(self.home, is_persistent=False, watches_variables=True)
        tape.enter()
        try:
            return build(), list(tape.variables)
        finally:
            tape.leave(None)


UNREAD = (
    "nothing was made of this variable while the tape recorded; what .numpy() or float() gives "
    "is a number, which remembers nothing"
)


class GradientTape(Manager):
    """`tf.GradientTape`."""

    kind = "GradientTape"
    module = "tensorflow.python.eager.backprop"

    def __init__(self, home: Any, is_persistent: bool, watches_variables: bool) -> None:
        self.home = home
        self.is_persistent = is_persistent
        self.watches_variables = watches_variables
        self.recorded: list[tuple[int, int]] = []
        self.begun = 0
        self.watched: set[Node] = set()
        self.held: list[Array] = []
        self.variables: dict[Variable, list[Array]] = {}
        self.is_used = False

    def enter(self) -> GradientTape:
        """Begins to record."""
        if self in self.home.tapes.active:
            text = (
                "Tape is still recording, This can happen if you try to re-enter an "
                "already-active tape."
            )
            raise Raised("ValueError", text)
        self.home.tapes.active.append(self)
        self.begun = self.now()
        return self

    def now(self) -> int:
        """The number of nodes that there are; what is computed from now on has nodes of its own."""
        graph = self.home.recorder.graph
        graph.nodes.clear()
        return int(graph.count)

    def leave(self, _error: Any) -> None:
        """Ends recording."""
        if self in self.home.tapes.active:
            self.home.tapes.active.remove(self)
            self.recorded.append((self.begun, self.now()))

    @exposed
    def __enter__(self) -> Any:
        return self.enter()

    @exposed
    def __exit__(self, *_: object) -> None:
        self.leave(None)

    @exposed
    def watch(self, tensor: Any) -> None:
        """From now on derivatives by this tensor can be asked for."""
        for value in self.home.flat(tensor):
            array = value.array if isinstance(value, Variable) else self.home.asarray(value)
            if not is_float(array.dtype):
                self.home.machine.note(
                    f"the dtype of the watched tensor must be floating, not {array.dtype.name}",
                    help="write 3.0, or tf.cast(x, tf.float32): of whole numbers there is no "
                    "gradient",
                )
            self.renew(array)
            self.watched.add(array.node)
            self.held.append(array)
            if isinstance(value, Variable):
                self.follow(value)

    def follow(self, variable: Variable) -> None:
        """Watches a variable with the value that it has now."""
        seen = self.variables.setdefault(variable, [])
        if all(array.node is not variable.array.node for array in seen):
            self.watched.add(variable.array.node)
            seen.append(variable.array)

    def values_of(self, source: Any) -> list[Array]:
        """The tensors that a source was while this tape recorded: a variable may have several."""
        seen = self.variables.get(source) if isinstance(source, Variable) else None
        return seen or [self.home.tensor(source)]

    def renew(self, array: Array) -> None:
        """Gives a tensor a node of its own, which no other tensor of equal value has."""
        recorder = self.home.recorder
        recorder.use(array.dtype)
        if array.node.is_bool or not is_float(array.dtype):
            return
        node = array.node
        if not node.inputs and node.op.name == "constant":
            array.node = recorder.leaf(recorder.value(node), array.dtype)
        elif node.op.name != "input":
            array.node = recorder.mark(node)

    @exposed
    def stop_recording(self) -> Any:
        """`with tape.stop_recording():`."""
        return Pause(self)

    @exposed
    def reset(self) -> None:
        """Forgets everything."""
        self.recorded.clear()
        self.begun = self.now()
        self.watched.clear()
        self.held.clear()
        self.variables.clear()

    @exposed
    def watched_variables(self) -> Any:
        """The variables that it watches."""
        return tuple(self.variables)

    # --- questions --------------------------------------------------------------------------

    def use(self) -> None:
        """A tape that is not persistent answers once."""
        if self.is_used and not self.is_persistent:
            raise Raised(
                "RuntimeError", ONCE, help="tf.GradientTape(persistent=True) answers again"
            )
        self.is_used = True
        if not self.is_persistent:
            self.leave(None)

    @exposed
    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = "none",
    ) -> Any:
        """The gradient of the sum of the targets by each source, in the form of the sources."""
        self.use()
        home = self.home
        ys = [self.target(y) for y in home.flat(target)]
        seeds: list[Node | None] | None = None
        if output_gradients is not None:
            seeds = seeds_of(home, output_gradients, ys)
        differentiable = [i for i, y in enumerate(ys) if is_float(y.dtype)]
        if not differentiable and ys:
            home.machine.note(
                f"the target is of type {ys[0].dtype.name}: of whole numbers and truth values "
                "there is no gradient"
            )
        nodes = [ys[i].node for i in differentiable]
        seeds = seeds and [seeds[i] for i in differentiable]
        flat = home.flat(sources)
        groups = [self.values_of(x) for x in flat]
        found = iter(self.of_nodes(nodes, [x for group in groups for x in group], seeds))
        values = []
        for source, group in zip(flat, groups, strict=True):
            own = [(x, next(found)) for x in group]
            values.append(self.together(own, source, ys, str(unconnected_gradients)))
        return home.formed(sources, iter(values))

    def target(self, value: Any) -> Array:
        """What is differentiated; a variable that is one is watched as if it had been read."""
        if isinstance(value, Variable) and value.is_trainable and self.watches_variables:
            self.follow(value)
        array: Array = self.home.tensor(value)
        return array

    def of_nodes(
        self, ys: Sequence[Node], xs: Sequence[Array], seeds: Sequence[Node | None] | None
    ) -> list[Node | None]:
        """The gradients by sources that this tape has watched."""
        asked = [x for x in xs if self.knows(x)]
        by_node = {}
        if ys and asked:
            nodes = [x.node for x in asked]
            path = dependents(ys, nodes)
            stops = self.unrecorded(path)
            is_last = not (self.home.records([]) or any(takes_rows(node) for node in path))
            gradients = self.home.recorder.gradients(ys, nodes, seeds, stops=stops, numbers=is_last)
            by_node = dict(zip(nodes, gradients, strict=True))
        return [by_node.get(x.node) if self.knows(x) else None for x in xs]

    def unrecorded(self, path: Sequence[Node]) -> list[Node]:
        """What on the way from sources to targets has no gradient to this tape."""
        spans = self.recorded
        if self in self.home.tapes.active:
            spans = [*spans, (self.begun, self.home.recorder.graph.count)]
        return [node for node in path if node.op is STOP or not _is_within(node, spans)]

    def knows(self, x: Array) -> bool:
        """Whether derivatives by x can be asked: it is watched, or made of what is."""
        return is_float(x.dtype) and not self.watched.isdisjoint(ancestors([x.node]))

    def together(
        self,
        pairs: Sequence[tuple[Array, Node | None]],
        source: Any,
        ys: Sequence[Array],
        unconnected: str,
        lead: tuple[int, ...] = (),
    ) -> Any:
        """The sum of the derivatives by all values of a source; `lead` are axes before its own."""
        known = [pair for pair in pairs if pair[1] is not None] or pairs[:1]
        parts = [self.answer(node, x, source, ys, unconnected, lead) for x, node in known]
        return reduce(partial(self.home.operator, "+"), parts) if len(parts) > 1 else parts[0]

    def answer(
        self,
        node: Node | None,
        x: Array,
        source: Any,
        ys: Sequence[Array],
        unconnected: str,
        lead: tuple[int, ...] = (),
    ) -> Array | IndexedSlices | None:
        """A gradient as a tensor; None, with a reason for people, where there is none."""
        home = self.home
        if node is not None and all(is_stopped([y.node], x.node) for y in ys):
            node = None
        if node is None:
            is_known = self.knows(x) or isinstance(source, Variable)
            if unconnected == "zero" or (is_known and home.graphs.leads(ys, x, source)):
                zeros: Array = home.constant(np.zeros((*lead, *x.shape)), x.dtype)
                return zeros
            why, help_ = self.reason(x, source, ys)
            home.machine.note(f"the gradient is None: {why}", help=help_)
            return None
        wrapped: Array = home.wrap(node, x.dtype)
        rows = rows_put(node)
        return wrapped if rows is None else IndexedSlices(home, wrapped, rows)

    def reason(self, x: Array, source: Any, ys: Sequence[Array]) -> tuple[str, str | None]:
        """Why there is no gradient, and what to do about it."""
        if not is_float(x.dtype):
            return f"the source holds {x.dtype.name}, not floats", None
        if not self.knows(x):
            is_trainable = isinstance(source, Variable) and source.is_trainable
            if is_trainable and self.watches_variables:
                return UNREAD, None
            what, help_ = "variable" if is_trainable else "tensor", None
            if isinstance(source, Variable) and not is_trainable:
                what = "variable is not trainable, and"
            elif not isinstance(source, Variable) and self.home.graphs.variables:
                help_ = "`w = w - …` makes a tensor of a variable: w.assign_sub(…) keeps it one"
            return f"this {what} was not watched; tape.watch(x) watches it", help_
        ended = self.now() if self in self.home.tapes.active else self.recorded[-1][1]
        if all(y.node.order > ended for y in ys):
            why = "the target was computed after the tape had stopped recording"
            return why, "compute it within `with tf.GradientTape() as tape:`"
        help_ = "what NumPy, .numpy() or float() makes of it are numbers, which remember nothing"
        return "the target does not depend on this source", help_

    def check_rows(self, what: str, at_once: Any) -> None:
        """Refuses to ask a tape that answers once for the rows of a Jacobian one by one."""
        if not (at_once or self.is_persistent or self.home.graphs.depth):
            gap = ("and with  ", "and  with ")[what == "batch_jacobian"]
            text = (
                f"GradientTape must be created with persistent=True to compute the {what} with "
                f"eager execution enabled {gap}experimental_use_pfor set to False."
            )
            raise Raised("RuntimeError", text)

    @exposed
    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = "none",
        parallel_iterations: Any = None,
        experimental_use_pfor: Any = True,
    ) -> Any:
        """The derivative of each element of the target by each element of each source."""
        del parallel_iterations
        self.check_rows("jacobian", experimental_use_pfor)
        self.use()
        home, y = self.home, self.home.tensor(target)
        home.recorder.use(y.dtype)
        flat = home.flat(sources)
        values = []
        for source in flat:
            pairs = []
            for x in self.values_of(source):
                depends = self.knows(x) and x.node in ancestors([y.node])
                pairs.append((x, jacobian(home, y.node, x.node) if depends else None))
            wish = str(unconnected_gradients)
            values.append(self.together(pairs, source, [y], wish, y.shape))
        return home.formed(sources, iter(values))

    @exposed
    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = "none",
        parallel_iterations: Any = None,
        experimental_use_pfor: Any = True,
    ) -> Any:
        """The Jacobian of each row of the target by the same row of the source."""
        del unconnected_gradients, parallel_iterations
        self.check_rows("batch_jacobian", experimental_use_pfor)
        self.use()
        home = self.home
        y, x = home.tensor(target), home.tensor(source)
        for shape in (y.shape, x.shape):
            if len(shape) < 2:
                raise Raised("ValueError", f"Shape {show_shape(shape)} must have rank at least 2")
        if y.shape[0] != x.shape[0]:
            text = "Need first dimension of target shape and source shape to match"
            raise Raised("ValueError", text)
        home.recorder.use(home.recorder.widest([y.node, x.node]))
        whole = jacobian(home, y.node, x.node)
        ndim = len(y.shape)
        rows = [whole[(i, *(slice(None),) * (ndim - 1), i)] for i in range(y.shape[0])]
        return home.wrap(WORDS["stack"](tuple(rows)), y.dtype)


def seeds_of(home: Any, given: Any, ys: Sequence[Array]) -> list[Node | None]:
    """What the gradients of targets are weighted by: a tensor for each."""
    weights = home.flat(given)
    if len(weights) != len(ys):
        raise Refusal(
            f"there are {len(weights)} output gradients, and {len(ys)} targets",
            help="give a tensor for each target: tf.constant([…])",
        )
    pairs = zip(weights, ys, strict=True)
    return [None if w is None else home.asarray(w, y.dtype).node for w, y in pairs]


def _is_within(node: Node, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a node was made in one of these times."""
    return any(begin < node.order <= end for begin, end in spans)


class Pause(Manager):
    """`with tape.stop_recording():`."""

    kind = "generator"

    def __init__(self, tape: GradientTape) -> None:
        self.tape = tape

    def enter(self) -> None:
        """The tape stops."""
        if self.tape not in self.tape.home.tapes.active:
            if self.tape.recorded:
                raise Raised("ValueError", "Tape is not recording.")
            text = "Trying to stop recording a tape which is not recording."
            raise Raised("RuntimeError", text)
        self.tape.leave(None)

    def leave(self, _error: Any) -> None:
        """The tape goes on."""
        self.tape.enter()
