"""`torch.autograd.functional` and `torch.func`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.arrays.transforms import Transforms
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.strict import Strict
from gradcli.snippets.frameworks.pytorch.vmap import vmap
from gradcli.snippets.values import Array, Instance, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


WITHOUT_V = (
    "The vector v can only be None if the user-provided function returns a single Tensor with a "
    "single element."
)

OF_PRODUCTS = {"add": "AddBackward0", "matmul": "MmBackward0", "sum": "SqueezeBackward1"}
"""What a product with a derivative is remembered by, where it is no multiplication."""

PASSING = frozenset({"name", "convert"})
"""Operations that change no number."""


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
            func, argnums, has_aux, forward=True
        ),
        "hessian": lambda func, argnums=0: transforms.hessian(func, argnums, forward=True),
        "vmap": lambda func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None: vmap(
            home, transforms, func, in_dims, out_dims, randomness
        ),
        "linearize": transforms.linearize,
        "functional_call": of.functional_call,
        "stack_module_state": of.stack_module_state,
    }
    rows = {f"func.{name}": function for name, function in func.items()}
    rows["vmap"] = func["vmap"]
    own: dict[str, Callable[..., Any]] = {
        "jacobian": of.jacobian,
        "hessian": of.hessian,
        "vjp": of.vjp,
        "jvp": of.jvp,
        "hvp": of.hvp,
        "vhp": of.hvp,
    }
    for name, function in own.items():
        rows[f"autograd.functional.{name}"] = function
    rows["autograd.gradcheck"] = of.gradcheck
    rows["autograd.gradgradcheck"] = of.gradgradcheck
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

    def asked(self, inputs: Any, create: bool, build: Callable[[list[Any], bool], Any]) -> Any:
        """What is made of the inputs; if a graph of it is wanted, it can be differentiated."""
        home = self.home
        alone = not isinstance(inputs, (tuple, list))
        listed = [inputs] if alone else list(inputs)
        if not create:
            value = build([home.detached(x) for x in listed], alone)
            return value if home.machine.depth_of_tracing else mapped(home.detached, value)
        listed = [x if x.requires else home.require(home.again(x.node, x)) for x in listed]
        home.machine.depth_of_tracing += 1
        try:
            value = build(listed, alone)
        finally:
            home.machine.depth_of_tracing -= 1
        return mapped(self.remembered, value)

    def remembered(self, tensor: Any) -> Any:
        """A tensor of a graph; one that depends on no input is a number."""
        if not self.home.autograd.leads_to_leaf(tensor.node):
            return self.home.detached(tensor)
        return self.home.autograd.remembered(tensor)

    def product(self, tensor: Any) -> Any:
        """A product with a derivative, which is called what the last operation in it is."""
        node = tensor.node
        while node.op.name in PASSING:
            node = node.inputs[0]
        tensor.maker = OF_PRODUCTS.get(node.op.name, "MulBackward0")
        return tensor

    def numbers(self, args: Sequence[Any], alone: bool) -> Any:
        """By which arguments to differentiate."""
        return 0 if alone else tuple(range(len(args)))

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
        del vectorize, strategy

        def build(args: list[Any], alone: bool) -> Any:
            if strict:
                Strict(self.home, func, args).check_each()
            numbers = self.numbers(args, alone)
            return self.home.machine.call(self.transforms.jacobian(func, numbers), args)

        return self.asked(inputs, create_graph, build)

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
        del vectorize, outer_jacobian_strategy

        def number(*own: Any) -> Any:
            value = self.home.machine.call(func, own)
            if value.node.size != 1:
                text = "The Tensor returned by the function given to hessian should contain a "
                raise Raised("RuntimeError", text + "single element")
            return self.home.result_of("reshape", value, ())

        def build(args: list[Any], alone: bool) -> Any:
            if strict:
                Strict(self.home, func, args).check_second()
            transform = self.transforms.hessian(Native("number", number), self.numbers(args, alone))
            return self.home.machine.call(transform, args)

        return self.asked(inputs, create_graph, build)

    def vjp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and its cotangent `v` pulled back."""

        def build(args: list[Any], alone: bool) -> Any:
            if strict:
                Strict(self.home, func, args).check_all()
            value, back = self.transforms.vjp(func, *args)
            if v is None and [y.node.size for y in leaves(value)] != [1]:
                raise Raised("RuntimeError", WITHOUT_V, help="v=torch.ones(…), of its shape")
            seed = mapped(lambda y: self.home.filled(y, 1.0), value) if v is None else v
            found = self.home.machine.call(back, [seed])
            return value, found[0] if alone else found

        return self.asked(inputs, create_graph, build)

    def jvp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and its tangent where the inputs move by `v`."""

        def build(args: list[Any], alone: bool) -> Any:
            if strict:
                Strict(self.home, func, args).check_all()
            ones = [self.home.filled(x, 1.0) for x in args]
            given = ones if v is None else [v] if alone else list(v)
            value, moved = self.transforms.jvp(func, args, given)
            return value, mapped(self.product, moved)

        return self.asked(inputs, create_graph, build)

    def hvp(
        self,
        func: Any,
        inputs: Any,
        v: Any = None,
        create_graph: bool = False,
        strict: bool = False,
    ) -> Any:
        """The value, and the product of the Hessian with `v`."""

        def build(args: list[Any], alone: bool) -> Any:
            if strict:
                checks = Strict(self.home, func, args)
                checks.check_all()
                checks.check_second()
            value = self.home.machine.call(func, args)
            gradient = self.transforms.grad(func, self.numbers(args, alone))
            _, moved = self.transforms.jvp(gradient, args, [v] if alone else list(v))
            return value, mapped(self.product, moved)

        return self.asked(inputs, create_graph, build)

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

    def stack_module_state(self, models: Sequence[Instance]) -> tuple[dict[str, Any], ...]:
        """The parameters of modules that are made alike, stacked, and their buffers."""
        home = self.home
        found = []
        for what in ("parameters", "buffers"):
            columns = [dict(model.inner.named(what)) for model in models]
            stacked = {
                name: home.detached(home.stacked([column[name] for column in columns]))
                for name in columns[0]
            }
            for name, tensor in stacked.items():
                if all(column[name].requires for column in columns):
                    home.require(tensor)
            found.append(stacked)
        return tuple(found)

    def gradcheck(
        self,
        func: Any,
        inputs: Any,
        eps: float = 1e-6,
        atol: float = 1e-5,
        rtol: float = 1e-3,
        raise_exception: bool = True,
        *,
        check_forward_ad: bool = False,
        check_backward_ad: bool = True,
        **_named: Any,
    ) -> bool:
        """Whether derivatives, pulled back and pushed forward, agree with finite differences."""
        args, moving = self.checked(inputs)
        slopes = [self.differences(func, args, number, eps) for number in moving]
        for forward in [False] * check_backward_ad + [True] * check_forward_ad:
            own = (self.pushed if forward else self.pulled)(func, args, moving)
            for i, number in enumerate(moving):
                for j, slope in enumerate(slopes[i]):
                    exact = own[i][j].reshape(slope.shape)
                    if not np.allclose(slope, exact, rtol, atol):
                        how = " computed with forward mode" if forward else ""
                        return self.disagrees(j, number, slope, exact, raise_exception, how)
        return True

    def pulled(self, func: Any, args: list[Any], moving: list[int]) -> list[list[Any]]:
        """The derivatives by each input of each output."""
        jacobian = self.transforms.jacobian(func, tuple(moving))
        found = self.home.machine.call(jacobian, args)
        outs = found if isinstance(found[0], tuple) else (found,)
        return [[self.home.recorder.numbers(out[i]) for out in outs] for i in range(len(moving))]

    def pushed(self, func: Any, args: list[Any], moving: list[int]) -> list[list[Any]]:
        """The same by tangents, one for each element of an input."""
        numbers = self.home.recorder.numbers
        made = []
        for number in moving:
            x, columns = args[number], []
            for unit in np.eye(x.node.size).reshape(-1, *x.shape):
                tangents = [self.home.zeros(arg) if isinstance(arg, Array) else arg for arg in args]
                tangents[number] = self.home.constant(unit, x.dtype)
                _, moved = self.transforms.jvp(func, tuple(args), tuple(tangents))
                outs = moved if isinstance(moved, tuple) else (moved,)
                columns.append([numbers(out).reshape(-1) for out in outs])
            made.append([np.stack(column, -1) for column in zip(*columns, strict=True)])
        return made

    def checked(self, inputs: Any) -> tuple[list[Any], list[int]]:
        """The arguments, and the numbers of those by which derivatives are checked."""
        args = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
        moving = [i for i, x in enumerate(args) if getattr(x, "requires", False)]
        if not moving:
            text = "gradcheck expects at least one input tensor to require gradient, but none of "
            raise Raised("ValueError", text + "them have requires_grad=True.")
        return args, moving

    def gradgradcheck(
        self, func: Any, inputs: Any, grad_outputs: Any = None, **options: Any
    ) -> bool:
        """Whether derivatives of the gradients, by cotangents too, agree with differences."""
        home = self.home
        args, moving = self.checked(inputs)
        value = home.machine.call(func, args)
        outs = value if isinstance(value, tuple) else (value,)
        seeds = grad_outputs if isinstance(grad_outputs, (tuple, list)) else [grad_outputs]
        if grad_outputs is None:
            numbers = [np.linspace(0.6, 1.4, prod(y.shape)).reshape(y.shape) for y in outs]
            seeds = [home.constant(x, y.dtype) for x, y in zip(numbers, outs, strict=True)]

        def slopes(*given: Any) -> Any:
            _, back = self.transforms.vjp(func, *given[: len(args)])
            cotangents = given[len(args) :]
            whole = cotangents if isinstance(value, tuple) else cotangents[0]
            found = home.machine.call(back, [whole])
            return tuple(found[i] for i in moving)

        given = [*args, *[home.require(seed) for seed in seeds]]
        return self.gradcheck(Native("gradient", slopes), given, **options)

    def disagrees(
        self, out: int, number: int, slope: Any, exact: Any, raises: bool, how: str
    ) -> bool:
        """What gradcheck says of derivatives that are not those of the function."""
        if not raises:
            return False
        found, own = (self.home.show(self.home.constant(x.T)) for x in (slope, exact))
        text = (
            f"Jacobian{how} mismatch for output {out} with respect to input {number},\n"
            f"numerical:{found}\nanalytical:{own}\n"
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
