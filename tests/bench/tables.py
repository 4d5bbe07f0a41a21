"""`python -m tests.bench.tables [ROWS]`: `map` beside the scripts that one would write instead.

Black and Scholes with five gradients from Parquet to Parquet, beside PyArrow with JAX (and DuckDB
for the value alone, for orientation); its memory at four times the rows; and CSV to CSV beside
PyArrow reading and writing the same columns without any work.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tests.bench.processes import Run, gradcli, in_turn, timed
from tests.bench.workloads import BLACK_SCHOLES, market

ROUNDS = 3
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

WITHOUT_WORK = """
import sys, pyarrow as pa, pyarrow.csv as csv
with csv.open_csv(sys.argv[1]) as source, csv.CSVWriter(sys.argv[2], source.schema) as sink:
    for batch in source:
        sink.write_batch(batch)
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


def shown(found: dict[str, Run]) -> str:
    """Seconds and megabytes of each."""
    return ", ".join(f"{name} {run.seconds:.2f} s {run.peak:.0f} MB" for name, run in found.items())


def parquet(place: Path, rows: int) -> str:
    """From Parquet to Parquet, and the memory for four times the rows."""
    data, more, out = (str(place / f"{name}.parquet") for name in ("data", "more", "out"))
    make(rows, data)
    commands = {"gradcli": gradcli("map", BLACK_SCHOLES, data, "--wrt", NAMES, "-q", "-o", out)}
    if installed("jax"):
        commands["PyArrow and JAX"] = script(BY_JAX, data, out)
    if installed("duckdb"):
        commands["DuckDB, the value alone"] = script(BY_DUCKDB, data, out)
    found = in_turn(commands, ROUNDS)
    make(4 * rows, more)
    large = timed(gradcli("map", BLACK_SCHOLES, more, "--wrt", NAMES, "-q", "-o", out))
    return f"Parquet, {rows:,} rows: {shown(found)}; {4 * rows:,} rows: gradcli {large.peak:.0f} MB"


def csv(place: Path, rows: int) -> str:
    """From CSV to CSV: the same columns in and out."""
    data, wide, out = (str(place / f"{name}.csv") for name in ("data", "wide", "out"))
    make(rows, data)
    timed(gradcli("map", BLACK_SCHOLES, data, "-q", "-o", wide))
    found = in_turn(
        {
            "gradcli": gradcli("map", BLACK_SCHOLES, data, "-q", "-o", out),
            "PyArrow, 5 columns in and out": script(WITHOUT_WORK, data, out),
            "PyArrow, the 11 columns of the answer in and out": script(WITHOUT_WORK, wide, out),
        },
        ROUNDS,
    )
    return f"CSV, {rows:,} rows: {shown(found)}"


def main(rows: int) -> None:
    """Both kinds of tables."""
    for run in (parquet, csv):
        with tempfile.TemporaryDirectory() as place:
            print(run(Path(place), rows), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        write(int(sys.argv[2]), sys.argv[3])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 4_000_000)
