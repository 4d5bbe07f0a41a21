"""Variables of TensorFlow.js: tensors that can be assigned, each with a name."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.values import Array


class Variable(Array):
    """`tf.variable(…)`: its node is a leaf of its own."""

    __slots__ = ("label", "trainable")

    def __init__(self, node: Any, dtype: Any, home: Any, label: str, trainable: bool) -> None:
        super().__init__(node, dtype, home)
        self.label = label
        self.trainable = trainable
