"""`map` over a Dask cluster: workers that die, lack gradcli, or do not come."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import gradcli
from gradcli.cli import patience
from gradcli.data.tables import sizes
from gradcli.engine.tables import cluster as cluster_module
from gradcli.engine.tables import dealing, tasks
from gradcli.engine.tables.account import Account
from gradcli.engine.tables.workers import Watcher
from tests.bench import shares
from tests.sessions import ROOT
from tests.tables import BAD, Done, pa, pq, ran, sample, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def cluster() -> Any:
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as found:
            yield found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_cluster_with_a_worker_killed(
    tmp_path: Path, cluster: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker killed in mid-run costs time, not rows; the output is the local one."""
    monkeypatch.setattr(sizes, "SHARE", 20_000)
    monkeypatch.setattr(sizes, "GROUP", 400)
    monkeypatch.setattr(sizes, "HELD", 1)
    source = tmp_path / f"in.{kind}"
    if kind == "parquet":
        pq.write_table(sample(20_000), source, row_group_size=400)
    else:
        written(source, sample(20_000))
    program = "if x > 1 { sum(erf([x, y, x*y])) } else { sin(x)*y }"
    ran(program, source, "-o", tmp_path / f"local.{kind}")
    address = cluster.scheduler_address
    killer = threading.Thread(target=_kill_one, args=(cluster, tmp_path))
    killer.start()
    done = Done(program, source, "-o", tmp_path / f"out.{kind}", "--dask", address)
    killer.join()
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / f"out.{kind}").read_bytes() == (tmp_path / f"local.{kind}").read_bytes()
    assert sorted(os.listdir(tmp_path)) == sorted(f"{n}.{kind}" for n in ("in", "local", "out"))
    assert (tmp_path.parent / f"killed-{tmp_path.name}").exists()


def _kill_one(cluster: Any, folder: Path) -> None:
    """Kills the process of a worker as soon as some groups are there."""
    for _ in range(2_000):
        if any(_size(path) > 20_000 for path in folder.glob(".out.*.tmp")):
            os.kill(next(iter(cluster.workers.values())).process.process.pid, signal.SIGKILL)
            (folder.parent / f"killed-{folder.name}").touch()
            return
        time.sleep(0.005)


def test_workers_of_this_machine(tmp_path: Path) -> None:
    """They write what threads write; when the run is ended they are gone without a word."""
    pytest.importorskip("distributed")
    source, local, out = (tmp_path / f"{name}.parquet" for name in ("in", "local", "out"))
    pq.write_table(sample(400_000), source, row_group_size=100_000)
    ran("x*y", source, "-o", local)
    command = [sys.executable, "-m", "gradcli", "map", "x*y", str(source), "-o", str(out)]
    command += ["--dask", "--workers", "2"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, env=environ, check=True)
    assert out.read_bytes() == local.read_bytes()
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        with subprocess.Popen(
            command, env=environ, stderr=subprocess.PIPE, start_new_session=True
        ) as process:
            _until(lambda: [*tmp_path.glob(".out.*.tmp")])
            if number == signal.SIGINT:  # which a terminal sends to all of them
                os.killpg(process.pid, number)
            else:
                process.kill()
            assert process.wait() == status
            _until(partial(_is_gone, process.pid))
            assert process.stderr is not None
            assert number == signal.SIGKILL or process.stderr.read() == b""
    assert out.read_bytes() == local.read_bytes()


def _until(is_so: Callable[[], object]) -> None:
    for _ in range(4_000):
        if is_so():
            return
        time.sleep(0.005)
    raise AssertionError("waited for 20 s")


def _is_gone(group: int) -> bool:
    """Whether there are no processes of a group any more."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


CLUSTER = """
import logging, time
from distributed import LocalCluster
if __name__ == "__main__":
    quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", **quiet) as cluster:
        print(cluster.scheduler_address, flush=True)
        time.sleep(60)
