"""`torch.autograd.functional` and `torch.func`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.pytrees import mapped
from gradcli.snippets.arrays.transforms import Transforms
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Instance, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def functional(home: Any) -> dict[str, Any]:
    """Both by their paths."""
    of = _Functional(home, Transforms(home))
    transforms = of.transforms
    func: dict[str, Callable[..., Any]] = {
        "grad": lambda func, argnums=0, has_aux=False: transforms.grad(func, argnums, has_aux),
        "grad_and_value": of.grad_and_value,
        "vjp": lambda func, *primals, has_aux=False: of.vjp_alone(func, primals, has_aux),
        "jvp": lambda func, primals, tangents, *, strict=False, has_aux=False: transforms.jvp(
            func, primals, tangents, has_aux
        ),
        "jacrev": lambda func, argnums=0, *, has_aux=False, **_named: transforms.jacobian(
            func, argnums, has_aux
        ),
        "jacfwd": lambda func, argnums=0, has_aux=False, *, randomness="error": transforms.jacobian(
            func, argnums, has_aux
        ),
        "hessian": lambda func, argnums=0: transforms.hessian(func, argnums),
        "vmap": lambda func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None: (
            transforms.vmap(func, in_dims, out_dims)
        ),
        "linearize": transforms.linearize,
        "functional_call": of.functional_call,
    }
    rows = {f"func.{name}": function for name, function in func.items()}
    rows["vmap"] = func["vmap"]
    own: dict[str, Callable[..., Any]] = {
        "jacobian": of.jacobian, "hessian": of.hessian, "vjp": of.vjp, "jvp": of.jvp,
        "hvp": of.hvp, "vhp": of.hvp,
    }  # fmt: skip
    for name, function in own.items():
        rows[f"autograd.functional.{name}"] = function
    rows["autograd.gradcheck"] = of.gradcheck
    rows["autograd.gradgradcheck"] = of.gradcheck
    return {path: Native(path.rpartition(".")[2], row) for path, row in rows.items()}


class _Functional:
    """The functions that are no transformations of JAX's kind."""

    def __init__(self, home: Any, transforms: Transforms) -> None:
        self.home = home
        self.transforms = transforms

    def grad_and_value(self, func: Any, argnums: Any = 0, has_aux: bool = False) -> Native:
        """The gradient, and behind it the value."""
        both = self.transforms.grad(func, argnums, has_aux, value=True)

        def swapped(*args: Any, **named: Any) -> Any:
            value, gradient = self.home.machine.call(both, args, named)
            return gradient, value

        return Native("grad_and_value", swapped)

    def vjp_alone(self, func: Any, primals: Sequence[Any], has_aux: bool) -> Any:
        """`torch.func.vjp`: of one argument its cotangent alone, in a tuple as JAX has it."""
        return self.transforms.vjp(func, *primals, has_aux=has_aux)

    def inputs(self, inputs: Any) -> tuple[list[Any], bool]:
        """The inputs, detached, and whether there is just one."""
        alone = not isinstance(inputs, (tuple, list))
        return [self.home.detached(x) for x in ([inputs] if alone else inputs)], alone

    def differentiable(self, value: Any, create: bool) -> Any:
        """The value, with a note if a graph of it is wanted, which there is not."""
        if create:
            self.home.machine.note("create_graph: the result cannot be differentiated again here")
        return value

    def jacobian(
        self,
        func: Any,
        inputs: Any,
        create_graph: bool = False,
        strict: bool = False,
        vectorize: bool = False,
        strategy: str = "reverse-mode",
    ) -> Any:
        """The Jacobian by each input, for each output."""
        del strict, vectorize, strategy
        args, alone = self.inputs(inputs)
        numbers = 0 if alone else tuple(range(len(args)))
        value = self.home.machine.call(self.transforms.jacobian(func, numbers), args)
        return self.differentiable(value, create_graph)

    def hessian(
        self,
        func: Any,
        inputs: Any,
        create_graph: bool = False,
        strict: bool = False,
        vectorize: bool = False,
        outer_jacobian_strategy: str = "reverse-mode",
    ) -> Any:
        """The Hessian by each pair of inputs."""
        del strict, vectorize, outer_jacobian_strategy
        args, alone = self.inputs(inputs)
        out = self.home.machine.call(func, args)
        if out.node.size != 1:
            text = "The Tensor returned by the function given to hessian should contain a single "
            raise Raised("RuntimeError", text + "element")
        numbers = 0 if alone else tuple(range(len(args)))

        def number(*own: Any) -> Any:
            value = self.home.machine.call(func, own)
            return self.home.machine.call(self.home.member(("reshape",)), [value, ()])

        value = self.home.machine.call(
            self.transforms.hessian(Native("number", number), numbers), args
        )
        return self.differentiable(value, create_graph)

    def vjp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and its cotangent `v` pulled back."""
        del create_graph, strict
        args, alone = self.inputs(inputs)
        value, back = self.transforms.vjp(func, *args)
        if v is None:
            v = mapped(lambda y: self.home.filled(y, 1.0), value)
        found = self.home.machine.call(back, [v])
        return value, found[0] if alone else found

    def jvp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and its tangent where the inputs move by `v`."""
        del create_graph, strict
        args, alone = self.inputs(inputs)
        if v is None:
            v = [self.home.filled(x, 1.0) for x in args]
            alone = False
        return self.transforms.jvp(func, args, [v] if alone else list(v))

    def hvp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and the product of the Hessian with `v`."""
        del create_graph, strict
        args, alone = self.inputs(inputs)
        value = self.home.machine.call(func, args)
        gradient = self.transforms.grad(func, 0 if alone else tuple(range(len(args))))
        direction = [v] if alone else list(v)
        _, moved = self.transforms.jvp(gradient, args, direction)
        return value, moved

    def functional_call(
        self, module: Any, parameters: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """A module called with other parameters."""
        if not isinstance(module, Instance):
            raise Raised("TypeError", "functional_call takes a module")
        dicts = parameters if isinstance(parameters, (tuple, list)) else [parameters]
        swapped = module.inner.swap({k: v for part in dicts for k, v in part.items()})
        try:
            given = list(args) if isinstance(args, (tuple, list)) else [args]
            return self.home.machine.call(module, given, kwargs or {})
        finally:
            module.inner.swap(swapped)

    def gradcheck(
        self,
        func: Any,
        inputs: Any,
        eps: float = 1e-6,
        atol: float = 1e-5,
        rtol: float = 1e-3,
        raise_exception: bool = True,
        **_named: Any,
    ) -> bool:
        """Whether derivatives agree with finite differences."""
        home = self.home
        args = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
        moving = [i for i, x in enumerate(args) if getattr(x, "requires", False)]
        if not moving:
            text = "gradcheck expects at least one input tensor to require gradient, but none of "
            raise Raised("ValueError", text + "the them have requires_grad=True.")
        jacobians = home.machine.call(self.transforms.jacobian(func, tuple(moving)), args)
        outs = jacobians if isinstance(jacobians[0], tuple) else (jacobians,)
        for i, number in enumerate(moving):
            slopes = self.differences(func, args, number, eps)
            for j, slope in enumerate(slopes):
                exact = home.recorder.numbers(outs[j][i]).reshape(slope.shape)
                if not np.allclose(slope, exact, rtol, atol):
                    return self.disagrees(j, number, slope, exact, raise_exception)
        return True

    def disagrees(self, out: int, number: int, slope: Any, exact: Any, raises: bool) -> bool:
        """What gradcheck says of derivatives that are not those of the function."""
        if not raises:
            return False
        text = (
            f"Jacobian mismatch for output {out} with respect to input {number},\n"
            f"numerical:{slope}\nanalytical:{exact}\n"
        )
        raise Raised("GradcheckError", text)

    def differences(self, func: Any, args: list[Any], number: int, eps: float) -> list[Any]:
        """Finite differences of each output by one input, elements of outputs in rows."""
        home = self.home
        x = home.recorder.numbers(args[number]).astype(float)
        columns: list[list[Any]] = []
        for i in range(x.size):
            sides = []
            for step in (eps, -eps):
                moved = x.copy().reshape(-1)
                moved[i] += step
                own = [*args]
                own[number] = home.constant(moved.reshape(x.shape), args[number].dtype)
                value = home.machine.call(func, own)
                outs = value if isinstance(value, tuple) else (value,)
                sides.append([home.recorder.numbers(y).reshape(-1) for y in outs])
            columns.append([(a - b) / (2 * eps) for a, b in zip(*sides, strict=True)])
        return [np.stack(column, -1) for column in zip(*columns, strict=True)]
