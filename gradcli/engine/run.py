"""One run of a program, recorded as a graph that questions are asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.program import as_input
from gradcli.errors import InputError, ProgramTypeError, ShapeError
from gradcli.exec.blocked import BlockedEvaluator
from gradcli.ir.node import Graph, Node, ancestors
from gradcli.ir.record import INPUT
from gradcli.ir.shapes import show_shape
from gradcli.lower.gradient import Differentiated
from gradcli.lower.interpreter import Interpreter
from gradcli.lower.values import leaves
from gradcli.ops import catalog
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.engine.program import Text
    from gradcli.engine.settings import Settings
    from gradcli.errors import Notice
    from gradcli.exec.turns import Turns
    from gradcli.lower.names import Names

    Questions = Callable[[Sequence[Node], set[Node]], list[Node]]
    Array = np.ndarray[Any, np.dtype[Any]]


class _Turning:
    """What runs the turns of loops, made for a program that has some; it does not hold the run."""

    __slots__ = ("evaluator", "made", "questions")

    def __init__(self, evaluator: BlockedEvaluator, questions: Questions) -> None:
        self.evaluator = evaluator
        self.questions = questions
        self.made: Turns | None = None

    def __call__(self) -> Turns:
        if self.made is None:
            from gradcli.exec.turns import Turns

            self.made = Turns(self.evaluator, self.questions, self.evaluator.how.executor)
        return self.made


class Printer:
    """What a program prints to; apart from the run, which would else hold itself alive.

    `count` is how many lines the program has printed. Of a program that runs `again` only what it
    has not printed before is passed on.
    """

    __slots__ = ("count", "known", "write")

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.count = self.known = 0

    @staticmethod
    def to(write: Callable[[str], object] | None) -> Printer | None:
        """What prints to a function, if there is one."""
        return None if write is None else Printer(write)

    def tell(self, line: str) -> None:
        """Passes a line on."""
        self.count += 1
        if self.count > self.known:
            self.write(line)

    def again(self) -> None:
        """The program begins once more."""
        self.known, self.count = max(self.known, self.count), 0


class Run:
    """A program at the values of its inputs: its graph, the nodes of inputs and value, and arrays.

    `values` are what the inputs were given, by name. The names in `marks` have nodes of their own,
    so that gradients can be asked for them; unless `needs_value` is false, the program must end
    with a value, whose nodes are the `results`. Inputs that are `guessed` have a shape and no
    value: the program may not decide by them, unless it runs `by_guess`. If there are `questions`
    to ask of turns, loops of many become nodes, in which no turn can be looked at. What a question
    decides by is `looked_at`. The graph `trusts` then that derivatives are finite, if so:
    the program's own may be asked for more than their numbers.
    """

    __slots__ = (
        "evaluator",
        "graph",
        "guessed",
        "inputs",
        "interpreter",
        "looked_at",
        "names",
        "notices",
        "printer",
        "results",
        "scope",
        "settings",
        "text",
        "value",
    )

    def __init__(
        self,
        text: Text,
        names: Names,
        values: Mapping[str, Any],
        settings: Settings,
        *,
        marks: Collection[str] = (),
        needs_value: bool = True,
        guessed: Collection[str] = (),
        by_guess: bool = False,
        questions: Questions | None = None,
        printer: Printer | None = None,
        trusts: bool = False,
    ) -> None:
        self.text = text
        self.guessed = guessed
        self.names = names
        self.printer = printer or Printer.to(settings.printed)
        self.settings = settings
        self.graph = graph = Graph(
            settings.dtype, max_elements=settings.max_elements, stabilize=settings.stabilize
        )
        self.inputs: dict[str, Node] = {}
        self.evaluator = BlockedEvaluator(self._given(values), settings)
        self.interpreter = Interpreter(
            text.source,
            names,
            catalog,
            graph,
            self._reach_known if guessed and not by_guess else self.evaluator.reach,
            modes,
            marks=marks,
            max_steps=settings.max_steps,
            printed=None if self.printer is None else self.printer.tell,
            depth=text.tree.depth,
            turns=None if questions is None else _Turning(self.evaluator, questions),
        )
        self.value = self._lowered(needs_value)
        graph.trusts = trusts
        self.results = leaves(self.value)
        self.scope = self.interpreter.top.names
        self.notices: list[Notice] = self.interpreter.notices
        self.looked_at: list[Node] = []

    def _lowered(self, needs_value: bool) -> Any:
        """The value of the program.

        A run that is broken off lets go of its graph: else millions of nodes wait for the garbage
        collector, which would then hold up some later run for seconds, and its interrupt, too.
        """
        is_done = False
        try:
            value = self.interpreter.run(self.text.tree.block, self.inputs, whole=needs_value)
            is_done = True
            return value
        finally:
            if not is_done:
                self.graph.forget()

    def _given(self, values: Mapping[str, Any]) -> dict[Node, Array]:
        """The arrays of the inputs, each of which gets a node."""
        arrays: dict[Node, Array] = {}
        for name in self.names.inputs:
            array = as_input(name, values[name], self.graph.dtype)
            node = self.inputs[name] = self.graph.input(name, array.shape, array.dtype)
            arrays[node] = array
        return arrays

    def _reach_known(self, node: Node) -> Any:
        """The value of a node that the program decides by, which no guessed input may be in."""
        for x in ancestors([node]):
            if x.op is INPUT and x.attrs[0] in self.guessed:
                name = x.attrs[0]
                message = f"the program decides by the value of {name}, which has none"
                raise InputError(message, span=node.span, help=f"⟨{name} VALUE⟩ chooses the path")
        return self.evaluator.reach(node)

    @property
    def prints(self) -> bool:
        """Whether the program has printed something."""
        return self.printer is not None and self.printer.count > 0

    def array(self, node: Node) -> Array:
        """The array of a node."""
        return np.asarray(self.evaluator(node))

    def arrays(self, value: Any) -> Any:
        """A node's array, a tuple's arrays, None for None."""
        if isinstance(value, tuple):
            return tuple([self.arrays(part) for part in value])
        return None if value is None else self.array(value)

    def values(self) -> dict[str, Array]:
        """The arrays of the inputs, by name."""
        return {name: self.array(x) for name, x in self.inputs.items()}

    def again(self, **values: Any) -> Run:
        """The same program with some other values; it prints nothing."""
        return Run(self.text, self.names, {**self.values(), **values}, self.settings.silent())

    def note(
        self,
        ys: Sequence[Node],
        by: Mapping[str, Node],
        seeds: Sequence[Node | None] | None = None,
        *,
        warns: bool = False,
        **more: Any,
    ) -> None:
        """Keeps in mind what is differentiated by what, for the warnings about it.

        It `warns` of what is zero everywhere, unless `Gradient`s will.
        """
        done = Differentiated(ys, [*by.values()], [*by], seeds, **more)
        self.differentiated.append(done)
        if warns:
            self.interpreter.warn_of_zeros(done, None)

    @property
    def differentiated(self) -> list[Differentiated]:
        """What was differentiated, by the program itself and by the question."""
        return self.interpreter.differentiated

    def dropping(self) -> list[Node]:
        """Where a convention may have passed for a slope, if something was differentiated."""
        if not (self.graph.drops and self.differentiated):
            return []
        return [node for node in self.graph.nodes.values() if node.op.drops]

    def in_double(self) -> Run:
        """The run in float64, whatever the working dtype; it prints nothing."""
        if self.graph.dtype == np.float64:
            return self
        settings = self.settings.silent().but(dtype="float64")
        return Run(self.text, self.names, self.values(), settings)

    # --- what a question may need of the value --------------------------------------------------

    def refuse_truth(self) -> None:
        """A truth value has no gradient."""
        for y in self.results:
            if y.is_bool:
                raise ProgramTypeError(
                    "the value is true or false and has no gradient",
                    span=y.span,
                    help="where(condition, a, b) makes numbers of it",
                )

    def require_scalar(self, question: str, help_: str = "take its sum") -> None:
        """Refuses a value that is not one number."""
        for y in self.results:
            if len(self.results) != 1:
                raise ShapeError(
                    f"{question} needs one number, and the value is a tuple",
                    span=y.span,
                    help="end with one part",
                )
            if y.size != 1:
                raise ShapeError(
                    f"{question} needs one number, not the shape {show_shape(y.shape)}",
                    span=y.span,
                    help=help_,
                )

    def one_array(self) -> Node:
        """The value that is differentiated, if it is one array."""
        self.refuse_truth()
        if isinstance(self.value, tuple):
            raise ShapeError(
                "the value is a tuple, and one array is needed",
                help=self.text.stacked or "end with one part, or with an array of them: [a, b]",
            )
        return self.results[0]

    def differentiable(self, names: Sequence[str]) -> list[Node]:
        """The nodes of inputs to differentiate by, none of which may be a truth value."""
        for name in names:
            if self.inputs[name].is_bool:
                raise ProgramTypeError(
                    f"{name} is true or false and has no gradient",
                    help="write 1 and 0, or name the others in ⟨wrt⟩",
                )
        return [self.inputs[name] for name in names]
