"""`python -m tests.mutants [COUNT] [--seed N] [--only WORD] [--reach FILE]`: do tests see a change?

Derivative rules, passes, executors, parsers and what handles files are changed at random, one place
at a time, in a copy of the repository; the tests of that folder run until the first that fails, or
with `--reach` (see tests/reach.py) first some that call the changed function, the quickest first. A
change that none of them sees is shown: it wants a row in a test, or is equal to what stood there.

What is only cost is left as it is: numbers that decide which of two ways takes less time or memory
where both give the same answer. COSTS names them, file by file; what they are worth, benchmarks
measure, and that both ways agree, tests of executors, tables and jobs.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PARTS = ".ci gradcli grammars samples tests README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md \
LICENSE pyproject.toml .gitignore".split()
SECONDS = 900
"""After which a change counts as seen: what hung does not hang otherwise. A third by `--reach`."""
FEW, ENOUGH = 10.0, 40.0
"""Seconds of the tests of one change, first of a few files of tests and then of all that reach it,
besides one test of each file."""

TESTS = {
    "ops": "functions recorded ops arrays conventions selection points golden check routes \
precision series",
    "passes": "loops selection series diff diff_arrays arrays golden routes points explain",
    "exec": "blocked compiled repeated routes loops scalar_forms map_compiled arrays limits",
    "lower": "language recorded loops arrays instead prefixes limits golden python",
    "syntax": "recorded syntax grammar language notation elsewhere refusals limits",
    "data": "values data batch jobs map map_files map_writing map_cells map_types map_rows",
    "render": "diff graph explain plot",
    "engine": "recorded python questions cli points check batch jobs map explain limits routes \
plot graph diff diff_steps diff_arrays map_rows map_cells map_types map_files map_writing \
map_cluster repl",
}
"""Folders, and the tests of each: those that are quick and see most come first."""

SAMPLES = "tests/test_samples.py"
"""Tests whose commands another process runs, where tests/reach.py does not hear of them."""

WHOLE = "tests/test_help.py tests/test_readme.py tests/test_functions.py".split()
"""Tests that see what a file says of itself when it is imported."""

SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


class Place(NamedTuple):
    """A place in a tree, and what is put there."""

    node: ast.AST
    field: str
    index: int | None
    new: object


LARGE = 100
"""Numbers from which one more is as good as the same: they are doubled."""

NO_ANSWER = "frozen kw_only maxsize slots strict".split()
"""Arguments that change no answer: `lru_cache(maxsize=4)`, `zip(…, strict=True)`, and what classes
refuse that is written nowhere: `dataclass(frozen=True, kw_only=True)`."""


COSTS = {
    "data/job_lines.py": "_PIECE",
    "data/numbers.py": "PIECE",
    "data/tables/digits.py": "FEW",
    "data/tables/sizes.py": "CHUNK ROWS SAMPLE FEW SHARE GROUP GROUPS HELD AHEAD",
    "engine/flowing.py": "FEW ARRAY",
    "engine/in_rows.py": "ROWS",
    "engine/jobs/runner.py": "FEW MOST_BYTES MOST",
    "engine/jobs/setup.py": "MANY",
    "engine/jobs/workers.py": "PIECE_SECONDS MOST_JOBS MOST_BYTES AHEAD A_WORKER",
    "engine/repeated.py": "LONGEST LASTING DECIDING HELD HELD_TWICE",
    "engine/questions/derivative.py": "NESTED",
    "engine/tables/cluster.py": "UNTOLD FRESH PATIENCE",
    "engine/tables/dealing.py": "WORTH_HALVING HAND FEW",
    "engine/tables/mapper.py": "PATHS",
    "engine/tables/row_path.py": "CELLS ROWS SMALL WASTE",
    "engine/tables/workers.py": "MEMORY_KEPT A_WORKER",
    "exec/again.py": "MOST WRITTEN READ",
    "exec/blocked.py": "LARGE",
    "exec/chains.py": "CACHE FEWEST ENOUGH ROOM",
    "exec/compiled/array_turns.py": "SHORT SMALL TOGETHER STEP",
    "exec/compiled/blocks.py": "AT_ONCE",
    "exec/compiled/bound.py": "FRAMES",
    "exec/compiled/cell_region.py": "BLOCK SIDE",
    "exec/compiled/cells.py": "NEAR",
    "exec/compiled/crew.py": "LOOKS OFTEN WAITS EAGER",
    "exec/compiled/emit.py": "MOVE CHEAP",
    "exec/compiled/formula.py": "LONGEST",
    "exec/compiled/forms.py": "CALL SCAN DIVISION INDEXED",
    "exec/compiled/machine.py": "KERNEL KERNELS LONG",
    "exec/compiled/nests.py": "LARGEST LONGEST MOST",
    "exec/compiled/product_frames.py": "MOST PANELS",
    "exec/compiled/product_region.py": "EVEN TERMS STEP UNITS BROAD NARROW LOWEST",
    "exec/compiled/products.py": "DEEP",
    "exec/compiled/quick.py": "STRAIGHT",
    "exec/compiled/region.py": "SHORTEST LONGEST SHARED PILES FILLED",
    "exec/compiled/sides.py": "FEWEST HIGHEST",
    "exec/compiled/tiles.py": "CHAINS",
    "exec/compiled/tracer.py": "LARGEST",
    "exec/compiled/vector_region.py": "SIZE BLOCK STEP PANEL",
    "exec/compiled/turns.py": "AT_ONCE FIRST MORE LONGEST",
    "exec/compiled/ways.py": "PACKED TURNED GATHERED MOVED",
    "exec/block_steps.py": "MANY PIECE",
    "exec/executors.py": "STEP INSTRUCTION CELL PRODUCT STACKED COPIED FOLLOWED STEPPED GONE_ALONG "
    "LOOK ELEMENTWISE LOAD COMPILE TURN KERNEL CALL ELEMENT NEST MOST WORTH AGAIN",
    "exec/histories.py": "LARGE SHARE FEWEST",
    "exec/planned.py": "SOONER SMALL LEAST TRIES MOST",
    "exec/region.py": "BLOCK LINE",
    "exec/rooms.py": "LARGE KEPT",
    "exec/spaces.py": "FEW CELLS",
    "exec/track.py": "LARGEST LASTING LOST",
    "exec/traits.py": "PARTS",
    "exec/turns.py": "SURELY TRIED CALL",
    "lower/loops.py": "WARM EARLY FEW AHEAD LONG STRAIGHT PATHS WORTH MOST_WAYS SELDOM LARGEST",
    "lower/trees.py": "KEPT",
    "ops/convolution.py": "WIDE",
    "ops/einsum.py": "FEW ROOM",
    "ops/factors.py": "MANY MOST",
    "ops/kernels.py": "FEW",
    "ops/keys.py": "SAMPLED",
    "ops/lapack.py": "COLUMNS",
    "ops/matmul.py": "LARGE",
    "ops/matrices.py": "SMALL",
    "ops/matrix_functions.py": "_BY_MINORS",
    "ops/ordering.py": "LARGE FEW",
    "ops/reduce.py": "_PART",
    "ops/repeated.py": "MANY",
    "ops/running.py": "LONG_ROW _LONG",
    "ops/shape.py": "SHORT",
    "ops/signals.py": "LONG",
    "ops/windows.py": "WIDER MOST",
    "passes/loop.py": "LONG",
    "passes/modes.py": "ELEMENTS",
    "syntax/tree.py": "SHORT",
}
"""Numbers that are only cost, by the file that states them. They are not changed, nor is whether a
comparison with one of them counts the number itself."""

ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def names_in(node: ast.AST) -> set[str]:
    """The names that stand in a part of a tree."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def left_out(tree: ast.AST, costs: set[str]) -> Iterator[ast.AST]:
    """What changes no answer: any negative number is to `reshape` what is left over."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name), value=ast.Constant() as value) if name in NO_ANSWER:
                yield value
            case ast.Call(func=ast.Attribute(attr="reshape"), args=lengths):
                yield from (x.operand for x in lengths if isinstance(x, ast.UnaryOp))
            case ast.Assign(targets=[target], value=value) if names_in(target) & costs:
                yield from ast.walk(value)
            case ast.Compare(ops=[op, *_]) if isinstance(op, ORDERS) and names_in(node) & costs:
                yield node


def places(tree: ast.AST, costs: set[str]) -> Iterator[Place]:
    """All changes of what a file does; not of its texts, types, assertions and `costs`."""
    left = {*left_out(tree, costs)}
    for node in ast.walk(tree):
        match node:
            case _ if node in left:
                continue
            case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
                if type(op) in SWAPPED:
                    yield Place(node, "op", None, SWAPPED[type(op)]())
            case ast.Compare(ops=[op, *_]) if type(op) in SWAPPED:
                yield Place(node, "ops", 0, SWAPPED[type(op)]())
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield Place(node, "test", None, ast.UnaryOp(ast.Not(), test))
            case ast.Constant(value=bool(value)):
                yield Place(node, "value", None, not value)
            case ast.Constant(value=int(value) | float(value)):
                yield Place(node, "value", None, value + 1 if abs(value) < LARGE else 2 * value)
            case ast.UnaryOp(op=ast.USub()):
                yield Place(node, "op", None, ast.UAdd())


def without_types(tree: ast.Module) -> ast.Module:
    """The same without what is not run."""

    def is_typing(node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"

    class Cleaned(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if is_typing(node.test) else self.generic_visit(node)

        def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
            return None if is_typing(node.targets[0]) else self.generic_visit(node)

        def visit_Assert(self, _node: ast.Assert) -> ast.AST:
            return ast.Pass()

    return Cleaned().visit(tree)


class Mutant(NamedTuple):
    """A file of the copy with one change, and how the place reads before and after."""

    path: Path
    text: str
    told: str
    function: int
    """The first line of the function that it is in; 0 for what runs when the file is imported."""


def parsed(path: Path) -> ast.Module:
    """What a file runs."""
    return without_types(ast.parse(path.read_text(encoding="utf-8")))


def changes(path: Path) -> tuple[ast.Module, list[Place]]:
    """The tree of a file, and all changes of it."""
    tree = parsed(path)
    costs = {*COSTS.get(path.as_posix().rpartition("/gradcli/")[2], "").split()}
    return tree, [*places(tree, costs)]


def mutant(path: Path, random: Random) -> Mutant:
    """One of the changes of a file."""
    tree, found = changes(path)
    place = random.choice(found)
    before = ast.unparse(place.node)
    if place.index is None:
        setattr(place.node, place.field, place.new)
    else:
        getattr(place.node, place.field)[place.index] = place.new
    line = getattr(place.node, "lineno", 0)
    function = _function_of(tree, place.node)
    told = f"{line}  {before[:90]}  →  {ast.unparse(place.node)[:90]}"
    return Mutant(path, ast.unparse(ast.fix_missing_locations(tree)), told, function)


def _function_of(tree: ast.AST, node: ast.AST) -> int:
    """The first line of the innermost function whose body a node is in, as code objects have it."""
    first = 0
    for each in ast.walk(tree):  # outer ones come first
        if isinstance(each, ast.FunctionDef | ast.Lambda):
            body = each.body if isinstance(each.body, list) else [each.body]
            if any(node is inner for part in body for inner in ast.walk(part)):
                first = min(d.lineno for d in [each, *getattr(each, "decorator_list", [])])
    return first


def copied(folder: Path) -> None:
    """The repository, without what is no part of it."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / part, ignore=ignored)
        else:
            shutil.copy(source, folder / part)


