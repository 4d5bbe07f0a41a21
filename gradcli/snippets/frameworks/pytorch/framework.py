"""PyTorch as a snippet uses it: what is behind `torch.`, and how tensors compute and are shown."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.ir.node import WORDS, ancestors
from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, INT32, INT64, DType, is_float
from gradcli.snippets.arrays.making import leaves, record
from gradcli.snippets.arrays.memory import owner, share
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch import checks
from gradcli.snippets.frameworks.pytorch.function import no_derivative
from gradcli.snippets.frameworks.pytorch.fused import at_once
from gradcli.snippets.frameworks.pytorch.members import members
from gradcli.snippets.frameworks.pytorch.methods import methods
from gradcli.snippets.frameworks.pytorch.names import maker, matmul
from gradcli.snippets.frameworks.pytorch.random import Generator
from gradcli.snippets.frameworks.pytorch.tensor import (
    SHOWN,
    Device,
    DTypeValue,
    Size,
    Tensor,
    made_by,
    shown_type,
)
from gradcli.snippets.frameworks.pytorch.tensors import Tensors
from gradcli.snippets.frameworks.pytorch.text import Options, tensor_text
from gradcli.snippets.frameworks.pytorch.vmap import ITEM, MASK, TRUTH, refuse_row
from gradcli.snippets.values import Array, Kind, Named, Native

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.snippets.framework import Framework


OPERATOR_WORDS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "remainder", "**": "pow"}


RESULTS = {
    **dict.fromkeys(
        "max min median mode kthvalue sort topk cummax cummin nanmedian".split(), "values indices"
    ),
    "aminmax": "min max",
    "lstsq": "solution residuals rank singular_values",
    "slogdet": "sign logabsdet",
    "svd": "U S Vh",
    "eigh": "eigenvalues eigenvectors",
    "qr": "Q R",
}
"""What the parts of results are called."""

VIEWING = frozenset(
    "reshape ravel flatten transpose permute t swapaxes swapdims moveaxis movedim squeeze "
    "unsqueeze broadcast_to narrow select chunk split tensor_split unbind diagonal hsplit vsplit "
    "dsplit unflatten adjoint atleast_1d atleast_2d atleast_3d".split()
)
"""Functions that give views."""

UNDIFFERENTIATED = "NotImplemented"
"""What is said to have made results that PyTorch does not differentiate."""

PAIRED = {"torch_max": "maximum", "torch_min": "minimum"}
"""Functions of a tensor that are others of two."""


class PyTorch(Tensors):
    """PyTorch."""

    name = "torch"
    prefix = "torch"
    rank = 3
    type_name: ClassVar[str] = "Tensor"
    ignored: ClassVar[frozenset[str]] = frozenset({"device", "layout", "pin_memory"})
    detached_by: ClassVar[frozenset[str]] = frozenset({"histc"})
    views = VIEWING
    whole_paths = frozenset({"nn", "optim", "optim.lr_scheduler", "distributions"})
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {
        "distributed": ("`{}` is not part of the subset", None),
        "load": ("`{}` reads files", "write the numbers into the snippet"),
        "save": ("`{}` writes files", "leave this line out"),
        "profiler": ("`{}` measures", "leave these lines out"),
        "autocast": ("`{}` computes in half precision", "leave it out"),
        "amp": ("`{}` computes in half precision", "leave it out"),
        "saved_tensors_hooks": (
            "`{}` is about what PyTorch saves for backward",
            "leave it out: gradients are the same; `gradcli graph` shows the graph",
        ),
    }

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.types |= {"float": FLOAT32, "int": INT32, "long": INT64, "half": np.dtype("float16")}
        self.recorder.slope("pytorch")
        self.recorder.compute("pytorch")
        self.printing = Options()
        self.makers: dict[tuple[str, bool, bool], str] = {}
        self.generator = Generator(machine.seed)
        self.members |= members(self)
        self.loaded: set[str] = set()
        self.levels: list[Any] = []
        self.methods |= methods(self)
        self.values |= {
            "shape": lambda x: Size(x.shape),
            "ndim": lambda x: len(x.shape),
            "dtype": lambda x: shown_type(x.dtype),
            "device": lambda _: Device(),
            "_version": self.version_of,
            "_base": owner,
            "nbytes": lambda x: x.node.size * x.dtype.itemsize,
            "itemsize": lambda x: x.dtype.itemsize,
            "is_leaf": lambda x: x.is_leaf or not x.requires,
            "requires_grad": lambda x: x.requires,
            "grad": self.grad_of,
            "grad_fn": made_by,
            "data": lambda x: self.detached(x, counts=False),
            "T": lambda x: self.transposed(x, "T"),
            "mT": lambda x: self.transposed(x, "mT"),
            "retains_grad": lambda x: x.retains,
            "is_cuda": lambda _: False,
        }
        self.setters |= {
            "grad": self.set_grad,
            "requires_grad": self.require,
            "data": self.set_data,
        }

    # --- names ----------------------------------------------------------------------------------

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path; files of whole parts are loaded when these are asked for."""
        if words[:2] == ("nn", "utils") or words[0] == "utils":
            self.load("utilities")
        if words[:2] == ("utils", "data"):
            self.load("data")
        if words[:2] == ("autograd", "forward_ad"):
            self.load("dual")
        parts = {"nn": "modules", "optim": "optim", "func": "functional", "vmap": "functional"}
        parts["distributions"] = "distributions"
        part = parts.get(words[0])
        if words[0] == "autograd" and words[1:2] != ("grad",):
            part = "functional"
        if part is not None:
            self.load(part)
        if words[0] in ("special", "linalg") and len(words) > 1:
            found = super().find(words)
            if isinstance(found, Native):
                found.name = "_".join(words)
            return found
        is_init = words[:2] == ("nn", "init")
        if words[-1].endswith("_") and not is_init and ".".join(words) not in self.members:
            return Native(words[-1], partial(self.in_place, words[-1]))
        return super().find(words)

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path: behind functions there are none."""
        is_function = words[:2] == ("nn", "functional") and len(words) > 2
        return not is_function and super().is_path(words)

    def in_place(self, name: str, x: Any, *args: Any, **named: Any) -> Any:
        """`torch.sin_(x)` is `x.sin_()`."""
        return self.machine.call(self.attribute(self.asarray(x), name), args, named)

    def load(self, part: str) -> None:
        """Adds the members of a file, once."""
        if part not in self.loaded:
            self.loaded.add(part)
            module = import_module(f"gradcli.snippets.frameworks.pytorch.{part}")
            self.members |= getattr(module, part)(self)

    def spellings(self, words: tuple[str, ...]) -> Iterator[str]:
        """`nn.functional.relu` may be listed as `relu`."""
        yield ".".join(words)
        if words[:2] == ("nn", "functional"):
            yield ".".join(("F", *words[2:]))
            yield ".".join(words[2:])

    def attribute(self, array: Array, name: str) -> Any:
        """What stands behind the dot of a tensor; a method that ends in `_` changes it."""
        in_place = name.endswith("_") and not name.startswith("_") and name not in self.methods
        if not in_place:
            return super().attribute(array, name)
        word = name.rstrip("_")
        method = super().attribute(array, word)

        def change(*args: Any, **named: Any) -> Any:
            start = self.recorder.graph.count
            result = self.machine.call(method, args, named)
            if word in VIEWING:
                return self.seen_as(array, result)
            return self.changed(array, result, start)

        return Native(name, change)

    def type_value(self, word: str) -> Any:
        """`torch.float32`."""
        return shown_type(self.types[word])

    def is_type(self, value: Any) -> bool:
        """Whether an argument names a type of numbers."""
        return isinstance(value, DTypeValue) or super().is_type(value)

    def dtype_of(self, value: Any) -> DType:
        """The type of numbers that an argument names."""
        if isinstance(value, str):
            value = self.members.get(value.removeprefix("torch."), value)
        return value.dtype if isinstance(value, DTypeValue) else super().dtype_of(value)

    def kind_of(self, array: Array) -> Kind:
        """`type(x)`."""
        is_parameter = isinstance(array, Tensor) and array.is_parameter
        path = "torch.nn.parameter.Parameter" if is_parameter else "torch.Tensor"
        word = path.rpartition(".")[2]
        return Kind(
            word, self.asarray, lambda v: isinstance(v, Tensor), {"repr": f"<class '{path}'>"}
        )

    # --- computing ------------------------------------------------------------------------------

    def promoted(self, arrays: Sequence[Array]) -> DType:
        """The type of tensors together: those with axes count before those without."""
        best: DType | None = None
        for kinds in ("f", "iu", "b"):
            of_kind = [a for a in arrays if a.dtype.kind in kinds]
            sized = [a.dtype for a in of_kind if a.shape]
            types = sized or [a.dtype for a in of_kind]
            if types:
                best = np.result_type(*types)
                break
        return self.default if best is None else best

    def operator(self, op: str, left: Any, right: Any) -> Array:
        """An operator of two operands."""
        self.refuse_others(f"unsupported operand type(s) for {op}:", left, right)
        if op == "//":
            return self.result_of("floor_divide", left, right)
        if op == "@":
            if isinstance(left, Tensor) and isinstance(right, Tensor):
                checks.product(left, right)
            self.making = matmul((left, right), {})
        else:
            key = op, isinstance(left, Array), isinstance(right, Array)
            if key not in self.makers:
                self.makers[key] = self.maker_of(op, left, right)
            self.making = self.makers[key]
        return super().operator(op, left, right)

    def compare(self, op: str, left: Any, right: Any) -> Array:
        """A comparison of two operands."""
        self.refuse_others(f"'{op}' not supported between instances of", left, right)
        return super().compare(op, left, right)

    def refuse_others(self, what: str, left: Any, right: Any) -> None:
        """Refuses operands that are neither tensors nor numbers."""
        if any(x is None or isinstance(x, (list, tuple, str, dict)) for x in (left, right)):
            kinds = map(self.machine.language.type_name, (left, right))
            raise Raised("TypeError", f"{what} " + " and ".join(f"'{kind}'" for kind in kinds))

    def maker_of(self, op: str, left: Any, right: Any) -> str:
        """What is said to have made the result of an operator."""
        if op in ("-", "/") and not isinstance(left, Array):
            return "RsubBackward1" if op == "-" else "MulBackward0"
        return maker(OPERATOR_WORDS.get(op, "bits"), (left, right), {})

    def unary(self, op: str, x: Array) -> Array:
        """An operator before a tensor."""
        self.making = "NegBackward0"
        return super().unary(op, x)

    def call(self, function: Any, args: Sequence[Any], named: dict[str, Any]) -> Any:
        """A call of a function of the library."""
        out = named.pop("out", None)
        if out is not None:
            return self.call_into(out, function, args, named)
        requires = named.pop("requires_grad", False)
        made = at_once(self, function.name.rpartition(".")[2], args, named)
        if made is not None:
            return made
        other = PAIRED.get(function.record.name)
        if other is not None and len(args) > 1 and isinstance(args[1], Tensor):
            function = self.library_function((other,))
        checks.check(function, args, named)
        path, _, word = function.name.rpartition(".")
        if word == "binary_cross_entropy" and args:
            self.check_probabilities(args[0])
        if word == "flatten" and args and len(args[0].shape) == 1:
            return args[0]
        of_matrix = word == "norm" and path.endswith("linalg")
        self.making = maker("linalg.norm" if of_matrix else word, args, named)
        result = super().call(function, args, named)
        if self.making == UNDIFFERENTIATED and result.requires:
            result.node = no_derivative(word)(result.node)
        return self.require(result) if requires else result

    def call_into(self, out: Any, function: Any, args: Sequence[Any], named: Any) -> Any:
        """`torch.add(x, y, out=z)`: the result takes the place of what a tensor was."""
        if any(self.traces(x) for x in leaves([out, *args])):
            text = (
                f"{function.name.rpartition('.')[2]}(): functions with out=... arguments don't "
                "support automatic differentiation, but one of the arguments requires grad."
            )
            raise Raised("RuntimeError", text, help="z = torch.add(x, y), or torch.no_grad()")
        return self.changed(out, self.call(function, args, named))

    def check_probabilities(self, x: Any) -> None:
        """Refuses what is no probability."""
        numbers = self.recorder.numbers(x) if isinstance(x, Array) else np.asarray(x)
        if not np.all((numbers >= 0) & (numbers <= 1)):
            text = "all elements of input should be between 0 and 1"
            help_ = "torch.sigmoid(x) first, or binary_cross_entropy_with_logits(x, y)"
            raise Raised("RuntimeError", text, help=help_)

    def result_type(self, function: Any, dtype: DType, arrays: Sequence[Array]) -> DType:
        """The type of what a function gives: sums of whole numbers are long."""
        result = super().result_type(function, dtype, arrays)
        if result == INT32 and function.record.name in ("sum", "prod", "cumsum"):
            return INT64
        return result

    def dtype_for(self, function: Any, arrays: Sequence[Array], given: Sequence[Any]) -> DType:
        """The type in which a function is computed."""
        name = function.record.name
        if name == "mean" and arrays and not is_float(arrays[0].dtype):
            text = (
                "mean(): could not infer output dtype. Input dtype must be either a floating "
                f"point or complex dtype. Got: {SHOWN[arrays[0].dtype.name]}"
            )
            raise Raised("RuntimeError", text, help="x.float().mean()")
        if name == "full" and not arrays:
            numbers = [v for v in leaves(given[1:]) if type(v) in (int, float, bool)]
            return self.default if any(type(v) is float for v in numbers) else INT64
        return super().dtype_for(function, arrays, given)

    def scalar(self, value: Any) -> Array:
        """The one number that a function gives whose gradient is asked for."""
        what = "grad_and_value(f)(*args): Expected f(*args) to return a "
        if not isinstance(value, Tensor):
            kind = self.machine.language.type_name(value)
            raise Raised("RuntimeError", f"{what}Tensor, got <class '{kind}'>")
        if value.shape:
            text = (
                f"{what}scalar Tensor, got tensor with {len(value.shape)} dims. Maybe you wanted "
            )
            raise Raised("RuntimeError", text + "to use the vjp or jacrev APIs instead?")
        return value

    def differentiable(self, value: Any) -> Array:
        """An argument that a transformation differentiates by."""
        if not isinstance(value, Array):
            kind = self.machine.language.type_name(value)
            text = f"Thing passed to transform API must be Tensor, got <class '{kind}'>"
            raise Raised("ValueError", text, help=f"torch.tensor({value})")
        if not is_float(value.dtype):
            text = "only Tensors of floating point dtype can require gradients"
            raise Raised("RuntimeError", text, help="write 1.0 instead of 1, or x.float()")
        return value

    def several(self, function: Any, parts: list[Any]) -> Any:
        """Several results are a tuple, whose parts have names."""
        path, _, word = function.name.rpartition(".")
        names = RESULTS.get(word, "").split()
        if len(names) != len(parts):
            return tuple(parts)
        if names[1] == "indices":
            index = parts[1]
            parts[1] = self.made(self.recorder.number(index.node, INT64), INT64)
        if word == "lstsq":
            parts[1] = self.constant(np.zeros(0), parts[0].dtype)  # its driver gives none
        linalg = "linalg_" if path.endswith("linalg") else ""
        return Named.of(f"torch.return_types.{linalg}{word}", names, parts)

    def item(self, array: Array, key: Any) -> Array:
        """`x[key]`."""
        self.making = maker("item", (array, key), {})
        parts = key if isinstance(key, tuple) else (key,)
        for part in parts:
            if isinstance(part, Tensor) and part.dtype == BOOL:
                refuse_row(part, MASK)
        if not array.shape and not all(p is None or p is Ellipsis for p in parts):
            text = "invalid index of a 0-dim tensor. Use `tensor.item()` in Python"
            raise Raised("IndexError", text + " to convert a 0-dim tensor to a number")
        try:
            return super().item(array, key)
        except Raised as error:
            raise checks.of_item(error, len(array.shape)) from None

    def transposed(self, tensor: Array, word: str) -> Array:
        """`x.T` and `x.mT`."""
        self.making = maker(word, (), {})
        self.recorder.use(tensor.dtype)
        build = WORDS["transpose"] if word == "T" else record("matrix_transpose")
        node = build(tensor.node)
        made = self.wrap(node, tensor.dtype, [tensor])
        self.look(tensor, node, made)
        return made

    def iterate(self, array: Array) -> list[Any]:
        """The rows of a tensor, which are views of it."""
        if not array.shape:
            raise Raised("TypeError", "iteration over a 0-d tensor")
        return list(self.result_of("unbind", array))

    def misfit(self, error: Any, op: str, *operands: Any) -> Any:
        """What PyTorch says of shapes that do not fit."""
        return checks.misfit(error, op, operands)

    # --- showing --------------------------------------------------------------------------------

    def show(self, array: Any) -> str:
        """`tensor([1., 2.], grad_fn=<MulBackward0>)`."""
        self.refuse_inside(array)
        suffixes = []
        if array.dtype not in (self.default, INT64, BOOL):
            suffixes.append(f"dtype=torch.{array.dtype.name}")
        if array.requires:
            suffixes.append(f"grad_fn=<{array.maker}>" if array.maker else "requires_grad=True")
        text = tensor_text(self.recorder.array(array), suffixes, options=self.printing)
        if array.is_parameter:
            return "Parameter containing:\n" + text
        return text

    def refuse_inside(self, array: Array) -> None:
        """Within a transformation PyTorch shows tensors in wrappers, those of a map all at once."""
        if self.machine.depth_of_tracing <= len(self.levels):
            return
        if any(node.op.name == "name" for node in ancestors([array.node])):
            what = "a tensor that is shown within `torch.func` or `autograd.functional`"
            raise Refusal(f"{what} is not part of the subset", help="show what the function gives")

    def represent(self, array: Array) -> str:
        """How a session shows a tensor."""
        return self.show(array)

    def formattable(self, array: Array) -> Any:
        """What a format code is applied to."""
        if array.shape:
            text = "unsupported format string passed to Tensor.__format__"
            raise Raised("TypeError", text)
        return self.number(array)

    def number(self, array: Array) -> Any:
        """`x.item()`."""
        if array.node.size != 1:
            count = array.node.size
            text = f"a Tensor with {count} elements cannot be converted to Scalar"
            raise Raised("RuntimeError", text, help="x.tolist() gives all of them")
        refuse_row(array, ITEM)
        return super().number(array)

    def machine_number(self, value: Any) -> Any:
        """A number of Python, or of a tensor of one element."""
        return self.number(value) if isinstance(value, Array) else value

    def truth(self, array: Array) -> bool:
        """Whether a tensor of one element is true."""
        if array.node.size != 1:
            text = "Boolean value of Tensor with more than one value is ambiguous"
            raise Raised("RuntimeError", text, help="(x > 0).any() or (x > 0).all()")
        refuse_row(array, TRUTH)
        return super().truth(array)

    def to_numpy(self, array: Any) -> Array:
        """`x.numpy()`."""
        if array.requires and self.is_enabled:
            text = (
                "Can't call numpy() on Tensor that requires grad. "
                "Use tensor.detach().numpy() instead."
            )
            raise Raised("RuntimeError", text)
        numpy: Framework = self.machine.framework("numpy")
        made = numpy.constant(self.recorder.array(array))
        share(array, made, graph=object(), counter=object())
        return made

    def python_number(self, array: Array) -> Any:
        """`float(x)`."""
        if array.node.size != 1:
            text = "only one element tensors can be converted to Python scalars"
            raise Raised("ValueError", text, help="x.tolist() gives all of them")
        return self.number(array)

    def length(self, array: Array) -> int:
        """`len(x)`."""
        if not array.shape:
            raise Raised("TypeError", "len() of a 0-d tensor")
        return super().length(array)

    def rounded(self, array: Array, digits: int | None) -> Any:
        """`round(x, digits)`."""
        named = {} if digits is None else {"decimals": digits}
        return self.result_of("round", array, **named)


FRAMEWORK = PyTorch