"""


@pytest.mark.filterwarnings("ignore")
def test_cluster_with_the_scheduler_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That ends the run at once, and leaves nothing behind."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(sizes, "SHARE", 2_000)
    written(tmp_path / "in.csv", sample(10_000))
    (tmp_path / "cluster.py").write_text(CLUSTER)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", str(tmp_path / "cluster.py")]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        killer = threading.Thread(target=_kill_at_work, args=(process, tmp_path))
        killer.start()
        done = Done(
            "sum(erf([x, y]))", tmp_path / "in.csv", "-o", tmp_path / "out", "--dask", address
        )
        killer.join()
    assert done.status == 1
    assert done.err.startswith(f"error: the Dask cluster {address} is lost: ")
    assert sorted(os.listdir(tmp_path)) == ["cluster.py", "in.csv"]


def _kill_at_work(process: subprocess.Popen[str], folder: Path) -> None:
    """Kills a process as soon as there is a part."""
    for _ in range(4_000):
        if [*folder.glob(".*/part-*")]:
            break
        time.sleep(0.005)
    process.kill()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "arrow"])
def test_what_a_cluster_writes_is_what_threads_write(
    tmp_path: Path, cluster: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups that workers write where they belong, and those that go through the client."""
    monkeypatch.setattr(sizes, "SHARE", 2_000)
    monkeypatch.setattr(sizes, "GROUP", 100)
    monkeypatch.setattr(sizes, "HELD", 1)
    source = tmp_path / f"in.{kind}"
    written(source, sample(1_050))
    local, out = tmp_path / f"local.{kind}", tmp_path / f"out.{kind}"
    ran("x*y", source, "-o", local)
    address = cluster.scheduler_address
    ran("x*y", source, "-o", out, "--dask", address)
    assert out.read_bytes() == local.read_bytes()
    if kind != "arrow":  # in the form for pipes it has no end
        assert Done("x*y", source, "-o", "-", "--dask", address).bytes == local.read_bytes()


def test_a_worker_that_cannot_write(tmp_path: Path) -> None:
    """The error calls the file by the name that it was to have."""
    encoded = tasks.Encoded(Account(), {}, {}, kind="csv", groups=[b"1\n"])
    with pytest.raises(gradcli.GradcliError, match=r"cannot write 'out\.csv': no such file"):
        tasks.place(encoded, [0], str(tmp_path / "gone" / ".tmp"), "out.csv")


@pytest.mark.parametrize(
    ("kind", "group", "size"), [("csv", b"1,2\n", 4), ("arrow", pa.table({"x": [1.0, 2.0]}), 16)]
)
def test_the_size_of_what_stays_with_a_worker(kind: str, group: Any, size: int) -> None:
    """Dask takes work to data by it, and would not say that it failed."""
    encoded = tasks.Encoded(Account(), {}, {}, kind=kind, groups=[group, group])
    assert encoded.__sizeof__() == 2 * size


class Moved:
    """The future of what Dask took elsewhere as soon as it was there."""

    status = "finished"

    def __init__(self, what: Any) -> None:
        self._what = pickle.dumps(what)

    def result(self, timeout: float = 0) -> Any:
        return pickle.loads(self._what)

    def exception(self, timeout: float) -> None:
        return None

    def done(self) -> bool:
        return True

    def release(self) -> None:
        pass


class Restless:
    """A client of one worker, whose results Dask always takes elsewhere."""

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"a": {}}}

    def submit(self, function: Any, *args: Any, **_options: Any) -> Moved:
        return Moved(function(*(x.result() if isinstance(x, Moved) else x for x in args)))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("out", ["file", "stream"])
