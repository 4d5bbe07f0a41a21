"""`torch.utils.data`: tensors side by side, in batches, in their order or in a random one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import INT64
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.random import Generator
from gradcli.snippets.values import Array, Base, Instance, Kind, Object, shown

if TYPE_CHECKING:
    from collections.abc import Iterator


class TensorDataset(Object):
    """`TensorDataset(X, y)`."""

    kind = "TensorDataset"

    def __init__(self, home: Any, tensors: tuple[Any, ...]) -> None:
        self.home = home
        self.columns = tensors
        if len({x.shape[0] for x in tensors}) != 1:
            raise Raised("AssertionError", "Size mismatch between tensors")

    def length(self) -> int:
        """How many rows there are."""
        count: int = self.columns[0].shape[0]
        return count

    def item(self, key: Any) -> tuple[Any, ...]:
        """A row of each tensor."""
        return tuple(self.home.item(x, key) for x in self.columns)

    @shown
    def tensors(self) -> tuple[Any, ...]:
        """What has a row for each."""
        return self.columns


class DataLoader(Object):
    """`DataLoader(dataset, batch_size, shuffle, drop_last)`."""

    kind = "DataLoader"

    def __init__(
        self,
        home: Any,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        generator: Any = None,
        **named: Any,
    ) -> None:
        if named.keys() - {"num_workers", "pin_memory", "persistent_workers"}:
            raise Refusal(f"`{min(named)}` of a DataLoader is not part of the subset")
        if not isinstance(dataset, (TensorDataset, Instance, list)):
            raise Refusal(
                "a DataLoader of this is not part of the subset", help="TensorDataset(X, y)"
            )
        self.home = home
        self.rows = dataset
        self.size = batch_size
        self.shuffles = shuffle
        self.drops = drop_last
        self.generator: Generator = home.generator if generator is None else generator.inner
        self.has_own = generator is not None

    def length(self) -> int:
        """How many batches there are."""
        count = self.count()
        return count // self.size if self.drops else -(-count // self.size)

    def count(self) -> int:
        """How many rows there are."""
        return int(self.home.machine.language.builtins.len_(self.rows))

    @shown
    def dataset(self) -> Any:
        """Whose rows it gives."""
        return self.rows

    @shown
    def batch_size(self) -> int:
        """How many rows a batch has."""
        return self.size

    @shown
    def drop_last(self) -> bool:
        """Whether a last batch of fewer rows is left out."""
        return self.drops

    def iterate(self) -> Iterator[Any]:
        """The batches, one after another."""
        count = self.count()
        self.generator.words(2)  # the seed of workers, of which there are none
        order = np.arange(count)
        if self.shuffles:
            drawing = self.generator
            if not self.has_own:
                high, low = map(int, self.generator.words(2))
                drawing = Generator((high << 32 | low) % 2**63)
            order = drawing.permuted(count)
        for start in range(0, self.length() * self.size, self.size):
            yield self.batch(order[start : start + self.size])

    def batch(self, order: Any) -> Any:
        """One batch."""
        home = self.home
        if isinstance(self.rows, TensorDataset):
            is_known = self.generator.is_seeded or not self.shuffles
            index = home.random(order, INT64, is_seeded=is_known)
            return [home.item(x, index) for x in self.rows.columns]
        if self.shuffles and not self.generator.is_seeded:
            help_ = "torch.manual_seed(0), or shuffle=False"
            raise Refusal("an order without a seed differs from run to run", help=help_)
        rows = [home.machine.language.item(self.rows, int(i)) for i in order]
        return self.collated(rows)

    def collated(self, rows: list[Any]) -> Any:
        """Rows as one tensor for each of their parts."""
        if isinstance(rows[0], (tuple, list)):
            return [self.collated(list(part)) for part in zip(*rows, strict=True)]
        tensors = [x if isinstance(x, Array) else self.home.tensor_of(x) for x in rows]
        return self.home.stacked(tensors)


def data(home: Any) -> dict[str, Any]:
    """The classes by their paths."""
    return {
        "utils.data.TensorDataset": Kind(
            "TensorDataset",
            lambda *tensors: TensorDataset(home, tensors),
            lambda v: isinstance(v, TensorDataset),
        ),
        "utils.data.DataLoader": Kind(
            "DataLoader",
            lambda dataset, *args, **named: DataLoader(home, dataset, *args, **named),
            lambda v: isinstance(v, DataLoader),
        ),
        "utils.data.Dataset": Base("Dataset", methods={"__init__": lambda _own: None}),
    }
