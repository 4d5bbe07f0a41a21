"""The executor for large arrays: elementwise regions run block by block, in cache, on all cores.

A plan splits the nodes into stages. In each stage the elementwise nodes of one size run over blocks
of that many elements, what only they need never leaves the cache, and full sums add up block by
block; then whatever else is ready runs whole. The answers are the plain executor's, to the bit
where nothing is summed.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.plain import Evaluator
from gradcli.ir.op import Elementwise, Reduction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcli.ir.node import Node

BLOCK = 32_768
"""Elements of a block: a few of them, in doubles, fit the second-level cache of one core."""

CORES = os.cpu_count() or 1

LARGE = 2 * BLOCK
"""Elements from which an array is worth a plan."""


class BlockedEvaluator(Evaluator):
    """Evaluates large elementwise regions in blocks, everything else as the plain executor does.

    Values inside a region are not kept; asking for one of them later computes it anew. `threads`
    share the blocks; 0 stands for one a core.
    """

    def __init__(self, values: Mapping[Node, Any], threads: int = 0) -> None:
        super().__init__(values)
        self.threads = threads or CORES

    def run(self, nodes: Iterable[Node]) -> None:
        """Evaluates the nodes, in blocks where they are large."""
        wanted = [node for node in nodes if node not in self.values]
        missing = self.missing(wanted)
        size = _main_size(missing)
        with np.errstate(all="ignore"):
            if size < LARGE:
                self.perform(missing)
            else:
                Plan(missing, wanted, size).run(self, self.threads)


def _main_size(nodes: list[Node]) -> int:
    """The size that most elementwise nodes of some size have, weighted by the size."""
    counts = Counter(n.size for n in nodes if n.shape and isinstance(n.op, Elementwise))
    large = {size: count * size for size, count in counts.items() if size >= LARGE}
    return max(large, key=lambda size: large[size], default=0)


class Plan:
    """Stages of nodes: which run in blocks, which run whole, and which results are kept whole."""

    def __init__(self, nodes: list[Node], wanted: list[Node], size: int) -> None:
        self.size = size
        self.wanted = set(wanted)
        self.blocked: dict[int, list[Node]] = {}
        self.whole: dict[int, list[Node]] = {}
        self.stage: dict[Node, int] = {}
        self.in_blocks: set[Node] = set()
        for node in nodes:
            self._place(node)
        self.kept = self._kept(nodes)

    # --- planning ---------------------------------------------------------------------------

    def _place(self, node: Node) -> None:
        """The first stage at which a node can run, and where it runs."""
        fits = self._fits(node)
        stage = 0 if fits else -1
        for x in node.inputs:
            known = self.stage.get(x)
            if known is not None:
                later = fits and (x not in self.in_blocks or self._is_sum(x))
                stage = max(stage, known + 1 if later else known)
        self.stage[node] = stage
        if fits:
            self.in_blocks.add(node)
        (self.blocked if fits else self.whole).setdefault(stage, []).append(node)

    def _fits(self, node: Node) -> bool:
        """Whether a node can run on blocks: elementwise on its own size, or a full sum of it."""
        if self._is_sum(node):
            return True
        if not isinstance(node.op, Elementwise) or node.attrs or node.size != self.size:
            return False
        return all(x.shape == node.shape or x.size == 1 for x in node.inputs)

    def _is_sum(self, node: Node) -> bool:
        op = node.op
        return (
            isinstance(op, Reduction)
            and op.adds
            and node.size == 1
            and node.inputs[0].size == self.size
        )

    def _kept(self, nodes: list[Node]) -> set[Node]:
        """Results of blocks that are needed whole: asked for, or used in another stage."""
        kept = {node for node in self.in_blocks if node in self.wanted}
        for node in nodes:
            for x in node.inputs:
                same = node in self.in_blocks and self.stage.get(x) == self.stage[node]
                if x in self.in_blocks and not same:
                    kept.add(x)
        return kept

    # --- running ----------------------------------------------------------------------------

    def run(self, evaluator: Evaluator, threads: int) -> None:
        """Runs the stages; the evaluator's values receive what is kept."""
        values = evaluator.values
        last = max(self.stage.values(), default=-1)
        for stage in range(-1, last + 1):
            nodes = self.blocked.get(stage)
            if nodes:
                Stage(self, nodes, values).run(threads)
            evaluator.perform(self.whole.get(stage, ()))

    def is_sum(self, node: Node) -> bool:
        """Whether a node of a stage is a sum over its blocks."""
        return self._is_sum(node)


