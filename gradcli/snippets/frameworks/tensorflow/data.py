"""`tf.data.Dataset`: rows of tensors that the snippet has, one after another or in batches."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Dataset(Object):
    """What a loop goes over: `rows()` begins anew, `count` is how many there are if it ends."""

    kind = "Dataset"

    def __init__(self, home: Any, rows: Callable[[], Iterator[Any]], count: int | None) -> None:
        self.home = home
        self.rows = rows
        self.count = count

    def iterate(self) -> Iterator[Any]:
        """Its elements."""
        return self.rows()

    def length(self) -> int:
        """How many elements there are."""
        if self.count is None:
            raise Raised("TypeError", "The dataset is infinite.")
        return self.count

    def number(self, value: Any) -> int:
        """A count, which may be a tensor."""
        return int(self.home.number(self.home.asarray(value)))

    @exposed
    def batch(self, batch_size: Any, drop_remainder: bool = False, **_named: Any) -> Dataset:
        """So many elements at a time, stacked."""
        size = self.number(batch_size)

        def rows() -> Iterator[Any]:
            left = self.rows()
            while chunk := list(islice(left, size)):
                if len(chunk) == size or not drop_remainder:
                    yield self.stacked(chunk)

        count = self.count
        whole = None if count is None else count // size if drop_remainder else -(-count // size)
        return Dataset(self.home, rows, whole)

    def stacked(self, chunk: list[Any]) -> Any:
        """Elements as one, whose tensors have an axis more."""
        columns = zip(*[leaves(row) for row in chunk], strict=True)
        return rebuilt(chunk[0], iter([self.home.stacked(list(column)) for column in columns]))

    @exposed
    def take(self, count: Any, **_named: Any) -> Dataset:
        """The first elements."""
        most = self.number(count)
        whole = most if self.count is None else min(most, self.count)
        return Dataset(self.home, lambda: islice(self.rows(), most), whole)

    @exposed
    def skip(self, count: Any, **_named: Any) -> Dataset:
        """The elements after the first."""
        first = self.number(count)
        whole = None if self.count is None else max(self.count - first, 0)
        return Dataset(self.home, lambda: islice(self.rows(), first, None), whole)

    @exposed
    def repeat(self, count: Any = None, **_named: Any) -> Dataset:
        """All elements again and again."""
        most = None if count is None else self.number(count)

        def rows() -> Iterator[Any]:
            turn = 0
            while most is None or turn < most:
                yield from self.rows()
                turn += 1

        whole = None if most is None or self.count is None else most * self.count
        return Dataset(self.home, rows, whole)

    @exposed
    def map(self, map_func: Any, *_more: Any, **_named: Any) -> Dataset:
        """What a function makes of each element; the parts of a tuple are its arguments."""
        call = self.home.machine.call

        def rows() -> Iterator[Any]:
            for row in self.rows():
                yield call(map_func, row if isinstance(row, tuple) else [row])

        return Dataset(self.home, rows, self.count)

    @exposed
    def filter(self, predicate: Any, **_named: Any) -> Dataset:
        """The elements for which a condition holds."""
        machine = self.home.machine

        def rows() -> Iterator[Any]:
            for row in self.rows():
                if machine.truth(machine.call(predicate, row if isinstance(row, tuple) else [row])):
                    yield row

        return Dataset(self.home, rows, None)

    @exposed
    def unbatch(self, **_named: Any) -> Dataset:
        """The rows of each element."""

        def rows() -> Iterator[Any]:
            for batch in self.rows():
                for i in range(leaves(batch)[0].shape[0]):
                    yield mapped(lambda x, i=i: self.home.item(x, i), batch)

        return Dataset(self.home, rows, None)

    @exposed
    def reduce(self, initial_state: Any, reduce_func: Any, **_named: Any) -> Any:
        """What a function makes of a state and the elements, one after the other."""
        state = mapped(self.home.asarray, initial_state)
        for row in self.rows():
            state = self.home.machine.call(reduce_func, [state, row])
        return state

    @exposed
    def enumerate(self, start: int = 0, **_named: Any) -> Dataset:
        """Each element behind its number."""
        home = self.home

        def rows() -> Iterator[Any]:
            for i, row in enumerate(self.rows(), start):
                yield home.constant(i, home.indices), row

        return Dataset(home, rows, self.count)

    @exposed
    def prefetch(self, *_args: Any, **_named: Any) -> Dataset:
        """The same."""
        return self

    @exposed
    def cache(self, *_args: Any, **_named: Any) -> Dataset:
        """The same."""
        return self

    @exposed
    def shuffle(self, *_args: Any, **_named: Any) -> Dataset:
        """Refused: its order is that of TensorFlow's own random numbers."""
        raise Refusal(
            "`.shuffle` gives another order each time", help="leave it out, or write the order"
        )

    @exposed
    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as arrays of NumPy."""
        return (mapped(self.home.to_numpy, row) for row in self.rows())


def data(home: Any) -> dict[str, Any]:
    """The functions that make datasets, by their paths."""

    def tensors_of(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: tensors_of(part) for key, part in value.items()}
        return tuple(map(tensors_of, value)) if isinstance(value, tuple) else home.asarray(value)

    def slices(tensors: Any, **_named: Any) -> Dataset:
        whole = tensors_of(tensors)
        counts = {x.shape[0] if x.shape else 0 for x in leaves(whole)}
        if len(counts) != 1 or counts == {0}:
            raise Raised("ValueError", "the tensors have not the same number of rows")
        (count,) = counts

        def rows() -> Iterator[Any]:
            return (mapped(lambda x, i=i: home.item(x, i), whole) for i in range(count))

        return Dataset(home, rows, count)

    def alone(tensors: Any, **_named: Any) -> Dataset:
        return Dataset(home, lambda: iter([tensors_of(tensors)]), 1)

    def numbers(*ends: Any, **_named: Any) -> Dataset:
        values = range(*[int(home.number(home.asarray(end))) for end in ends])
        return Dataset(home, lambda: (home.constant(i, home.indices) for i in values), len(values))

    def zipped(*datasets: Any, **_named: Any) -> Dataset:
        parts = datasets[0] if isinstance(datasets[0], tuple) else datasets
        counts = [part.count for part in parts if part.count is not None]
        return Dataset(
            home,
            lambda: zip(*[part.rows() for part in parts], strict=False),
            min(counts, default=None),
        )

    rows = {"from_tensor_slices": slices, "from_tensors": alone, "range": numbers, "zip": zipped}
    table: dict[str, Any] = {f"data.Dataset.{n}": Native(n, row) for n, row in rows.items()}
    return table | {"data.AUTOTUNE": -1, "data.experimental.AUTOTUNE": -1}
