"""The state of `gradcli repl`: what was typed so far, and what an entry asks of it.

Everything typed is one program that grows. Names with a value of constants are its inputs, so that
every command can vary them; the rest are statements. Where a name gets a new value that others were
made from, these keep theirs: they become inputs, too.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from gradcli.data.answer import Answer
from gradcli.data.numbers import bracketed
from gradcli.data.writer import write_file
from gradcli.engine.outcome import Outcome
from gradcli.engine.program import Text, check_values
from gradcli.engine.question import EVERYDAY, Question
from gradcli.engine.ratio import parse_ratio
from gradcli.engine.request import Request, ask
from gradcli.engine.values import typed_value
from gradcli.errors import GradcliError, InputError, Notice, UsageError
from gradcli.ir.node import Node
from gradcli.lower.trees import assigned_in, bare_names
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gradcli.engine.ratio import Ratio
    from gradcli.engine.run import Run
    from gradcli.engine.settings import Settings

    _State = tuple[dict[str, str], list[str], int]

NAME = "input"
"""How messages call what is typed at the prompt."""

_RATIO = re.compile(r"d(\^?\d+)?\s*(\w*|\(\w+\))\s*/(\s*d\s*(\w+|\(\w+\))(\^\d+)?)+")
_RATIO_OF = re.compile(r"(d(?:\^?\d+)?/d\S+)\s+(\S.*)", re.DOTALL)
"""`d/dx sin(x)`."""

_RATIO_AROUND = re.compile(r"d(\^?\d+)?\s*\((.+)\)\s*/\s*(d\w+(?:\^\d+)?)", re.DOTALL)
"""`d(x^3)/dx`."""

_PRIMES = {"'": 1, "′": 1, "″": 2, "‴": 3}
_PRIMED = re.compile(r"([^\W\d]\w*)(['′″‴]+)")
"""`y'`."""

_PAGE = re.compile(r"([\w.]+)\?")
_OPTIONS = re.compile(r"\s(?=--[A-Za-z]|-[oqs]\s)")


class Outside:
    """What a session does to the world: it runs a command line, and shows an answer or a line."""

    def __init__(
        self,
        command: Callable[[Sequence[str]], None],
        show: Callable[[Answer], None],
        tell: Callable[[Sequence[Notice]], None],
        write: Callable[[str], None],
    ) -> None:
        self.command = command
        self.show = show
        self.tell = tell
        self.write = write


class Session:
    """The inputs by name, as texts, and the statements behind them."""

    def __init__(self, outside: Outside, settings: Settings) -> None:
        self.outside = outside
        self.settings = settings
        self.inputs: dict[str, str] = {}
        self.statements: list[str] = []
        self._printed = 0
        self._settled: dict[str, str] = {}
        self._past: list[tuple[str, _State]] = []

    def enter(self, entry: str) -> None:
        """Answers an entry and keeps what it adds; what fails or is broken off leaves all be."""
        entry = entry.strip()
        page = _PAGE.fullmatch(entry)
        if page is not None:
            self.outside.command(["functions", page[1]])
        elif self._is_ratio(entry):
            self._slope(entry)
        elif (primed := _PRIMED.fullmatch(entry)) and primed[1] in self._values_named():
            self._primed(primed[1], sum(_PRIMES[sign] for sign in primed[2]))
        elif whole := _RATIO_OF.fullmatch(entry):
            self._slope(whole[1], whole[2])
        elif (around := _RATIO_AROUND.fullmatch(entry)) and self._is_slope(*around.group(2, 3)):
            self._slope(f"d{around[1] or ''}/{around[3]}", around[2])
        elif any(line.strip()[:1] not in ("", "#") for line in entry.splitlines()):
            before = self._state()
            is_done = False
            try:
                self._evaluate(entry)
                is_done = True
            finally:
                if not is_done:
                    self.inputs, self.statements, self._printed = before
            self._note(entry, before)

    @property
    def text(self) -> str:
        """The whole session as a program that stands by itself."""
        return "\n".join([*(f"{n} = {v}" for n, v in self.inputs.items()), *self.statements])

    @property
    def line(self) -> int:
        """The line of the program that the next entry begins."""
        return 1 + sum(part.count("\n") + 1 for part in self.statements)

    def names(self) -> list[str]:
        """The names that have a value, those of functions among them."""
        assigned = (name for part in self._parts() for name in sorted(assigned_in(part.block)))
        return list(dict.fromkeys([*self.inputs, *assigned]))

    # --- entries --------------------------------------------------------------------------------

    def _evaluate(self, entry: str) -> None:
        """One statement, or several; those that give values of constants to names come first."""
        typed = Text(entry, NAME)
        first, *others = typed.tree.block.statements
        if others and self._is_input(Text(entry[first.start : first.end], NAME)):
            self._evaluate(entry[others[0].start :])
        elif others or not self._is_input(typed):
            self._compute(typed, entry)

    def _compute(self, typed: Text, entry: str) -> None:
        """Runs an entry, shows its value, and keeps it."""
        last = typed.tree.block.statements[-1]
        printed: list[str] = []
        settings = self.settings.but(printed=printed.append)
        text = Text("\n".join([*self.statements, entry]), NAME)
        if _has_value(last):
            answer = ask("eval", text, self._values(text), settings)
            self._pass_on(printed)
            self.outside.show(answer)
            if entry.strip() == "ans":
                return
            entry = f"{entry[: last.start]}ans = {entry[last.start :]}"
        else:
            notices = self._run(_DONE, text, settings).notices
            self._pass_on(printed)
            self.outside.tell(notices)
        self.statements.append(entry)
        self._printed = len(printed)

    def _pass_on(self, printed: Sequence[str]) -> None:
        """Shows what an entry prints, and not again what those before it did."""
        for line in printed[self._printed :]:
            self.outside.write(line + "\n")

    def _is_input(self, typed: Text) -> bool:
        """Takes an entry that only gives a value of constants to a name; else false.

        What was made from the old value keeps its own.
        """
        (statement,) = typed.tree.block.statements
        if not isinstance(statement, tree.Assign):
            return False
        target, right = statement.target, statement.value
        if statement.op is not None or not isinstance(target, tree.Name):
            return False
        value = typed.source.text[right.start : right.end]
        if typed.names(self.names()).inputs or not self._is_value(value):
            return False
        if any(target.id in bare_names(p.block) | assigned_in(p.block) for p in self._parts()):
            self._settle()
        self.inputs[target.id] = value
        return True

    def _is_value(self, text: str) -> bool:
        """Whether a text is a value as options have it: no tuple, no function."""
        try:
            self._typed(NAME, text)
        except GradcliError:
            return False
        return True

    def _settle(self) -> None:
        """Makes inputs of all names that statements give a value to; functions stay."""
        text = Text("\n".join(self.statements), NAME)
        values = self._run(_MADE, text, self.settings.silent()).parts
        functions = [part for part in self._parts() if _is_function(part.block.statements[-1])]
        kept = {n: bracketed(v) for n, v in values.items() if not isinstance(v, dict)}
        self._settled |= kept
        self.inputs |= kept
        self.statements = [part.source.text for part in functions]
        self._printed = 0

    # --- slopes and commands --------------------------------------------------------------------

    def _is_ratio(self, entry: str) -> bool:
        """Whether an entry asks for a derivative, as `dz/dx`, and is no quotient of names."""
        above = _RATIO.fullmatch(entry)
        if above is None:
            return False
        names = {*self.names()}
        is_quotient = names.issuperset(re.findall(r"\w+", entry))
        return not is_quotient and above[2].strip("()") in {"", "ans", *names}

    def _is_slope(self, inner: str, below: str) -> bool:
        """Whether `d(inner)/below` is no quotient: of a function d, of several brackets."""
        return _is_balanced(inner) and {"d", below}.isdisjoint(self.names())

    def _slope(self, entry: str, of: str = "") -> None:
        """Answers `dz/dx`, or `d/dx` of an expression: of the last answer, if there is none."""
        ratio = re.sub(r"[()\s]", "", entry)
        names = dict.fromkeys([*self.names(), "ans", *_below(entry)])
        parsed = parse_ratio(ratio, list(names))
        self._check_ratio(parsed, entry)
        result = of or parsed.of or "ans"
        if result == "ans":
            self._require_answer()
        text = Text("\n".join([*self.statements, result]), NAME)
        known = text.names(self.inputs)
        if not {*known.inputs, *known.assigned}.issuperset(parsed.by):
            raise self._unconnected(entry, result)
        slopes = ask("tape", text, self._values(text), self.settings, ask=[ratio])
        if slopes.parts[ratio] is None:
            raise self._unconnected(entry, result)
        self.outside.show(Answer(value=slopes.parts[ratio], alone=True, warnings=slopes.warnings))

    def _unconnected(self, entry: str, of: str) -> InputError:
        """The error of a slope by what a name is not made of, perhaps not any more."""
        message = f"{entry} is none: the one does not depend on the other"
        again = f"{of} was made of earlier values: type `{of} = …` once more"
        is_kept = self._settled.get(of) == self.inputs.get(of, "")
        return InputError(message, help=again if is_kept else None)

    def _values_named(self) -> set[str]:
        """The names that have a value and are no functions."""
        functions = (part.block.statements[-1] for part in self._parts())
        return {*self.names()} - {f.id for f in functions if isinstance(f, tree.Define)}

    def _primed(self, name: str, order: int) -> None:
        """Answers `y'`, the slope by the one input that y is made from."""
        program = "\n".join([*self._needed_by(name), name])
        inputs = [*Text(program, NAME).names(self.inputs).inputs]
        power = "" if order == 1 else str(order)
        if len(inputs) == 1:
            return self._slope(f"d{power}{name}/d{inputs[0]}{power}")
        ways = ", ".join(f"d{power}{name}/d{x}{power}" for x in inputs)
        made = f"several: write {ways}" if inputs else "none: y = x^2 behind x = 3"
        raise InputError(f"{name}' is the slope by the one input that {name} is made of", help=made)

    def _require_answer(self) -> None:
        if "ans" not in self.names():
            raise InputError("nothing was computed yet", help="a formula first: x^2")

    def _check_ratio(self, ratio: Ratio, entry: str) -> None:
        """Says so where a name above or below the line is a function, or has no value."""
        statements = [x for part in self._parts() for x in part.block.statements]
        functions = {x.id for x in statements if isinstance(x, tree.Define)}
        if ratio.of in functions:
            help_ = f"{ratio.of}'(x) is the derivative of a function"
            raise InputError(f"{ratio.of} is a function, not a value", help=help_)
        unknown = [name for name in ratio.by if name not in self.names()]
        if unknown:
            help_ = f"{unknown[0]} = VALUE, before what is computed from it"
            raise InputError(f"{entry}: nothing has the name {unknown[0]}", help=help_)

    def command(self, name: str, rest: str) -> None:
        """A command of the shell, asked of an expression: `:plot sin(a*x) --x -4:4`."""
        program, *options = _OPTIONS.split(rest.strip(), maxsplit=1)
        if not program:
            self._require_answer()
        typed = shlex.split(options[0]) if options else []
        given = {word[2:].partition("=")[0] for word in typed if word.startswith("--")}
        self.outside.command([name, *self._with_values(program or "ans", given), *typed])

    def _with_values(self, expression: str, given: Collection[str] = ()) -> list[str]:
        """The program that ends with an expression, and the values that it needs, as arguments."""
        program = "\n".join([*self._needed_by(expression), expression])
        needed = Text(program, NAME).names(self.inputs).inputs
        values = {n: self.inputs[n] for n in needed if n in self.inputs and n not in given}
        return [program, *(word for n, v in values.items() for word in ("--set", f"{n}={v}"))]

    def undo(self) -> str | None:
        """Takes back the last entry that changed something, and says which; None for none."""
        if not self._past:
            return None
        entry, before = self._past.pop()
        self.inputs, self.statements, self._printed = before
        return entry

    def clear(self) -> None:
        """Forgets everything, unless it is undone."""
        before = self._state()
        self.inputs, self.statements, self._printed = {}, [], 0
        self._note(":clear", before)

    def _state(self) -> _State:
        return {**self.inputs}, [*self.statements], self._printed

    def _note(self, entry: str, before: _State) -> None:
        """Keeps what was before an entry, if that has changed something."""
        if before != self._state():
            self._past.append((entry, before))

    def save(self, path: str) -> None:
        """Writes the session as a program into a file, whole or not at all."""
        if not path:
            raise UsageError(":save needs a file", help=":save session.grad")
        write_file(path, f"{self.text}\n".encode())

    def _needed_by(self, expression: str) -> list[str]:
        """The statements that an expression is made from, in their order."""
        names = bare_names(Text(expression, NAME).tree.block)
        needed = []
        for part in reversed(self._parts()):
            if not names.isdisjoint(assigned_in(part.block)):
                needed.append(part.source.text)
                names |= bare_names(part.block)
        return needed[::-1]

    def listed(self) -> list[tuple[str, str]]:
        """The names with their values, and the functions as they were typed."""
        values = dict(self.inputs)
        if self.statements:
            text = Text("\n".join(self.statements), NAME)
            made = self._run(_MADE, text, self.settings.silent()).parts
            values |= {name: _shown(value) for name, value in made.items()}
        parts = self._parts()
        functions = [p.source.text for p in parts if _is_function(p.block.statements[-1])]
        return [*values.items(), *(("", text) for text in functions)]

    # --- one program ----------------------------------------------------------------------------

    def _parts(self) -> list[tree.SyntaxTree]:
        return [Text.of(text).tree for text in self.statements]

    def _typed(self, name: str, value: str) -> Any:
        settings = self.settings
        return typed_value(
            value,
            name,
            dtype=settings.dtype,
            max_steps=settings.max_steps,
            max_elements=settings.max_elements,
        )

    def _values(self, text: Text) -> dict[str, Any]:
        """The arrays of the inputs that a program uses, all of which must have a value."""
        names = text.names(self.inputs)
        used = {n: value for n, value in self.inputs.items() if n in names.inputs}
        check_values(text, names, used, "{} = VALUE".format)
        return {n: self._typed(n, value) for n, value in used.items()}

    def _run(self, asked: Question, text: Text, settings: Settings) -> Outcome:
        """What is asked of statements; their loops are rolled up, as those of formulas are."""
        outcome = Request(asked, text, self._values(text), settings=settings).outcome()
        assert isinstance(outcome, Outcome)
        return outcome


def _made(run: Run) -> dict[str, Any]:
    """The names that statements give a value to, inputs apart; the parts of a tuple by number."""
    inputs = [*run.inputs.values()]
    made = {name: value for name, value in run.scope.items() if value not in inputs}
    return {n: _parted(v) for n, v in made.items() if isinstance(v, (Node, tuple))}


def _parted(value: Any) -> Any:
    is_tuple = isinstance(value, tuple)
    return {i: _parted(part) for i, part in enumerate(value)} if is_tuple else value


def _asked(name: str, function: Callable[[Run], Any]) -> Question:
    return Question(name, function, group=EVERYDAY, rank=0, examples=(), needs_value=False)


_MADE = _asked("made", _made)
_DONE = _asked("done", lambda _: None)
"""What a session asks of its statements: the values that they make, or only to be run."""


def _shown(value: Any) -> str:
    """A value as it is typed; a tuple in brackets."""
    if isinstance(value, dict):
        parts = [_shown(part) for part in value.values()]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    return bracketed(value)


def _is_function(statement: tree.Tree) -> bool:
    return isinstance(statement, (tree.Define, tree.DerivativeRule))


def _is_balanced(text: str) -> bool:
    """Whether no bracket of a text ends before it begins."""
    open_ = 0
    for character in text:
        open_ += (character == "(") - (character == ")")
        if open_ < 0:
            return False
    return True


def _below(entry: str) -> list[str]:
    """The names that stand below the line, each behind a d."""
    return re.findall(r"d\s*\(?([^\W\d]\w*)\)?", entry.partition("/")[2])


def _has_value(statement: tree.Tree) -> bool:
    """Whether a statement is an expression, and no call that is made for what it does."""
    if isinstance(statement, tree.Call) and isinstance(statement.function, tree.Name):
        return statement.function.id not in ("print", "backward", "zero_grad")
    statements = (tree.Assign, tree.Define, tree.DerivativeRule, tree.If, tree.While, tree.For)
    return not isinstance(statement, statements)
