"""Backward hooks of modules: what is called with the gradients of inputs and outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.methods import clone
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Instance


class BackwardHooks:
    """One call of a module with backward hooks: what passes into it and out of it is noted.

    The hooks are called when the gradients of the outputs and of the inputs are known, or of the
    outputs where no input requires one.
    """

    def __init__(self, home: Any, own: Instance, args: Sequence[Any]) -> None:
        self.home = home
        self.own = own
        self.of_outputs: list[Any] = []
        self.of_inputs: list[Any] = [None] * len(args)
        self.waiting = {i for i, x in enumerate(args) if isinstance(x, Tensor) and x.requires}
        self.inputs = [self.passed_in(i, x) for i, x in enumerate(args)]

    def passed_in(self, number: int, x: Any) -> Any:
        """An argument; its gradient is the last that is known."""
        if number not in self.waiting:
            return x

        def seen(gradient: Any) -> Any:
            self.of_inputs[number] = gradient
            self.waiting.discard(number)
            if self.waiting:
                return None
            changed = self.call()
            return None if changed is None else changed[number]

        return self.noted(x, seen)

    def outputs(self, value: Any) -> Any:
        """What the module gives; its gradients are known before those of its inputs."""
        outs = value if isinstance(value, tuple) else (value,)
        self.of_outputs = [None] * len(outs)
        made = tuple(self.passed_out(i, y) for i, y in enumerate(outs))
        return made if isinstance(value, tuple) else made[0]

    def passed_out(self, number: int, y: Any) -> Any:
        """One of the results."""
        if not (isinstance(y, Tensor) and y.requires):
            return y

        def seen(gradient: Any) -> Any:
            self.of_outputs[number] = gradient
            changed = self.call_before()
            if not self.waiting and all(x is None for x in self.of_inputs):
                self.call()
            return None if changed is None else changed[number]

        made = self.noted(y, seen)
        made.maker = "BackwardHookFunctionBackward"
        return made

    def noted(self, x: Any, seen: Callable[[Any], Any]) -> Any:
        """A tensor like this one, whose gradient is shown to a function."""
        made = clone(self.home, x)
        self.home.hook(made, Native("hook", seen))
        return made

    def call_before(self) -> Any:
        """Calls the hooks that see the gradients of the outputs alone, and may change them."""
        changed = None
        for hook in [*self.own.inner.before_backward]:
            result = self.home.machine.call(hook, [self.own, tuple(self.of_outputs)])
            if result is not None:
                changed = result if isinstance(result, tuple) else (result,)
                self.of_outputs = [*changed]
        return changed

    def call(self) -> Any:
        """Calls the hooks; what they give takes the place of the gradients of the inputs."""
        found, given = tuple(self.of_inputs), tuple(self.of_outputs)
        changed = None
        for hook in [*self.own.inner.backward]:
            result = self.home.machine.call(hook, [self.own, found, given])
            if result is not None:
                if len(result) != len(found):
                    text = "Backward hook returned an invalid number of grad_input, got "
                    raise Raised("RuntimeError", f"{text}{len(result)}, but expected {len(found)}")
                changed = found = tuple(result)
        return changed
