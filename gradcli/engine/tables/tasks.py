"""What workers of a cluster do: units of a table as threads do them, and writing where they belong.

What a worker encodes for one file stays with it until it is known where that is, and is written
there by the worker itself. All of it are functions of modules, which Dask can send by name.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Self

from gradcli.data.tables.input import FileInput
from gradcli.data.tables.writers import AS_BYTES, contents, encoded_group
from gradcli.data.whole import writing
from gradcli.engine.tables.account import Account
from gradcli.engine.tables.table_run import TableRun
from gradcli.engine.tables.workers import set_up_process, worked_through, write_part
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.dialect import Dialect
    from gradcli.data.tables.writers import Outline
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import Notice


@dataclass(frozen=True)
class WorkOrder:
    """What every worker needs to know, as data; `names` are the header of parts of text."""

    program: RowProgram
    layout: Layout
    kind: str
    columns: list[str]
    wanted: list[str] | None
    names: list[str]
    dialect: Dialect


@lru_cache(maxsize=4)
def _started(pickled: bytes) -> tuple[WorkOrder, TableRun]:
    """An order and its run, whose recordings serve for all units that come to this worker."""
    set_up_process()
    order: WorkOrder = pickle.loads(pickled)  # noqa: S301 - made by our own client
    table = FileInput([], order.kind, dialect=order.dialect)
    table.columns, table.wanted = order.columns, order.wanted
    return order, TableRun(order.program, table, order.layout)


@dataclass(frozen=True)
class Answer:
    """What a worker says of a unit: what was met in it, or an error, which is an answer, too."""

    account: Account
    notices: Mapping[str, Notice]
    still: Mapping[str, Notice] | None
    error: GradcliError | None = None
    outlines: tuple[Outline, ...] = ()

    @classmethod
    def of(cls, run: TableRun, work: Callable[[], Account]) -> Self:
        """That of some work."""
        account, error = Account(), None
        try:
            account = work()
        except GradcliError as caught:
            error = caught
        return cls(account, run.mapper.notices, run.mapper.still, error)


@dataclass(frozen=True)
class Encoded(Answer):
    """The answer of a unit whose groups, of a kind, stay with the worker that made them.

    What is sent of it, or put aside, is the rest: all that the client must know, without a task of
    its own. Where Dask took it the groups are made anew, by the order, and come out the same.
    """

    order: bytes = b""
    unit: Unit = ()
    kind: str = ""
    groups: list[Any] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "groups": None}

    def __sizeof__(self) -> int:
        """The bytes of the groups, so that Dask takes work to data and not data to work."""
        return sum(
            x.nbytes if self.kind not in AS_BYTES else memoryview(x).nbytes
            for x in self.groups or ()
        )

    def all_groups(self) -> list[Any]:
        """The groups, wherever one asks for them."""
        return encode(self.order, self.unit).all_groups() if self.groups is None else self.groups


def write(pickled: bytes, unit: Unit, path: str) -> Answer:
    """Computes one unit into one part."""
    order, run = _started(pickled)
    return Answer.of(run, partial(write_part, run, unit, path, order.names))


def encode(pickled: bytes, unit: Unit) -> Encoded:
    """Computes the groups of one unit."""
    _, run = _started(pickled)
    groups: list[Any] = []
    kind = run.layout.kind

    def append(group: Any) -> None:
        groups.append(encoded_group(kind, group))

    answer = Encoded.of(run, partial(worked_through, run, unit, append))
    outlines = tuple(contents(x, kind)[1] for x in groups if kind in AS_BYTES)
    return replace(answer, order=pickled, unit=unit, kind=kind, outlines=outlines, groups=groups)


def brought(encoded: Encoded) -> list[Any]:
    """The groups of a unit for the client."""
    return encoded.all_groups()


def place(encoded: Encoded, starts: list[int], path: str, name: str) -> None:
    """Writes groups where they belong in a file; errors call it by the name that it will have."""
    with writing(name), open(path, "r+b", buffering=0) as file:
        for group, start in zip(encoded.all_groups(), starts, strict=True):
            data, _ = contents(group, encoded.kind)
            file.seek(start)
            while data:
                data = data[file.write(data) :]
