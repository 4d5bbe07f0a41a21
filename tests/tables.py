"""`map` as tests call it: a command line in this process, tables written and read back."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.cli.main import run
from gradcli.data.console import Console

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow")
csv = pytest.importorskip("pyarrow.csv")
ipc = pytest.importorskip("pyarrow.ipc")
pq = pytest.importorskip("pyarrow.parquet")

KINDS = ("csv", "tsv", "jsonl", "parquet", "arrow")


class Done:
    """What a command line gave."""

    def __init__(
        self,
        *args: Any,
        stdin: bytes | io.BytesIO = b"",
        is_terminal: bool = False,
        err: io.StringIO | None = None,
    ) -> None:
        stdin = io.BytesIO(stdin) if isinstance(stdin, bytes) else stdin
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        err = err or io.StringIO()
        console = Console(stdin, out, err, {}, width=100, is_terminal=is_terminal)
        self.status = run(["map", *map(str, args)], console)
        out.flush()
        self.bytes = out.buffer.getvalue()  # type: ignore[attr-defined]
        self.err = err.getvalue()

    @property
    def out(self) -> str:
        return self.bytes.decode()


def ran(*args: Any, stdin: bytes = b"") -> str:
    done = Done(*args, stdin=stdin)
    assert (done.status, done.err) == (0, "")
    return done.out


def written(path: Path, table: Any) -> Path:
    """A table in the kind of the file's extension."""
    kind = path.suffix[1:]
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "arrow":
        with ipc.new_file(str(path), table.schema) as out:
            out.write_table(table)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        delimiter = {"csv": ",", "tsv": "\t"}[kind]
        csv.write_csv(table, path, csv.WriteOptions(delimiter=delimiter))
    return path


def read(path: Path) -> Any:
    """The rows of a table, as dicts."""
    kind = path.suffix[1:]
    if kind == "parquet":
        return pq.read_table(path).to_pylist()
    if kind == "arrow":
        return ipc.open_file(str(path)).read_all().to_pylist()
    if kind == "jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    options = csv.ParseOptions(delimiter={"csv": ",", "tsv": "\t"}[kind])
    return csv.read_csv(path, parse_options=options).to_pylist()


def sample(count: int = 5) -> Any:
    rng = np.random.default_rng(1)
    return pa.table(
        {
            "id": pa.array(range(count), pa.int64()),
            "name": [f"n, {i}" for i in range(count)],
            "x": rng.uniform(0.5, 3, count),
            "y": rng.uniform(-1, 1, count),
        }
    )


TABLE = b"e,x,unit price\n1,2,10\n2,3,20\n"


def mapped(program: str, *args: str, table: bytes = TABLE) -> Done:
    return Done(program, "-", "--from", "csv", *args, stdin=table)


BAD = b"x,y\n1,2\noops,3\n,4\nNA,5\n5\n6,1e2\n"
