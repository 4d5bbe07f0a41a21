"""Parts of a table that were written apart, read to be appended to the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.kinds import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 2**22
"""Bytes that are copied at a time."""


def read_part(path: str, kind: str) -> Iterator[Any]:
    """The blocks of a part as a sink of this kind appends them; parts of typed tables are Arrow."""
    if kind in TEXT:
        with open(path, "rb") as stream:
            while block := stream.read(BLOCK):
                yield block
        return
    with arrow().ipc.open_file(path) as reader:
        for i in range(reader.num_record_batches):
            yield reader.get_batch(i)
