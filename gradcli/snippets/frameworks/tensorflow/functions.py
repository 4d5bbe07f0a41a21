"""What stands behind `tf.` and is no function of the library."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.making import record
from gradcli.snippets.arrays.pytrees import leaves, rebuilt
from gradcli.snippets.arrays.spaced import of_tensorflow, spaced
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.tensorflow.accumulator import ForwardAccumulator
from gradcli.snippets.frameworks.tensorflow.activations import activations
from gradcli.snippets.frameworks.tensorflow.checks import checks
from gradcli.snippets.frameworks.tensorflow.composites import composites
from gradcli.snippets.frameworks.tensorflow.control import control
from gradcli.snippets.frameworks.tensorflow.data import data
from gradcli.snippets.frameworks.tensorflow.initializers import initializers
from gradcli.snippets.frameworks.tensorflow.module import module_base
from gradcli.snippets.frameworks.tensorflow.naming import counting, naming, passing
from gradcli.snippets.frameworks.tensorflow.printing import print_
from gradcli.snippets.frameworks.tensorflow.specs import TensorSpec
from gradcli.snippets.frameworks.tensorflow.tensor_array import TensorArray
from gradcli.snippets.frameworks.tensorflow.traced import Traced
from gradcli.snippets.frameworks.tensorflow.variable import Variable
from gradcli.snippets.values import Array, Closure, Method, Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUOTIENTS = ("divide", "math.divide", "truediv", "math.truediv")
"""Functions that divide, whole numbers in double precision."""

ERRORS = {
    "InvalidArgumentError": "InvalidArgumentError",
    "OpError": "Exception",
    "FailedPreconditionError": "Exception",
}


def functions(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = Functions(home)
    rows: dict[str, Callable[..., Any]] = {
        "constant": of.constant,
        "convert_to_tensor": lambda value, dtype=None, **_named: of.constant(value, dtype),
        "identity": of.identity,
        "cast": home.cast_value,
        **dict.fromkeys(("pow", "math.pow"), partial(of.operator, "**")),
        **dict.fromkeys(QUOTIENTS, partial(of.operator, "/")),
        "function": of.function,
        "autograph.experimental.do_not_convert": lambda function: function,
        "autodiff.ForwardAccumulator": partial(ForwardAccumulator, home),
        "linspace": spaced(home, ("linspace",), ("start", "stop", "num"), of_tensorflow),
        "recompute_grad": lambda function: function,
        "custom_gradient": of.custom_gradient,
        "gradients": home.graphs.gradients,
        "rank": lambda x, **_named: home.constant(len(home.asarray(x).shape), home.whole),
        **shaped(home),
        "print": partial(print_, home),
        "is_tensor": lambda value: isinstance(value, (Array, Variable)),
        "executing_eagerly": lambda: True,
        "clip_by_norm": of.clip_by_norm,
        "image.adjust_contrast": of.adjust_contrast,
        "linalg.global_norm": of.global_norm,
        "clip_by_global_norm": of.clip_by_global_norm,
        "config.run_functions_eagerly": lambda _on: None,
        "random.set_seed": lambda _seed: None,
        "TensorSpec": partial(TensorSpec, home),
        "TensorArray": partial(TensorArray, home),
        **control(home),
        **structures(home),
        **naming(home),
        **counting(home),
        **passing(home),
        **composites(home),
        **activations(home),
    }
    table: dict[str, Any] = {
        path: Native(path.rpartition(".")[2], row) for path, row in rows.items()
    }
    find = home.machine.language.builtin
    table |= {f"errors.{name}": find(kind) for name, kind in ERRORS.items()}
    table |= initializers(home) | checks(home) | data(home)
    return table | {"Module": module_base(home)}


def shaped(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that tell of shapes, or make tensors of them."""

    def kind_of(dtype: Any, usual: Any) -> Any:
        return usual if dtype is None else home.dtype_of(dtype)

    def zeros_like(input: Any, dtype: Any = None, **_named: Any) -> Array:
        x = home.asarray(input)
        kind = kind_of(dtype, x.dtype)
        same = kind == x.dtype
        made: Array = home.zeros(x) if same else home.constant(np.zeros(x.shape), kind)
        return made

    def ones_like(input: Any, dtype: Any = None, **_named: Any) -> Array:
        x = home.asarray(input)
        made: Array = home.constant(np.ones(x.shape), kind_of(dtype, x.dtype))
        return made

    def eye(
        num_rows: Any,
        num_columns: Any = None,
        batch_shape: Any = None,
        dtype: Any = None,
        **_named: Any,
    ) -> Array:
        columns = num_rows if num_columns is None else num_columns
        rows, columns = (int(home.number(home.asarray(n))) for n in (num_rows, columns))
        lengths = () if batch_shape is None else tuple(batch_shape)
        numbers = np.broadcast_to(np.eye(*home.room(rows, columns)), (*lengths, rows, columns))
        made: Array = home.constant(numbers, kind_of(dtype, home.default))
        return made

    def shape(input: Any, out_type: Any = None, **_named: Any) -> Array:
        lengths = list(home.asarray(input).shape)
        made: Array = home.constant(lengths, kind_of(out_type, home.whole))
        return made

    def size(input: Any, out_type: Any = None, **_named: Any) -> Array:
        made: Array = home.constant(home.asarray(input).node.size, kind_of(out_type, home.whole))
        return made

    return {
        "shape": shape,
        "size": size,
        "zeros_like": zeros_like,
        "ones_like": ones_like,
        "eye": eye,
    }


