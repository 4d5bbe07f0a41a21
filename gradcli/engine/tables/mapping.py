"""`map`: a program over the rows of a table, from columns and constants to the table written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradcli.data.missing import some
from gradcli.data.tables.dialect import misread
from gradcli.data.tables.flaws import POLICIES, Policies
from gradcli.data.whole import refuse_same
from gradcli.engine.settings import Settings, canonical
from gradcli.engine.tables.layout import Layout
from gradcli.engine.tables.row_program import RowProgram, RowRequest
from gradcli.engine.tables.workers import Watcher, reading, run_in_threads
from gradcli.errors import UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.data.tables.input import TableInput
    from gradcli.data.tables.output import TableOutput
    from gradcli.engine.program import Text
    from gradcli.engine.tables.account import Account
    from gradcli.engine.tables.table_run import TableRun
    from gradcli.errors import Notice

LOCAL = "local"
"""The address of a Dask cluster that is started on this machine."""


@dataclass(frozen=True)
class Options:
    """How a table is mapped.

    `keep` and `drop` name the columns that pass through, or do not (one of them at most), `rename`
    has columns by the names that the program has for them; `on_bad_row` and `on_missing` are of
    POLICIES, `precision` limits the significant digits of results, `dask` is the address of a
    cluster, or "local". `option` is how messages say that a name gets a value.
    """

    request: RowRequest = field(default_factory=RowRequest)
    settings: Settings = field(default_factory=Settings)
    keep: Sequence[str] | None = None
    drop: Sequence[str] | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "fail"
    on_missing: str = "null"
    precision: int | None = None
    workers: int = 0
    dask: str | None = None
    option: Callable[[str], str] = "--{} VALUE".format

    def __post_init__(self) -> None:
        for name in ("on_bad_row", "on_missing"):
            policy = getattr(self, name)
            if policy not in POLICIES:
                raise UsageError(f"{name} is {policy!r}", help=f"one of {', '.join(POLICIES)}")
        if self.keep is not None and self.drop is not None:
            raise UsageError("keep and drop cannot be combined", help="give one of the two")


class Outcome:
    """What came of it beside the table: the account, and what there is to say."""

    def __init__(self, run: TableRun, account: Account) -> None:
        self.run = run
        self.account = account

    def notices(self) -> list[Notice]:
        """Warnings about the program, the columns, bad rows, and what came out not finite."""
        mapper, program = self.run.mapper, self.run.program
        policies = self.run.layout.policies
        account = self.account.notices(program.outputs, mapper.explained, policies, mapper.warned)
        return [*program.notices, *mapper.all_notices(), *account]


def map_table(
    program: Text,
    table: TableInput,
    output: TableOutput,
    constants: Mapping[str, Any],
    options: Options,
    watcher: Watcher | None = None,
) -> Outcome:
    """Writes the table with the value and gradients of the program in each row."""
    if options.dask == LOCAL:
        from gradcli.engine.tables.cluster import begin

        begin()
    watcher = watcher or Watcher()
    columns = columns_by_name(table.columns, options.rename)
    row = RowProgram(
        program, list(columns), constants, options.settings, options.request, options.option
    )
    kept = _kept(table.columns, options.keep, options.drop)
    kind = output.kind_after(table.kind)
    _refuse_overwriting(table, output)
    everything = options.keep is None
    policies = Policies(options.on_bad_row, options.on_missing)
    layout = Layout(row, kind, kept, columns, policies, everything=everything)
    layout.precision = options.precision
    table.wanted = list(dict.fromkeys([*kept, *(columns[name] for name in row.columns)]))
    workers = 1 if options.dask else options.workers or options.settings.workers
    with reading(table, layout.form, output, workers):
        from gradcli.engine.tables.survey import settled, survey

        run = survey(row, table, layout)

    def work() -> Account:
        return _done(run, output, options, watcher)

    return Outcome(run, settled(run, work, begins_anew=not output.is_stream))


def _refuse_overwriting(table: TableInput, output: TableOutput) -> None:
    """The table that is read stays as it is."""
    target = output.path or output.stream
    if target is not None:
        refuse_same(target, table.paths, "results.csv")


def _done(run: TableRun, output: TableOutput, options: Options, watcher: Watcher) -> Account:
    """The work itself, in threads or on a cluster."""
    workers = options.workers or options.settings.workers
    if options.dask is None:
        return run_in_threads(run, output, workers, watcher)
    from gradcli.engine.tables.cluster import run_on_cluster

    address = None if options.dask == LOCAL else options.dask
    return run_on_cluster(run, output, address, workers, watcher)


# --- columns ------------------------------------------------------------------------------------


def listed(names: str | Sequence[str] | None) -> list[str] | None:
    """`"x,y"`, or names one by one."""
    words = names.split(",") if isinstance(names, str) else names
    return None if words is None else [word.strip() for word in words if word.strip()]


def columns_by_name(columns: Sequence[str], rename: Mapping[str, str]) -> dict[str, str]:
    """The columns by the names that the program has for them."""
    names = {column: canonical(column) for column in columns}
    for name, column in rename.items():
        _refuse_absent(column, columns)
        if name in columns and name not in rename.values():
            raise UsageError(f"the table already has a column '{name}'", help="choose another name")
        names[column] = canonical(name)
    return {name: column for column, name in names.items()}


def _refuse_absent(name: str, columns: Sequence[str]) -> None:
    if name not in columns:
        near = nearest(name, columns)
        lead = f"did you mean '{near}'? " if near else ""
        raise misread(columns, name) or UsageError(
            f"the table has no column '{name}'", help=f"{lead}its columns are {some(columns)}"
        )


def _kept(
    columns: Sequence[str], keep: Collection[str] | None, drop: Collection[str] | None
) -> list[str]:
    """The columns that pass through."""
    for name in [*(keep or ()), *(drop or ())]:
        _refuse_absent(name, columns)
    return [n for n in columns if (n in keep if keep is not None else n not in (drop or ()))]
