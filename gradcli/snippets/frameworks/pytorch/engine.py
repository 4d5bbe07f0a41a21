"""PyTorch's autograd: `backward` and `grad`, graphs that are freed, and gradients that add up."""

from __future__ import annotations

import re
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Linear
from gradcli.snippets.arrays.zeros import pulled
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch import anomaly
from gradcli.snippets.frameworks.pytorch.gradient_names import of_gradient
from gradcli.snippets.frameworks.pytorch.slopes import OF_GRAPHS
from gradcli.snippets.frameworks.pytorch.tensor import SHOWN
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from gradcli.errors import Span
    from gradcli.snippets.frameworks.pytorch.tensor import Tensor

NO_GRAPH = "element {} of tensors does not require grad and does not have a grad_fn"

AGAIN = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through "
    "the graph a second time or if you need to access saved tensors after calling backward."
)

UNUSED = (
    "The differentiated Tensor at index {} appears to not have been used in the graph. Set "
    "allow_unused=True if this is the desired behavior."
)

MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace "
    "operation: [torch.{}Tensor {}]{} is at version {}; expected version {} instead. Hint: "
    "enable anomaly detection to find the operation that failed to compute its gradient, with "
    "torch.autograd.set_detect_anomaly(True, check_nan=False)."
)

REMEMBERS_NOTHING = frozenset("add sub neg sum mean name convert cast".split())
"""Operations whose derivative needs none of their operands: they can be gone through again."""

NEEDS_RESULT = frozenset("exp sigmoid tanh sqrt softmax log_softmax relu reciprocal".split())
"""Operations whose derivative needs their result, not their operand."""

PRODUCTS = frozenset({"mul", "matmul"})
"""Operations whose derivative by one operand needs the other one."""

VIEWS = frozenset({"reshape", "transpose", "index"})
"""Operations whose result is seen in the memory of their operand."""


class Overwritten(NamedTuple):
    """What was written over: when that began, and the tensor's version and maker before.

    `span` is where the snippet did it, `type_name` what messages call its numbers.
    """

    start: int
    tensor: ref[Tensor]
    version: int
    maker: str
    type_name: str
    span: Span

    def said(self, saved: Node, *, is_result: bool) -> str:
        """What PyTorch says of it: of a result of an operation, or of what one was made of."""
        tensor = self.tensor()
        maker, version = self.maker, self.version + 1
        if tensor is not None:
            maker, version = self.maker if is_result else tensor.maker, tensor.version
        if saved.op.name in VIEWS:
            maker = "AsStridedBackward0"
        name = re.sub(r"Backward\d*$", "", maker)
        name = f"torch::autograd::{name}" if name == "CopySlices" else name
        source = f", which is output 0 of {name}," if name else ""
        return MODIFIED.format(self.type_name, list(saved.shape), source, version, self.version)


_MANY = 1_000
"""Leaves from which those are dropped that nobody holds any more."""