def test_groups_that_dask_took_elsewhere_are_made_anew(
    tmp_path: Path, kind: str, out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come out the same, where they are to be written and for the client."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(sizes, "SHARE", 2_000)
    monkeypatch.setattr(sizes, "GROUP", 100)
    monkeypatch.setattr(cluster_module, "_client", lambda *_: nullcontext(Restless()))
    source, local = tmp_path / f"in.{kind}", tmp_path / f"local.{kind}"
    written(source, sample(1_050))
    ran("x*y", source, "-o", local)
    target = tmp_path / f"out.{kind}"
    done = Done("x*y", source, "-o", target if out == "file" else "-", "--dask")
    assert done.err == ""
    assert (target.read_bytes() if out == "file" else done.bytes) == local.read_bytes()


def test_what_the_bench_watches_is_there() -> None:
    """The functions by whose names it tells how much of a run one thread works alone."""
    assert all(hasattr(owner, name) for owner, name, _ in shares.WATCHED)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it has its name by now
        return 0


@pytest.mark.filterwarnings("ignore")
def test_cluster_says_what_is_wrong(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.csv").write_bytes(BAD)
    address = cluster.scheduler_address
    done = Done("x*y", tmp_path / "in.csv", "--dask", address, "-o", tmp_path / "out")
    assert done.status == 1
    assert "'oops' is not a number" in done.err
    assert os.listdir(tmp_path) == ["in.csv"]
    monkeypatch.chdir(tmp_path)
    assert "number at in.csv:3, column x" in Done("x*y", "in.csv", "--dask", address).err
    done = Done(
        "x*y",
        tmp_path / "in.csv",
        "--dask",
        address,
        "-o",
        tmp_path / "out",
        "--on-bad-row",
        "null",
        "--wrt",
        "x",
    )
    assert done.status == 3
    assert (tmp_path / "out" / "part-00000.csv").read_text().startswith("x,y,value,d_x\n1,2,2,2\n")
    assert Done("x", "-", "--from", "csv", "--dask", address, stdin=BAD).status == 2


@pytest.mark.filterwarnings("ignore")
def test_cluster_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One waits for them, says so, and gives up when the time is over.

    On a busy machine it takes seconds to leave a cluster, after which a command ends its process.
    """
    monkeypatch.setattr(patience, "GRACE", 60)
    distributed = pytest.importorskip("distributed")
    (tmp_path / "in.csv").write_text("x\n1\n")
    with distributed.LocalCluster(
        n_workers=0,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    ) as empty:
        args = ["x", tmp_path / "in.csv", "--dask", empty.scheduler_address, "--timeout", "2"]
        done = Done(*args)
        assert done.status == 124
        assert done.err.startswith("waiting for workers of the Dask cluster")
        assert Done(*args, "-q").err.startswith("error: not done after 2 s")


class Lost:
    """What is left of Dask when no cluster answers, or the one there was does not any more."""

    class KilledWorker(Exception):  # noqa: N818 - Dask's name
        pass

    def Client(self, *args: Any, **options: Any) -> Any:  # noqa: N802 - Dask's name
        raise OSError("refused")


class Promised:
    """The future of a unit, which is done when somebody has waited for it."""

    def __init__(self, worker: str = "a", *, takes_long: bool = False) -> None:
        self.worker = worker
        self.takes_long = takes_long
        self.is_done = False

    def result(self, timeout: float) -> Any:
        self.is_done = True
        return tasks.Answer(Account(), {}, {})

    def done(self) -> bool:
        return self.is_done

    def release(self) -> None:
        pass


class Two:
    """A client of two workers, which are asked for one unit after the other.

    The first one may take so long that its worker gets to no other before somebody waits for it.
    """

    KilledWorker = Lost.KilledWorker

    def __init__(self, *, first_takes_long: bool) -> None:
        self.asked = ""
        self._first_takes_long = first_takes_long

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"a": {}, "b": {}}}

    def submit(self, *_: Any, workers: str, **_options: Any) -> Promised:
        self.asked += workers
        return Promised(workers, takes_long=self._first_takes_long and len(self.asked) == 1)

    def as_current(self) -> Any:
        return nullcontext()

    def wait(self, futures: list[Promised], timeout: float, return_when: str) -> None:
        assert return_when == "FIRST_COMPLETED"
        busy = {x.worker for x in futures if x.takes_long and not x.is_done}
        next(x for x in futures if x.worker not in busy).is_done = True


@pytest.mark.parametrize(
    ("stretches", "first_takes_long", "asked"),
    [
        (["01", "23", "45", "6789"], False, "aabbaabbaa"),
        (["0123456789"], False, "aabbaabbaa"),
        (["01", "23", "45", "6789"], True, "aabbbbbbaa"),
        (["0", "1", "2", "3", "4", "5"], False, "ababab"),
        (["012", "345"], False, "abbabb"),
        (["012", "345", "678"], False, "aaabaabaa"),
    ],
)
def test_who_does_which_units(
    stretches: list[str], first_takes_long: bool, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker goes on where it has been; who has least to do takes what comes next.

    Nobody waits for another one, until there are as many answers as may be kept.
    """
    client: Any = Two(first_takes_long=first_takes_long)
    assert _answers(client, stretches, 3, monkeypatch) == len(asked)
    assert client.asked == asked


def _answers(client: Any, stretches: Any, untold: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many answers a client brings."""
    monkeypatch.setattr(dealing, "HAND", 2)
    monkeypatch.setattr(dealing, "FEW", 1)
    monkeypatch.setattr(cluster_module, "UNTOLD", untold)
    monkeypatch.setattr(cluster_module, "distributed", lambda: client)
    order: Any = "order"
    run: Any = SimpleNamespace(
        table=SimpleNamespace(stretches=lambda units: units),
        mapper=SimpleNamespace(join=lambda notices, still: None),
    )
    cluster = cluster_module._Cluster(client, None, Watcher(), order)
    return len([*cluster.answers(run, stretches, lambda _, x: (cluster.submit(print, x),))])


def test_what_is_lost_after_it_was_told_is_waited_for_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that goes takes what it has told with it, which is then as if it were not done."""

    class Gone(Promised):
        def release(self) -> None:
            self.is_done = False

    class One(Two):
        def scheduler_info(self, n_workers: int) -> dict[str, Any]:
            return {"workers": {"a": {}}}

        def submit(self, *_: Any, workers: str, **_options: Any) -> Promised:
            self.asked += workers
            return Gone(workers)

        def wait(self, futures: list[Promised], timeout: float, return_when: str) -> None:
            futures[-1].is_done = True

    client = One(first_takes_long=False)
    assert _answers(client, ["01", "23"], 1, monkeypatch) == 4
    assert client.asked == "aaaa"


def test_nobody_there_to_take_units() -> None:
    """Then they are for whoever comes."""
    loads = dealing.Loads()
    (hand,) = dealing.hands(["01"], 1)
    assert loads.can_take(hand, ["a"])
    assert loads.taker == "a"
    assert loads.can_take(hand, [])
    assert loads.taker is None


def test_cluster_without_gradcli() -> None:
    """It is told before anything is sent that would end the workers."""

    class Client:
        def run_on_scheduler(self, function: Any, *args: Any) -> Any:
            return function("sys")

        def run(self, function: Any, *args: Any, on_error: str) -> dict[str, Any]:
            return {"tcp://1": function("sys"), "tcp://2": None}

    with pytest.raises(gradcli.GradcliError, match="not installed for tcp://2") as caught:
        cluster_module._refuse_strangers(Client(), "ADDRESS")
    assert caught.value.status == 1
    assert "pip install" in str(caught.value)


def test_clusters_that_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.csv").write_text("x\n1\n")
    args = ["x", tmp_path / "in.csv", "--dask", "10.0.0.1:1"]
    monkeypatch.setattr(cluster_module, "distributed", Lost)
    done = Done(*args)
    assert (done.status, done.err) == (2, "error: there is no Dask scheduler at 10.0.0.1:1\n")
    for error, words in (
        (Lost.KilledWorker(), "workers of the Dask cluster HERE keep dying over the same rows"),
        (OSError("no route"), "the Dask cluster HERE is lost: no route"),
    ):
        with (
            pytest.raises(cluster_module.ClusterError, match=words),
            cluster_module._troubles("HERE"),
        ):
            raise error
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = Done(*args)
    assert done.status == 2
    assert "Dask, which is not installed\n  help: pip install 'gradcli[dask]'" in done.err
