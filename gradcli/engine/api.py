"""The Python API: the command line's words as functions over NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from warnings import warn

import numpy as np

from gradcli.data.report import Report
from gradcli.engine import question as registry
from gradcli.engine.collector import Paused
from gradcli.engine.fields import read
from gradcli.engine.options import WRT
from gradcli.engine.outcome import Outcome
from gradcli.engine.program import Text, check_values, inputs_named
from gradcli.engine.python_signatures import document, public
from gradcli.engine.python_values import (
    arranged,
    array,
    as_python,
    by_position,
    divided,
    merged,
    points_in,
    refuse_options,
    scalars,
    series_in,
    settings_of,
    settled,
)
from gradcli.engine.raised import in_one_frame
from gradcli.engine.request import Request
from gradcli.engine.run import Run
from gradcli.engine.settings import SETTINGS, Settings
from gradcli.engine.time_limit import limited
from gradcli.errors import GradcliWarning, InputError, UsageError
from gradcli.memory import MEMORY
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.data.answer import Answer
    from gradcli.engine.at_once import AtNumbers
    from gradcli.engine.question import Question

    Value = Any
    Names = str | Sequence[str]
    Values = Mapping[str, Any]

_PLAIN = Settings(printed=print)
"""How a program is run unless something is set: what it prints goes to standard output."""


class _Asked(type):
    """What lists every question as a method of a program, and makes it one when it is used."""

    def __dir__(cls) -> list[str]:
        special = [name for name in super().__dir__() if name.startswith("__")]
        return sorted({*special, "dtype", "inputs", "plot", "text", "wrt", *function_names()})

    def __getattr__(cls, name: str) -> Any:
        record = None if name.startswith("_") else _question(name)
        if record is None:
            near = None if name.startswith("_") else nearest(name, dir(cls))
            meant = f"; did you mean {near!r}?" if near else ""
            raise AttributeError(f"a program has no attribute {name!r}{meant}")
        setattr(cls, name, _asking(record, name, f"Program.{name}"))  # a method like any other
        return getattr(cls, name)


class Program(metaclass=_Asked):
    """A program parsed once, to be run often; safe to share between threads, and picklable.

    `wrt` names the inputs to differentiate by (default: all of them, in the order of first use).
    Calling it gives the value; every question is a method. Inputs are anything NumPy takes, by
    name, or in a mapping where a name means something else here, such as `dy`; results are arrays
    of the working dtype, each of its own, and NumPy scalars where they have no axes.

    >>> program = Program("sum(x^2)")
    >>> float(program(x=[1.0, 2.0]))
    5.0
    """

    @in_one_frame
    def __init__(
        self, text: str, *, wrt: Names | None = None, settings: Settings | None = None
    ) -> None:
        if not isinstance(text, str):
            help_ = 'for example grad("x^2", x=3.0)'
            raise UsageError(f"a program is a text, not {type(text).__name__}", help=help_)
        if not isinstance(settings, (Settings, type(None))):
            help_ = "gradcli.compile(text, dtype=…, threads=…) takes them one by one"
            raise UsageError(f"settings are {settings!r}", help=help_)
        self._text = Text.of(text)
        self._settings = settings or _PLAIN
        self._wrt = names_in(wrt)
        self._at_once: dict[tuple[str, ...], AtNumbers] = {}

    @classmethod
    def checked(cls, text: str, wrt: Names | None, settings: Settings) -> Self:
        """A program whose names are read before there are values, so that wrong ones fail now."""
        self = cls(text, wrt=wrt, settings=settings)
        inputs_named(self._text.names(self._wrt or ()), self._wrt)
        return self

    @property
    def text(self) -> str:
        """What was compiled."""
        return self._text.source.text

    @property
    def wrt(self) -> tuple[str, ...] | None:
        """The inputs to differentiate by, if they were named."""
        return self._wrt

    @property
    def dtype(self) -> str:
        """What is computed with: "float64" or "float32"."""
        return self._settings.dtype

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of first use."""
        return tuple(self._text.names(self._wrt or ()).inputs)

    # --- what makes it an object like others ----------------------------------------------------

    def _identity(self) -> tuple[Any, ...]:
        return self.text, self._wrt, *vars(self._settings).values()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        wrt = {} if self._wrt is None else {"wrt": self._wrt}
        usual = vars(_PLAIN)
        chosen = {k: v for k, v in vars(self._settings).items() if v != usual[k]}
        options = "".join(f", {name}={value!r}" for name, value in (wrt | chosen).items())
        return f"gradcli.compile({self.text!r}{options})"

    def __reduce__(self) -> Any:
        return _restored, (self.text, self._wrt, self._settings)

    def __dir__(self) -> list[str]:
        return dir(Program)

    # --- questions ------------------------------------------------------------------------------

    def record(self, values: Values) -> Run:
        """One run of the program at these inputs."""
        names = self._text.names(values)
        check_values(self._text, names, values, _keyword)
        with Paused(), np.errstate(all="ignore"):
            return Run(self._text, names, values, self._settings)

    if TYPE_CHECKING:

        def __call__(self, values: Values | None = None, /, **inputs: Value) -> Value:
            """The value at these inputs; the same as `evaluate`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(Program, name).__get__(self)

    def plot(
        self,
        values: Values | None = None,
        /,
        *,
        order: int = 1,
        over: Mapping[str, Sequence[Value]] | None = None,
        data: Any = None,
        **inputs: Value,
    ) -> Any:
        """The program and its derivatives over a range, as a figure of matplotlib.

        A pair of numbers, `x=(-4, 4)`, is a range; two ranges give contours with gradients. `over`
        gives a curve for each of several values, `data` points with it: a mapping, a table or the
        path of one, with columns of the variable's name and y. `savefig` of the figure writes it.

        >>> figure = Program("a*tan(x)").plot(x="-pi:pi", over={"a": [1, 2]}, order=0)
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['f  a=1', 'f  a=2']
        """
        from gradcli.engine.plotting.api import figure_of, python_picture

        given = merged(values, inputs)
        how = self._settings.but(dtype="float64")
        asked: Any = {"order": order, "over": series_in("over", over), "way": _keyword}
        points = points_in("data", data)
        return figure_of(python_picture(self._text, given, how, data=points, **asked))

    def request(self, question: Question, given: Sequence[Any], keywords: Values) -> Request:
        """A question with its options and values as a call from Python has them."""
        text = self._text
        options, inputs = divided(question, keywords)
        values = by_position(question, text, given, options) if given else None
        if self._wrt is not None and "wrt" in question.options:
            options.setdefault("wrt", list(self._wrt))
        by_name = merged(values, inputs)
        return Request(question, text, by_name, options, self._settings, way=_keyword)

    def keep(self, question: Question, names: Iterable[str], at_once: AtNumbers) -> None:
        """Keeps what answers a question at numbers of these names, unless time is limited."""
        if self._settings.timeout is None:
            self._at_once[question.name, *names] = at_once

    def with_settings(self, chosen: dict[str, Any]) -> Program:
        """The same program, run in another way."""
        other: Program = _restored(self.text, self._wrt, self._settings.but(**settled(chosen)))
        return other


def _restored(text: str, wrt: Names | None, settings: Settings) -> Program:
    return Program(text, wrt=wrt, settings=settings)


def _keyword(name: str) -> str:
    """How a value is given to a name."""
    return f'add {{"{name}": …}}' if name in _TAKEN else f"add {name}=…"


_TAKEN = ("dy", "wrt", "dtype", "method")


def names_in(wrt: Names | None) -> tuple[str, ...] | None:
    """`"x,y"`, or names one by one."""
    return None if wrt is None else tuple(read(WRT, wrt, array))


@public
def compile(  # noqa: A001 - the word of the contract
    text: str, *, wrt: Names | None = None, **settings: Any
) -> Program:
    """A program for repeated use.

    `settings` say how it is run: dtype, method, unconnected, max_steps, max_elements, stabilize,
    threads, and timeout, in seconds, which holds for each call. Raises ParseError or
    ProgramNameError, with the place, for a text that is no program, and InputError for a name in
    `wrt` that is no input.

    >>> compile("sum(x^2*y)", wrt=["x"], dtype="float32")
    gradcli.compile('sum(x^2*y)', wrt=('x',), dtype='float32')
    """
    for name in settings.keys() - {*SETTINGS}:
        raise UsageError(f"compile takes no '{name}'", help="values are given at each run")
    chosen = _PLAIN.but(**settled(settings)) if settings else _PLAIN
    with limited(chosen.timeout):
        return Program.checked(text, wrt, chosen)


# --- questions as functions ---------------------------------------------------------------------


def function_names() -> list[str]:
    """What the questions are called as functions."""
    return ["evaluate", *(name.replace("-", "_") for name in registry.names())]


def _question(name: str) -> Question | None:
    """The question that Python calls by a name."""
    return registry.find("eval" if name == "evaluate" else name.replace("_", "-"))


_EVAL: Any = registry.find("eval")


def function(name: str) -> Callable[..., Any] | None:
    """A question as a function of a program and its inputs; None if there is none."""
    record = _question(name)
    return None if record is None else _asking(record, name, name)


def _asking(record: Question, name: str, qualified: str) -> Callable[..., Any]:
    """What asks a question: a function of a program, or a method of one."""
    settings = settings_of(record)

    def asked(program: Program | str, /, *values: Any, **keywords: Value) -> Any:
        if program.__class__ is Program and not values:
            at_once = program._at_once.get((record.name, *keywords))  # noqa: SLF001 - its own
            found = None if at_once is None else at_once(keywords)
            if found is not None:
                return arranged(record, *found)
        chosen = {key: keywords.pop(key) for key in settings.intersection(keywords)}
        if chosen and isinstance(wish := chosen.get("verdict"), (int, np.bool_)) and wish:
            help_ = f'gradcli.ask("{record.name}", …, verdict=True).verdicts'
            raise UsageError("verdicts come with the whole answer", help=help_)
        answer = _asked(Request.outcome, record, program, chosen, values, keywords)
        for notice in answer.notices:
            warn(GradcliWarning(notice), stacklevel=3)
        return as_python(record, answer)

    asked.__name__, asked.__qualname__, asked.__module__ = name, qualified, "gradcli"
    ask = in_one_frame(asked)
    document(ask, record, name, Program, is_method=name != qualified)
    return ask


def _asked(
    ask: Callable[[Request], Any],
    record: Question,
    program: Program | str,
    chosen: dict[str, Any],
    values: Sequence[Any],
    keywords: Values,
) -> Any:
    """What `ask` gives of a request, within the time that the call or the program has."""
    seconds = _seconds(program, chosen)
    if seconds is not None:
        with limited(seconds):
            return _asked(ask, record, program, {**chosen, "timeout": None}, values, keywords)
    if program.__class__ is not Program or chosen:
        program = _program(program, chosen)
    try:
        request = program.request(record, values, keywords)
        answer = ask(request)
        if request.steps is not None and not values and request.values.keys() == keywords.keys():
            at_once = request.steps.at_once() or _again(request, answer)
            if at_once is not None:
                program.keep(record, keywords, at_once)
        return answer
    except InputError:
        refuse_options(record, _program(program, {})._text, keywords)  # noqa: SLF001 - its own
        raise


def _again(request: Request, answer: Any) -> AtNumbers | None:
    """What answers a request of no options at other arrays of the same shapes, if nothing is told.

    Numbers alone are answered in another way, once that is worth its while.
    """
    from gradcli.engine.asked_again import AskedAgain

    is_plain = isinstance(answer, Outcome) and request.options.keys() <= {"wrt"}
    has_arrays = any(x.__class__ is np.ndarray and x.ndim for x in request.values.values())
    if not (is_plain and has_arrays) or answer.notices:
        return None
    return AskedAgain(request.key, request.values)


def _seconds(program: Program | str, chosen: dict[str, Any]) -> Any:
    """How long a call may take; None for any time."""
    if "timeout" in chosen:
        return chosen["timeout"]
    return program._settings.timeout if program.__class__ is Program else None  # noqa: SLF001


def _program(program: Program | str, settings: dict[str, Any]) -> Program:
    """The program of a call; the one of a call before with the same text and settings."""
    if isinstance(program, Program):
        return program.with_settings(settings) if settings else program
    settings = settled(settings) if settings else settings
    text = program

    def make() -> Program:
        return Program(text, settings=_PLAIN.but(**settings))

    key = "program", text, tuple(settings.items())
    try:
        hash(key)
    except TypeError:  # such as a list, about which the program has something to say
        return make()
    kept: Program = MEMORY.kept(key, make, 64 + (len(text) if isinstance(text, str) else 0))
    return kept


# --- the detailed form, and the functions of the language ---------------------------------------


@public
def ask(question: str, program: Program | str, /, *values: Any, **keywords: Any) -> Any:
    """The whole answer to a question: `value`, `parts`, `verdicts`, and the `warnings` it carries.

    `question` is the name of a function of this module; the options are those of that function. A
    check gives its report. Raises UsageError for a question that there is not.

    >>> answer = ask("grads", "x*y", x=2, y=3)
    >>> float(answer.value), float(answer.parts["x"]), answer.warnings
    (6.0, 3.0, [])
    """
    record = _question(question) if isinstance(question, str) else None
    if record is None:
        listed = ", ".join(function_names())
        raise UsageError(f"there is no question {question!r}", help=f"one of {listed}")
    chosen = {key: keywords.pop(key) for key in settings_of(record).intersection(keywords)}
    answer: Answer | Report = _asked(_whole, record, program, chosen, values, keywords)
    if not isinstance(answer, Report):
        for part in ("value", "parts", "verdicts"):
            setattr(answer, part, scalars(getattr(answer, part)))
    return answer


def _whole(request: Request) -> Answer | Report:
    """The answer with the value of the program, whatever the question is."""
    request.value = True
    return request.answer()


@public
def plot(program: Program | str, values: Values | None = None, /, **keywords: Any) -> Any:
    """A program and its derivatives over a range, as a figure of matplotlib: see `Program.plot`.

    >>> plot("atan(x)", x=(-4, 4)).axes[0].get_title()
    'atan(x)'
    """
    return _program(program, {}).plot(values, **keywords)


@public
def functions(name: str | None = None) -> list[dict[str, Any]]:
    """The functions of the language, or the one of that name, as records.

    Each has its name, aliases, family, doc and example. Raises ProgramNameError for a name that
    there is not.

    >>> functions("atan")[0]["family"]
    'trigonometry'
    """
    from gradcli.engine.functions import listed, page

    if not isinstance(name, (str, type(None))):
        raise UsageError(f"the name of a function is a text, not {type(name).__name__}")
    whole = listed(None).whole if name is None else [page(name).whole]
    records: list[dict[str, Any]] = whole
    return records


evaluate = function("evaluate")
setattr(Program, "__call__", _asking(_EVAL, "__call__", "Program.__call__"))  # noqa: B010
