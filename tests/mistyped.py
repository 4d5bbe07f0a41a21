"""`python -m tests.mistyped`: what is said of programs in which one token is wrong.

In a program for each construct each token is left out, or another one stands in its place or
behind the program; `mistyped.txt` has what is said of them, a block for each program. Of what is
said alike, but for names and numbers, it has one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import gradcli
from gradcli.engine.program import Text
from tests import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.errors import Span

PLACE = Path(__file__).parent / "mistyped.txt"

PROGRAMS = (
    r"""
x + 2*y
-x^2 - y/3
a = x*y; b = a^2; a + b
x += 1; x
f(x) = x^2; f(y)
f(x, n=2) = x*n; f(y, n=3)
f(x) = { y = x; y*2 }; f(a)
g = x => x^2; g(3)
h = (x, y) => x*y; h(1, 2)
vjp f(x, dy) = 2*dy
if x > 0 { y = 1 } else { y = 2 }; y
if x > 0 { y = 1 } else if x < 0 { y = 2 } else { y = 3 }; y
y = 1 if x > 0 else 2
while x < 3 { x = x + 1 }; x
for i in range(3) { s = i }; s
for i, j in a { s = i*j }; s
[1, 2, 3]
[[1, 2], [3, 4]]
x[0] + x[1:3] + x[::2]
x[..., 0] + x[:, none]
x.T @ y.shape[0]
sum(x, axis=0)
sum(x^2 for x in a)
a, b = x, y; a*b
not x > 0 and y < 1 or z == 2
0 < x <= 1
|x| + ||y||
5! + x'
2 x + 3 sin(x)
50% + x % 2
sin x + cos(y)
"text" + 1e-3
(x + y)(x - y)
√x + x² + ½
grad(x^2, x)
# only a comment
x +\
 y
""".strip()
    .replace("\\\n", "\\")
    .split("\n")
)

TOKENS = """
+ / ^ = := < ( ) [ ] { } , ; : . ... => || ! % ' @ & ? $ # ² ½ ,, ++ -> if else for while in not vjp
2 3x lambda d/dx
""".split()
"""What stands in the place of a token, or behind the program."""

_TOKEN = re.compile(r"\w+|\S")


def _changed(program: str) -> Iterator[str]:
    """A program with one token left out, another in its place, or one behind all."""
    yield program
    for match in _TOKEN.finditer(program):
        before, behind = program[: match.start()], program[match.end() :]
        yield before + behind
        for token in TOKENS:
            yield before + token + behind
    yield from (f"{program} {token}" for token in TOKENS)


def place_of(span: Span) -> str:
    """Line and column of what is underlined, and the column of its last character."""
    line, first = span.source.place(span.start)
    last = first + len(span.text.partition("\n")[0]) - 1
    return f"{line}:{first}" + (f"-{last}" if last > first else "")


def said(program: str) -> str:
    """What is wrong with a program, where, and the way out; else what its inputs are."""
    try:
        names = Text(program.replace(r"\n", "\n")).names()
    except gradcli.GradcliError as error:
        at = f" at {place_of(error.span)}" if error.span else ""
        help_ = f"; {error.help}" if error.help else ""
        return f"{error.kind}{at}: {error.message}{help_}"
    notices = [f"; {notice.message}" for notice in names.notices]
    return f"is a program of {', '.join(names.inputs) or 'no inputs'}{''.join(notices)}"


def main() -> None:
    """Writes the file."""
    blocks, known = {}, set()
    for program in PROGRAMS:
        blocks[program] = {program: said(program)}
        for changed in dict.fromkeys(_changed(program)):
            text = said(changed)
            alike = re.sub(r"`[^`]*`|\d+(:\d+(-\d+)?)?|(?<=program of ).*", "…", text)
            if alike not in known:
                known.add(alike)
                blocks[program][changed] = text
    recorded.write(PLACE, blocks)


if __name__ == "__main__":
    main()
