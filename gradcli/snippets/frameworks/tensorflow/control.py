"""Functions of TensorFlow that call others: one of several, turn by turn, or row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.specs import TensorSpec
from gradcli.snippets.frameworks.tensorflow.tensor_array import TensorArray

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER_STRUCTURE = "The two structures don't have the same nested structure."


def control(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their names."""
    of = Control(home)
    return {
        "scan": of.scan,
        "foldl": of.foldl,
        "foldr": of.foldr,
        "while_loop": of.while_loop,
        "cond": of.cond,
        "case": of.case,
        "switch_case": of.switch_case,
        "map_fn": of.map_fn,
        "vectorized_map": of.vectorized_map,
    }


class Control:
    """The functions; what they go over and pass on may be structures of tensors."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.call = home.machine.call

    def tensor(self, value: Any) -> Any:
        """A leaf of a structure as what is passed on."""
        return value if isinstance(value, TensorArray) else self.home.asarray(value)

    def whole(self, value: Any) -> int:
        """A number that may be a tensor."""
        return value if isinstance(value, int) else int(self.home.number(self.home.asarray(value)))

    # --- one of several ---------------------------------------------------------------------

    def cond(self, pred: Any, true_fn: Any = None, false_fn: Any = None, **_named: Any) -> Any:
        """One of two functions."""
        return self.call(true_fn if self.home.machine.truth(pred) else false_fn)

    def case(
        self, pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, **_named: Any
    ) -> Any:
        """The first function whose condition holds."""
        pairs = pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
        holding = [function for condition, function in pairs if self.home.machine.truth(condition)]
        if exclusive and len(holding) > 1:
            raise Raised("InvalidArgumentError", "More than one condition evaluated as True")
        if not holding and default is None:
            raise Raised("InvalidArgumentError", "None of the conditions evaluated as True")
        return self.call(holding[0] if holding else default)

    def switch_case(
        self, branch_index: Any, branch_fns: Any, default: Any = None, **_named: Any
    ) -> Any:
        """The function of a number; of another the default or the last."""
        functions = branch_fns if isinstance(branch_fns, dict) else dict(enumerate(branch_fns))
        if functions and all(isinstance(pair, tuple) for pair in functions.values()):
            functions = dict(functions.values())
        last = functions[max(functions)] if default is None else default
        return self.call(functions.get(self.whole(branch_index), last))

    # --- turn by turn -----------------------------------------------------------------------

    def while_loop(
        self, cond: Any, body: Any, loop_vars: Any, maximum_iterations: Any = None, **_named: Any
    ) -> Any:
        """Turns as long as a condition holds; in a graph the numbers passed on are tensors."""
        is_graph = bool(self.home.graphs.depth) or not self.home.graphs.is_eager
        values = mapped(self.tensor, loop_vars) if is_graph else loop_vars
        left = None if maximum_iterations is None else self.whole(maximum_iterations)
        while left != 0 and self.home.machine.truth(self.call(cond, values)):
            values = self.call(body, values)
            if not isinstance(values, (list, tuple)):
                values = [values] if is_graph else self.home.iterate(self.home.asarray(values))
            if len(values) != len(loop_vars):
                raise Raised("ValueError", OTHER_STRUCTURE)
            left = None if left is None else left - 1
        made = mapped(self.tensor, values)
        return rebuilt(loop_vars, iter(leaves(made))) if is_graph else made

    # --- row by row -------------------------------------------------------------------------

    def rows(self, elems: Any) -> list[Any]:
        """The rows of a structure of columns."""
        columns = mapped(self.home.asarray, elems)
        each = [self.home.iterate(column) for column in leaves(columns)]
        return [rebuilt(columns, iter(row)) for row in zip(*each, strict=True)]

    def running(self, fn: Any, elems: Any, initializer: Any, *, reverse: bool) -> list[Any]:
        """What a function makes of each row and of what it made of those before."""
        rows = self.rows(elems)
        rows = rows[::-1] if reverse else rows
        made = [rows.pop(0) if initializer is None else mapped(self.tensor, initializer)]
        for row in rows:
            value = mapped(self.tensor, self.call(fn, [made[-1], row]))
            if len(leaves(value)) != len(leaves(made[0])):
                raise Raised("ValueError", OTHER_STRUCTURE)
            made.append(rebuilt(made[0], iter(leaves(value))))
        return made if initializer is None else made[1:]

    def scan(
        self, fn: Any, elems: Any, initializer: Any = None, reverse: bool = False, **_named: Any
    ) -> Any:
        """All that a function makes, stacked in the order of the rows."""
        made = self.running(fn, elems, initializer, reverse=reverse)
        return self.stacked(made[::-1] if reverse else made)

    def foldl(self, fn: Any, elems: Any, initializer: Any = None, **_named: Any) -> Any:
        """The last that it makes, from the first row on."""
        return self.running(fn, elems, initializer, reverse=False)[-1]

    def foldr(self, fn: Any, elems: Any, initializer: Any = None, **_named: Any) -> Any:
        """The last that it makes, from the last row on."""
        return self.running(fn, elems, initializer, reverse=True)[-1]

    def map_fn(
        self, fn: Any, elems: Any, dtype: Any = None, fn_output_signature: Any = None, **_named: Any
    ) -> Any:
        """A function of each row, stacked; it gives what goes in, or what is said."""
        said = dtype if fn_output_signature is None else fn_output_signature
        like = mapped(self.home.asarray, elems) if said is None else said
        types = [self.type_of(leaf) for leaf in leaves(like)]
        made = []
        for row in self.rows(elems):
            parts = leaves(self.call(fn, [row]))
            if len(parts) != len(types):
                raise Raised("ValueError", OTHER_STRUCTURE, help="say fn_output_signature=…")
            made.append([self.typed(x, t) for x, t in zip(parts, types, strict=True)])
        return rebuilt(like, iter(self.stacked(made)))

    def type_of(self, like: Any) -> Any:
        """The type of numbers of a tensor, a specification or a type."""
        if isinstance(like, TensorSpec):
            return like.of
        return getattr(like, "dtype", None) or self.home.dtype_of(like)

    def typed(self, value: Any, dtype: Any) -> Any:
        """What a function gives, which must be of a type."""
        array = self.home.asarray(value, None if self.home.machine.owner(value) else dtype)
        if array.dtype != dtype:
            own, asked = array.dtype.name, dtype.name
            text = f"TensorArray dtype is {asked} but Op is trying to write dtype {own} "
            raise Raised("InvalidArgumentError", text, help="say fn_output_signature=…")
        return array

    def vectorized_map(self, fn: Any, elems: Any, **_named: Any) -> Any:
        """A function of each row, stacked, whatever it gives."""
        return self.stacked([self.call(fn, [row]) for row in self.rows(elems)])

    def stacked(self, rows: list[Any]) -> Any:
        """Structures as one, whose tensors have an axis more."""
        return mapped(lambda *parts: self.home.stacked([*map(self.home.asarray, parts)]), *rows)