class Stage:
    """The blocked nodes of one stage as a program over registers."""

    def __init__(self, plan: Plan, nodes: list[Node], values: dict[Node, Any]) -> None:
        self.size = plan.size
        self.values = values
        self.registers: dict[Node, int] = {}
        self.inputs: list[tuple[int, Any]] = []
        self.fixed: list[tuple[int, Any]] = []
        self.outputs: list[tuple[int, Any]] = []
        self.sums: list[tuple[Node, int, Any]] = []
        self.steps: list[tuple[Any, tuple[int, ...], int, tuple[int, ...]]] = []
        self.shapes: dict[Node, Any] = {}
        self._build(plan, nodes)

    def _register(self, node: Node) -> int:
        """The register of a node; of one that is known, filled with its array or number."""
        if node not in self.registers:
            self.registers[node] = len(self.registers)
            value = np.asarray(self.values[node])
            if value.size == self.size and self.size != 1:
                flat = np.ascontiguousarray(value).reshape(-1)
                self.inputs.append((self.registers[node], flat))
            else:
                self.fixed.append((self.registers[node], value.reshape(())[()]))
        return self.registers[node]

    def _build(self, plan: Plan, nodes: list[Node]) -> None:
        operands = []
        for node in nodes:
            places = tuple(self._register(x) for x in node.inputs)
            self.registers[node] = len(self.registers)
            operands.append((node, places))
        last: dict[int, int] = {}
        for k, (_, places) in enumerate(operands):
            for place in places:
                last[place] = k
        made = {self.registers[node] for node, _ in operands}
        kept = {self.registers[node] for node in nodes if node in plan.kept}
        for k, (node, places) in enumerate(operands):
            dead = tuple(p for p in set(places) if last[p] == k and p in made and p not in kept)
            self.steps.append((node.op.kernel, places, self.registers[node], dead))
            if plan.is_sum(node):
                self.steps[-1] = (_block_sum, places, self.registers[node], dead)
                self.sums.append((node, self.registers[node], []))
            elif node in plan.kept:
                whole = np.empty(self.size, node.dtype)
                self.values[node] = whole.reshape(node.shape)
                self.outputs.append((self.registers[node], whole))

    def run(self, threads: int) -> None:
        """All blocks, shared among the threads; the sums are added up in the order of blocks."""
        starts = range(0, self.size, BLOCK)
        partial: list[Any] = [None] * len(starts)

        def work(k: int) -> None:
            with np.errstate(all="ignore"):
                partial[k] = self._block(starts[k])

        if threads > 1 and len(starts) > 1:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, range(len(starts))))
        else:
            for k in range(len(starts)):
                work(k)
        for j, (node, _, _) in enumerate(self.sums):
            total = np.add.reduce(np.array([part[j] for part in partial], node.dtype))
            self.values[node] = np.asarray(total, node.dtype).reshape(node.shape)

    def _block(self, start: int) -> list[Any]:
        """One block through all steps; the partial sums of it."""
        end = min(start + BLOCK, self.size)
        registers: list[Any] = [None] * len(self.registers)
        for place, flat in self.inputs:
            registers[place] = flat[start:end]
        for place, number in self.fixed:
            registers[place] = number
        for kernel, places, out, dead in self.steps:
            registers[out] = kernel(*[registers[p] for p in places])
            for place in dead:
                registers[place] = None
        for place, whole in self.outputs:
            whole[start:end] = registers[place]
        return [registers[place] for _, place, _ in self.sums]


def _block_sum(block: Any) -> Any:
    return np.add.reduce(block)
