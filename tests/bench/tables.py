"""`python -m tests.bench.tables [ROWS]`: `map` beside scripts, and beside copies without any work.

Black and Scholes with five gradients. From Parquet to Parquet beside PyArrow with JAX (and DuckDB
for the value alone, for orientation), and beside PyArrow copying the table that is the answer; to a
folder of parts, by one worker and by two, with their start and without; by two workers of Dask,
whose start is told apart; from CSV to CSV beside Polars, or else PyArrow, copying the answer. For
each the share of the run in which one thread works alone, by what it does. The files are in memory
(/dev/shm), if there is one.

The fair copy of Parquet is the one without dictionaries: it writes the very columns that `map`
writes, in the same encoding and codec. What PyArrow does unless told otherwise first makes a
dictionary of each column, and drops it as numbers hardly repeat: to be faster than that is no
merit.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tests.bench.processes import ENVIRON, Run, fastest, gradcli, timed
from tests.bench.workloads import BLACK_SCHOLES, market

ROUNDS = 5
NAMES = "S,K,r,v,T"

BY_JAX = """
import sys, jax, jax.numpy as np, pyarrow as pa, pyarrow.parquet as pq
jax.config.update("jax_enable_x64", True)

def share(d):
    return (1 + np.tanh(0.8*d + 0.035*d**3))/2

def price(S, K, r, v, T):
    d1 = (np.log(S/K) + (r + v**2/2)*T)/(v*np.sqrt(T))
    return S*share(d1) - K*np.exp(-r*T)*share(d1 - v*np.sqrt(T))

run = jax.jit(jax.vmap(jax.value_and_grad(price, range(5))))
source = pq.ParquetFile(sys.argv[1])
names = source.schema_arrow.names
out = names + ["value"] + ["d_" + name for name in names]
with pq.ParquetWriter(sys.argv[2], pa.schema([(name, pa.float64()) for name in out])) as writer:
    for batch in source.iter_batches(1 << 20):
        value, slopes = run(*(np.asarray(column) for column in batch.columns))
        columns = [*batch.columns, *(pa.array(x.__array__()) for x in (value, *slopes))]
        writer.write_table(pa.table(columns, out))
"""

BY_DUCKDB = """
import sys, duckdb
d1 = "(ln(S/K) + (r + v*v/2)*T)/(v*sqrt(T))"
tanh = "((exp(2*{0}) - 1)/(exp(2*{0}) + 1))"
n = lambda d: "(1 + " + tanh.format(f"(0.8*{d} + 0.035*{d}*{d}*{d})") + ")/2"
duckdb.sql(f"copy (select *, S*{n('d1')} - K*exp(-r*T)*{n('d2')} as value from (select *, "
           f"{d1} as d1, {d1} - v*sqrt(T) as d2 from '{sys.argv[1]}')) to '{sys.argv[2]}'")
"""

COPIED_PARQUET = """
import sys, pyarrow.parquet as pq
with pq.ParquetFile(sys.argv[1]) as source:
    options = {} if sys.argv[3:] else {"use_dictionary": False}
    with pq.ParquetWriter(sys.argv[2], source.schema_arrow, **options) as sink:
        for i in range(source.num_row_groups):
            sink.write_table(source.read_row_group(i))
"""

COPIED_CSV = """
import sys, pyarrow as pa, pyarrow.csv as csv
with csv.open_csv(sys.argv[1]) as source, csv.CSVWriter(sys.argv[2], source.schema) as sink:
    for batch in source:
        sink.write_batch(batch)
