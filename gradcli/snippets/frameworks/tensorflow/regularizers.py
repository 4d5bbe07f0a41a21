"""`tf.keras.regularizers`: penalties of weights, as Keras adds them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Kind, Object, exposed

if TYPE_CHECKING:
    from gradcli.snippets.values import Array


class Regularizer(Object):
    """So much of the sum of sizes, and so much of that of squares; None where there is no part."""

    def __init__(self, home: Any, kind: str, l1: float | None, l2: float | None) -> None:
        self.home = home
        self.kind = kind  # type: ignore[misc]
        self.parts = [(l1, "abs"), (l2, "square")]

    @exposed
    def __call__(self, x: Any) -> Array:
        """The penalty of a tensor."""
        home = self.home
        array, of = home.asarray(x), home.result_of
        pairs = [(share, name) for share, name in self.parts if share is not None]
        penalties = [
            home.operator("*", share, of("reduce_sum", of(name, array))) for share, name in pairs
        ]
        total: Array = penalties[0]
        for penalty in penalties[1:]:
            total = home.operator("+", total, penalty)
        return total


def regularizers(home: Any) -> dict[str, Any]:
    """The classes by their paths, under both of their names."""

    def kind(name: str, make: Any) -> Kind:
        return Kind(name, make, lambda v: isinstance(v, Regularizer) and v.kind == name)

    def both(default: float) -> Any:
        return lambda l1=default, l2=default: Regularizer(home, "L1L2", l1, l2)

    l1 = kind("L1", lambda l1=0.01: Regularizer(home, "L1", l1, None))
    l2 = kind("L2", lambda l2=0.01: Regularizer(home, "L2", None, l2))
    rows = {"l1": l1, "L1": l1, "l2": l2, "L2": l2}
    rows |= {"l1_l2": kind("L1L2", both(0.01)), "L1L2": kind("L1L2", both(0.0))}
    return {f"keras.regularizers.{name}": row for name, row in rows.items()}
