"""What kernels do to whole arrays, noted down: the steps of a file of NumPy.

As `ir.scalar` runs a kernel once over scalars of machine code, this runs it over arrays that know
their values here and note what is done to them. So what a record computes is stated once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.op import Elementwise, Linear
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


class Step:
    """A line of a file: what is applied to what, and what it comes to here.

    `head` is a function of NumPy, of which `method` may say how it folds; with the method "." it is
    the name of an array's method, with ".=" of its attribute, with "[" there are elements taken,
    with "helper" it names a function of the file. Among the arguments are other steps.
    """

    __slots__ = ("arguments", "head", "keywords", "method", "value")

    def __init__(
        self,
        head: Any,
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
        value: Any,
        method: str = "",
    ) -> None:
        self.head = head
        self.arguments = arguments
        self.keywords = dict(keywords)
        self.value = value
        self.method = method

    def operands(self) -> Iterator[Step]:
        """The steps among the arguments, as often as they stand there."""
        waiting = [*reversed(self.arguments), *reversed(self.keywords.values())]
        while waiting:
            item = waiting.pop()
            if isinstance(item, Step):
                yield item
            elif isinstance(item, (tuple, list)):
                waiting.extend(reversed(item))


class Noted(np.lib.mixins.NDArrayOperatorsMixin):
    """An array as kernels see it: it has a shape and a type, and shows no value.

    In the kernel of an operation on elements it is `of_elements`: it passes for an array with axes,
    in which a mask may hold somewhere.
    """

    __slots__ = ("of_elements", "step")

    def __init__(self, step: Step, of_elements: bool = False) -> None:
        self.step = step
        self.of_elements = of_elements

    shape = property(lambda self: np.shape(self.step.value))
    size = property(lambda self: np.size(self.step.value))
    dtype = property(lambda self: np.asarray(self.step.value).dtype)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return max(np.ndim(self.step.value), 1 if self.of_elements else 0)

    @property
    def T(self) -> Noted:  # noqa: N802 - NumPy's
        """The array with its axes turned round."""
        return self._method("T")

    def __len__(self) -> int:
        return len(self.step.value)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("an array that is noted down shows no value")

    def __bool__(self) -> bool:
        raise TypeError("an array that is noted down shows no value")

    def __getitem__(self, key: Any) -> Noted:
        return self._new("", (self, key), {}, _plain(self)[key], "[")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        """Notes a function of elements, or folds by one."""
        applied = getattr(ufunc, method)
        name = "" if method == "__call__" else method
        return self._new(ufunc, inputs, more, _value(applied, inputs, more), method=name)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        """Notes any other function."""
        if function is np.result_type:
            return np.result_type(*[x.dtype if isinstance(x, Noted) else x for x in args])
        return self._new(function, args, kwargs, _value(function, args, kwargs))

    def any(self) -> bool:
        """Whether a mask holds somewhere, which must be reckoned with."""
        if not self.of_elements:
            raise TypeError("an array that is noted down shows no value")
        return True

    def astype(self, dtype: Any, copy: bool = True) -> Noted:  # noqa: ARG002 - NumPy's
        """The array as another type."""
        return self if self.dtype == dtype else self._method("astype", np.dtype(dtype))

    def reshape(self, *shape: Any) -> Noted:
        """The array in another shape."""
        return self._method("reshape", *shape)

    def _method(self, name: str, *args: Any) -> Noted:
        member = getattr(np.asarray(self.step.value), name)
        value = member(*args) if callable(member) else member
        return self._new(name, (self, *args), {}, value, method="." if callable(member) else ".=")

    def _new(
        self, head: Any, args: Any, kwargs: Mapping[str, Any], value: Any, method: str = ""
    ) -> Noted:
        if isinstance(value, (tuple, list)):
            raise TypeError("a function of several results is not noted down")
        step = Step(head, _steps(tuple(args)), _steps(dict(kwargs)), value, method=method)
        return Noted(step, self.of_elements)


def _value(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with np.errstate(all="ignore"):
        return function(*_plain(tuple(args)), **_plain(dict(kwargs)))


def _plain(item: Any) -> Any:
    """Arguments with values in the place of what is noted."""
    return _replaced(item, lambda noted: noted.step.value)


def _steps(item: Any) -> Any:
    """Arguments with steps in the place of what is noted."""
    return _replaced(item, lambda noted: noted.step)


def _replaced(item: Any, of: Callable[[Noted], Any]) -> Any:
    if isinstance(item, Noted):
        return of(item)
    if isinstance(item, (tuple, list)):
        return type(item)(_replaced(part, of) for part in item)
    if isinstance(item, np.ndarray) and item.dtype == object:
        raise TypeError("an array of what is noted down is no argument")
    if isinstance(item, dict):
        return {key: _replaced(part, of) for key, part in item.items()}
    return item


class Notes:
    """The steps of nodes: of each the note of its kernel, or of a form that a target has for it.

    `forms` are kernels by the name of a record, put better than the record's own. A record in
    `helpers` is a function of the file itself, which takes the arguments that `arguments` makes of
    attributes; those that are needed are among the `helped`.
    """

    def __init__(
        self,
        forms: Mapping[str, Callable[..., Any]],
        helpers: Mapping[str, str],
        arguments: Mapping[str, Callable[..., tuple[Any, ...]]],
        refuse: Callable[[Node, Exception], Exception],
    ) -> None:
        self._forms = forms
        self._helpers = helpers
        self._arguments = arguments
        self._refuse = refuse
        self.steps: dict[Node, Any] = {}
        self.helped: dict[str, str] = {}

    def given(self, inputs: Iterable[Node], constants: Iterable[Node], value: Any) -> None:
        """Gives inputs a step, and constants the array that they are, by their values."""
        self.steps.update({node: Step("", (), {}, value(node)) for node in inputs})
        self.steps.update({node: value(node) for node in constants if node not in self.steps})

    def of(self, nodes: Iterable[Node]) -> None:
        """Notes down nodes, which come after those that they are made of."""
        for node in nodes:
            if node not in self.steps:
                try:
                    with np.errstate(all="ignore"):
                        self.steps[node] = self._step(node)
                except (TypeError, AttributeError) as error:
                    raise self._refuse(node, error) from error

    def _step(self, node: Node) -> Any:
        """The step of a node; a plain array or number where no input is in it."""
        operands = [self._operand(node, x) for x in node.inputs]
        if node.op.identity:
            return operands[0]
        name, of_elements = node.op.name, isinstance(node.op, Elementwise)
        if name in self._helpers:
            return self._by_helper(node, operands)
        arrays = [Noted(x, of_elements) if isinstance(x, Step) else x for x in operands]
        own = node.op.form if callable(node.op.form) else node.op.kernel
        form: Any = self._forms.get(name) or own
        result = form(*arrays, *node.attrs)
        return result.step if isinstance(result, Noted) else result

    def _operand(self, node: Node, x: Node) -> Any:
        """The step of an operand, without what only repeats it if another one has the shape."""
        inner = x
        while isinstance(inner.op, Linear) and inner.op.moves and inner.inputs[0].size == 1:
            (inner,) = inner.inputs
        if inner is x or inner.shape or not isinstance(node.op, Elementwise):
            return self.steps[x]
        is_filled = any(y.shape == node.shape for y in node.inputs if y is not x)
        number = inner.attrs[0] if inner.op is CONSTANT else self.steps.get(inner)
        return number if is_filled and number is not None else self.steps[x]

    def _by_helper(self, node: Node, operands: list[Any]) -> Step:
        name = node.op.name
        self.helped[name] = self._helpers[name]
        attrs = self._arguments[name](*node.attrs) if name in self._arguments else node.attrs
        value = np.zeros(node.shape, node.dtype)
        return Step(name, (*operands, *attrs), {}, value, method="helper")