class Autograd:
    """The leaves of all graphs, those that were retained, hooks, and what has been freed.

    `unnoticed` are the numbers that leaves were given behind the back of graphs, as by `x.data`.
    `ruled` are gradients that a snippet's own `backward` gave: by what it made each, in which call.
    """

    def __init__(self, home: Any) -> None:
        self.home = home
        self.leaves: dict[Node, ref[Tensor]] = {}
        self.retained: dict[Node, ref[Tensor]] = {}
        self.taps: dict[Node, Callable[[Node], Node]] = {}
        self.freed: dict[int, Span] = {}
        self.overwritten: dict[Node, Overwritten] = {}
        self.unnoticed: dict[Node, Node] = {}
        self.ruled: dict[Node, tuple[str, int]] = {}
        self.has_run = False

    def leaf(self, tensor: Tensor) -> None:
        """A tensor becomes a leaf that requires a gradient."""
        recorder = self.home.recorder
        leaf = recorder.leaf(recorder.value(tensor.node), tensor.dtype)
        tensor.node = recorder.follow(leaf, tensor.node)
        tensor.is_leaf = tensor.requires = True
        tensor.maker = ""
        self.leaves[tensor.node] = ref(tensor)

    # --- differentiating --------------------------------------------------------------------

    def seeds(self, ys: Sequence[Tensor], given: Any) -> list[Node | None]:
        """The cotangent of each result; without one it must be one number."""
        home = self.home
        items = [None] * len(ys) if given is None else given
        items = list(items) if isinstance(items, (list, tuple)) else [items]
        if len(items) != len(ys):
            text = f"got {len(ys)} tensors and {len(items)} gradients"
            raise Raised("RuntimeError", text)
        seeds: list[Node | None] = []
        for i, (y, item) in enumerate(zip(ys, items, strict=True)):
            if not y.requires:
                raise Raised("RuntimeError", NO_GRAPH.format(i), help=self.why_detached(y))
            if item is None and y.node.size != 1:
                raise Raised(
                    "RuntimeError",
                    "grad can be implicitly created only for scalar outputs",
                    help="y.sum().backward() is the gradient of the sum, y[i].backward() that of "
                    "one element; torch.autograd.functional.jacobian gives all of them",
                )
            if item is None:
                seeds.append(None)
                continue
            seed = home.asarray(item)
            if seed.shape != y.shape:
                shapes = f"{list(seed.shape)} and output[{i}] has a shape of {list(y.shape)}"
                text = f"Mismatch in shape: grad_output[{i}] has a shape of torch.Size({shapes}"
                text = text.replace("] and", "]) and").replace("of [", "of torch.Size([") + ")."
                raise Raised("RuntimeError", text)
            seeds.append(home.recorder.number(seed.node, y.dtype))
        return seeds

    def why_detached(self, y: Tensor) -> str:
        """What to say of a result that no gradient leads to."""
        if y.dtype.kind != "f":
            return f"it is of type torch.{y.dtype.name}: only floats have gradients"
        return "no tensor that it was made of has requires_grad=True, or it was made in no_grad()"

    def between(self, ys: Sequence[Tensor]) -> list[Node]:
        """The nodes that gradients go through on their way to leaves, and the leaves."""
        moving: set[Node] = set()
        path = []
        for node in ancestors([y.node for y in ys]):
            if node in self.leaves or node in self.retained or not moving.isdisjoint(node.inputs):
                moving.add(node)
                path.append(node)
        return path

    def towards(self, xs: Sequence[Node], path: Sequence[Node]) -> list[Node]:
        """The nodes of a path through which gradients go to the nodes that are asked for."""
        moving = set(xs)
        gone = []
        for node in path:
            if not moving.isdisjoint(node.inputs):
                moving.add(node)
                gone.append(node)
        return gone

    def check(self, path: Sequence[Node]) -> None:
        """Refuses to go through a graph that was freed, or whose numbers were overwritten."""
        for node in path:
            if node in self.unnoticed:
                self.home.recorder.overwrite(node, self.unnoticed[node])
            if node.order in self.freed and self.remembers(node):
                raise Raised("RuntimeError", AGAIN, help=self.how_again(self.freed[node.order]))
        moving = frozenset(path) if self.overwritten else frozenset()
        for node in path if moving else ():
            for x in self.needed(node, moving) if self.remembers(node) else ():
                found = self.overwritten.get(_in_memory(x))
                if found is not None and node.order <= found.start:
                    text = found.said(x, is_result=x is node)
                    help_ = (
                        f"{placed(found.span)} wrote over it: do that after backward(), or make a "
                        "new tensor (y = y + 1, not y.add_(1))"
                    )
                    raise Raised("RuntimeError", text, help=help_)

    def how_again(self, first: Span) -> str:
        """What to do to go again through a graph that was gone through at a place before."""
        now = self.home.machine.span
        if (first.start, first.end) == (now.start, now.end):
            return (
                "the same call went through a part of it before: x = x.detach() between two turns "
                "begins a new graph, retain_graph=True keeps the old one"
            )
        return f"{placed(first)} went through it before; retain_graph=True there keeps it"

    def needed(self, node: Node, moving: Container[Node]) -> Sequence[Node]:
        """What a node's derivative needs the numbers of, where gradients flow to `moving`."""
        name, xs = node.op.name, node.inputs
        flows = [x in moving for x in node.inputs]
        if name in NEEDS_RESULT or (name == "div" and flows == [False, True]):
            return [node]
        if name in PRODUCTS:
            return [x for x, needs in zip(xs, reversed(flows), strict=True) if needs]
        if name == "div":
            return xs if flows[1] else xs[1:]
        if name == "where":
            return xs[:1]
        return () if node.is_bool else xs

    def overwrite(self, tensor: Tensor, start: int, node: Node | None = None) -> None:
        """A tensor gets other numbers, for the first time since it has its node, or had another."""
        span = self.home.machine.span
        named = tensor.maker, SHOWN[tensor.dtype.name]
        row = Overwritten(start, ref(tensor), tensor.version, *named, span)
        self.overwritten.setdefault(tensor.node if node is None else node, row)

    def remembers(self, node: Node) -> bool:
        """Whether a derivative needs numbers that were computed on the way."""
        is_plain = isinstance(node.op, Linear) or node.op.name in REMEMBERS_NOTHING
        return bool(node.inputs) and not is_plain

    def backward(
        self,
        ys: Sequence[Tensor],
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Adds the gradients of all leaves to what they have."""
        if inputs is not None and not isinstance(inputs, Array) and not self.listed(inputs):
            raise Raised("RuntimeError", "`inputs` argument to `backward()` cannot be empty.")
        seeds = self.seeds(ys, gradient)
        path = gone = self.between(ys)
        targets = self.targets(path)
        if inputs is not None:
            wanted = self.listed(inputs)
            each = zip(wanted, self.standing_for(wanted, targets), strict=True)
            targets = [(node, x) for x, nodes in each for node in nodes]
            gone = self.towards([node for node, _ in targets], path)
        self.check(gone)
        self.has_run = True
        xs = [x for x, _ in targets]
        gradients = self.gradients(ys, xs, seeds, create_graph)
        reached = zip(targets, gradients, strict=True)
        for (_, target), node in in_turn(reached, gone):
            if node is not None:
                self.accumulate(target, node, path if create_graph else None)
        keeps = create_graph if retain_graph is None else retain_graph
        if not keeps:
            self.free(gone)

    def gradients(
        self,
        ys: Sequence[Tensor],
        xs: Sequence[Node],
        seeds: Sequence[Node | None],
        create_graph: bool,
    ) -> list[Node | None]:
        """The gradients by nodes; their signs of zeros matter where they are numbers alone."""
        nodes, home = [y.node for y in ys], self.home
        before, home.is_enabled = home.is_enabled, create_graph
        try:
            if all(home.anomaly):
                anomaly.check(home, ys, seeds)
            if not (create_graph or self.taps):
                return pulled(home, nodes, xs, seeds)
            recorder = home.recorder
            with recorder.sloped(OF_GRAPHS if create_graph else {}):
                found: list[Node | None] = recorder.gradients(nodes, xs, seeds, taps=self.taps)
            return found
        finally:
            home.is_enabled = before

    def free(self, path: Sequence[Node]) -> None:
        """A graph was gone through, and cannot be again; the same made anew is another."""
        span = self.home.machine.span
        self.freed.update((node.order, span) for node in path if node.inputs)
        self.taps = {node: tap for node, tap in self.taps.items() if node.order not in self.freed}
        self.home.recorder.graph.nodes.clear()
        for table in (self.leaves, self.retained):
            if len(table) > _MANY:
                alive = {n: t for n, t in table.items() if (x := t()) is not None and x.node is n}
                table.clear()
                table.update(alive)
        rows: dict[Node, Any]
        for rows in (self.overwritten, self.unnoticed, self.ruled):
            if len(rows) > _MANY:
                rows.clear()

    def targets(self, path: Sequence[Node]) -> list[tuple[Node, Tensor]]:
        """The tensors to which gradients are added, each behind the node that stands for it."""
        held = [
            (node, table[node]())
            for node in path
            for table in (self.leaves, self.retained)
            if node in table
        ]
        return [(x, t) for x, t in held if t is not None and (t.requires or t.retains)]

    def standing_for(
        self, xs: Sequence[Tensor], targets: Sequence[tuple[Node, Tensor]]
    ) -> list[list[Node]]:
        """The nodes of tensors: a leaf that was written to is in graphs by those it had before."""
        held: dict[int, list[Node]] = {}
        for node, tensor in targets:
            held.setdefault(id(tensor), []).append(node)
        return [(held.get(id(x)) if x.is_leaf else None) or [x.node] for x in xs]

    def accumulate(self, target: Tensor, node: Node, path: Sequence[Node] | None) -> None:
        """Adds a gradient to what a tensor has; it has a graph if that leads back a `path`."""
        home = self.home
        gradient = self.answer(node, target, path)
        target.was_reached = True
        if target.is_leaf:
            for hook in [*target.hooks]:
                changed = home.machine.call(hook, [gradient])
                gradient = gradient if changed is None else changed
        before = target.grad
        if before is None:
            if gradient.maker and target.is_leaf:
                gradient.maker = "CopyBackwards"
            target.grad = gradient
            self.accumulated(target)
            return
        if home.recorder.value(before.node).any():
            home.machine.note(
                ".grad adds up over calls of backward(): this gradient was added to what was there",
                help="x.grad = None, x.grad.zero_() or optimizer.zero_grad() starts from zero",
            )
        home.recorder.use(target.dtype)
        total = home.operator("+", before, gradient)
        if path is not None:
            target.grad = total
        else:
            home.write(before, total.node)
        self.accumulated(target)

    def accumulated(self, target: Tensor) -> None:
        """Calls what is to be called when a leaf has its gradient."""
        for hook in [*target.hooks_behind]:
            if self.home.machine.call(hook, [target]) is not None:
                text = "Tensor post accumulate grad hooks should return None."
                raise Raised("RuntimeError", text)

    def answer(self, node: Node, like: Tensor, path: Sequence[Node] | None) -> Tensor:
        """A gradient as a tensor, which is differentiable again if its path is given."""
        home = self.home
        if path is None and not home.machine.depth_of_tracing:
            node = home.recorder.settled(node)
        gradient: Tensor = home.made(node, like.dtype)
        if path is not None and self.leads_to_leaf(node):
            gradient.requires, gradient.is_leaf = True, False
            gradient.maker = self.maker_of(node) or of_gradient(like.node, path)
        return gradient

    def maker_of(self, node: Node) -> str | None:
        """By what a snippet's own `backward` made a gradient, or the parts that add up to it."""
        made = {self.ruled.get(part) for part in self.ruled_parts(node)}
        (row,) = made if len(made) == 1 else (None,)
        return row and row[0]

    def ruled_parts(self, node: Node) -> list[Node]:
        """What adds up to a gradient, each as a snippet's own `backward` may have given it."""
        if node in self.ruled or node.op.name != "add" or not self.ruled:
            return [node]
        return [part for x in node.inputs for part in self.ruled_parts(x)]

    def remembered(self, tensor: Tensor) -> Tensor:
        """A tensor computed with its graph, which requires a gradient whether leaves do or not."""
        tensor.requires, tensor.is_leaf = True, False
        tensor.maker = tensor.maker or "ViewBackward0"
        return tensor

    def leads_to_leaf(self, node: Node) -> bool:
        """Whether a node depends on a leaf."""
        return any(x in self.leaves or x in self.retained for x in ancestors([node]))

    def grad(
        self,
        outputs: Any,
        inputs: Any,
        grad_outputs: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        only_inputs: bool = True,
        allow_unused: bool | None = None,
        is_grads_batched: bool = False,
        materialize_grads: bool = False,
    ) -> tuple[Any, ...]:
        """`torch.autograd.grad`."""
        del only_inputs
        ys, xs = self.listed(outputs), self.listed(inputs)
        for x in xs:
            if not x.requires:
                text = "One of the differentiated Tensors does not require grad"
                raise Raised("RuntimeError", text, help="x.requires_grad_() before it is used")
        if is_grads_batched:
            return self.batched(ys, xs, grad_outputs, retain_graph, create_graph)
        seeds = self.seeds(ys, grad_outputs)
        path = self.between(ys)
        nodes = self.standing_for(xs, self.targets(path))
        gone = self.towards([n for own in nodes for n in own], path)
        self.check(gone)
        found = iter(self.gradients(ys, [n for own in nodes for n in own], seeds, create_graph))
        gradients = [
            self.together(x, [*islice(found, len(own))]) for x, own in zip(xs, nodes, strict=True)
        ]
        if not (create_graph if retain_graph is None else retain_graph):
            self.free(gone)
        return tuple(
            self.used(
                i, x, node, path if create_graph else None, bool(allow_unused), materialize_grads
            )
            for i, (x, node) in enumerate(zip(xs, gradients, strict=True))
        )

    def together(self, x: Tensor, parts: Sequence[Node | None]) -> Node | None:
        """The gradient by a tensor from those by each of its nodes."""
        there = [node for node in parts if node is not None]
        self.home.recorder.use(x.dtype)
        return reduce(WORDS["add"], there) if there else None

    def used(
        self,
        number: int,
        x: Tensor,
        node: Node | None,
        path: Sequence[Node] | None,
        allow_unused: bool,
        fills: bool,
    ) -> Tensor | None:
        """One gradient; what to do where nothing depends on the input."""
        if node is not None:
            return self.answer(node, x, path)
        if fills:
            return self.home.filled(x, 0.0)
        if not allow_unused:
            raise Raised("RuntimeError", UNUSED.format(number))
        return None

    def batched(
        self,
        ys: Sequence[Tensor],
        xs: Sequence[Tensor],
        seeds: Any,
        retain: bool | None,
        create: bool,
    ) -> tuple[Any, ...]:
        """The gradients for each row of the cotangents."""
        columns = self.listed(seeds)
        count = columns[0].shape[0]
        rows = []
        for i in range(count):
            row = [self.home.item(column, i) for column in columns]
            keeps = True if i < count - 1 else retain
            rows.append(self.grad(ys, xs, row, keeps, create, allow_unused=False))
        return tuple(self.home.stacked(list(column)) for column in zip(*rows, strict=True))

    def listed(self, value: Any) -> list[Any]:
        """One tensor, or whatever gives several one by one."""
        return [value] if isinstance(value, Array) else list(self.home.machine.items(value))


def placed(span: Span) -> str:
    """What was done at a place of the snippet, and in which line."""
    line, _ = span.source.place(span.start)
    cited = span.cited("")
    return f"`{cited}` in line {line}" if cited else f"line {line}"


def in_turn(
    reached: Iterable[tuple[tuple[Node, Tensor], Node | None]], path: Sequence[Node]
) -> list[tuple[tuple[Node, Tensor], Node | None]]:
    """Leaves in the order in which their gradients are there, which hooks may tell.

    That is when the first of the path that needs one, the last to be gone through, is done.
    """
    rows = [*reached]
    if not any(tensor.hooks or tensor.hooks_behind for (_, tensor), _ in rows):
        return rows
    places = {x: (-node.order, i) for node in reversed(path) for i, x in enumerate(node.inputs)}
    return sorted(rows, key=lambda row: places.get(row[0][0], (0, 0)))


def _in_memory(node: Node) -> Node:
    """The node in whose memory the numbers of another are."""
    while node.op.name in VIEWS:
        (node,) = node.inputs[:1]
    return node
