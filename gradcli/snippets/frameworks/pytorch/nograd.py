"""Functions and methods of PyTorch that have no gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import INT64, is_float
from gradcli.snippets.arrays.nograd import by_numbers, where
from gradcli.snippets.frameworks.pytorch.tensor import Size

if TYPE_CHECKING:
    from collections.abc import Callable

OF_BITS = "bitwise_and bitwise_or bitwise_xor bitwise_not gcd lcm isneginf isposinf"
"""What NumPy has under the same name, of the same arguments."""


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """Those that are both behind `torch.` and behind the dot of a tensor."""

    def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
        places = by_numbers(home, np.nonzero if as_tuple else np.argwhere)
        return places(home.asarray(input))

    def unique(
        input: Any,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        del sorted
        own = by_numbers(home, np.unique)
        return own(input, return_inverse=return_inverse, return_counts=return_counts, axis=dim)

    return {
        "nonzero": nonzero,
        "argwhere": nonzero,
        "unique": unique,
        "isreal": lambda input: home.constant(np.ones(input.shape, bool)),  # noqa: A006
        **{name: by_numbers(home, getattr(np, name)) for name in OF_BITS.split()},
    }


def functions(home: Any) -> dict[str, Callable[..., Any]]:
    """Those behind `torch.`."""

    def triangle(places: Callable[..., Any]) -> Callable[..., Any]:
        def indices(row: int, col: int, offset: int = 0, **_named: Any) -> Any:
            return home.constant(np.array(places(row, offset, col)), INT64)

        return indices

    def unique_consecutive(
        input: Any, return_inverse: bool = False, return_counts: bool = False
    ) -> Any:
        numbers = home.recorder.array(input).reshape(-1)
        begins = np.concatenate([[True], numbers[1:] != numbers[:-1]])[: numbers.size]
        found = [home.constant(numbers[begins], input.dtype)]
        if return_inverse:
            found.append(home.constant((np.cumsum(begins) - 1).reshape(input.shape), INT64))
        if return_counts:
            ends = np.append(np.flatnonzero(begins), numbers.size)
            found.append(home.constant(np.diff(ends), INT64))
        return tuple(found) if len(found) > 1 else found[0]

    def isin(elements: Any, test_elements: Any, *, invert: bool = False, **_named: Any) -> Any:
        return by_numbers(home, np.isin)(elements, test_elements, invert=invert)

    both = methods(home)
    return {
        **both,
        "where": where(home, ("where",), lambda x: both["nonzero"](x, as_tuple=True)),
        "tril_indices": triangle(np.tril_indices),
        "triu_indices": triangle(np.triu_indices),
        "isin": isin,
        "unique_consecutive": unique_consecutive,
        "is_floating_point": lambda x: is_float(x.dtype),
        "is_complex": lambda _x: False,
        "is_nonzero": lambda x: bool(home.number(x)),
        "broadcast_shapes": lambda *shapes: Size(np.broadcast_shapes(*map(tuple, shapes))),
    }