class Reach:
    """The tests that call each function, by the file that tests/reach.py has written."""

    def __init__(self, path: str) -> None:
        lines = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
        self.tests: dict[str, dict[int, dict[str, list[tuple[float, str]]]]] = {}
        for line in lines:
            self.tests.setdefault(line["file"], {})[line["line"]] = line["tests"]

    def of(self, name: str, function: int) -> list[list[str]]:
        """Those of a function, or of all of a file: a few of where it is tested most, then all."""
        functions = self.tests.get(name, {})
        chosen = [functions[function]] if function in functions else [*functions.values()]
        each: dict[str, set[tuple[float, str]]] = {}
        for tests in chosen:
            for file, found in tests.items():
                each.setdefault(file, set()).update((took, test) for took, test in found)
        likely = [file for file in files_of(Path(name)) if file in each]
        first = _quickest([each[file] for file in likely], FEW)
        others = [t for t in _quickest([*each.values()], ENOUGH) if t not in first]
        return [tests for tests in (first, others, [] if function else WHOLE) if tests]


def _quickest(files: list[set[tuple[float, str]]], most: float) -> list[str]:
    """One test of each file, and as many others as take so many seconds."""
    first = sorted(min(found) for found in files)
    tests = [test for _, test in first]
    for took, test in sorted(set().union(*files) - {*first}):
        most -= took
        if most < 0:
            break
        tests.append(test)
    return tests


