"""The record of a function that a program can call: its names, parameters, sentence and example."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.ir.node import Node
    from gradcli.ir.record import Op

    # What the annotations of functions in `ops` mean to a type checker.
    Array = Node
    Arrays = tuple[Node, ...]
    Axes = Any
    Axis = Any
    Flag = bool
    Int = int
    Ints = tuple[int, ...]
    Listed = tuple[Node, ...]
    Nested = Any
    Number = float
    Numbers = Any
    Rest = tuple[Node, ...]
    Shape = Any
    Sizes = Any
    Text = str
    TextOrArray = str | Node
    Traced = Any
    Type = Any
    Value = Any
    Wholes = Any

_WITHOUT_DOCS = sys.flags.optimize > 1
"""Whether Python was told (-OO) to leave docstrings out, and with them the sentences of help."""

REQUIRED: Any = object()
"""The default of a parameter that has none."""

KINDS = frozenset(
    {
        "Array",
        "Arrays",
        "Axes",
        "Axis",
        "Flag",
        "Function",
        "Int",
        "Ints",
        "Listed",
        "Nested",
        "Number",
        "Numbers",
        "Rest",
        "Shape",
        "Sizes",
        "Text",
        "TextOrArray",
        "Traced",
        "Type",
        "Value",
        "Wholes",
    }
)
"""What a parameter takes: annotations of the functions in `ops`.

Array: one node. Arrays: a tuple of nodes (a tuple, an array's rows, or the rest of the arguments).
Listed: the nodes of a list, or one array by itself.
Rest: the rest of the arguments, each a node. Nested: a node, or tuples of tuples of nodes.
Axis: a whole number, or None; Axes: or a tuple of them. Int, Ints, Number, Flag, Text: plain Python
values. Numbers: a number, or tuples of tuples of them, of one shape. Sizes: a whole number, a tuple
of them, or None. Shape: a whole number, a tuple, or the rest of the arguments. Traced: numbers, or
tuples of them, each with its node where it is no constant. TextOrArray: a text, or one node. Type:
the name of a type of numbers. Value: whatever is given. Wholes: a whole number, or tuples of tuples
of them.
"""


class TracedNumber:
    """A number that decides how a function is built, and the node it is the value of."""

    __slots__ = ("node", "value")

    def __init__(self, value: float, node: Node) -> None:
        self.value = value
        self.node = node


class Parameter:
    """One parameter: its name, the kind of value it takes, its default; `keyword`: only by name."""

    __slots__ = ("default", "keyword", "kind", "name")

    def __init__(
        self, name: str, kind: str, default: Any = REQUIRED, *, keyword: bool = False
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"parameter {name}: {kind!r} is no kind of parameter")
        self.name = name
        self.kind = kind
        self.default = default
        self.keyword = keyword


class Function:
    """A function of the language.

    `build` takes nodes and plain values and returns a node or a tuple of them; so does the record
    itself, as rules call it. `variants` maps a framework's prefix to the defaults that differ
    there; `signatures` are the functions of frameworks that it is, as they write them
    (`lower.frameworks` reads them). `op` is the primitive behind it, if it is just one; it `is_op`
    if it is that itself. `domain` is the interval (one for each array) on which it is smooth, from
    which tests draw; `points` some at which its derivative follows a convention; `hint` what to say
    to a call with arguments that it does not take, `ambiguous` to one with several arrays, which
    could mean two things; `of_two` is what a call with two numbers means; `makes(bound)` the shape
    of an array that is made by NumPy, so that it can be refused before it takes memory; `ranks` how
    many axes arrays need. The list of functions gives it its `family`, and says whether that is one
    of those that make one number of many (it `folds`).
    """

    __slots__ = (
        "__call__",
        "_signatures",
        "aliases",
        "ambiguous",
        "build",
        "constant",
        "doc",
        "domain",
        "example",
        "family",
        "folds",
        "hint",
        "is_op",
        "makes",
        "name",
        "of_two",
        "op",
        "parameters",
        "points",
        "ranks",
        "variants",
    )
    __call__: Callable[..., Any]

    def __init__(
        self,
        name: str,
        build: Callable[..., Any],
        parameters: tuple[Parameter, ...],
        *,
        doc: str,
        example: str,
        aliases: str = "",
        op: Op | None = None,
        domain: Any = None,
        points: tuple[Any, ...] = (),
        variants: Mapping[str, Mapping[str, Any]] | None = None,
        signatures: str = "",
        constant: bool = False,
        hint: str = "",
        ambiguous: str = "",
        of_two: Function | None = None,
        makes: Callable[[Mapping[str, Any]], tuple[int, ...]] | None = None,
        ranks: Mapping[str, int] | None = None,
    ) -> None:
        if not (name and example and (doc or _WITHOUT_DOCS)):
            raise ValueError(f"the record of {name!r} is incomplete: it needs a doc and an example")
        self.name = name
        whole: Any = build
        self.is_op = whole is op
        self.build = whole.__call__ if self.is_op else build  # the method is quicker to call
        self.__call__ = self.build
        self.parameters = parameters
        self.doc = doc
        self.example = example
        self.aliases = tuple(aliases.split())
        self.op = op
        self.domain = domain
        self.points = points
        self.variants = variants or {}
        self._signatures = signatures
        self.constant = constant
        self.hint = hint
        self.ambiguous = ambiguous
        self.of_two = of_two
        self.makes = makes
        self.ranks = ranks or {}
        self.family = ""
        self.folds = False

    @property
    def signatures(self) -> list[str]:
        """The functions of frameworks that it is, a line each."""
        lines = map(str.split, self._signatures.splitlines())
        return [" ".join(words) for words in lines if words]

    def invoke(self, bound: Mapping[str, Any]) -> Any:
        """The result for a value of each parameter, by name."""
        for name, rank in self.ranks.items():
            if bound[name].ndim < rank:
                axes = "one axis" if rank == 1 else f"{rank} axes"
                shape = show_shape(bound[name].shape)
                raise ShapeError(
                    f"{name} of {self.name} needs {axes} at least: its shape is {shape}"
                )
        operands = [bound[p.name] for p in self.parameters if not p.keyword]
        named = {p.name: bound[p.name] for p in self.parameters if p.keyword}
        return self.build(*operands, **named)

    def __repr__(self) -> str:
        return f"<function {self.name}>"


def function(
    *, name: str = "", doc: str = "", **record: Any
) -> Callable[[Callable[..., Any]], Function]:
    """Makes a function of the language from a Python function over nodes.

    Its annotations say what each parameter takes; its docstring, or `doc`, is the sentence that
    users read. The rest of the record is as in Function.
    """

    def make(build: Callable[..., Any]) -> Function:
        sentence = doc or " ".join((build.__doc__ or "").split("\n\n")[0].split())
        own = name or build.__name__.rstrip("_")
        return Function(own, build, _parameters(build), doc=sentence, **record)

    return make


def _parameters(build: Any) -> tuple[Parameter, ...]:
    """The parameters of a Python function, from its annotations and defaults."""
    code, defaults = build.__code__, build.__defaults__ or ()
    count = code.co_argcount
    names = code.co_varnames[:count]
    only = code.co_varnames[count : count + code.co_kwonlyargcount]
    kinds = {name: kind.partition(" | ")[0] for name, kind in build.__annotations__.items()}
    values = (*[REQUIRED] * (count - len(defaults)), *defaults)
    by_place = [Parameter(n, kinds[n], value) for n, value in zip(names, values, strict=True)]
    by_name = [Parameter(n, kinds[n], build.__kwdefaults__[n], keyword=True) for n in only]
    return (*by_place, *by_name)
