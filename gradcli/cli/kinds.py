"""What click checks of the text of an option, with our words where it is wrong."""

from __future__ import annotations

import math
from typing import Any

import click

from gradcli.errors import UsageError
from gradcli.suggest import nearest


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
            message = f"{name} takes {self._wanted()}, not '{value}'"
            raise UsageError(message, help=self._meant(name, str(value))) from None

    def _meant(self, _name: str, _value: str) -> str | None:
        """What to type instead; None where nobody knows."""
        return None


class Whole(_Checked, click.IntRange):
    """A whole number."""

    def _wanted(self) -> str:
        if self.max is not None:
            return f"a whole number from {self.min} to {self.max}"
        return f"a whole number from {self.min} on"


class _Finite(click.FloatRange):
    """A range of click's, which by itself lets NaN and infinity pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail("", param, ctx)


class Real(_Checked, _Finite):
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

    def _meant(self, name: str, value: str) -> str | None:
        word = value.lower().removesuffix("-mode")
        known = word if word in self.choices else _OTHER_WORDS.get(word)
        meant = known or nearest(word, self.choices)
        return f"{name} {meant}" if meant in self.choices else None


_OTHER_WORDS = {
    **dict.fromkeys(
        "fd fdm findiff finite finite-difference finite-differences".split(), "numeric"
    ),
    **dict.fromkeys("numerical numeric-diff central diff".split(), "numeric"),
    **dict.fromkeys("complex complexstep complex_step cs csd".split(), "complex-step"),
    **dict.fromkeys("backward backprop adjoint vjp rev autodiff ad".split(), "reverse"),
    **dict.fromkeys("fwd jvp tangent dual".split(), "forward"),
    **dict.fromkeys("double f8 f64 float 64 np.float64 torch.float64".split(), "float64"),
    **dict.fromkeys("single f4 f32 half float16 32 np.float32 torch.float32".split(), "float32"),
    **dict.fromkeys("ignore drop omit leave-out".split(), "skip"),
    **dict.fromkeys("nan na empty keep".split(), "null"),
    **dict.fromkeys("raise error abort stop".split(), "fail"),
}
"""Words that would be guessed for one of some."""
