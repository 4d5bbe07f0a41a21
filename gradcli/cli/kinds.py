"""What click checks of the text of an option, with our words where it is wrong."""

from __future__ import annotations

from typing import Any

import click

from gradcli.errors import UsageError


class _Checked(click.ParamType[Any]):
    """A kind of click's that says what it wanted."""

    def _wanted(self) -> str:
        """What it takes, as a person would say it."""
        raise NotImplementedError

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or an error that names the option, what it takes and what it was given."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            name = param.opts[0] if param is not None else "it"
            raise UsageError(f"{name} takes {self._wanted()}, not '{value}'") from None


class Whole(_Checked, click.IntRange):
    """A whole number."""

    def _wanted(self) -> str:
        if self.max is not None:
            return f"a whole number from {self.min} to {self.max}"
        return f"a whole number from {self.min} on"


class Real(_Checked, click.FloatRange):
    """A number."""

    def _wanted(self) -> str:
        if self.min is None:
            return "a number"
        return f"a number {'above' if self.min_open else 'from'} {self.min:g}"


class OneOf(_Checked, click.Choice[str]):
    """One of some words."""

    def _wanted(self) -> str:
        *others, last = self.choices
        return f"{', '.join(others)} or {last}"
