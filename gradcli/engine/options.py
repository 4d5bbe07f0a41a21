"""What questions can be asked with: each option once, for the shell, for jobs and for Python."""

from __future__ import annotations

from typing import Any

from gradcli.engine.settings import DTYPES, MAX_ELEMENTS, MAX_STEPS, METHODS, UNCONNECTED

NAMES, ARRAY, ARRAYS, VALUES = "names", "array", "arrays", "values"
FORMULAS, SHAPES, TEXTS, COUNT, NUMBER, CHOICE, FLAG, FILE = (
    "formulas",
    "shapes",
    "texts",
    "count",
    "number",
    "choice",
    "flag",
    "file",
)


class Option:
    """One option: its name as jobs and Python spell it, and what it takes.

    `kind` is NAMES (names of the program), ARRAY (one array), ARRAYS (one array, or some by name),
    VALUES (arrays by name, which are inputs of the program too), FORMULAS (texts by name), SHAPES
    (lengths, or names of them, by name), TEXTS, COUNT (a whole number), NUMBER, CHOICE (one of
    `choices`), FLAG, or FILE (a path to write, which no job may name). A COUNT is from 1 on and a
    NUMBER from 0 on, or from `least`; not `least` itself if it is `above`. A `setting` says how a
    program is run and is not handed to the question. `needed` is an example of what a question
    cannot be asked without; `positional` options are arguments in the shell; `in_jobs` says whether
    one job may set it.
    """

    __slots__ = (
        "above",
        "choices",
        "default",
        "in_jobs",
        "kind",
        "least",
        "metavar",
        "name",
        "needed",
        "positional",
        "sentence",
        "setting",
    )

    def __init__(
        self,
        name: str,
        kind: str,
        sentence: str,
        metavar: str = "VALUE",
        *,
        default: Any = None,
        choices: tuple[str, ...] = (),
        least: float | None = None,
        above: bool = False,
        setting: bool = False,
        needed: str = "",
        positional: bool = False,
        in_jobs: bool = True,
    ) -> None:
        self.name = name
        self.kind = kind
        self.sentence = sentence
        self.metavar = metavar
        self.default = default
        self.choices = choices
        self.least: float = (1 if kind == COUNT else 0) if least is None else least
        self.above = above
        self.setting = setting
        self.needed = needed
        self.positional = positional
        self.in_jobs = in_jobs

    def saying(self, sentence: str) -> Option:
        """The same option, which means something of its own to a question."""
        said = {name: getattr(self, name) for name in Option.__slots__}
        return Option(**(said | {"sentence": sentence}))

    @property
    def spelled(self) -> str:
        """The option as a shell has it."""
        return "--" + self.name.replace("_", "-")

    @property
    def holds_arrays(self) -> bool:
        """Whether it is an array, or some by name, which are no inputs of the program."""
        return self.kind in (ARRAY, ARRAYS)


WRT = Option("wrt", NAMES, "The variables to differentiate by: x,y.", "NAMES")
DY = Option("dy", ARRAY, "The seed: the gradient of sum(value * dy).")
TANGENT = Option(
    "tangent", ARRAYS, "The direction, of each input that moves.", "[NAME=]VALUE", needed="1,0"
)
VAR = Option("var", VALUES, "A variable; so is --NAME VALUE.", "NAME=VALUE")
CONST = Option("const", VALUES, "A constant.", "NAME=VALUE")

METHOD = Option(
    "method", CHOICE, "How to differentiate.", default="reverse", choices=METHODS, setting=True
)
UNCONNECTED_ = Option(
    "unconnected",
    CHOICE,
    "What stands for a gradient of something the value does not depend on.",
    choices=UNCONNECTED,
    setting=True,
)
VERDICT = Option(
    "verdict",
    FLAG,
    "What kind of point each element stands at.",
    default=False,
    setting=True,
    in_jobs=False,
)
STRICT = Option(
    "strict",
    FLAG,
    "Warn where a convention stands for a derivative.",
    default=False,
    setting=True,
    in_jobs=False,
)

JUDGED = (METHOD, VERDICT, STRICT, UNCONNECTED_)
"""What every question about plain gradients takes."""

RUNNING = (
    Option(
        "dtype",
        CHOICE,
        "The numbers computed with.",
        default="float64",
        choices=DTYPES,
        setting=True,
    ),
    Option(
        "max_steps",
        COUNT,
        "Statements, conditions and calls that may be executed.",
        "N",
        default=MAX_STEPS,
        setting=True,
        in_jobs=False,
    ),
    Option(
        "max_elements",
        COUNT,
        "Elements that one array may have.",
        "N",
        default=MAX_ELEMENTS,
        setting=True,
        in_jobs=False,
    ),
    Option(
        "threads",
        COUNT,
        "Threads for large arrays (default: one a core).",
        "N",
        setting=True,
        in_jobs=False,
    ),
    Option(
        "stabilize",
        FLAG,
        "Compute formulas as they are written.",
        default=True,
        setting=True,
        in_jobs=False,
    ),
)
"""What holds for every question: how the program is run."""