"""

COPIED_BY_POLARS = """
import sys, polars
polars.read_csv(sys.argv[1]).write_csv(sys.argv[2])
"""


def installed(module: str) -> bool:
    """Whether there is such a module, without importing it."""
    return importlib.util.find_spec(module) is not None


def script(text: str, *arguments: str) -> list[str]:
    """A script as a command."""
    return [sys.executable, "-c", text, *arguments]


def make(rows: int, path: str) -> None:
    """Writes a table, in a process of its own: the peak of a child counts what its parent had."""
    timed([sys.executable, "-m", "tests.bench.tables", "make", str(rows), path])


def write(rows: int, path: str) -> None:
    """Writes a table of random options."""
    table = pa.table(market(rows))
    if path.endswith(".csv"):
        pa.csv.write_csv(table, path)
    else:
        pa.parquet.write_table(table, path)


class Paths:
    """The files of a bench in one folder."""

    def __init__(self, folder: str, ending: str) -> None:
        self.data, self.tiny, self.more, self.answer, self.out, self.copy = (
            f"{folder}/{name}.{ending}"
            for name in ("data", "tiny", "more", "answer", "out", "copy")
        )
        self.parts = f"{folder}/parts"


def mapped(source: str, out: str, *options: object) -> list[str]:
    """The arguments of a map."""
    return ["map", BLACK_SCHOLES, source, "--wrt", NAMES, "-q", "-o", out, *map(str, options)]


def alone(*arguments: str) -> str:
    """The share of a run in which one thread works alone."""
    command = [sys.executable, "-m", "tests.bench.shares", *arguments]
    run = subprocess.run(command, env=ENVIRON, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout.rstrip()


def shown(runs: dict[str, Run]) -> str:
    """Seconds, those of all cores, and megabytes of each, a line each."""
    return "\n".join(
        f"  {name}: {run.seconds:.2f} s, of all cores {run.work:.2f} s, {run.peak:.0f} MB"
        for name, run in runs.items()
    )


def ratio(runs: dict[str, Run], one: str, other: str) -> str:
    """How long one takes where another takes 1, and how much work it is."""
    seconds, work = runs[one].seconds / runs[other].seconds, runs[one].work / runs[other].work
    return f"  {one} / {other}: {seconds:.2f} in time, {work:.2f} in work"


def started_apart(
    runs: dict[str, Run], one: str, start: str, other: str, its_start: str = ""
) -> str:
    """How long one takes besides its start, where another takes 1, and how much work it is.

    If the start of the other is named, that does not count either.
    """
    first, begun = runs[one], runs[start]
    second, other_begun = runs[other], runs.get(its_start, Run(0, 0, 0))
    seconds = (first.seconds - begun.seconds) / (second.seconds - other_begun.seconds)
    work = (first.work - begun.work) / (second.work - other_begun.work)
    whole = f"({other} - {its_start})" if its_start else other
    return f"  ({one} - {start}) / {whole}: {seconds:.2f} in time, {work:.2f} in work"


def parquet(folder: str, rows: int) -> str:
    """From Parquet to one file."""
    paths = Paths(folder, "parquet")
    make(rows, paths.data)
    timed(gradcli(*mapped(paths.data, paths.answer)))
    commands = {
        "gradcli": gradcli(*mapped(paths.data, paths.out)),
        "the fair copy": script(COPIED_PARQUET, paths.answer, paths.copy),
        "a copy with dictionaries": script(COPIED_PARQUET, paths.answer, paths.copy, "tried"),
    }
    if installed("jax"):
        commands["PyArrow and JAX"] = script(BY_JAX, paths.data, paths.copy)
    if installed("duckdb"):
        commands["DuckDB, the value alone"] = script(BY_DUCKDB, paths.data, paths.copy)
    runs = fastest(commands, ROUNDS)
    make(4 * rows, paths.more)
    runs[f"gradcli, {4 * rows:,} rows"] = timed(gradcli(*mapped(paths.more, paths.out)))
    copies = (ratio(runs, "gradcli", name) for name in list(commands)[1:3])
    share = alone(*mapped(paths.data, paths.out))
    return "\n".join([f"Parquet, {rows:,} rows", shown(runs), *copies, f"  {share}"])


def parts(folder: str, rows: int) -> str:
    """From Parquet to a folder, and to one file by way of Dask."""
    paths = Paths(folder, "parquet")
    make(rows, paths.data)
    make(100, paths.tiny)
    dask = "--dask", "--workers", 2
    runs = fastest(
        {
            "one worker": gradcli(*mapped(paths.data, paths.parts, "--workers", 1)),
            "two workers": gradcli(*mapped(paths.data, paths.parts, "--workers", 2)),
            "one file, two workers": gradcli(*mapped(paths.data, paths.out, "--workers", 2)),
            "one file, Dask": gradcli(*mapped(paths.data, paths.out, *dask)),
            "100 rows": gradcli(*mapped(paths.tiny, f"{paths.parts}-few")),
            "Dask, 100 rows": gradcli(*mapped(paths.tiny, paths.out, *dask)),
        },
        ROUNDS,
    )
    lines = [
        f"Parts, {rows:,} rows",
        shown(runs),
        ratio(runs, "two workers", "one worker"),
        started_apart(runs, "two workers", "100 rows", "one worker", "100 rows"),
        started_apart(runs, "one file, Dask", "Dask, 100 rows", "one file, two workers"),
        f"  parts: {alone(*mapped(paths.data, paths.parts, '--workers', 2))}",
        f"  Dask: {alone(*mapped(paths.data, paths.out, *dask))}",
    ]
    return "\n".join(lines)


def csv(folder: str, rows: int) -> str:
    """From CSV to CSV."""
    paths = Paths(folder, "csv")
    make(rows, paths.data)
    timed(gradcli(*mapped(paths.data, paths.answer)))
    by = "Polars" if installed("polars") else "PyArrow"
    copy = COPIED_BY_POLARS if by == "Polars" else COPIED_CSV
    runs = fastest(
        {
            "gradcli": gradcli(*mapped(paths.data, paths.out)),
            f"a copy by {by}": script(copy, paths.answer, paths.copy),
        },
        ROUNDS,
    )
    share = alone(*mapped(paths.data, paths.out))
    copied = ratio(runs, "gradcli", f"a copy by {by}")
    lacking = "" if installed("orjson") else ", without orjson, which is gradcli's to install"
    return "\n".join([f"CSV, {rows:,} rows{lacking}", shown(runs), copied, f"  {share}"])


def main(rows: int) -> None:
    """All of them."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    for run, count in ((parquet, rows), (parts, rows), (csv, rows // 8)):
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            print(run(folder, count), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        write(int(sys.argv[2]), sys.argv[3])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 4_000_000)
