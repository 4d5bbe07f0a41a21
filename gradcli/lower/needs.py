"""What lowering needs of rooms that it may not import: the list of functions, the passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.function import Function
    from gradcli.ir.loop import Bounds, Loop, Trace, Way
    from gradcli.ir.node import Node


class Catalogue(Protocol):
    """The functions of the library, and what frameworks call them."""

    NAMES: dict[str, str]
    METHODS_ONLY: frozenset[str]
    PREFIXES: dict[str, str]
    METHODS: dict[str, str]
    PATHS: frozenset[str]
    BEHIND_PREFIX: dict[tuple[str, str], str]

    def find(self, name: str, /) -> Function | None:
        """The function of this bare name."""

    def framework(self, words: Sequence[str], /) -> str:
        """The framework that a dotted name selects."""

    def spellings(self, words: Sequence[str], /) -> tuple[str, ...]:
        """How signatures of frameworks may write a dotted name, the most specific first."""


class Modes(Protocol):
    """The ways to differentiate, each of which builds nodes; None where nothing depends on x."""

    def reverse(
        self, ys: Sequence[Node], xs: Sequence[Node], seeds: Sequence[Node | None] | None = None, /
    ) -> Sequence[Node | None]:
        """The gradient of sum(y * seed) over all ys for each x; a seed of None is ones."""

    def forward(
        self, ys: Sequence[Node], xs: Sequence[Node], tangents: Sequence[Node], /
    ) -> Sequence[Node | None]:
        """The tangent of each y when each x moves by its tangent."""

    def jacobian(self, y: Node, x: Node, /) -> Node:
        """The derivative of each element of y by each element of x."""

    def taylor(
        self, y: Node, x: Node, order: int, zeros: Callable[[Node], Any] | None = None, /
    ) -> list[Node]:
        """The coefficients of y where every element of x moves alike, of all orders to this one."""

    def is_elementwise(self, y: Node, x: Node, /) -> bool:
        """Whether each element of y depends on the same element of x, and no other."""

    def batch(self, outputs: Sequence[Node], values: Mapping[Node, Node], /) -> list[Node]:
        """The outputs for each of a batch of values of some nodes."""

    def ruled(
        self,
        name: str,
        value: Node,
        inputs: Sequence[Node],
        rule: Callable[[Sequence[Node], Node], Sequence[Node]],
        /,
    ) -> Node:
        """A node with this value, whose cotangents for the inputs are what `rule` gives."""

    def looped(
        self, loop: Loop, starts: Sequence[Node], stacks: Sequence[Node], /
    ) -> tuple[Node, list[Node]]:
        """The node of a loop, and what is carried at its end."""

    def turns_of(self, loop: Node, /) -> Node:
        """How many turns a loop has taken."""


class Turns(Protocol):
    """How turns of loops are run."""

    def questions(self, body: Sequence[Node], moving: set[Node], /) -> list[Node]:
        """Nodes that are 0 as long as no convention may pass for a slope in a body."""

    def value(self, node: Node, /) -> Any:
        """The value of a node."""

    def suppose(self, node: Node, value: Any, /) -> None:
        """Gives a node a value."""

    def go(self, ways: Sequence[Way], trace: Trace, bounds: Bounds, first: int, /) -> None:
        """Goes on with a loop as far as its ways and the bounds let it, from that row on."""

    def histories(self, kept: Sequence[Node], /) -> Sequence[Any]:
        """Where the rows of what turns keep will go."""

    @property
    def steps(self) -> int:
        """The steps of loops that have found their course as they were run."""

    def run(self, loop: Loop, arrays: Sequence[Any], /) -> Trace:
        """How a loop goes, from the values of its inputs."""
