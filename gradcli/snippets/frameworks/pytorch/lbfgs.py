"""`torch.optim.LBFGS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.line_search import LineSearch
from gradcli.snippets.frameworks.pytorch.optimizers import Optimizer, fused
from gradcli.snippets.values import exposed

if TYPE_CHECKING:
    Numbers = np.ndarray[Any, np.dtype[Any]]


class LBFGS(Optimizer):
    """The method of Broyden, Fletcher, Goldfarb and Shanno with a short memory."""

    kind = "LBFGS"
    options = {  # noqa: RUF012
        "lr": 1,
        "max_iter": 20,
        "max_eval": None,
        "tolerance_grad": 1e-07,
        "tolerance_change": 1e-09,
        "history_size": 100,
        "line_search_fn": None,
    }

    def __init__(self, home: Any, params: Any, given: dict[str, Any]) -> None:
        super().__init__(home, params, given)
        if self.defaults["line_search_fn"] not in (None, "strong_wolfe"):
            raise Raised("RuntimeError", "only 'strong_wolfe' is supported")
        self.memory: dict[str, Any] = {"count": 0, "ys": [], "ss": [], "rho": [], "h": 1.0}

    @exposed
    def state_dict(self) -> Any:
        """Not part of the subset."""
        raise Refusal("`state_dict` of LBFGS is not part of the subset")

    @exposed
    def step(self, closure: Any = None) -> Any:
        """Several iterations, each of which asks for the gradient by `closure`."""
        if closure is None:
            raise Raised("TypeError", "LBFGS.step() missing 1 required argument: 'closure'")
        o, m = self.defaults, self.memory
        first, loss = self.asked(closure)
        evaluations = 1
        most = o["max_eval"] or o["max_iter"] * 5 // 4
        g = self.gradient()
        if np.abs(g).max() <= o["tolerance_grad"]:
            return first
        for turn in range(o["max_iter"]):
            m["count"] += 1
            before = loss
            d = self.direction(g)
            kind = g.dtype.type
            t = min(1.0, kind(1) / np.abs(g).sum()) * o["lr"] if m["count"] == 1 else o["lr"]
            m["g"], m["d"], m["t"] = g, d, t
            slope = float(g @ d)
            if slope > -o["tolerance_change"]:
                break
            if o["line_search_fn"]:
                search = self.search(closure, (loss, g, d), most - evaluations)
                found = search.found(t)
                loss, g, t = found.loss, found.gradient, found.step
                evaluations += search.count
                m["t"] = t
            self.add(t, d)
            if not o["line_search_fn"] and turn + 1 < o["max_iter"]:
                _, loss = self.asked(closure)
                g = self.gradient()
                evaluations += 1
            small = np.abs(g).max() <= o["tolerance_grad"]
            still = np.abs(d * kind(t)).max() <= o["tolerance_change"]
            same = abs(loss - before) < o["tolerance_change"]
            if evaluations >= most or small or still or same:
                break
        return first

    def asked(self, closure: Any) -> tuple[Any, float]:
        """The loss, as the closure gives it and as a number."""
        loss = self.home.machine.call(closure)
        return loss, float(self.home.machine_number(loss))

    def search(self, closure: Any, start: tuple[float, Numbers, Numbers], most: int) -> LineSearch:
        """A search along a direction; parameters are where they were after each look."""
        direction = start[2]
        places = [self.home.recorder.settled(x.node) for x in self.parameters()]

        def at(step: Any) -> tuple[float, Numbers]:
            self.add(step, direction)
            _, loss = self.asked(closure)
            gradient = self.gradient()
            for x, node in zip(self.parameters(), places, strict=True):
                self.home.write(x, node)
            return loss, gradient

        return LineSearch(at, start, most, self.defaults["tolerance_change"])

    def direction(self, g: Numbers) -> Numbers:
        """Where the next step leads."""
        m, kind = self.memory, g.dtype.type
        if m["count"] == 1:
            return -g
        y, s = g - m["g"], m["d"] * kind(m["t"])
        ys = y @ s
        if ys > 1e-10:
            for name, value in (("ys", y), ("ss", s), ("rho", kind(1) / ys)):
                m[name].append(value)
                del m[name][: -self.defaults["history_size"]]
            m["h"] = ys / (y @ y)
        q, alphas = -g, []
        for own, step, rho in zip(*(reversed(m[k]) for k in ("ys", "ss", "rho")), strict=True):
            alphas.append((step @ q) * rho)
            q = fused(-alphas[-1], own, q)
        d = q * kind(m["h"])
        rows = zip(m["ys"], m["ss"], m["rho"], reversed(alphas), strict=True)
        for own, step, rho, alpha in rows:
            d = fused(alpha - (own @ d) * rho, step, d)
        return d

    def parameters(self) -> list[Any]:
        """All parameters."""
        return [x for group in self.groups for x in group["params"]]

    def gradient(self) -> Numbers:
        """The gradient by all parameters, in one row."""
        parts = []
        for x in self.parameters():
            g = np.zeros(x.shape, x.dtype) if x.grad is None else self.home.recorder.array(x.grad)
            parts.append(g.reshape(-1))
        return np.concatenate(parts)

    def add(self, step: Any, direction: Numbers) -> None:
        """Moves all parameters."""
        start, step = 0, direction.dtype.type(step)
        for x in self.parameters():
            part = direction[start : start + x.node.size].reshape(x.shape)
            start += x.node.size
            numbers = fused(step, part, self.home.recorder.array(x)).astype(x.dtype)
            self.home.write(x, self.home.recorder.constant(numbers, x.dtype))
