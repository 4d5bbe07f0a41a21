"""Text to tree: `parse` and `parse_value` are in parser.py, the nodes in tree.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import GradcliError, ParseError

if TYPE_CHECKING:
    from collections.abc import Callable

    IsElementwise = Callable[[str], bool]
    """Says of a name whether it is a function whose powers are written `sin^2(x)`."""

LIMITS = "limits are not computed; put in the point: `sin(x)/x` at 0 is 1"
"""What is said of limits, in whatever notation they are asked for."""


class Mistake(Exception):  # noqa: N818 - never leaves this package
    """What is wrong with the characters from `start` to `end`, and the way out.

    `product` is where a `*` would mend it, for a factor that stands directly before another;
    `readings` are the whole text in both ways in which what is wrong could be meant.
    """

    readings: tuple[str, ...] = ()

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        help: str | None = None,
        error: type[GradcliError] = ParseError,
        product: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.help = help
        self.error = error
        self.product = product


class Doubtful(Mistake):
    """What people write, too, but not so, or what could mean two things.

    It is told even where something else would be wrong before it.
    """