def files_of(name: Path) -> list[str]:
    """The tests of the folder that a file is in, and samples."""
    return [*(f"tests/test_{test}.py" for test in TESTS[name.parts[0]].split()), SAMPLES]


def failure(folder: Path, runs: list[list[str]], seconds: float) -> str | None:
    """The first test that fails, or what else went wrong; None if all pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    environ = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    for tests in runs:
        try:
            done = subprocess.run(
                [*command, *tests],
                cwd=folder,
                env=environ,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"{tests[0]} hangs"
        if done.returncode:
            failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "E"))]
            return (failed or tests)[-1][:100]
    return None


def main() -> int:
    """A line for each change; the status tells whether one was not seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="folders or files with this in their path")
    parser.add_argument("--reach", help="the file that tests/reach.py has written")
    options = parser.parse_args()
    reach = Reach(options.reach) if options.reach else None
    random = Random(options.seed)
    survivors = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        copied(folder)
        files = [p for name in TESTS for p in sorted((folder / "gradcli" / name).rglob("*.py"))]
        files = [p for p in files if options.only in str(p.relative_to(folder))]
        files = [p for p in files if changes(p)[1]]
        for _ in range(options.count):
            path = random.choice(files)
            change = mutant(path, random)
            original = path.read_bytes()
            name = path.relative_to(folder / "gradcli")
            path.write_text(change.text, encoding="utf-8")
            runs = reach.of(str(name), change.function) if reach else []
            runs += [[file] for file in files_of(name)]
            seen = failure(folder, runs, SECONDS / 3 if reach else SECONDS)
            path.write_bytes(original)
            survivors += seen is None
            print(f"{'SURVIVES' if seen is None else 'seen'}  {name}:{change.told}", flush=True)
            if seen is not None:
                print(f"          {seen}", flush=True)
    print(f"{survivors} of {options.count} were not seen")
    return survivors > 0


if __name__ == "__main__":
    sys.exit(main())
