"""`autograd`: derivatives of functions of NumPy's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.pytrees import leaves, mapped
from gradcli.snippets.arrays.ravelled import ravelled
from gradcli.snippets.arrays.transforms import Traced, Transforms, custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.numpy.optimizers import optimizers
from gradcli.snippets.languages.python.modules import OrderedDict
from gradcli.snippets.values import Array, Closure, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def autograd(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = Autograd(home)
    transforms = of.transforms
    rows: dict[str, Callable[..., Any]] = {
        "grad": lambda fun, argnum=0: transforms.grad(fun, argnum),
        "value_and_grad": lambda fun, argnum=0: transforms.grad(fun, argnum, value=True),
        "grad_and_aux": lambda fun, argnum=0: transforms.grad(fun, argnum, has_aux=True),
        "elementwise_grad": of.elementwise,
        "jacobian": lambda fun, argnum=0: transforms.jacobian(fun, argnum),
        "hessian": lambda fun, argnum=0: transforms.hessian(fun, argnum),
        "deriv": lambda fun, argnum=0: of.elementwise(fun, argnum),
        "holomorphic_grad": of.complex,
        "make_vjp": of.make_vjp,
        "core.make_vjp": lambda fun, x: of.make_vjp(fun).function(x),
        "make_jvp": of.make_jvp,
        "make_hvp": of.make_hvp,
        "hessian_vector_product": of.hessian_product,
        "hessian_tensor_product": of.hessian_product,
        "vector_jacobian_product": of.vector_product,
        "make_ggnvp": of.make_ggnvp,
        "grad_named": of.by_name,
        "tracer.getval": of.value,
        "multigrad_dict": of.by_names,
        "checkpoint": lambda fun: fun,
        "extend.primitive": lambda fun: Primitive(home, fun),
        "extend.defvjp": of.define,
        "extend.defjvp": lambda *_args, **_rest: None,
        "test_util.check_grads": of.check,
        "misc.flatten": lambda value: _flattened(home, value),
    }
    table = {f"autograd.{path}": Native(path.rpartition(".")[2], row) for path, row in rows.items()}
    flatten = table["autograd.misc.flatten"]
    of_flat = Native("flatten_func", lambda func, example: _of_flat(home, func, example))
    flatten.attributes = {"flatten": flatten, "flatten_func": of_flat}
    table |= optimizers(home)
    for name in ("grad", "elementwise_grad", "jacobian", "hessian", "value_and_grad"):
        table[f"autograd.differential_operators.{name}"] = table[f"autograd.{name}"]
    for name in ("dict", "isinstance", "list", "tuple", "type"):
        table[f"autograd.builtins.{name}"] = home.machine.language.builtin(name)
    return table


def _of_flat(home: Any, function: Any, example: Any) -> tuple[Native, Native, Array]:
    """A function of structures as one of vectors, what makes structures of them, the example."""
    vector, unflatten = _flattened(home, example)

    def call(x: Any, *args: Any) -> Any:
        value = home.machine.call(function, [home.machine.call(unflatten, [x]), *args])
        return _flattened(home, value)[0]

    return Native("flattened", call), unflatten, vector


def _flattened(home: Any, value: Any) -> tuple[Any, Native]:
    """`flatten(value)`: a row, and what makes a structure of arrays of a row again."""
    row, back = ravelled(home, value)
    return row, Native("unflatten", lambda flat: home.structure(back.function(flat)))


class Autograd:
    """The functions that only autograd has."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.transforms = Transforms(home)
        home.recorder.slope("numpy")

    def elementwise(self, fun: Any, argnum: int = 0) -> Native:
        """The gradient of the sum of all elements."""
        home = self.home

        def gradient(*args: Any, **named: Any) -> Any:
            traced = Traced(home, fun, args, [argnum], named)
            y = home.asarray(traced.value)
            is_last = not home.records([])
            found = home.recorder.gradients([y.node], traced.xs, numbers=is_last)
            return traced.formed(iter(traced.answer(found)), True)

        return Native("elementwise_grad", gradient)

    def complex(self, *_: Any) -> Any:
        """Not part of the subset."""
        raise Raised("NotImplementedError", "complex numbers are not part of the subset")

    def make_vjp(self, fun: Any, argnum: int = 0) -> Native:
        """The function of cotangents, and the value."""

        def made(*args: Any) -> Any:
            one = self.alone(fun, args, argnum)
            value, back = self.transforms.vjp(one, args[argnum])
            return Native("vjp", lambda g: self.home.machine.call(back, [g])[0]), value

        return Native("make_vjp", made)

    def alone(self, fun: Any, args: Sequence[Any], argnum: int) -> Native:
        """A function of one of its arguments."""

        def one(x: Any) -> Any:
            return self.home.machine.call(fun, [*args[:argnum], x, *args[argnum + 1 :]])

        return Native("alone", one)

    def make_jvp(self, fun: Any, argnum: int = 0) -> Native:
        """The function of tangents, which gives value and tangent."""

        def made(*args: Any) -> Any:
            one = self.alone(fun, args, argnum)
            return Native("jvp", lambda v: self.transforms.jvp(one, (args[argnum],), (v,)))

        return Native("make_jvp", made)

    def make_hvp(self, fun: Any, argnum: int = 0) -> Native:
        """The function of vectors that gives the product of the Hessian with them."""

        def made(*args: Any) -> Any:
            one = self.transforms.grad(self.alone(fun, args, argnum))
            gradient = self.home.machine.call(one, [args[argnum]])
            product = Native("hvp", lambda v: self.transforms.jvp(one, (args[argnum],), (v,))[1])
            return product, gradient

        return Native("make_hvp", made)

    def make_ggnvp(self, f: Any, g: Any = None, f_argnum: int = 0) -> Native:
        """The function of vectors that gives the generalised Gauss-Newton product with them."""
        transforms, call = self.transforms, self.home.machine.call
        half = self.home.member(("sum",))

        def half_square(y: Any) -> Any:
            squares = self.home.operator("*", self.home.operator("*", y, y), 0.5)
            return call(half, [squares], {"axis": -1})

        outer = transforms.grad(Native("half_square", half_square) if g is None else g)

        def made(*args: Any) -> Any:
            one, x = self.alone(f, args, f_argnum), args[f_argnum]
            y, back = transforms.vjp(one, x)

            def product(v: Any) -> Any:
                moved = transforms.jvp(one, (x,), (v,))[1]
                return call(back, [transforms.jvp(outer, (y,), (moved,))[1]])[0]

            return Native("ggnvp", product)

        return Native("make_ggnvp", made)

    def hessian_product(self, fun: Any, argnum: int = 0) -> Native:
        """The product of the Hessian with the last argument."""

        def product(*args: Any) -> Any:
            *own, vector = args
            one = self.transforms.grad(self.alone(fun, own, argnum))
            return self.transforms.jvp(one, (own[argnum],), (vector,))[1]

        return Native("hvp", product)

    def vector_product(self, fun: Any, argnum: int = 0) -> Native:
        """The product of the last argument with the Jacobian."""

        def product(*args: Any) -> Any:
            *own, vector = args
            _, back = self.transforms.vjp(self.alone(fun, own, argnum), own[argnum])
            return self.home.machine.call(back, [vector])[0]

        return Native("vjp", product)

    def by_name(self, fun: Any, argname: str) -> Native:
        """The gradient by the argument of a name."""
        if not isinstance(fun, Closure):
            raise Raised("TypeError", "grad_named takes a function of the snippet")
        names = [getattr(p.target, "id", "") for p in fun.function.parameters]
        if argname not in names:
            raise Raised("ValueError", f"{argname!r} is not in list")
        return self.transforms.grad(fun, names.index(argname))

    def value(self, x: Any) -> Any:
        """`getval(x)`: the numbers alone."""
        return self.home.made(self.home.recorder.settled(x.node), x.dtype)

    def by_names(self, fun: Any) -> Native:
        """The gradients by all arguments, by the names of the parameters."""
        if not isinstance(fun, Closure):
            raise Raised("TypeError", "multigrad_dict takes a function of the snippet")
        names = [getattr(p.target, "id", "") for p in fun.function.parameters]

        def gradients(*args: Any, **named: Any) -> Any:
            values = {**dict(zip(names, args, strict=False)), **named}
            order = list(values)

            def of_all(*own: Any) -> Any:
                return self.home.machine.call(fun, [], dict(zip(order, own, strict=True)))

            both = self.transforms.grad(Native("f", of_all), tuple(range(len(order))))
            found = self.home.machine.call(both, list(values.values()))
            return OrderedDict(zip(order, found, strict=True))

        return Native("multigrad_dict", gradients)

    def define(self, primitive: Any, *makers: Any, argnums: Any = None, **_named: Any) -> None:
        """`defvjp`: a rule for each argument."""
        if not isinstance(primitive, Primitive):
            raise Raised("TypeError", "defvjp takes a function that is a primitive")
        primitive.makers = dict(zip(argnums or range(len(makers)), makers, strict=False))

    def check(self, fun: Any, modes: Any = None, order: int = 2) -> Native:
        """`check_grads`: gradcli's derivatives need no check here."""
        del fun, modes, order
        return Native("check_grads", lambda *_args, **_rest: None)


