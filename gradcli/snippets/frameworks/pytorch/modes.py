"""`torch.no_grad()` and its like: whether tensors remember how they were made."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.values import Manager, Method, exposed


class GradMode(Manager):
    """Within it gradients are on, or off; `now` sets that at once, as `set_grad_enabled` does.

    `infers` says whether it is inference mode that is on or off.
    """

    kind = "no_grad"

    def __init__(
        self, home: Any, on: bool, *, now: bool = False, infers: bool | None = None
    ) -> None:
        self.home = home
        self.on = on
        self.infers = infers
        self.inferring: list[bool] = []
        self.before: list[bool] = [home.is_enabled]
        if now:
            home.is_enabled = on

    def enter(self) -> None:
        """Sets it."""
        self.before.append(self.home.is_enabled)
        self.home.is_enabled = self.on
        self.inferring.append(self.home.is_inferring)
        if self.infers is not None:
            self.home.is_inferring = self.infers

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Sets what was before."""
        self.home.is_enabled = self.before.pop()
        self.home.is_inferring = self.inferring.pop()
        if len(self.before) == 1:
            self.home.is_enabled = self.before[0]

    @exposed
    def __call__(self, function: Any) -> Method:
        """As a decorator."""
        return self.around(function)

    def around(self, function: Any) -> Method:
        """The function, within this mode."""

        def call(*args: Any, **named: Any) -> Any:
            self.enter()
            try:
                return self.home.machine.call(function, args, named)
            finally:
                self.leave(None)

        return Method(getattr(function, "name", "function"), call)
