"""What a module of `torch.nn` has: parameters, buffers and modules by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import SHOWN, Tensor
from gradcli.snippets.limits import MAX_NESTED
from gradcli.snippets.values import Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


MAX_MODULES = 100_000
"""Modules in a module, where one that is there twice has two paths."""


ROLES = (
    "parameter '{}' (torch.nn.Parameter",
    "buffer '{}' (torch.nn.Buffer, torch.Tensor",
    "child module '{}' (torch.nn.Module",
)
"""What parameters, buffers and modules are called where something else is put in their places."""


def typename(value: Any) -> str:
    """`torch.typename`."""
    if isinstance(value, Tensor):
        return f"torch.{SHOWN[value.dtype.name]}Tensor"
    return "list" if isinstance(value, list) else type(value).__name__


class State:
    """What a module has: parameters, buffers and modules by their names, in their order.

    `holds` names the table that a container holds, `is_keyed` says that its names are its keys.
    `passing` are names of buffers that are no part of its state.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.parameters: dict[str, Any] = {}
        self.buffers: dict[str, Any] = {}
        self.passing: set[str] = set()
        self.modules: dict[str, Instance] = {}
        self.is_training = True
        self.has_begun = False
        self.hooks: list[Any] = []
        self.before: list[Any] = []
        self.backward: list[Any] = []
        self.before_backward: list[Any] = []
        self.compute: Callable[..., Any] | None = None
        self.shown = ""
        self.holds = "modules"
        self.is_keyed = False

    def note(self, name: str, value: Any) -> None:
        """An attribute was set: it may be a parameter or a module.

        What has been one stays one, or becomes None.
        """
        if isinstance(value, Tensor) and value.is_parameter:
            self.check_begun("parameters")
            self.parameters[name] = value
        elif isinstance(value, Instance) and isinstance(value.inner, State):
            self.check_begun("module")
            self.modules[name] = value
        elif name in self.buffers and isinstance(value, Tensor):
            self.buffers[name] = value
        else:
            for table, role in zip(self.tables(), ROLES, strict=True):
                if name in table:
                    if value is not None:
                        text = f"cannot assign '{typename(value)}' as {role.format(name)}"
                        raise Raised("TypeError", f"{text} or None expected)")
                    if table is self.modules:
                        table.pop(name)
                    else:
                        table[name] = None

    def check_begun(self, what: str) -> None:
        """Refuses what a module is given before it is one."""
        if not self.has_begun:
            text = f"cannot assign {what} before Module.__init__() call"
            raise Raised("AttributeError", text, help="super().__init__() first")

    def tables(self) -> tuple[dict[str, Any], ...]:
        """What it has, by its names."""
        return self.parameters, self.buffers, self.modules

    def forget(self, name: str) -> None:
        """An attribute was deleted."""
        for table in self.tables():
            table.pop(name, None)

    def named(self, what: str, prefix: str = "") -> Iterator[tuple[str, Any]]:
        """Parameters or buffers by their paths, those of inner modules too, each once."""
        seen: set[int] = set()
        for path, state in self.inner(prefix, once=True):
            table: dict[str, Any] = getattr(state, what)
            for name, value in table.items():
                if value is not None and id(value) not in seen:
                    seen.add(id(value))
                    yield (f"{path}.{name}" if path else name), value

    def entries(self) -> Iterator[tuple[str, Any]]:
        """What a state of it lists: of each module the parameters, then the buffers."""
        for path, state in self.inner():
            for table in (state.parameters, state.buffers):
                for name, value in table.items():
                    if value is not None and name not in state.passing:
                        yield (f"{path}.{name}" if path else name), value

    def inner(self, prefix: str = "", *, once: bool = False) -> list[tuple[str, State]]:
        """The module and those in it, by their paths; a module that comes again perhaps `once`."""
        seen: set[State] = set()
        found: list[tuple[str, State]] = []
        left = [(prefix, self, 0)]
        while left:
            path, state, level = left.pop()
            if once and state in seen:
                continue
            seen.add(state)
            found.append((path, state))
            if len(found) > MAX_MODULES:
                raise LimitError(f"a module has at most {MAX_MODULES:,} others in it")
            if level > MAX_NESTED:
                raise Raised("RecursionError", "maximum recursion depth exceeded")
            for name, module in reversed(state.modules.items()):
                left.append((f"{path}.{name}" if path else name, module.inner, level + 1))
        return found

    def found(self, what: str, path: str) -> Any:
        """A parameter, buffer or module by its path."""
        owner, _, name = path.rpartition(".")
        state = dict(self.inner()).get(owner)
        if what == "modules" and not path:
            return self.instance
        if state is None or name not in getattr(state, what):
            text = f"{self.instance.of.name} has no attribute `{name}`"
            raise Raised("AttributeError", text)
        return getattr(state, what)[name]

    def copied(self, instance: Instance, copy: Callable[[Any], Any]) -> State:
        """The same of another object, whose attributes are copies."""
        made = State(instance)
        for name in ("parameters", "buffers", "modules"):
            table: dict[str, Any] = getattr(self, name)
            setattr(made, name, {key: copy(value) for key, value in table.items()})
        made.has_begun = self.has_begun
        made.is_training, made.compute, made.shown = self.is_training, self.compute, self.shown
        made.holds, made.is_keyed, made.passing = self.holds, self.is_keyed, {*self.passing}
        made.hooks, made.before, made.backward = [*self.hooks], [*self.before], [*self.backward]
        made.before_backward = [*self.before_backward]
        return made

    def swap(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Puts other tensors in the places of parameters; gives those that were there."""
        before = {}
        states = dict(self.inner())
        for path, value in values.items():
            owner, _, name = path.rpartition(".")
            state = states[owner]
            before[path] = state.instance.attributes[name]
            state.instance.attributes[name] = value
            if name in state.parameters:
                state.parameters[name] = value
        return before
