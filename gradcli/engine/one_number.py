"""What to say of `mean(x)`, where x is one number and may have been meant as many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.lengths import ways_to_shape
from gradcli.errors import Notice
from gradcli.ir.node import ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gradcli.engine.run import Run
    from gradcli.lower.walk import Lone


def in_rows(run: Run, columns: Collection[str]) -> Iterator[Notice]:
    """The warnings of calls that would make one number of a column, at a row of a table."""
    for call in run.interpreter.lone:
        column, function = call.operand.text, call.record.name
        if len(call.operands) == 1 and column in _inputs_of(run, call, columns):
            whole = f"gradcli eval '{function}({column})' --{column} @FILE:{column}"
            yield _notice(call, "one number in each row", f"of the whole column: {whole}")


def without_values(run: Run, options: Mapping[str, Any] | None) -> Iterator[Notice]:
    """The warning of the first call that would make one number of inputs without values.

    Its way out is that of all of them.
    """
    calls = {call: _inputs_of(run, call, run.guessed) for call in run.interpreter.lone}
    names = [name for name in run.guessed if any(name in inputs for inputs in calls.values())]
    first = next((call for call, inputs in calls.items() if inputs), None)
    if first is not None:
        yield _notice(first, "one number here", ways_to_shape(names, options))


def _inputs_of(run: Run, call: Lone, names: Collection[str]) -> list[str]:
    """Those of the inputs that are numbers, and on which a call depends."""
    nodes = {*ancestors(call.operands)}
    return [name for name in names if run.inputs[name] in nodes and not run.inputs[name].ndim]


def _notice(call: Lone, kind: str, help_: str) -> Notice:
    message = f"{call.operand.cited('this')} is {kind}, and {call.record.name} is of that one alone"
    return Notice(message, span=call.span, help=help_)
