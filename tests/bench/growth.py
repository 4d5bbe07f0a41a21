"""`python -m tests.bench.growth [WORD…]`: each construct of the language and of files, n and 4n.

Work that is linear takes four times as long, n log n a little longer; what takes over six times is
marked. `tests/test_growth.py` counts calls of functions instead of seconds.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from functools import partial
from itertools import count
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import gradcli

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], object]

ROUNDS = 3
LINEAR = 6.0
"""How many times as long 4n takes as n, at most."""


NEW = count(1)
"""Lines at the end of a program, for which it is another one than all that are remembered."""


SQUARE = {"gradients by one", "backward", "formulas", "formulas of products"}
"""What costs as much at each of n steps as the program so far, or has as long an answer."""


class Construct(NamedTuple):
    """What can be long, and how much of it takes a few hundredths of a second."""

    name: str
    n: int
    job: Callable[[int], Job]

    @property
    def limit(self) -> float:
        """How many times as long 4n takes as n, at most."""
        return LINEAR**2 if self.name in SQUARE else LINEAR


def written(template: str, n: int) -> str:
    """`«x*$|, »` is written n times with a comma between, `$` is the number, and `N` is n."""

    def repeated(match: re.Match[str]) -> str:
        item, between = match[1], match[2]
        return between.join(item.replace("$+1", str(i + 1)).replace("$", str(i)) for i in range(n))

    return re.sub("«(.*?)[|](.*?)»", repeated, template, flags=re.DOTALL).replace("N", str(n))


def job(question: str, template: str, n: int) -> Job:
    """A question about a program that nobody asked before; all its inputs are 0.5."""
    program = written(template, n)
    values = {}
    if question not in ("diff", "graph"):
        values = dict.fromkeys(gradcli.compile(program).inputs, 0.5)
    return partial(gradcli.ask, question, program + "\n" * next(NEW), values)


PROGRAMS: list[tuple[str, int, str, str]] = [
    ("terms", 500, "grads", "«x^2|+»"),
    ("factors", 500, "grads", "«(1 + x/($ + 5))|*»"),
    ("signs", 5_000, "grads", "«-|»x"),
    ("powers", 200, "grads", "«x|^»"),
    ("methods", 500, "grads", "x«.atan()|»"),
    ("brackets", 150, "grads", "«(|»x«)|»"),
    ("comparisons", 500, "eval", "0 < x and «x > $|and »"),
    ("chains of comparisons", 200, "eval", "0 <«x| <= »"),
    ("choices", 500, "grads", "«$ if x == $| else » else x"),
    ("branches", 250, "grads", "y = x\n«if y > 0 { y = 2*y }\n|»y"),
    ("lists", 500, "grads", "sum([«x*$|, »])"),
    ("lists of numbers", 5_000, "grads", "x*sum([«$|, »])"),
    ("lists of lists", 250, "grads", "sum([«[x, $]|, »])"),
    ("tuples", 1_000, "grads", "t = («x|, »); t[0]"),
    ("unpacking", 250, "grads", "(«a$|, ») = range(N); a1*x"),
    ("digits", 50_000, "grads", "x + 0.1«1|»"),
    ("comments", 5_000, "grads", "«# nothing\n|»x"),
    ("letters of a name", 50_000, "grads", "«x|»*2"),
    ("inputs", 250, "grads", "«a$|+»"),
    ("statements", 500, "grads", "y = x\n«y = y + 2*x\n|»y"),
    ("variables", 500, "grads", "v0 = x\n«v$+1 = v$ + x\n|»vN"),
    ("functions", 500, "grads", "«f$(x) = x*$\n|»f1(x)"),
    ("parameters", 1_000, "grads", "f(«a$|, ») = a0; f(«x|, »)"),
    ("keywords", 500, "grads", "f(«a$|, ») = a0; f(«a$=x|, »)"),
    ("calls", 250, "grads", "f(x) = x*2\n«f(x)| + »"),
    ("calls of calls", 200, "grads", "f(x) = x/2\n«f(|»x«)|»"),
    ("recursion", 150, "grads", "f(n) = x*f(n - 1) if n > 0 else 1; f(N)"),
    ("closures", 150, "grads", "f = y => y/2\n«g$ = f\nf = y => g$(y)*2\n|»f(x)"),
    ("turns of for", 5_000, "grads", "y = x; for i in range(N) { y += sin(y)/9 }; y"),
    ("turns of while", 5_000, "grads", "y = x; i = 0; while i < N { y += sin(y)/9; i += 1 }; y"),
    ("turns that differ", 300, "grads", "y = x; for i in range(N) { y += mean(ones(i + 1)) }; y"),
    ("reads", 1_000, "grads", "v = x*ones(N); y = 0; for i in range(N) { y += v[i] }; y"),
    ("reads, written", 250, "grads", "v = x*ones(N); «v[$]|+»"),
    ("slices, written", 250, "grads", "v = x*ones(N + 2); «sum(v[$:$+1])|+»"),
    ("rows of a for", 1_000, "grads", "y = 0; for row in x*ones((N, 2)) { y += row[1] }; y"),
    ("arrays that grow", 150, "grads", "v = [x]; for i in range(N) { v = append(v, x*i) }; sum(v)"),
    ("gradients", 100, "grads", "y = x\n«g = grad(y^2, y); y = y*g/4\n|»y"),
    ("gradients by one", 50, "grads", "y = x\n«g = grad(y, x); y = y*x\n|»y + g"),
    ("gradients in turns", 100, "grads", "y = x; for i in range(N) { y = y - grad(y^2, y)/4 }; y"),
    ("backward", 50, "grads", "y = x*x\n«backward(y); y = y*x\n|»x.grad"),
    ("operands", 250, "grads", "max(«x*$|, »)"),
    ("arrays in concat", 250, "grads", "sum(concat((«[x]|, »)))"),
    ("einsum", 5, "grads", 'einsum("ij«,ij|»->ij", x*ones((2, 2))«, ones((2, 2))|»)'),
    ("convolve", 20_000, "grads", "sum(convolve(x*ones(N), ones(N)))"),
    ("sort", 50_000, "grads", "sum(sort(x*range(N)))"),
    ("cumsum", 50_000, "grads", "sum(cumsum(x*ones(N)))"),
    ("median", 50_000, "grads", "median(x*range(N))"),
    ("interp", 20_000, "grads", "sum(interp(x*range(N), range(N), range(N)))"),
    ("cumprod", 50_000, "grads", "sum(cumprod(x*ones(N)))"),
    ("logsumexp", 50_000, "grads", "logsumexp(x*range(N))"),
    ("bincount", 50_000, "grads", "sum(x*bincount(range(N)))"),
    ("histogram", 50_000, "grads", "sum(x*histogram(range(N), 20)[0])"),
    ("searchsorted", 20_000, "grads", "sum(x*searchsorted(range(N), range(N)))"),
    ("segments", 20_000, "grads", "sum(segment_sum(x*ones(N), range(N)))"),
    ("gather", 20_000, "grads", "v = x*ones(N); sum(v[range(N)])"),
    ("check", 500, "check", "sum(sin(x*range(N)))"),
    ("formulas", 10, "diff", "«sin(x)^$|+»"),
    ("formulas of products", 25, "diff", "«(x + $)|*»"),
    ("formulas of calls", 25, "diff", "«sin(|»x«)|»"),
    ("explain", 100, "explain", "y = x\n«y = y + 2*x\n|»y"),
    ("drawings", 100, "graph", "y = x\n«y = y + 2*x\n|»y"),
    ("jvp", 250, "derivative", "«x^2|+»"),
]
"""Name, n, question, program."""


def each(question: str) -> Callable[[int], Job]:
    """A question of one input about n elements."""

    def make(n: int) -> Job:
        return partial(gradcli.ask, question, "sin(x)", {"x": [0.1 * i for i in range(n)]})

    return make


def by_x(template: str) -> Callable[[int], Job]:
    """The formula of one derivative."""

    def make(n: int) -> Job:
        return partial(gradcli.ask, "diff", written(template, n) + "\n" * next(NEW), wrt="x")

    return make


def refused(template: str) -> Callable[[int], Job]:
    """A program with a mistake, for which the error and its help are made."""

    def make(n: int) -> Job:
        program = written(template, n) + "\n" * next(NEW)

        def ask() -> str:
            try:
                gradcli.grads(program, x=0.5)
            except gradcli.GradcliError as error:
                return str(error)
            raise AssertionError(program[:80])

        return ask

    return make


# --- files --------------------------------------------------------------------------------------


def batch(name: str, template: str) -> Callable[[int], Job]:
    """All answers to a file of jobs."""

    def make(n: int) -> Job:
        Path(name).write_text(written(template, n), encoding="utf-8")
        return lambda: [answer.get("value") for answer in gradcli.batch(name)]

    return make


def mapped(program: str, name: str, template: str) -> Callable[[int], Job]:
    """The rows of a table."""

    def make(n: int) -> Job:
        Path(name).write_text(written(template, n), encoding="utf-8")
        return partial(gradcli.map, written(program, n) + "\n" * next(NEW), name, output="out.csv")

    return make


def given(program: str, name: str, text: str) -> Callable[[int], Job]:
    """A file of many inputs."""

    def job(n: int) -> Job:
        Path(name).write_text(written(text, n), encoding="utf-8")
        line = ["eval", written(program, n), "--inputs", name, "-o", "json"]

        def ask() -> int:
            from gradcli.cli.main import run

            return run(line)

        return ask

    return job


FILES = [
    Construct("check of elements", 1_000, each("check")),
    Construct("verdicts of elements", 1_000, each("grad")),
    Construct("formulas of bells", 80, by_x("«b$*exp(-(x - m$)^2/(2*s$^2))|+»")),
    Construct("formulas of logistics", 80, by_x("«b$/(1 + exp(-k$*(x - m$)))|+»")),
    Construct("formulas of waves", 80, by_x("«sin($*x)^2|+»")),
    Construct("unknown names", 250, refused("«a$|+» + sinn(x)")),
    Construct("what cannot stand here", 500, refused("«x|+» + * x")),
    Construct("words without signs", 250, refused("«x sin |»")),
    Construct("brackets left open", 250, refused("«(|»x")),
    Construct("jobs", 250, batch("a.jsonl", '«{"expr": "x^2 + $", "inputs": {"x": 1}}\n|»')),
    Construct("jobs alike", 1_000, batch("a.jsonl", '«{"expr": "x", "inputs": {"x": $}}\n|»')),
    Construct("jobs that fail", 50, batch("a.jsonl", '«{"expr": "atn$(x)"}\n|»')),
    Construct("columns of jobs", 1_000, batch("a.csv", "expr,«c$|,»\nc0+c1,«1|,»\n")),
    Construct("inputs", 1_000, batch("a.jsonl", '{"expr": "a0*a1", "inputs": {«"a$": 1|,»}}')),
    Construct("arrays", 20_000, batch("a.jsonl", '{"expr": "sum(x)", "inputs": {"x": [«1.5|,»]}}')),
    Construct("lines of CSV", 20_000, mapped("x*y", "a.csv", "x,y\n«1.5,$\n|»")),
    Construct("lines of JSON", 10_000, mapped("x*y", "a.jsonl", '«{"x": 1.5, "y": $}\n|»')),
    Construct("columns of CSV", 500, mapped("c0*c1", "a.csv", "«c$|,»\n«1.5|,»\n")),
    Construct("columns used", 100, mapped("«c$|+»", "a.csv", "«c$|,»\n«1.5|,»\n")),
    Construct("elements of a cell", 20_000, mapped("sum(x)", "a.jsonl", '{"x": [«1.5|,»]}\n')),
    Construct("bad cells", 2_000, mapped("x*1", "a.csv", "x\n«nan\n|»")),
    Construct("inputs of a file", 1_000, given("a1*2", "in.json", '{«"a$": 1.0|, »}')),
    Construct("columns of inputs", 1_000, given("«a$|+»", "in.csv", "«a$|,»\n«1.5|,»\n")),
]

CONSTRUCTS = [
    *(Construct(name, n, partial(job, ask, text)) for name, n, ask, text in PROGRAMS),
    *FILES,
]


def seconds(construct: Construct, n: int) -> float:
    """What n of it take, at best."""
    times = []
    for _ in range(ROUNDS):
        ask = construct.job(n)
        start = process_time()
        ask()
        times.append(process_time() - start)
    return min(times)


def main(words: list[str]) -> int:
    """A line a construct; the status tells whether one grows faster than n log n."""
    warnings.simplefilter("ignore", gradcli.GradcliWarning)
    slow = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for construct in CONSTRUCTS:
            if words and not any(word in construct.name for word in words):
                continue
            once, more = seconds(construct, construct.n), seconds(construct, 4 * construct.n)
            ratio = more / once
            slow += ratio > construct.limit
            mark = "  GROWS" if ratio > construct.limit else ""
            times = f"{once:8.4f} s {more:8.4f} s {ratio:6.2f}{mark}"
            print(f"{construct.name:24} {construct.n:7,} {times}", flush=True)
    return slow > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