def structures(home: Any) -> dict[str, Callable[..., Any]]:
    """`tf.nest`: structures of lists, tuples and dicts, in which None is a leaf."""

    def is_none(value: Any) -> bool:
        return value is None

    def flatten(structure: Any, **_named: Any) -> list[Any]:
        return leaves(structure, is_none)

    def pack(structure: Any, flat_sequence: Any, **_named: Any) -> Any:
        return rebuilt(structure, iter(home.machine.items(flat_sequence)), is_none)

    def map_structure(func: Any, *structure: Any, **_named: Any) -> Any:
        columns = zip(*map(flatten, structure), strict=True)
        return pack(structure[0], [home.machine.call(func, list(column)) for column in columns])

    return {
        "nest.flatten": flatten,
        "nest.pack_sequence_as": pack,
        "nest.map_structure": map_structure,
    }


class Functions:
    """The functions, of which each has the name that it has there."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def constant(
        self, value: Any, dtype: Any = None, shape: Any = None, name: Any = "Const"
    ) -> Array:
        """`tf.constant`."""
        del name
        home = self.home
        array: Array = home.converted(value, None if dtype is None else home.dtype_of(dtype))
        if array is value:
            array = home.copied(array)
        array = array if shape is None else _filled(home, array, tuple(shape))
        return home.graphs.apart(array)

    def operator(self, op: str, x: Any, y: Any, **_named: Any) -> Array:
        """A function that is an operator: `tf.pow`, `tf.divide`."""
        left = x if isinstance(x, (Array, Variable)) else self.home.asarray(x)
        made: Array = self.home.operator(op, left, y)
        return made

    def identity(self, value: Any, **_named: Any) -> Array:
        """`tf.identity`."""
        array = self.home.asarray(value)
        made: Array = self.home.made(array.node, array.dtype)
        return made

    def function(self, body: Any = None, input_signature: Any = None, **_named: Any) -> Any:
        """`tf.function`: a call with arguments of kinds that were there before prints nothing."""
        if body is None:
            return Native("function", lambda own: self.function(own, input_signature))
        made = Traced(self.home, body, input_signature)
        counted = Native("experimental_get_tracing_count", made.count)
        return Method(
            getattr(body, "name", "function"),
            made.call,
            python_function=body,
            experimental_get_tracing_count=counted,
            get_concrete_function=Native("get_concrete_function", self.no_graph),
        )

    def no_graph(self, *_args: Any, **_named: Any) -> Any:
        """`f.get_concrete_function(…)`, the graph for one kind of arguments."""
        raise self.home.refuse("a concrete function", "call the function itself")

    def custom_gradient(self, function: Any) -> Method:
        """A function that gives its value, and the function of cotangents."""
        home = self.home

        def call(*args: Any, **named: Any) -> Any:
            places = [
                i for i, a in enumerate(args) if isinstance(a, (Array, Variable, float, list))
            ]
            inputs = [home.asarray(args[i]) for i in places]
            marked = [home.again(home.recorder_mark(x), x) for x in inputs]
            own = [*args]
            for i, x in zip(places, marked, strict=True):
                own[i] = x
            given, variables = home.tapes.reading(lambda: home.machine.call(function, own, named))
            if not (isinstance(given, (tuple, list)) and len(given) == 2):
                help_ = "a custom_gradient function gives its value, and a function of cotangents"
                raise Raised("TypeError", "unsupported callable", help=help_)
            value, backward = given
            if not home.records(marked):
                return value
            if variables and not takes_variables(backward):
                shown = ", ".join(v.show() for v in variables)
                raise Raised("TypeError", f"{WITHOUT_VARIABLES}: [{shown}]")

            def rule(_primals: list[Array], cotangents: list[Array]) -> Sequence[Any]:
                given = {"variables": variables} if variables else {}
                made = home.machine.call(backward, cotangents, given)
                parts, of_variables = made if variables else (made, [])
                return [*_of_inputs(_several(parts), args, places), *of_variables]

            inputs.extend(v.array for v in variables)
            return custom(home, getattr(function, "name", "custom"), value, inputs, rule)

        return Method(getattr(function, "name", "custom_gradient"), call)

    def adjust_contrast(self, images: Any, contrast_factor: Any) -> Any:
        """`tf.image.adjust_contrast`, to which TensorFlow knows no gradient."""
        home = self.home
        inputs = [home.asarray(images), home.asarray(contrast_factor)]
        home.recorder.use(inputs[0].dtype)
        node = record("adjust_contrast")(*[home.recorder.moved(x.node) for x in inputs])
        value = home.wrap(node, inputs[0].dtype)

        def rule(_primals: list[Array], _cotangents: list[Array]) -> Sequence[Any]:
            text = "gradient registry has no entry for: AdjustContrastv2"
            raise Raised("LookupError", text, help="x.mean() + factor*(x - x.mean()) has one")

        return custom(home, "adjust_contrast", value, inputs, rule)

    def clip_by_norm(self, t: Any, clip_norm: Any, axes: Any = None, **_named: Any) -> Array:
        """A tensor made no longer than a norm."""
        home, x = self.home, self.home.asarray(t)

        def of(name: str, *args: Any, **named: Any) -> Array:
            result: Array = home.result_of(name, *args, **named)
            return result

        squares = of("reduce_sum", home.operator("*", x, x), axis=axes, keepdims=True)
        is_positive = home.compare(">", squares, 0.0)
        root = of("sqrt", of("where", is_positive, squares, 1.0))
        norm = of("where", is_positive, root, squares)
        made: Array = home.operator("*", x, clip_norm)
        return home.operator("/", made, of("maximum", norm, clip_norm))

    def global_norm(self, t_list: Any, **_named: Any) -> Array:
        """The norm of all elements of all tensors, of the halves of their squares."""
        home = self.home
        halved, root = home.member(("nn", "l2_loss")), home.member(("sqrt",))
        halves = [home.machine.call(halved, [home.asarray(x)]) for x in t_list if x is not None]
        total = home.result_of("reduce_sum", home.stacked(halves))
        norm: Array = home.machine.call(root, [home.operator("*", total, 2.0)])
        return norm

    def clip_by_global_norm(
        self, t_list: Any, clip_norm: Any, use_norm: Any = None, **_named: Any
    ) -> tuple[list[Any], Array]:
        """Tensors that are together made no longer than a norm, and the norm that they had."""
        home = self.home
        norm = self.global_norm(t_list) if use_norm is None else home.asarray(use_norm)
        inverses = [home.operator("/", 1.0, norm), home.operator("/", 1.0, clip_norm)]
        least = home.result_of("minimum", *inverses)
        scale = home.operator("*", clip_norm, least)
        clipped = [
            None if x is None else home.operator("*", home.asarray(x), scale) for x in t_list
        ]
        return clipped, norm


WITHOUT_VARIABLES = (
    "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function uses "
    "variables"
)


def _of_inputs(parts: Sequence[Any], args: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """Of what a rule gives for each argument, the parts of those that are tensors."""
    count = sum(1 for arg in args for _ in leaves(arg, lambda value: value is None))
    if len(parts) != count:
        text = f"custom_gradient function expected to return {count} gradients, but returned"
        raise Raised("ValueError", f"{text} {len(parts)} instead.")
    return [parts[i] for i in places]


def takes_variables(backward: Any) -> bool:
    """Whether a rule gives the cotangents of the variables that its function reads, too."""
    parameters = backward.function.parameters if isinstance(backward, Closure) else ()
    return any(getattr(p.target, "id", "") == "variables" for p in parameters)


def _several(parts: Any) -> Sequence[Any]:
    return parts if isinstance(parts, (tuple, list)) else (parts,)


def _filled(home: Any, array: Array, shape: tuple[int, ...]) -> Array:
    """The numbers of an array in a shape."""
    word = "reshape" if array.node.size > 1 else "broadcast_to"
    result: Array = home.result_of(word, array, list(shape))
    return result
