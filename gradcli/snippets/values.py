"""What a snippet computes with, beside Python's own numbers, texts and lists."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from gradcli.ir.node import Node
    from gradcli.snippets import tree


class Scope:
    """Names and their values; `around` is the scope outside, `outer` the names that are its own."""

    __slots__ = ("around", "names", "outer")

    def __init__(self, around: Scope | None = None) -> None:
        self.names: dict[str, Any] = {}
        self.around = around
        self.outer: dict[str, Scope] = {}

    def holding(self, name: str) -> Scope | None:
        """The scope, here or around here, that has a value for the name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.around
        return scope

    def bind(self, name: str, value: Any) -> None:
        """Gives a name a value here, or where it was said to belong."""
        self.outer.get(name, self).names[name] = value


class Closure:
    """A function of the snippet, and the scope around it; `this` is the object it belongs to."""

    __slots__ = ("attributes", "bound", "defaults", "function", "owner", "scope")

    def __init__(self, function: tree.Function, scope: Scope, defaults: dict[int, Any]) -> None:
        self.function = function
        self.scope = scope
        self.defaults = defaults
        self.owner: ClassValue | None = None
        self.bound: Any = None
        self.attributes: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.function.name

    def of(self, instance: Any) -> Closure:
        """The same as a method of an object."""
        method = Closure(self.function, self.scope, self.defaults)
        method.owner, method.bound, method.attributes = self.owner, instance, self.attributes
        return method


class Native:
    """A function that gradcli has under a name: `function(*arguments, **named)` gives its value."""

    __slots__ = ("attributes", "function", "name")

    def __init__(self, name: str, function: Callable[..., Any], **attributes: Any) -> None:
        self.name = name
        self.function = function
        self.attributes = attributes


def natives(rows: dict[str, Callable[..., Any]]) -> dict[str, Native]:
    """Functions under their paths, each called by the last word of its path."""
    return {path: Native(path.rpartition(".")[2], row) for path, row in rows.items()}


class Method(Native):
    """A function of ours that becomes a method in a class, as `def` does: a decorated one, say."""

    __slots__ = ()

    def of(self, instance: Any) -> Native:
        """The same of an object."""
        function = self.function
        return Native(self.name, lambda *args, **named: function(instance, *args, **named))


class Kind:
    """A type that has a name in the language, such as `int` or `torch.Tensor`.

    Calling it makes one; `holds(value)` says whether a value is one.
    """

    __slots__ = ("attributes", "holds", "make", "name")

    def __init__(
        self,
        name: str,
        make: Callable[..., Any],
        holds: Callable[[Any], bool],
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.make = make
        self.holds = holds
        self.attributes = attributes or {}


class ClassValue:
    """A class of the snippet: its bases, and what its body gave names.

    `parts` says how its objects are taken apart where structures of arrays are, if they are.
    """

    __slots__ = ("_ancestry", "bases", "instances", "name", "names", "parts")

    def __init__(self, name: str, bases: Sequence[Any], names: dict[str, Any]) -> None:
        self._ancestry: list[Any] | None = None
        self.name = name
        self.bases = tuple(bases)
        self.names = names
        self.parts: Any = None
        self.instances = 0

    def ancestry(self) -> list[Any]:
        """The class, and its bases from left to right, each once."""
        if self._ancestry is None:
            order: list[Any] = [self]
            for base in self.bases:
                above = base.ancestry() if isinstance(base, ClassValue) else [base]
                order = [kind for kind in order if kind not in above] + above
            self._ancestry = order
        return self._ancestry


class Instance:
    """An object of a class of the snippet; `inner` is what a base of a framework keeps in it.

    Its number among those of its class is its hash, so that a set of them has the same order, and
    what is summed in that order the same digits, in every run.
    """

    __slots__ = ("attributes", "inner", "number", "of")

    def __init__(self, of: ClassValue) -> None:
        self.of = of
        self.attributes: dict[str, Any] = {}
        self.inner: Any = None
        self.number = of.instances
        of.instances += 1

    def __hash__(self) -> int:
        return self.number


class ExceptionValue:
    """An error as the snippet sees it."""

    __slots__ = ("arguments", "type_name")

    def __init__(self, type_name: str, arguments: Sequence[Any]) -> None:
        self.type_name = type_name
        self.arguments = tuple(arguments)


class Namespace:
    """A module, or a part of one, by the words of its path."""

    __slots__ = ("framework", "words")

    def __init__(self, framework: Any, words: tuple[str, ...]) -> None:
        self.framework = framework
        self.words = words


def exposed(function: Any) -> Any:
    """Marks a method of an Object that snippets may call."""
    function.exposed = "method"
    return function


def shown(function: Any) -> Any:
    """Marks a method of an Object that gives the value of an attribute."""
    function.exposed = "value"
    return function


def settable(function: Any) -> Any:
    """Marks a method of an Object that sets the attribute of its name without `set_`."""
    function.exposed = "set"
    return function


class Object:
    """Base of what has a state: its methods that are marked are all that a snippet can reach.

    `kind` is what its type is called, and `module` where the type stands, if that is shown. One
    that is `open` answers for all names itself. A method that ends in `_` is known without it.
    """

    kind: ClassVar[str] = "object"
    module: ClassVar[str] = ""
    open: ClassVar[bool] = False
    methods: ClassVar[dict[str, Callable[..., Any]]] = {}
    values: ClassVar[dict[str, Callable[..., Any]]] = {}
    setters: ClassVar[dict[str, Callable[..., Any]]] = {}

    def __init_subclass__(cls) -> None:
        cls.methods, cls.values = {**cls.methods}, {**cls.values}
        cls.setters = {**cls.setters}
        tables = {"method": cls.methods, "value": cls.values, "set": cls.setters}
        for name, member in cls.__dict__.items():
            table = tables.get(getattr(member, "exposed", ""))
            if table is not None:
                word = name.removeprefix("set_") if table is cls.setters else name
                table[word if word.startswith("__") else word.removesuffix("_")] = member

    def lookup(self, name: str) -> Any:
        """What stands behind its dot under a name; None for nothing."""
        shows = self.values.get(name)
        if shows is not None:
            return shows(self)
        method = self.methods.get(name)
        return None if method is None else Native(name, MethodType(method, self))

    def stands_for(self) -> Array | None:
        """The array that it is computed with as; None for what is no array."""
        array = getattr(self, "array", None)
        return array if isinstance(array, Array) else None

    def show(self) -> str:
        """How it is shown."""
        return f"<{self.kind}>"

    def text(self) -> str:
        """How it is printed."""
        return self.show()


class Manager(Object):
    """What can stand behind `with`."""

    def enter(self) -> Any:
        """Begins; the value is what `as` gives a name."""

    def leave(self, error: Any) -> None:
        """Ends, perhaps with an error."""


class Seen(NamedTuple):
    """What an array sees of a memory that it may share with others: elements at `places`.

    Arrays of one `graph` are differentiated together, those of one `counter` count the writes to
    each other. A view may be `untracked`, made where gradients were off, and one of `several` that
    one function gave, which then says which of them.
    """

    memory: Any
    places: np.ndarray[Any, Any]
    graph: object = None
    counter: object = None
    is_view: bool = False
    untracked: bool = False
    several: str = ""


class Array:
    """An array of a framework: a node of the graph, and the type that its numbers have there.

    `seen` is what it sees of a memory, if others see that, too, or may.
    """

    __slots__ = ("__weakref__", "dtype", "home", "node", "seen")

    def __init__(self, node: Node, dtype: np.dtype[Any], home: Any) -> None:
        self.node = node
        self.dtype = dtype
        self.home = home
        self.seen: Seen | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self.node.shape


class Named(tuple[Any, ...]):
    """A tuple whose parts have names; `label` is what its type is called."""

    label: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, label: str, names: Sequence[str], parts: Sequence[Any]) -> Named:
        """A tuple of parts, each with its name."""
        made = cls(parts)
        made.label, made.names = label, tuple(names)
        return made

    def represented(self, printer: Any) -> str:
        """How a session shows it."""
        pairs = zip(self.names, self, strict=True)
        if self.label.startswith("torch."):
            lines = [f"{name}={printer.represent(part)}" for name, part in pairs]
            return f"{self.label}(\n" + ",\n".join(lines) + ")"
        return f"{self.label}({', '.join(f'{n}={printer.represent(v)}' for n, v in pairs)})"


