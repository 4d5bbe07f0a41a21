"""Jobs from Python: dicts, or a file of jobs, answered as dicts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradcli.data.job_files import JobFile
from gradcli.data.jobs import Raw
from gradcli.engine import question as registry
from gradcli.engine.fields import group_in
from gradcli.engine.jobs.runner import Runner
from gradcli.engine.jobs.setup import Setup
from gradcli.engine.options import RUNNING, VALUES
from gradcli.engine.python_signatures import public
from gradcli.engine.python_values import settled
from gradcli.engine.settings import Settings, count, seconds_in
from gradcli.engine.time_limit import limited
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.engine.jobs.lines import Answered

_WORDS = ("id", "error", "warnings", "printed", "verdicts")
"""What an answer holds that is no numbers."""

_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


@public
def batch(
    jobs: Iterable[Mapping[str, Any]] | str | os.PathLike[str],
    *,
    op: str = "grads",
    workers: int | None = None,
    timeout: float | None = None,
    inputs: Mapping[str, Any] | None = None,
    **options: Any,
) -> Iterator[dict[str, Any]]:
    """Answers jobs in their order, each as a dict: its id, and its answer or its error.

    `jobs` are dicts such as {"expr": "x^2", "inputs": {"x": 3}, "op": "grad"}, or the path of a
    file of jobs. `op` is what is asked by jobs that do not say, `inputs` are values for all jobs,
    and `options` (`wrt`, `dtype`, `order` …) hold for jobs that do not say it themselves. Several
    `workers` are processes of their own, one a core for a large file if no number is given;
    `timeout` is in seconds, for each job.
    """
    if not isinstance(jobs, (str, os.PathLike)):
        _refuse_single(jobs)
    shared = {} if inputs is None else group_in("inputs", inputs)
    setup = _setup(op, options, shared, timeout)
    if workers is None:
        paths = [os.fspath(jobs)] if isinstance(jobs, (str, os.PathLike)) else ["-"]
        workers = setup.workers_for(paths)
    if count("workers", workers) > 1:
        from gradcli.engine.jobs.workers import answers

        return _answers(answers(_raw(jobs), setup, workers))
    return _answers(Runner(setup, limited).answers(_raw(jobs)))


def _refuse_single(jobs: Any) -> None:
    """Refuses what cannot be gone through, job by job."""
    try:
        iter(jobs)
    except TypeError:
        what = type(jobs).__name__
        raise UsageError(f"jobs are dicts, or the path of a file, not {what}") from None


def _setup(
    op: str, options: dict[str, Any], inputs: Mapping[str, Any], timeout: float | None
) -> Setup:
    """What holds for all jobs."""
    if not isinstance(op, str) or registry.find(op.replace("_", "-")) is None:
        raise UsageError(f"there is no operation '{op}'", help=", ".join(registry.names()))
    known = {o.name: o for q in registry.every() for o in q.options.values()}
    running = {o.name for o in RUNNING}
    for name in options:
        if name not in known and name not in running:
            raise UsageError(f"batch takes no '{name}'")
    groups = {n: item for n, item in options.items() if n in known and known[n].kind == VALUES}
    return Setup(
        op,
        Settings(**settled({name: item for name, item in options.items() if name in running})),
        inputs,
        groups=groups,
        options={n: item for n, item in options.items() if n in known and n not in groups},
        timeout=None if timeout is None else seconds_in("timeout", timeout),
    )


def _raw(jobs: Iterable[Mapping[str, Any]] | str | os.PathLike[str]) -> Iterator[Raw | None]:
    """The jobs as a file would give them, with the numbers of their lines."""
    if isinstance(jobs, (str, os.PathLike)):
        file = JobFile(os.fspath(jobs))
        file.check()
        yield from file.jobs()
        return
    listed = jobs if isinstance(jobs, Sequence) else ()
    own = [job.get("id") for job in listed if isinstance(job, Mapping)]
    claimed = {name for name in own if isinstance(name, int)}
    for number, job in enumerate(jobs, 1):
        name = f"jobs:{number}" if number in claimed else number
        yield Raw(name, number, "python", job, file="jobs")


def _answers(answered: Iterable[Answered | None]) -> Iterator[dict[str, Any]]:
    """The lines of answers as dicts."""
    for some in answered:
        if some is not None:
            yield from map(_answer, some.line.split("\n")[:-1])


def _answer(line: str) -> dict[str, Any]:
    """The line of an answer as a dict; the numbers that JSON lacks are numbers again."""
    answer: dict[str, Any] = json.loads(line)
    return {key: item if key in _WORDS else _numbers(item) for key, item in answer.items()}


def _numbers(item: Any) -> Any:
    if isinstance(item, dict):
        return {key: _numbers(part) for key, part in item.items()}
    if isinstance(item, list):
        return [_numbers(part) for part in item]
    return _NUMBERS.get(item, item) if isinstance(item, str) else item
