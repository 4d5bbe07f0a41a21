"""More of `torch.optim`: optimizers with a rate of its own for each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.frameworks.pytorch.optimizers import Optimizer, decayed, fused, means

if TYPE_CHECKING:
    Numbers = np.ndarray[Any, np.dtype[Any]]


class Adadelta(Optimizer):
    """By the means of the squares of gradients and of steps."""

    kind = "Adadelta"
    options = {  # noqa: RUF012
        "lr": 1.0,
        "rho": 0.9,
        "eps": 1e-06,
        "weight_decay": 0,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, zeros, g = x.dtype.type, np.zeros_like(x), decayed(x, g, o)
        rho, eps = kind(o["rho"]), kind(o["eps"])
        rest = kind(1 - o["rho"])
        square = state["square"] = fused(rest * g, g, rho * state.get("square", zeros))
        steps = state.get("steps", zeros)
        step = np.sqrt(steps + eps) / np.sqrt(square + eps) * g
        state["steps"] = fused(rest * step, step, rho * steps)
        return fused(-kind(o["lr"]), step, x)


class Adamax(Optimizer):
    """By the mean of the gradient and the largest of it."""

    kind = "Adamax"
    options = {  # noqa: RUF012
        "lr": 0.002,
        "betas": (0.9, 0.999),
        "eps": 1e-08,
        "weight_decay": 0,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, g = x.dtype.type, decayed(x, g, o)
        first, second = o["betas"]
        mean, _ = means(x, g, state, o["betas"])
        before = kind(second) * state.get("most", np.zeros_like(x))
        most = state["most"] = np.maximum(before, abs(g) + kind(o["eps"]))
        return x + kind(-o["lr"] / (1 - first ** state["step"])) * mean / most


class NAdam(Optimizer):
    """Adam with Nesterov's momentum."""

    kind = "NAdam"
    options = {  # noqa: RUF012
        "lr": 0.002,
        "betas": (0.9, 0.999),
        "eps": 1e-08,
        "weight_decay": 0,
        "momentum_decay": 0.004,
        "decoupled_weight_decay": False,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, count = x.dtype.type, state["step"]
        first, second = o["betas"]
        if o["decoupled_weight_decay"]:
            x = x * kind(1 - o["lr"] * o["weight_decay"])
        else:
            g = decayed(x, g, o)
        now, after = (
            first * (1 - 0.5 * 0.96 ** (n * o["momentum_decay"])) for n in (count, count + 1)
        )
        product = state["product"] = state.get("product", 1.0) * now
        mean, square = means(x, g, state, o["betas"])
        below = np.sqrt(square / kind(1 - second**count)) + kind(o["eps"])
        x = x - kind(o["lr"] * (1 - now) / (1 - product)) * g / below
        return x - kind(o["lr"] * after / (1 - product * after)) * mean / below


class RAdam(Optimizer):
    """Adam, whose rate is rectified while there are few steps."""

    kind = "RAdam"
    options = {  # noqa: RUF012
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-08,
        "weight_decay": 0,
        "decoupled_weight_decay": False,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, count = x.dtype.type, state["step"]
        first, second = o["betas"]
        if o["decoupled_weight_decay"]:
            x = x * kind(1 - o["lr"] * o["weight_decay"])
        else:
            g = decayed(x, g, o)
        mean, square = means(x, g, state, o["betas"])
        left = 1 - second**count
        step = mean / kind(1 - first**count) * kind(o["lr"])
        whole = 2 / (1 - second) - 1
        length = whole - 2 * count * second**count / left
        if length <= 5:
            return x - step
        above = (length - 4) * (length - 2) * whole
        rectified = (above / ((whole - 4) * (whole - 2) * length)) ** 0.5
        return x - step * kind(rectified * left**0.5) / (np.sqrt(square) + kind(o["eps"]))


class Rprop(Optimizer):
    """By the signs of gradients alone."""

    kind = "Rprop"
    options = {  # noqa: RUF012
        "lr": 0.01,
        "etas": (0.5, 1.2),
        "step_sizes": (1e-06, 50),
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, (less, more), (least, most) = x.dtype.type, o["etas"], o["step_sizes"]
        sign = np.sign(g * state.get("before", np.zeros_like(x)))
        factor = np.where(sign > 0, kind(more), np.where(sign < 0, kind(less), kind(1)))
        size = state.get("size", np.full_like(x, o["lr"])) * factor
        state["size"] = size.clip(kind(least), kind(most))
        state["before"] = np.where(sign < 0, kind(0), g)
        return x - np.sign(state["before"]) * state["size"]


class ASGD(Optimizer):
    """Stochastic gradient descent whose steps become shorter."""

    kind = "ASGD"
    options = {  # noqa: RUF012
        "lr": 0.01,
        "lambd": 0.0001,
        "alpha": 0.75,
        "t0": 1000000.0,
        "weight_decay": 0,
        "maximize": False,
    }

    def rule(self, x: Numbers, g: Numbers, state: dict[str, Any], o: dict[str, Any]) -> Numbers:
        """One step."""
        kind, g = x.dtype.type, decayed(x, g, o)
        rate = state.get("rate", o["lr"])
        state["rate"] = o["lr"] / (1 + o["lambd"] * o["lr"] * state["step"]) ** o["alpha"]
        return x * kind(1 - o["lambd"] * rate) - kind(rate) * g
