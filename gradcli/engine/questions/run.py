"""A script: what it prints, then its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.engine.run import Run


@question(
    "run",
    group=EVERYDAY,
    rank=7,
    value=True,
    alone=True,
    needs_value=False,
    script=True,
    examples=[
        "run model.grad --x 1,2",
        "echo 'print(x); x^2' | gradcli run - --x 3",
        "echo 'import jax; jax.grad(lambda x: x**2)(3.0)' | gradcli run - --lang python",
    ],
)
def run_script(_run: Run) -> None:
    """Runs the script FILE (- for standard input): shows what it prints, then its result.

    A FILE.py or FILE.ipynb is a snippet written for TensorFlow, PyTorch, JAX, autograd or NumPy:
    it is answered without these and never executed. `gradcli help snippets` says what it may hold.
    """
