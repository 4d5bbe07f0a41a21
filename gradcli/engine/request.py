"""A question asked of a program at values: from the options as they were given to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.answer import Answer
from gradcli.data.report import Report
from gradcli.engine import question as registry
from gradcli.engine.collector import Paused
from gradcli.engine.gradient import Gradient
from gradcli.engine.indices import as_indices, indices_in
from gradcli.engine.keys import FEW, given_arrays, key_of
from gradcli.engine.outcome import Outcome
from gradcli.engine.program import Text, as_input, check_values, inputs_named, without_variables
from gradcli.engine.rounding import Flags, as_floats, cancelled, in_program
from gradcli.engine.run import Printer, Run
from gradcli.engine.settings import Settings
from gradcli.errors import InputError, LoopError, ShapeError, UsageError
from gradcli.exec.traits import all_finite
from gradcli.ir.node import Node, ancestors
from gradcli.memory import KEY, MEMORY, ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from gradcli.engine.points.silent import Suspects
    from gradcli.engine.question import Question
    from gradcli.engine.repeated import Repeated
    from gradcli.errors import Notice
    from gradcli.lower.names import Names

    Array = np.ndarray[Any, np.dtype[Any]]
    Options = dict[str, Any]

NODES, ELEMENTS = 3_000, 64
"""The size of a run, and of its arrays, up to which it is asked what rounding has done."""


class Request:
    """A question, the program, the values of its inputs, and what the question is asked with.

    `options` are by name, as the question takes them; the inputs among them (`var`, `const` …) are
    arrays by name. `way` says how a value is given to a name, `notices` what there is to say of
    the values as they were given. `value` may be set for the value of the program beside an answer
    that has none. `steps` are what answered it, if they were known, under a `key`; they answer it
    of other values.
    """

    __slots__ = (
        "key",
        "notices",
        "options",
        "question",
        "settings",
        "steps",
        "text",
        "value",
        "values",
        "way",
    )

    def __init__(
        self,
        question: Question,
        text: Text,
        values: Mapping[str, Any],
        options: Options | None = None,
        settings: Settings | None = None,
        *,
        way: Callable[[str], str] = "add --{} VALUE".format,
        notices: Sequence[Notice] = (),
    ) -> None:
        self.question = question
        self.text = text
        self.options = options or {}
        self.settings = settings or Settings()
        if question.as_written:
            self.settings = self.settings.but(stabilize=False)
        self.values = dict(values)
        for name in question.groups:
            self.values.update(self.options.get(name) or {})
        self.way = way
        self.notices = notices
        self.value = question.value
        self.steps: Repeated | None = None
        self.key: Any = None

    def answer(self) -> Answer | Report:
        """The answer, as every format prints it."""
        outcome = self.outcome()
        if isinstance(outcome, Report):
            return outcome
        question = self.question
        single = len(self.options.get("wrt") or ()) == 1
        alone = question.alone and not (question.value and question.answers)
        return Answer(
            value=outcome.value,
            kind=question.answers,
            parts=outcome.parts,
            inputs=outcome.inputs,
            warnings=outcome.notices,
            alone=alone or (single and not question.value and question.answers != "hessian"),
            verdicts=outcome.verdicts,
        )

    def outcome(self) -> Outcome | Report:
        """What there is to say, by steps that are known already if these say it all."""
        key = self._key()
        steps = None if key is None else MEMORY.get(key)
        if steps is not None and steps is not ONCE:
            again: Outcome | None = steps(self.values, self._seeds())
            if again is not None:
                self.steps, self.key = steps, key
                return again
        flags = Flags()
        with Paused(), np.errstate(all="ignore", over="call", under="call", call=flags):
            return self._by_run(key, steps, flags)

    def _by_run(self, key: Any, steps: Any, flags: Flags) -> Outcome | Report:
        """What a run of its own says, whose steps are kept if the question has come before.

        NumPy raises the `flags`, of which those that the answer itself raises are looked at.
        """
        is_doubted = steps is not None and steps is not ONCE and steps.is_doubted
        run, parts, lasting = self._run_rolled()
        suspects = None if isinstance(parts, Report) else _suspects(run)
        keeps = steps is ONCE or is_doubted
        keep = self._keeper(key, lasting, parts, suspects, not is_doubted) if keeps else None
        if keep is not None and not _is_small(run):  # its steps are quicker than it
            kept = keep()
            _forget(run, lasting)
            return kept(self.values, self._seeds()) or self._by_run(key, kept, flags)
        flags.raised = False
        outcome = self._evaluated(run, parts, suspects)
        lost = self._lost(run, parts, overflowed=flags.raised)
        if lost and isinstance(outcome, Outcome):
            outcome.notices += lost
            keep = None
        if keep is not None:
            keep()
        elif key is not None and steps is None:
            MEMORY.put(key, ONCE, KEY + len(self.text.source.text))
        _forget(run, lasting)
        return outcome

    def _lost(self, run: Run, parts: Any, *, overflowed: bool) -> list[Notice]:
        """What there is to say of lost digits, where little is computed and all is looked at."""
        if not _is_small(run) or run.interpreter.is_rolled or isinstance(parts, Report):
            return []
        few = cancelled(run.evaluator.values)
        if not (few or overflowed):
            return []
        from gradcli.engine.points.lost import told

        return told(run, run.results if self.value else [], parts, few, overflowed=overflowed)

    def _key(self) -> Any:
        """Under what the steps of an answer are kept; None where they cannot be."""
        if self.notices:
            return None
        key = key_of(self.question, self.options, self.values, self.settings)
        return None if key is None else (self.text.source.text, *key, self.value)

    def _keeper(
        self, key: Any, run: Run, parts: Any, suspects: Suspects | None, trusts: bool
    ) -> Callable[[], Repeated] | None:
        """What keeps the steps of an answer, and gives them; None if they do not serve others.

        Steps that trust in finite derivatives do without masks, and are doubted where one is not.
        """
        from gradcli.engine.repeated import Repeated, is_repeatable, seeds_in

        value = run.value if self.value else None
        seeds = seeds_in((value, parts), self._seeds()) if is_repeatable(run, parts) else None
        if seeds is None:
            return None

        def keep() -> Repeated:
            chosen = run, value, parts, suspects, seeds
            if trusts and run.graph.masks and not run.interpreter.is_rolled:
                other, its_parts = self._run(trusts=True)
                its_value = other.value if self.value else None
                its_seeds = seeds_in((its_value, its_parts), self._seeds())
                if its_seeds is not None:
                    chosen = other, its_value, its_parts, _suspects(other), its_seeds
            repeated = Repeated(*chosen)
            MEMORY.put(key, repeated, repeated.weight)
            if chosen[0] is not run:
                chosen[0].graph.forget()
            return repeated

        return keep

    def _given(self) -> list[Array]:
        """The arrays among the options: seeds and directions."""
        return given_arrays(self.question, self.options)

    def _seeds(self) -> list[Array]:
        """Those that are large, which steps take as they take inputs."""
        return [x for x in self._given() if x.size > FEW]

    # --- by a run of its own --------------------------------------------------------------------

    def _run_rolled(self) -> tuple[Run, Any, Run]:
        """The run and what it says, with long loops as nodes unless their turns are looked at.

        The last is the run whose steps may serve again: where a value is 0 and the turns say
        nothing of that, such as of an underflow, the shorter graph answers, and they are kept.
        """
        settings = self.settings
        looks = self.question.by_turns or settings.verdict or settings.strict
        if looks or settings.method != "reverse":
            run, parts = self._run()
            return run, parts, run
        printer = Printer.to(settings.printed)
        silent: Run | None = None
        try:
            run, parts = self._run(printer, rolls=True)
        except LoopError:
            pass
        else:
            if not run.interpreter.is_rolled:
                return run, parts, run
            values = [*(y for y in run.results if self.question.value), *_nodes(parts)]
            if not _hides(run, values):
                return run, parts, run
            silent = run if parts is None and _are_finite(run, values) else None
        if printer is not None:
            printer.again()
        by_turns, parts = self._run(printer)
        if silent is None or len(silent.notices) < len(by_turns.notices):
            return by_turns, parts, by_turns
        return silent, parts, by_turns

    def _run(
        self, printer: Printer | None = None, *, rolls: bool = False, trusts: bool = False
    ) -> tuple[Run, Any]:
        """The run that the question is asked of, and what it says."""
        names = self.text.names(self.values)
        guessed = self._fill(names)
        check_values(self.text, names, self.values, self.way)
        dtype = np.dtype(self.settings.dtype)
        rounded = [*self.notices]
        if names.long:
            rounded += in_program(self.text.source, names.long)
        arrays = {n: as_input(n, self.values[n], dtype, rounded) for n in names.inputs}
        options = self._resolved(names, arrays, rounded)
        try:
            run = Run(
                self.text,
                names,
                arrays,
                self.settings,
                marks=self.question.marks(options),
                needs_value=self.question.needs_value,
                guessed=guessed,
                by_guess=self.question.by_guess,
                questions=watched if rolls and not guessed else None,
                printer=printer,
                trusts=trusts,
            )
        except ShapeError as error:
            if not guessed:
                raise
            from gradcli.engine.lengths import about_shapes

            can_shape = "shape" in self.question.options
            raise about_shapes(error, guessed, self.options if can_shape else None) from error
        run.notices += rounded
        return run, self.question.function(run, **options)

    def _fill(self, names: Names) -> list[str]:
        """Gives values to inputs that need none; which these are."""
        fills = self.question.fills
        if fills is None:
            return []
        guessed = [name for name in names.inputs if name not in self.values]
        self.values = fills(names, self.values, self.options)
        return guessed

    def _resolved(
        self, names: Names, arrays: Mapping[str, Array], rounded: list[Notice]
    ) -> Options:
        """All that the question can be asked with, in the form that its function takes.

        Seeds and directions that are rounded get a notice.
        """
        question = self.question
        options: Options = {**question.defaults}
        for name, item in self.options.items():
            if item is not None and name in options:
                holds = question.options[name].holds_arrays
                options[name] = _floats(name, item, rounded) if holds else item
        for option in question.needs:
            if options[option.name] is None:
                raise needed(question, option)
        for name in question.groups:
            options[name] = list(options[name] or ())
        if "wrt" in options:
            options["wrt"] = self._sources(names, arrays, options)
        return question.prepare(names, options)

    def _sources(self, names: Names, arrays: Mapping[str, Array], options: Options) -> list[str]:
        """The inputs to differentiate by; left to itself, those that vary."""
        wrt = options["wrt"]
        if wrt is None:
            still = {*options.get("const", ()), *options.get("frozen", ())}
            wrt = [name for name in names.inputs if name not in still]
            numbers = [name for name in wrt if arrays[name].dtype.kind != "b"]
            sources = numbers or wrt  # where all are truth values, the error says so
        else:
            sources = inputs_named(names, wrt)
        if self.question.one_input and len(sources) != 1:
            raise _several_inputs(self.question, sources)
        return sources

    def _evaluated(self, run: Run, parts: Any, suspects: Suspects | None) -> Outcome | Report:
        """The numbers of an answer, its notices and verdicts."""
        if isinstance(parts, Report):
            parts.warnings = [*run.notices, *parts.warnings]
            return parts
        question, settings = self.question, self.settings
        values = run.results if self.value else []
        nodes = _nodes(parts)
        wanted = run.evaluator.watched = [*values, *nodes]
        questions = () if suspects is None else suspects.questions
        run.evaluator.evaluate([*wanted, *questions])
        arrays = self._arrays(run, parts)
        judged = "verdict" in question.options
        if suspects is not None and not (judged and settings.verdict):
            run.notices += suspects.warnings(run)
        if judged and settings.strict:
            from gradcli.engine.points.verdicts import strict

            run.notices += strict(run, list(arrays), self.options.get("dy"))
        asked = set(ancestors(wanted)) if suspects else run.evaluator.values
        _explain(run, nodes, asked)
        known = run.evaluator.values
        inputs = {name: known[x] for name, x in run.inputs.items()}
        return Outcome(
            as_indices(run.arrays(run.value), indices_in(run.value)) if self.value else None,
            arrays,
            run.notices,
            inputs,
            frozenset(map(id, [*inputs.values(), *self._given()])),
            self._verdicts(run, arrays) if judged and settings.verdict else None,
        )

    def _verdicts(self, run: Run, arrays: Any) -> dict[str, Any]:
        from gradcli.engine.points.verdicts import verdicts

        return verdicts(run, arrays, self.options.get("frozen") or {}, self.options.get("dy"))

    def _arrays(self, run: Run, part: Any) -> Any:
        """Parts as arrays, and a notice for each gradient that is zero for a reason."""
        if isinstance(part, dict):
            return {name: self._arrays(run, item) for name, item in part.items()}
        if isinstance(part, Node):
            return run.array(part)
        if not isinstance(part, Gradient):
            return part
        array = part.array
        if array is None and part.node is not None:
            array = run.array(part.node)
        if array is None:
            unconnected = self.settings.unconnected or self.question.unconnected
            if unconnected == "none":
                return None
        notice = part.notice(array)
        if notice is not None:
            run.notices.append(notice)
        return np.zeros(part.x.shape, part.x.dtype) if array is None else array


def ask(
    name: str,
    program: str | Text,
    values: Mapping[str, Any],
    settings: Settings | None = None,
    **options: Any,
) -> Answer:
    """The whole answer to the question of that name, its notices included."""
    question = registry.find(name)
    assert question is not None
    text = program if isinstance(program, Text) else Text.of(program)
    answer = Request(question, text, values, options, settings).answer()
    assert isinstance(answer, Answer)
    return answer


def _explain(run: Run, slopes: list[Node], evaluated: Collection[Node]) -> None:
    """Adds a warning where what was evaluated, the value or a slope, is not finite."""
    values = [y for y in run.results if y in evaluated]
    if not _are_finite(run, [*values, *slopes]):
        from gradcli.engine.points.nonfinite import explain

        explain(run, values, slopes)


def _suspects(run: Run) -> Suspects | None:
    """What to ask along with the derivatives: whether conventions may pass for them."""
    dropping = run.dropping()
    if not dropping:
        return None
    from gradcli.engine.points.silent import suspects

    return suspects(run, dropping)


def _forget(*runs: Run) -> None:
    """Lets go of graphs, which refer to themselves: else they wait for the collector."""
    for run in runs:
        run.graph.forget()


def _is_small(run: Run) -> bool:
    """Whether it is asked what rounding has done."""
    return run.graph.count <= NODES and run.graph.largest <= ELEMENTS


def _are_finite(run: Run, nodes: Sequence[Node]) -> bool:
    """Whether all the numbers of nodes are finite; NumPy's warnings are the caller's to silence."""
    for node in nodes:
        if node not in run.evaluator.finite:
            array = run.evaluator(node)
            if not (all_finite(array) or np.isfinite(array).all()):
                return False
    return True


def _hides(run: Run, values: Sequence[Node]) -> bool:
    """Whether there may be something to tell of a run whose loops are nodes: no number, or 0."""
    run.evaluator.run(values)
    if not _are_finite(run, values):
        return True
    if not run.differentiated or all(run.array(x).any() for x in values):
        return False
    from gradcli.engine.flowing import all_flow

    return not all_flow(run)


def watched(body: Sequence[Node], moving: set[Node]) -> list[Node]:
    """What to ask of the turns of a loop, in which nothing is looked at afterwards."""
    if not any(node.op.drops for node in body):
        return []
    from gradcli.engine.points.silent import questions

    return questions(body, moving)


def _nodes(part: Any) -> list[Node]:
    """The nodes that are to be evaluated for the parts of an answer."""
    nodes: list[Node] = []
    waiting = [part]
    while waiting:
        leaf = waiting.pop()
        if isinstance(leaf, dict):
            waiting.extend(reversed(leaf.values()))
        elif isinstance(leaf, Node):
            nodes.append(leaf)
        elif isinstance(leaf, Gradient) and leaf.array is None and leaf.node is not None:
            nodes.append(leaf.node)
    return nodes


def needed(question: Question, option: Any) -> InputError:
    """The error of a question without what it cannot be asked without."""
    return InputError(
        f"{question.name} needs '{option.name}'", help=f"⟨{option.name} {option.needed}⟩"
    )


def _several_inputs(question: Question, names: list[str]) -> UsageError:
    """The error of a question about one input where there are several, or none."""
    if not names:
        return without_variables()
    others = f", or use {question.name}s" if question.name.endswith("grad") else ""
    return UsageError(
        f"{question.name} differentiates by one input, and the program has {', '.join(names)}",
        help=f"choose one with ⟨wrt⟩{others}",
    )


def _floats(name: str, item: Any, rounded: list[Notice]) -> Any:
    """An array, or arrays by name, without whole numbers that float64 does not hold."""
    if isinstance(item, dict):
        return {key: _floats(f"{name} {key}", array, rounded) for key, array in item.items()}
    if not isinstance(item, np.ndarray):
        return item
    floats, notices = as_floats(name, item)
    rounded += notices
    return floats