def is_traced(array: Array) -> bool:
    """Whether an array is made of one that is differentiated by."""
    return any(node.op.name == "name" for node in ancestors([array.node]))


class Primitive(Object):
    """A function whose derivative the snippet writes itself."""

    kind = "primitive"

    def __init__(self, home: Any, function: Any) -> None:
        self.home = home
        self.function = function
        self.makers: dict[int, Any] = {}

    @exposed
    def __call__(self, *args: Any, **named: Any) -> Any:
        """Calls it; while something is differentiated its rules are remembered."""
        home = self.home
        machine = home.machine
        moving = [mapped(home.asarray, a) if isinstance(a, (Array, float)) else a for a in args]
        inputs = [a for a in leaves(moving) if isinstance(a, Array) and is_float(a.dtype)]
        if not machine.depth_of_tracing:
            return machine.call(self.function, args, named)
        numbers = [i for i, a in enumerate(moving) if isinstance(a, Array) and is_float(a.dtype)]
        plain = [
            home.made(home.recorder.settled(a.node), a.dtype) if isinstance(a, Array) else a
            for a in moving
        ]
        depth, machine.depth_of_tracing = machine.depth_of_tracing, 0
        try:
            value = machine.call(self.function, plain, named)
        finally:
            machine.depth_of_tracing = depth
        self.check([i for i in numbers if is_traced(moving[i])])

        def rule(primals: list[Array], cotangents: list[Array]) -> list[Any]:
            own = list(moving)
            for i, primal in zip(numbers, primals, strict=True):
                own[i] = primal
            parts: list[Any] = []
            for i in numbers:
                maker = self.makers.get(i)
                if maker is None:
                    parts.append(None)
                    continue
                ans = self.traced_again(own, value)
                back = machine.call(maker, [ans, *own], named)
                parts.append(machine.call(back, cotangents))
            return parts

        return custom(home, "primitive", value, [inputs[i] for i in range(len(numbers))], rule)

    def check(self, traced: Sequence[int]) -> None:
        """Refuses arguments for which no rule is defined."""
        if all(i in self.makers for i in traced):
            return
        which = f"argnums ({', '.join(map(str, traced))}{',' * (len(traced) == 1)})"
        if self.makers:
            which = "argnum 0" if len(traced) == 1 else "argnums 0, 1"
        text = f"VJP of {self.function.name} wrt {which} not defined"
        raise Raised("NotImplementedError", text, help="defvjp says what it is; None is for zero")

    def traced_again(self, args: Sequence[Any], value: Any) -> Any:
        """The value of the function, with its rules, for derivatives of higher order."""
        del value
        return self.home.machine.call(Native("again", self._again), args)

    def _again(self, *args: Any) -> Any:
        return type(self).methods["__call__"](self, *args)
