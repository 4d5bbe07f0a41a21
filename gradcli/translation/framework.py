"""Files for the frameworks of Python: the program as a function, and their gradient of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradcli.errors import ProgramTypeError
from gradcli.lower.room import Room
from gradcli.translation.definitions import mentioned
from gradcli.translation.names import PYTHON, Naming
from gradcli.translation.python import comments, indented, nested
from gradcli.translation.script import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.translation.style import Style
    from gradcli.translation.work import Work

SPELLED = {"inf": 'float("inf")', "nan": 'float("nan")'}


class Call(NamedTuple):
    """What the lines of a call are written from.

    `function` and `inputs` are names of the file; `by` are those of the inputs to differentiate by,
    by their names in the program, `where` their places, and `unconnected` those to which no
    way may lead, since their gradient is zero. The value is one number if it `is_scalar`; it
    `is_special` at points without a derivative.
    """

    function: str
    inputs: Sequence[str]
    by: Mapping[str, str]
    where: Sequence[int]
    unconnected: frozenset[str]
    is_scalar: bool
    is_special: bool

    @property
    def called(self) -> str:
        """The call of the function."""
        return f"{self.function}({', '.join(self.inputs)})"

    def places(self) -> str:
        """The places of the inputs as a tuple."""
        return f"({', '.join(map(str, self.where))}{',' * (len(self.where) == 1)})"

    def names(self) -> str:
        """The names of the program, quoted."""
        return ", ".join(f'"{name}"' for name in self.by)


class Framework(NamedTuple):
    """How files for a framework look.

    `words` are the names that they use, `head` are the lines before the function, `value(text,
    varies)` is an input with its value, `call` gives the lines behind the inputs.
    """

    style: Style
    words: str
    head: str
    value: Callable[[str, bool], str]
    call: Callable[[Call], str]

    def write(self, work: Work) -> str:
        """The file of a program."""
        if not (work.slopes.keys() - work.unconnected):
            raise ProgramTypeError(
                "the value depends on no input: there is nothing to differentiate",
                span=work.value.span,
            )
        words = {*PYTHON, *self.words.split(), *self.style.spelling.helpers}
        words |= mentioned(work.tree.block)
        naming = Naming(words)
        naming.keep(work.inputs)
        function = naming.made("f", "program", "function_")
        script = Script(work, self.style, naming)
        with Room(work.tree.depth):
            body = script.function(function)
        head = comments(work.head(indented([work.source.text])))
        imports = [f"import {name}" for name in sorted(script.imports)]
        parts = [
            "\n".join([*head, *comments(naming.changed()), *imports, self.head]),
            *[text.strip("\n") for text in script.helped.values()],
            "\n".join(body),
            "\n".join(self._end(work, naming, function)),
        ]
        return "\n\n\n".join(filter(None, parts)) + "\n"

    def _end(self, work: Work, naming: Naming, function: str) -> list[str]:
        """The inputs that have values, and the call where all have one."""
        lines = [
            f"{naming(name)} = {self.value(nested(np.asarray(x), SPELLED), name in work.slopes)}"
            for name, x in work.values.items()
        ]
        if not work.is_given:
            return lines
        call = Call(
            function,
            [naming(name) for name in work.inputs],
            {name: naming(name) for name in work.slopes},
            [i for i, name in enumerate(work.inputs) if name in work.slopes],
            frozenset(n for n, slope in work.slopes.items() if not work.array(slope).any()),
            work.value.shape == (),
            bool(work.met()),
        )
        return [*lines, self.call(call)]
