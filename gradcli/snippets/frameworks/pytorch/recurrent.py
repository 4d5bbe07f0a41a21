"""`torch.nn`: recurrent cells, and the layers that go through a sequence with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.errors import Raised, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Instance

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
"""How many rows of weights each number of the state has."""


class Recurrent:
    """The layers, each made by a function that prepares an instance; `layers` has the tools."""

    def __init__(self, layers: Any) -> None:
        self.layers = layers
        self.home = layers.home

    def table(self) -> dict[str, Callable[..., None]]:
        """What prepares an instance of each class."""
        made: dict[str, Callable[..., None]] = {}
        for kind in GATES:
            made[f"{kind}Cell"] = self.cell(kind)
            made[kind] = self.sequence(kind)
        return made

    # --- weights ----------------------------------------------------------------------------

    def weights(
        self, own: Instance, kind: str, sizes: tuple[int, int], ending: str, *, bias: bool
    ) -> None:
        """The parameters of one cell, with PyTorch's first numbers."""
        inputs, hidden = sizes
        rows, bound = GATES[kind] * hidden, 1 / math.sqrt(hidden) if hidden else 0.0
        shapes: dict[str, tuple[int, ...]]
        shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden)}
        if bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        home = self.home
        for name, shape in shapes.items():
            numbers = home.generator.uniform(shape, home.default, -bound, bound)
            array = home.random(
                np.asarray(numbers, home.default), home.default, is_seeded=home.generator.is_seeded
            )
            self.layers.set_weight(own, name + ending, array)

    def parts(self, own: Instance, ending: str) -> list[Any]:
        """The parameters of one cell; None for a bias that it has not."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [own.attributes.get(name + ending) for name in names]

    # --- steps ------------------------------------------------------------------------------

    def call(self, path: str, *args: Any, **named: Any) -> Any:
        """A function of the framework."""
        return self.layers.call(path, *args, **named)

    def step(self, kind: str, parts: Sequence[Any], x: Any, state: Any, form: str) -> Any:
        """The next state; that of an LSTM is a pair."""
        of, linear = self.home.operator, "nn.functional.linear"
        hidden = state[0] if kind == "LSTM" else state
        above = self.call(linear, x, parts[0], parts[2])
        below = self.call(linear, hidden, parts[1], parts[3])
        if kind == "RNN":
            return self.call(form, of("+", above, below))
        if kind == "GRU":
            (ar, az, an), (br, bz, bn) = (self.call("chunk", v, 3, dim=-1) for v in (above, below))
            reset, update = (self.sigmoid(of("+", a, b)) for a, b in ((ar, br), (az, bz)))
            new = self.call("tanh", of("+", an, of("*", reset, bn)))
            return of("+", of("*", of("-", hidden, new), update), new)
        i, f, g, o = self.call("chunk", of("+", above, below), 4, dim=-1)
        kept = of("*", self.sigmoid(f), state[1])
        cell = of("+", kept, of("*", self.sigmoid(i), self.call("tanh", g)))
        return of("*", self.sigmoid(o), self.call("tanh", cell)), cell

    def sigmoid(self, x: Any) -> Any:
        """What opens a gate."""
        return self.call("sigmoid", x)

    def start(self, kind: str, shape: Sequence[int], dtype: Any) -> Any:
        """The state before the first step: zeros."""
        zeros = [self.home.constant(np.zeros(shape), dtype) for _ in range(2)]
        return tuple(zeros) if kind == "LSTM" else zeros[0]

    # --- classes ----------------------------------------------------------------------------

    def cell(self, kind: str) -> Callable[..., None]:
        """`nn.RNNCell`, `nn.GRUCell`, `nn.LSTMCell`."""

        def make(
            own: Instance,
            input_size: int,
            hidden_size: int,
            bias: bool = True,
            nonlinearity: str = "tanh",
        ) -> None:
            self.weights(own, kind, (input_size, hidden_size), "", bias=bias)
            own.attributes |= {"input_size": input_size, "hidden_size": hidden_size}
            own.inner.shown = f"{input_size}, {hidden_size}"
            own.inner.shown += "" if nonlinearity == "tanh" else f", nonlinearity={nonlinearity}"

            def compute(own: Instance, x: Any, state: Any = None) -> Any:
                if state is None:
                    state = self.start(kind, (*x.shape[:-1], hidden_size), x.dtype)
                return self.step(kind, self.parts(own, ""), x, state, nonlinearity)

            own.inner.compute = compute

        return make

    def sequence(self, kind: str) -> Callable[..., None]:
        """`nn.RNN`, `nn.GRU`, `nn.LSTM`: layers of cells, one on the other."""
        order = "bias batch_first dropout bidirectional".split()
        order = ["nonlinearity", *order] if kind == "RNN" else order

        def make(
            own: Instance,
            input_size: int,
            hidden_size: int,
            num_layers: int = 1,
            *args: Any,
            **named: Any,
        ) -> None:
            given = dict(zip(order, args, strict=False)) | named
            if given.keys() - {*order} or given.get("dropout") or given.get("bidirectional"):
                raise Refusal("`dropout` and `bidirectional` of recurrent layers")
            bias, batch_first = given.get("bias", True), given.get("batch_first", False)
            nonlinearity = given.get("nonlinearity", "tanh")
            for i in range(num_layers):
                sizes = (input_size if i == 0 else hidden_size), hidden_size
                self.weights(own, kind, sizes, f"_l{i}", bias=bias)
            own.attributes |= {"hidden_size": hidden_size, "num_layers": num_layers}
            own.inner.shown = f"{input_size}, {hidden_size}"
            own.inner.shown += f", num_layers={num_layers}" if num_layers != 1 else ""
            own.inner.shown += ", batch_first=True" if batch_first else ""

            def compute(own: Instance, x: Any, state: Any = None) -> Any:
                axis = 1 if batch_first and len(x.shape) == 3 else 0
                return self.through(own, kind, x, state, axis, nonlinearity)

            own.inner.compute = compute

        return make

    def through(
        self, own: Instance, kind: str, x: Any, state: Any, axis: int, form: str
    ) -> tuple[Any, Any]:
        """What all layers give for a sequence along an axis: each step, and the last states."""
        if len(x.shape) not in (2, 3):
            text = f"{kind}: Expected input to be 2D or 3D, got {len(x.shape)}D instead"
            raise Raised("ValueError", text)
        layers, size = own.attributes["num_layers"], own.attributes["hidden_size"]
        batch = tuple(n for i, n in enumerate(x.shape[:-1]) if i != axis)
        rows = list(self.call("unbind", x, axis))
        last = []
        for i in range(layers):
            now = self.start(kind, (*batch, size), x.dtype) if state is None else self.of(state, i)
            made = []
            for row in rows:
                now = self.step(kind, self.parts(own, f"_l{i}"), row, now, form)
                made.append(now[0] if kind == "LSTM" else now)
            rows = made
            last.append(now)
        whole = self.call("stack", rows, axis)
        states = [n if kind == "LSTM" else (n,) for n in last]
        ends = tuple(self.call("stack", column, 0) for column in zip(*states, strict=True))
        self.name(kind, whole, ends, axis)
        return whole, ends if kind == "LSTM" else ends[0]

    def name(self, kind: str, whole: Any, ends: Sequence[Any], axis: int) -> None:
        """What PyTorch says has made the steps and the last states."""
        is_alone = len(whole.shape) == 2
        is_fused = kind == "LSTM" and whole.dtype == FLOAT32
        turned = "TransposeBackward0" if kind == "LSTM" else "TransposeBackward1"
        for x in (whole, *ends):
            if x.requires and is_alone:
                x.maker = "SqueezeBackward1"
            elif x.requires and x is whole and axis:
                x.maker = turned
            elif x.requires and x is whole and is_fused:
                x.maker = "MkldnnRnnLayerBackward0"

    def of(self, state: Any, layer: int) -> Any:
        """The state of one layer."""
        if isinstance(state, tuple):
            return tuple(self.home.item(part, layer) for part in state)
        return self.home.item(state, layer)