class Shape(tuple[int, ...]):
    """The shape of an array, where that is a type of the framework's own with methods."""

    methods: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    values: ClassVar[dict[str, Callable[[Any], Any]]] = {}

    def lookup(self, name: str) -> Any:
        """What stands behind its dot under a name; None for nothing."""
        if name in self.values:
            return self.values[name](self)
        method = self.methods.get(name)
        return None if method is None else Native(name, MethodType(method, self))

    def __getitem__(self, key: Any) -> Any:
        """A length, or a shape of several."""
        part: Any = super().__getitem__(key)
        return type(self)(part) if isinstance(key, slice) else part


class Missing:
    """What stands for an argument that was not given."""


MISSING: Any = Missing()
"""The one such."""


class Base:
    """A class of a framework that classes of a snippet derive from, such as `nn.Module`.

    `methods` take the instance first, `values` give attributes, `statics` belong to the class.
    `begin(instance)` prepares a new one; `assigned(instance, name, value)` and `deleted(instance,
    name)` are told of attributes.
    """

    def __init__(
        self,
        name: str,
        *,
        methods: dict[str, Callable[..., Any]] | None = None,
        values: dict[str, Callable[[Any], Any]] | None = None,
        statics: dict[str, Callable[..., Any]] | None = None,
        begin: Callable[[Instance], None] | None = None,
        assigned: Callable[[Instance, str, Any], None] | None = None,
        deleted: Callable[[Instance, str], None] | None = None,
    ) -> None:
        self.name = name
        self.methods = methods or {}
        self.values = values or {}
        self.statics = statics or {}
        self.begin = begin
        self.assigned = assigned
        self.deleted = deleted


class Wrapped:
    """What a decorator of a class's body has made of a function: a property, static, of a class."""

    __slots__ = ("function", "how")

    def __init__(self, how: str, function: Any) -> None:
        self.how = how
        self.function = function


class Super:
    """An object, seen as one of the classes above the one whose method is running."""

    __slots__ = ("above", "instance")

    def __init__(self, instance: Instance, above: list[Any]) -> None:
        self.instance = instance
        self.above = above


class Field:
    """A field of a dataclass of which more is said: how its value is made for each object, say."""

    def __init__(
        self,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        metadata: Any = None,
        **_rest: Any,
    ) -> None:
        self.default, self.factory = default, default_factory
        self.metadata: Any = metadata or {}

    def value(self, machine: Any) -> Any:
        """What it holds where nothing is given for it."""
        return self.default if self.factory is MISSING else machine.call(self.factory)
