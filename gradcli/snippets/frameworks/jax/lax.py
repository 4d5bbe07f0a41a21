"""`jax.lax`: control flow as functions; it is run turn by turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from gradcli.ir.record import CONSTANT
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.oneway import OneWay
from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.jax.carries import Carry, named_argument
from gradcli.snippets.frameworks.jax.collectives import collectives
from gradcli.snippets.frameworks.jax.jit import Body
from gradcli.snippets.frameworks.jax.pairs import pairs
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


WHILE = OneWay(
    "while_loop",
    "Reverse-mode differentiation does not work for lax.while_loop or lax.fori_loop with dynamic "
    "start/stop values. Try using lax.scan, or using fori_loop with static start/stop.",
    "jax.jvp and jax.jacfwd go through it; plain Python's `while` is differentiated either way",
)
"""What a loop gives whose number of turns is not known before."""

FIRST, LAST = ["NCHW", "OIHW", "NCHW"], ["NHWC", "HWIO", "NHWC"]
"""The orders of axes of images, filters and results of convolutions."""

NO_PAIR = "scan body output must be a pair, got {}."


def lax(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = Control(home)
    rows: dict[str, Callable[..., Any]] = {
        "cond": of.cond,
        "switch": of.switch,
        "while_loop": of.while_loop,
        "fori_loop": of.fori_loop,
        "scan": of.scan,
        "map": of.map,
        "associative_scan": of.associative_scan,
        **dict.fromkeys(("conv", "conv_general_dilated"), of.convolution),
        **collectives(home),
    }
    own = {name: Native(name, row) for name, row in rows.items()} | pairs(home)
    return {f"lax.{name}": function for name, function in own.items()}


def _mute(_text: str) -> None:
    """Prints nothing."""


class Control:
    """Control flow as functions."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.call = home.machine.call

    def known(self, value: Any, of: Callable[[Any], Any]) -> Any:
        """What decides the course may depend on what is traced: that is what these are for."""
        with self.home.untraced():
            return of(value)

    def truth(self, value: Any) -> bool:
        """A condition."""
        return bool(self.known(value, self.home.machine.truth))

    def whole(self, value: Any) -> int:
        """A count."""
        number = self.home.number
        return int(self.known(value, number) if isinstance(value, Array) else value)

    def traced(self, f: Any, kind: str) -> Callable[[Sequence[Any]], Any]:
        """The body of a loop: JAX traces it once, and so it prints once."""
        body = Body(self.home, f, kind)
        return lambda args: body.call(*args)

    def chosen(
        self, kind: str, branches: Sequence[Any], number: int, operands: Sequence[Any]
    ) -> Any:
        """The value of one of several functions, all of which are traced."""
        machine = self.home.machine
        value, tell = None, machine.write_always
        for i, branch in enumerate(branches):
            machine.write_always = tell if i == number else _mute
            try:
                own = self.traced(branch, kind)(operands)
            finally:
                machine.write_always = tell
            value = own if i == number else value
        return value

    def cond(
        self, pred: Any, true_fun: Any, false_fun: Any, *operands: Any, operand: Any = None
    ) -> Any:
        """One of two functions."""
        operands = operands or (() if operand is None else (operand,))
        return self.chosen("cond", (true_fun, false_fun), int(not self.truth(pred)), operands)

    def switch(self, index: Any, branches: Any, *operands: Any) -> Any:
        """One of several functions."""
        number = min(max(self.whole(index), 0), len(branches) - 1)
        return self.chosen("switch", branches, number, operands)

    def while_loop(self, cond_fun: Any, body_fun: Any, init_val: Any) -> Any:
        """Turns as long as a condition holds."""
        value = mapped(self.home.asarray, init_val)
        holds, turn = self.traced(cond_fun, "condition"), self.traced(body_fun, "while_loop")
        carry = Carry(self.home, "while_loop", named_argument(body_fun, 0))
        while self.truth(holds([value])):
            value = carry.check(value, turn([value]))
        return mapped(self.one_way, value)

    def one_way(self, leaf: Any) -> Any:
        """What a loop gives while it must be remembered how: only forward mode goes through it."""
        home = self.home
        array = home.asarray(leaf)
        if not (home.machine.depth_of_tracing and is_float(array.dtype)):
            return array
        home.recorder.use(array.dtype)
        return home.again(WHILE(array.node), array)

    def fori_loop(self, lower: Any, upper: Any, body_fun: Any, init_val: Any, **_named: Any) -> Any:
        """So many turns."""
        value = mapped(self.home.asarray, init_val)
        turn, carry = self.traced(body_fun, "fori_loop"), Carry(self.home, "scan", "loop_carry[1]")
        for i in range(self.whole(lower), self.whole(upper)):
            value = carry.check(value, turn([self.home.asarray(i), value]))
        bounds = [x.node for x in (lower, upper) if isinstance(x, Array)]
        is_known = not self.home.jitted or all(node.op is CONSTANT for node in bounds)
        return value if is_known else mapped(self.one_way, value)

    def scan(
        self,
        f: Any,
        init: Any,
        xs: Any = None,
        length: Any = None,
        reverse: bool = False,
        **_named: Any,
    ) -> Any:
        """A turn for each row, which passes something on and leaves something."""
        home, columns = self.home, leaves(xs)
        count = columns[0].shape[0] if columns else int(length)
        carry, rows = mapped(home.asarray, init), []
        turn, of = self.traced(f, "scan"), Carry(home, "scan", named_argument(f, 0))
        for i in reversed(range(count)) if reverse else range(count):
            made = turn([carry, self.row(xs, i)])
            if not isinstance(made, tuple) or len(made) != 2:
                got = ", ".join(home.asarray(leaf).described() for leaf in leaves(made))
                raise Raised("TypeError", NO_PAIR.format(got), help="return carry, y")
            carry, y = of.check(carry, made[0]), made[1]
            rows.append(y)
        return carry, self.stacked(rows, reverse)

    def row(self, xs: Any, index: int) -> Any:
        """A row of a structure of columns."""
        return mapped(lambda column: self.home.item(self.home.asarray(column), index), xs)

    def stacked(self, rows: list[Any], is_reversed: bool = False) -> Any:
        """What all turns have left, stacked, and as weak as what the first of them has left."""
        if not rows or rows[0] is None:
            return None
        home = self.home

        def together(*parts: Any) -> Array:
            arrays = [home.asarray(part) for part in parts]
            made: Any = home.stacked(arrays[::-1] if is_reversed else arrays)
            made.weak = arrays[0].weak
            return cast("Array", made)

        return mapped(together, *rows)

    def map(self, f: Any, xs: Any, **_named: Any) -> Any:
        """A function of each row."""
        count = leaves(xs)[0].shape[0]
        turn = self.traced(f, "map")
        return self.stacked([turn([self.row(xs, i)]) for i in range(count)])

    def convolution(
        self,
        lhs: Array,
        rhs: Array,
        window_strides: Any,
        padding: Any,
        *args: Any,
        dimension_numbers: Any = None,
        **named: Any,
    ) -> Any:
        """A convolution over as many axes as the images have."""
        layouts = [*map(str, dimension_numbers)] if dimension_numbers is not None else FIRST
        if args or layouts not in (FIRST, LAST):
            what = "a convolution of other axes, or with other options, is not part of the subset"
            raise Refusal(
                what, help="channels first, or dimension_numbers=('NHWC', 'HWIO', 'NHWC')"
            )
        home = self.home
        function = home.library_function(("lax", f"conv{len(lhs.shape) - 2}d"))
        return home.call(
            function, [lhs, rhs, window_strides, padding], {"layout": layouts[0], **named}
        )

    def associative_scan(self, fn: Any, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
        """What a function of pairs makes of all rows up to each."""
        if axis:
            raise Refusal("lax.associative_scan along another axis than the first")
        count = leaves(elems)[0].shape[0]
        order = [*reversed(range(count))] if reverse else [*range(count)]
        rows = [self.row(elems, order[0])]
        for i in order[1:]:
            rows.append(self.call(fn, [rows[-1], self.row(elems, i)]))
        return self.stacked(rows, reverse)
