"""What arrays of a program are to loops: elements, parts of others, folds, or put together.

Operations on whole arrays are made of these here: a product of matrices is a fold of products,
softmax one of exponentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.elements import applied
from gradcli.ir.op import Elementwise
from gradcli.ir.record import INPUT
from gradcli.ir.scalar import BOOL, DOUBLE
from gradcli.translation.c_forms import softplus
from gradcli.translation.indices import in_rows, reshaped, strided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Code, Scalar
    from gradcli.translation.indices import Shape

ARRAY, FEW, EACH, PART, FOLD, PUT, SCAN = "array", "few", "each", "part", "fold", "put", "scan"
SMALL = 16
"""Elements of an array that are numbers of their own, without a loop."""

DEEP = 40
"""Operations within one another, after which elements are kept in memory."""


class Item:
    """An array as loops see it; `data` says of its kind what it is.

    ARRAY: a name in the file, or the numbers of a table. FEW: its node, the elements of which are
    numbers of their own. EACH: a function that notes what is done to the elements of its inputs.
    PART: the offset and the strides in its one input. FOLD: how axes are folded, and which. PUT:
    the offset and the strides at which each input stands. SCAN: the axis, and whether backward.
    Those that are `stored` are in memory, under the name of what they are `kept` in; those that are
    `apart` have a loop before that of what needs them. `made` is what was made of it before.
    """

    __slots__ = (
        "apart",
        "data",
        "depth",
        "dtype",
        "inputs",
        "kept",
        "kind",
        "made",
        "node",
        "shape",
        "stored",
    )

    def __init__(
        self,
        kind: str,
        shape: Shape,
        inputs: Sequence[Item] = (),
        data: Any = None,
        dtype: Any = DOUBLE,
    ) -> None:
        self.kind = kind
        self.shape = shape
        self.inputs = tuple(inputs)
        self.data = data
        self.dtype = dtype
        self.node: Node | None = None
        self.kept = ""
        self.apart = False
        self.made: dict[Any, Item] = {}
        depth: int = max([x.depth for x in inputs], default=0) + 1
        self.stored = kind in (FOLD, PUT, SCAN) or (depth > DEEP and kind == EACH)
        self.depth: int = depth if kind in (EACH, PART) and not self.stored else 0

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))


def part(base: Item, shape: Shape, offset: int, strides: Shape) -> Item:
    """A part of an array, or of that of which it is a part."""
    root = base.inputs[0] if base.kind == PART else base
    return Item(PART, shape, [root], (offset, strides), root.dtype)


def laid(item: Item) -> tuple[int, Shape]:
    """Where the elements of an array stand in memory."""
    return item.data if item.kind == PART else (0, in_rows(item.shape))


def viewed(item: Item, of: Callable[[Any], Any]) -> Item:
    """What NumPy makes of an array without a copy."""
    offset, strides = laid(item)
    more, own = strided(item.shape, strides, of)
    shape = of(np.broadcast_to(np.int8(0), item.shape)).shape
    return part(item, shape, offset + more, own)


def in_shape(item: Item, shape: Shape) -> Item:
    """An array in another shape; one that does not lie so is copied."""
    if item.shape == shape:
        return item
    offset, strides = laid(item)
    own = reshaped(item.shape, strides, shape)
    if own is None:
        item = copied(item)
        offset, own = 0, in_rows(shape)
    return part(item, shape, offset, own)


def copied(item: Item) -> Item:
    """An array in memory of its own."""
    copy = Item(EACH, item.shape, [item], lambda _code, x: x, item.dtype)
    copy.stored, copy.depth = True, 0
    return copy


def spread(item: Item, shape: Shape) -> Item:
    """An array repeated to a shape."""
    return item if item.shape == shape else viewed(item, lambda x: np.broadcast_to(x, shape))


def each(shape: Shape, inputs: Sequence[Item], trace: Callable[..., Scalar], dtype: Any) -> Item:
    """What is done to each element of arrays that broadcast to a shape."""
    return Item(EACH, shape, [spread(x, shape) for x in inputs], trace, dtype)


def numbers(function: Callable[..., Any], *inputs: Item) -> Item:
    """A function of NumPy, of each element."""
    shape = np.broadcast_shapes(*[x.shape for x in inputs])
    return each(shape, inputs, lambda _code, *x: function(*x), inputs[0].dtype)


def folded(item: Item, how: str, axes: Sequence[int], keepdims: bool = True) -> Item:
    """A fold over axes; truth values count as 0 and 1."""
    key = (how, tuple(axes), keepdims)
    if key not in item.made:
        item.made[key] = _folded(item, how, axes, keepdims)
    return item.made[key]


def _folded(item: Item, how: str, axes: Sequence[int], keepdims: bool) -> Item:
    if item.dtype == bool:
        item = each(item.shape, [item], lambda _code, x: x.astype(float), DOUBLE)
    kept = tuple(n for i, n in enumerate(item.shape) if i not in axes)
    shape = tuple(1 if i in axes else n for i, n in enumerate(item.shape)) if keepdims else kept
    is_folded = any(item.shape[i] != 1 for i in axes)
    fold = Item(FOLD, kept, [item], (how, tuple(axes))) if is_folded else item
    return in_shape(fold, shape)


def product(letters: Sequence[str], result: str, arrays: Sequence[Item]) -> Item:
    """A sum of products, in which letters name the axes, as of `einsum`."""
    order = "".join(dict.fromkeys("".join(letters)))
    sizes = dict.fromkeys(order, 1)
    for word, x in zip(letters, arrays, strict=True):
        sizes |= {c: n for c, n in zip(word, x.shape, strict=True) if n != 1}
    shape = tuple(sizes[c] for c in order)
    factors = []
    for word, x in zip(letters, arrays, strict=True):
        offset, strides = laid(x)
        steps = dict.fromkeys(order, 0)
        for c, n, stride in zip(word, x.shape, strides, strict=True):
            steps[c] += stride if n != 1 else 0
        factors.append(part(x, shape, offset, tuple(steps[c] for c in order)))
    terms = factors[0]
    for factor in factors[1:]:
        terms = numbers(np.multiply, terms, factor)
    summed = folded(terms, "add", [i for i, c in enumerate(order) if c not in result], False)
    kept = [c for c in order if c in result]
    return viewed(summed, lambda x: np.transpose(x, [kept.index(c) for c in result]))


# --- operations of whole arrays -------------------------------------------------------------------


def _matmul(node: Node, *arrays: Item) -> Item:
    a, b = arrays[:2]
    batch = "abcdefgh"[: max(len(a.shape), len(b.shape)) - 2] if node.ndim > 2 else ""
    left = batch[len(batch) - max(len(a.shape) - 2, 0) :] + "ik"[2 - min(len(a.shape), 2) :]
    right = batch[len(batch) - max(len(b.shape) - 2, 0) :] + "kj"[: min(len(b.shape), 2)]
    result = batch + "i" * ("i" in left) + "j" * ("j" in right)
    return in_shape(product([left, right], result, [a, b]), node.shape)


def _einsum(node: Node, *arrays: Item) -> Item:
    before, _, after = node.attrs[0].partition("->")
    return product(before.split(","), after, arrays)


def _reduction(how: str) -> Callable[..., Item]:
    return lambda node, x: folded(x, how, *node.attrs)


def _truth(how: str) -> Callable[..., Item]:
    def made(node: Node, x: Item) -> Item:
        found = folded(x, how, *node.attrs)
        return each(found.shape, [found], lambda _code, x: x != 0, BOOL)

    return made


def _norm(node: Node, x: Item) -> Item:
    axes, keepdims = node.attrs
    return numbers(np.sqrt, folded(numbers(np.multiply, x, x), "add", axes, keepdims))


def _raised(x: Item, axes: Sequence[int]) -> tuple[Item, Item]:
    """exp(x - top), and the largest elements, with which it is at most 1."""
    top = folded(x, "max", axes)
    key = ("raised", tuple(axes))
    if key not in x.made:
        x.made[key] = numbers(lambda x, top: np.exp(x - top), x, top)
    return x.made[key], top


def _logarithm(x: Item, axes: Sequence[int]) -> Item:
    """The logarithm of the sum of exponentials."""
    raised, top = _raised(x, axes)
    key = ("logarithm", tuple(axes))
    if key not in x.made:
        total = folded(raised, "add", axes)
        x.made[key] = numbers(lambda total, top: np.log(total) + top, total, top)
    return x.made[key]


def _softmax(node: Node, x: Item) -> Item:
    (axes,) = node.attrs
    raised, _ = _raised(x, axes)
    return numbers(np.divide, raised, folded(raised, "add", axes))


def _logsumexp(node: Node, x: Item) -> Item:
    return in_shape(_logarithm(x, node.attrs[0]), node.shape)


def _log_softmax(node: Node, x: Item) -> Item:
    return numbers(np.subtract, x, _logarithm(x, node.attrs[0]))


def _small(x: Item) -> Item:
    """exp(-abs(x))."""
    if "small" not in x.made:
        x.made["small"] = numbers(lambda x: np.exp(-np.abs(x)), x)
    return x.made["small"]


def _sigmoid(node: Node, x: Item) -> Item:  # noqa: ARG001 - as the others
    return numbers(lambda x, u: np.where(x > 0, 1.0, u) * (1 / (1 + u)), x, _small(x))


def _sigmoid_slope(node: Node, x: Item) -> Item:  # noqa: ARG001 - as the others
    return numbers(lambda u: u * (1 / (1 + u)) * (1 / (1 + u)), _small(x))


def _softplus(node: Node, x: Item) -> Item:  # noqa: ARG001 - as the others
    """Exponentials and logarithms are sooner done in loops of their own."""
    u = _small(x)
    u.stored, u.depth, u.apart = True, 0, True
    return numbers(softplus, x, u)


def _log_sigmoid(node: Node, x: Item) -> Item:
    return numbers(np.negative, _softplus(node, numbers(np.negative, x)))


def _is_plain(key: Any) -> bool:
    return not any(isinstance(k, np.ndarray) for k in key.key)


def _index(node: Node, x: Item) -> Item | None:
    key = node.attrs[0]
    return viewed(x, key.part) if _is_plain(key) else None


def _place(node: Node, g: Item) -> Item | None:
    key, shape = node.attrs
    if not _is_plain(key):
        return None
    return Item(PUT, shape, [g], [strided(shape, in_rows(shape), key.part)])


def _concat(node: Node, *arrays: Item) -> Item:
    (axis,) = node.attrs
    places, start = [], 0
    for x in arrays:
        stop = start + x.shape[axis]
        offset, strides = start * in_rows(node.shape)[axis], in_rows(node.shape)
        places.append((offset, strides))
        start = stop
    return Item(PUT, node.shape, arrays, places)


def _cumsum(node: Node, x: Item) -> Item:
    return Item(SCAN, node.shape, [x], node.attrs)


WHOLE: Mapping[str, Callable[..., Item | None]] = {
    "reshape": lambda node, x: in_shape(x, node.shape),
    "broadcast_to": lambda node, x: spread(x, node.shape),
    "transpose": lambda node, x: viewed(x, lambda a: np.transpose(a, node.attrs[0])),
    "index": _index,
    "place": _place,
    "concat": _concat,
    "matmul": _matmul,
    "masked_matmul": _matmul,
    "einsum": _einsum,
    "sum": _reduction("add"),
    "prod": _reduction("mul"),
    "max": _reduction("max"),
    "min": _reduction("min"),
    "any": _truth("max"),
    "all": _truth("min"),
    "norm": _norm,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "log_softmax": _log_softmax,
    "cumsum": _cumsum,
    "sigmoid": _sigmoid,
    "sigmoid_slope": _sigmoid_slope,
    "softplus": _softplus,
    "log_sigmoid": _log_sigmoid,
}
"""Records that are made of others, by their names; None where they are no loops."""


class Items:
    """The items of nodes; `value(node)` is what a constant is, `forms` are kernels put better."""

    def __init__(
        self,
        inputs: Mapping[Node, str],
        forms: Mapping[str, Callable[..., Any]],
        value: Callable[[Node], Any],
    ) -> None:
        self._inputs = inputs
        self._forms = forms
        self._value = value
        self._items: dict[Node, Item] = {}

    def __getitem__(self, node: Node) -> Item:
        return self._items[node]

    def add(self, node: Node, moves: bool) -> None:
        """Takes in a node whose inputs are there; it `moves` with the program's inputs."""
        item = self._made(node, moves)
        item.node = item.node or node
        self._items[node] = item

    def _made(self, node: Node, moves: bool) -> Item:
        if node.op is INPUT:
            kind = ARRAY if node.shape else FEW
            return Item(kind, node.shape, (), self._inputs[node] if node.shape else node)
        if not moves:
            return self._constant(node)
        inputs = [self._items[x] for x in node.inputs]
        if max([node.size, *(x.size for x in node.inputs)]) > SMALL:
            item = self._looped(node, inputs)
            if item is not None:
                return item
        return Item(FEW, node.shape, inputs, node, node.dtype)

    def _constant(self, node: Node) -> Item:
        array = np.asarray(self._value(node))
        if array.size <= SMALL:
            return Item(FEW, node.shape, (), node, node.dtype)
        first = array.flat[0]
        if (array == first).all():
            return each(node.shape, [], lambda code: code.constant(first, node.dtype), node.dtype)
        table = Item(ARRAY, node.shape, (), array.astype(float))
        if node.dtype is not BOOL:
            return table
        return each(node.shape, [table], lambda _code, x: x != 0, node.dtype)

    def _looped(self, node: Node, inputs: list[Item]) -> Item | None:
        if node.op.identity:
            return inputs[0]
        made = WHOLE.get(node.op.name)
        if made is not None:
            return made(node, *inputs)
        if isinstance(node.op, Elementwise):
            form = self._forms.get(node.op.name)

            def trace(code: Code, *operands: Scalar) -> Scalar:
                return applied(code, node, operands, form)

            return each(node.shape, inputs, trace, node.dtype)
        return None
