"""`gradcli grad`, `grads`, `value-and-grad` and `value-and-grads`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.options import answer, command

if TYPE_CHECKING:
    import click


@command("grad", gradient=True, seed=True)
def grad(ctx: click.Context, **options: Any) -> None:
    """The gradient of PROGRAM by its one input, or by the one that --wrt names.

    A result that is no single number counts with its sum, or with sum(value * dy).
    """
    answer(ctx, options)


@command("grads", gradient=True, seed=True)
def grads(ctx: click.Context, **options: Any) -> None:
    """The gradients of PROGRAM by all its inputs, or by those that --wrt names.

    A result that is no single number counts with its sum, or with sum(value * dy).
    """
    answer(ctx, options)


@command("value-and-grad", gradient=True, seed=True)
def value_and_grad(ctx: click.Context, **options: Any) -> None:
    """The value of PROGRAM and its gradient by its one input."""
    answer(ctx, options)


@command("value-and-grads", gradient=True, seed=True)
def value_and_grads(ctx: click.Context, **options: Any) -> None:
    """The value of PROGRAM and its gradients by all its inputs."""
    answer(ctx, options)
