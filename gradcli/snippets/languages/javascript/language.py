"""JavaScript where its tree is walked: names and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.roots import DRAWING
from gradcli.snippets.languages.javascript.builtins import BUILTINS, REFUSED, make_builtins
from gradcli.snippets.languages.javascript.calls import Calls
from gradcli.snippets.languages.javascript.operators import Operators
from gradcli.snippets.languages.javascript.tasks import Loop
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import native
from gradcli.snippets.languages.javascript.walk import HANDLERS
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.errors import GradcliError
    from gradcli.snippets.values import Scope


TFJS = "@tensorflow/tfjs"
"""What the modules of TensorFlow.js begin with."""


class JavaScript(Operators, Calls):
    """JavaScript."""

    usual: ClassVar[Mapping[str, str]] = {}
    kinds: ClassVar[Mapping[str, str]] = {}
    nothing = UNDEFINED
    binds = False
    handlers = HANDLERS

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        machine.recorder.sum_in_double()
        self.loop = Loop(machine)
        self.generator: Any = None
        self.builtins = make_builtins(self)

    def builtin(self, name: str) -> Any:
        """A value of JavaScript's own, or TensorFlow.js where nothing imports it."""
        return self.module(TFJS) if name == "tf" else self.builtins.get(name)

    def finish(self) -> None:
        """Promises and timers that are left."""
        self.loop.finish()

    def unknown(self, name: str) -> GradcliError:
        """The error of a name without a value."""
        if name in REFUSED:
            what, help_ = REFUSED[name]
            return Refusal(what.format(name), help=help_)
        scope: Scope | None = self.machine.scope
        names: list[str] = [*BUILTINS]
        while scope is not None:
            names += [word for word in scope.names if not word.startswith("%")]
            scope = scope.around
        near = nearest(name, names)
        help_ = f"did you mean '{near}'?" if near else None
        return Raised("ReferenceError", f"{name} is not defined", help=help_)

    def module(self, path: str) -> Any:
        """TensorFlow.js, or a module of Node.js."""
        if path.startswith(TFJS):
            return self.machine.framework("tfjs").namespace(())
        if path.startswith((".", "/")):
            what = "an import of a file beside this one is not part of the subset"
            raise Refusal(what, help="paste what it defines")
        path = path.removeprefix("node:")
        if path == "perf_hooks":
            return {"performance": self.builtins["performance"]}
        if path == "util":
            return {"inspect": native("inspect", self.inspect)}
        if path in DRAWING or path in ("plotly.js", "chart.js") or "tfjs-vis" in path:
            raise Refusal(f"`{path}` draws", help="`gradcli plot` does; leave these lines out")
        raise Refusal(f"the module `{path}` is not part of the subset")


LANGUAGE = JavaScript
"""What walks a snippet of JavaScript."""
