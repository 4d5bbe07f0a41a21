"""`torch.autograd.detect_anomaly()`: which operation gives the first NaN on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.passes import modes
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Manager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node

FOUND = "Function '{}' returned nan values in its {}th output."


class AnomalyMode(Manager):
    """Within it gradients are looked at; `now` has that begin at once."""

    kind = "detect_anomaly"

    def __init__(self, home: Any, on: bool, check_nan: bool, *, now: bool = False) -> None:
        self.home = home
        self.wish = on, check_nan
        self.before = home.anomaly
        if now:
            home.anomaly = self.wish

    def enter(self) -> None:
        """Begins."""
        self.home.anomaly = self.wish

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Goes back to what was before."""
        self.home.anomaly = self.before


def made_of(ys: Sequence[Tensor]) -> list[Tensor]:
    """The tensors that operations have made on the way to these, the last made first."""
    found = {id(y): y for y in ys}
    waiting = [*ys]
    while waiting:
        for source in waiting.pop().before:
            if isinstance(source, Tensor) and source.requires and id(source) not in found:
                found[id(source)] = source
                waiting.append(source)
    made = [tensor for tensor in found.values() if tensor.maker]
    return sorted(made, key=lambda tensor: tensor.node.order, reverse=True)


def check(home: Any, ys: Sequence[Tensor], seeds: Sequence[Node | None]) -> None:
    """Raises PyTorch's error where an operation makes a NaN of a gradient without one.

    What the snippet prints on the way is printed when the gradients are computed.
    """
    write, home.machine.write = home.machine.write, lambda _text: None
    try:
        look(home, ys, seeds)
    finally:
        home.machine.write = write


def look(home: Any, ys: Sequence[Tensor], seeds: Sequence[Node | None]) -> None:
    """The same, and all that is printed is seen."""
    recorder, made = home.recorder, made_of(ys)
    nodes = [y.node for y in ys]
    recorder.use(recorder.widest(nodes))
    above = modes.reverse(nodes, [tensor.node for tensor in made], seeds, whole=True)
    for tensor, gradient in zip(made, above, strict=True):
        if gradient is None or np.isnan(recorder.value(gradient)).any():
            continue
        sources = [x for x in tensor.before if isinstance(x, Tensor) and x.node is not tensor.node]
        below = modes.reverse([tensor.node], [x.node for x in sources], [gradient], whole=True)
        for i, (source, found) in enumerate(zip(sources, below, strict=True)):
            if source.requires and found is not None and np.isnan(recorder.value(found)).any():
                raise Raised("RuntimeError", FOUND.format(tensor.maker, i))
