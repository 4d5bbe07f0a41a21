"""`torch.nn`: modules with parameters, layers, losses."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64, DType, is_float
from gradcli.snippets.arrays.memory import share
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch import checks
from gradcli.snippets.frameworks.pytorch.containers import Containers, contained
from gradcli.snippets.frameworks.pytorch.hooks import BackwardHooks
from gradcli.snippets.frameworks.pytorch.inits import inits
from gradcli.snippets.frameworks.pytorch.layers import Kernels
from gradcli.snippets.frameworks.pytorch.methods import dtype_to
from gradcli.snippets.frameworks.pytorch.module_state import State
from gradcli.snippets.frameworks.pytorch.plain import PLAIN, Plain
from gradcli.snippets.frameworks.pytorch.pools import Pools
from gradcli.snippets.frameworks.pytorch.recurrent import Recurrent
from gradcli.snippets.frameworks.pytorch.refusals import NO_FLOATS
from gradcli.snippets.frameworks.pytorch.tensor import SHOWN, Handle, Tensor
from gradcli.snippets.languages.python.modules import OrderedDict
from gradcli.snippets.limits import joined
from gradcli.snippets.values import (
    Array,
    Base,
    ClassValue,
    Instance,
    Kind,
    Method,
    Named,
    Native,
    Wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def modules(home: Any) -> dict[str, Any]:
    """What stands behind `torch.nn.`."""
    base = Module(home).base()
    layers = Layers(home, base)
    path = "torch.nn.parameter.Parameter"
    shown = {"repr": f"<class '{path}'>"}
    parameter = Kind("Parameter", layers.parameter, is_parameter, shown)
    return {
        "nn.Module": base,
        **dict.fromkeys(("nn.Parameter", "nn.parameter.Parameter"), parameter),
        **{f"nn.{name}": value for name, value in layers.table().items()},
        **{f"nn.init.{name}": value for name, value in inits(home).items()},
    }


MATCHED = "<All keys matched successfully>"


def is_parameter(value: Any) -> bool:
    """Whether a value is a parameter of a module."""
    return isinstance(value, Tensor) and value.is_parameter


def _counted(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Modules of a list with their numbers, those in a row that are shown alike at once."""
    rows: list[tuple[str, str]] = []
    start = 0
    for text, same in groupby(texts):
        end = start + len([*same]) - 1
        several = f"{end - start + 1} x " if end > start else ""
        rows.append((f"{start}-{end}" if several else str(start), several + text))
        start = end + 1
    return rows


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


class Module:
    """`torch.nn.Module`."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def base(self) -> Base:
        """The class of that name."""
        return Base(
            "Module",
            methods={
                **contained(self.begin),
                "__init__": self.start,
                "__call__": self.call,
                "__repr__": self.show,
                "parameters": lambda own, recurse=True: iter(
                    [value for _, value in own.inner.named("parameters")]
                ),
                "named_parameters": lambda own, prefix="", recurse=True: iter(
                    list(own.inner.named("parameters", prefix))
                ),
                "buffers": lambda own: iter([value for _, value in own.inner.named("buffers")]),
                "named_buffers": lambda own: iter(list(own.inner.named("buffers"))),
                "children": lambda own: iter(list(own.inner.modules.values())),
                "named_children": lambda own: iter(list(own.inner.modules.items())),
                "modules": lambda own: iter([s.instance for _, s in own.inner.inner(once=True)]),
                "named_modules": lambda own: iter(
                    [(p, s.instance) for p, s in own.inner.inner(once=True)]
                ),
                "register_forward_hook": self.hook,
                "register_forward_pre_hook": self.hook_before,
                "register_full_backward_hook": self.hook_backward,
                "register_full_backward_pre_hook": self.hook_before_backward,
                "zero_grad": self.zero_grad,
                "state_dict": self.state_dict,
                "load_state_dict": self.load,
                "train": self.train,
                "eval": lambda own: self.train(own, mode=False),
                "to": self.to,
                "cpu": lambda own: own,
                "type": lambda own, dst_type: self.cast(own, self.home.dtype_of(dst_type)),
                "double": lambda own: self.cast(own, FLOAT64),
                "float": lambda own: self.cast(own, FLOAT32),
                "apply": self.apply,
                "register_buffer": self.buffer,
                "register_parameter": self.set_parameter,
                "add_module": self.add,
                "register_module": self.add,
                "get_parameter": lambda own, target: own.inner.found("parameters", target),
                "get_buffer": lambda own, target: own.inner.found("buffers", target),
                "get_submodule": lambda own, target: own.inner.found("modules", target),
                "_get_name": lambda own: own.of.name,
                "requires_grad_": self.require,
                "extra_repr": self.said,
            },
            values={
                "training": lambda own: own.inner.is_training,
                "_parameters": lambda own: own.inner.parameters,
                "_buffers": lambda own: own.inner.buffers,
                "_modules": lambda own: own.inner.modules,
            },
            begin=self.begin,
            assigned=lambda own, name, value: own.inner.note(name, value),
            deleted=lambda own, name: own.inner.forget(name),
        )

    def begin(self, instance: Instance) -> None:
        """Prepares a new module."""
        instance.inner = State(instance)

    def start(self, own: Instance, *_args: Any, **_rest: Any) -> None:
        """`Module.__init__`: parameters and modules can be assigned from now on."""
        own.inner.has_begun = True

    def call(self, own: Instance, *args: Any, **named: Any) -> Any:
        """`module(x)` is `module.forward(x)`."""
        inner, call = own.inner, self.home.machine.call
        for hook in [*inner.before]:
            changed = call(hook, [own, tuple(args)])
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        is_watched = inner.backward or inner.before_backward
        watched = BackwardHooks(self.home, own, args) if is_watched else None
        value = self.computed(own, args if watched is None else watched.inputs, named)
        for hook in [*inner.hooks]:
            changed = call(hook, [own, tuple(args), value])
            value = value if changed is None else changed
        return value if watched is None else watched.outputs(value)

    def computed(self, own: Instance, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """What a module makes of its arguments."""
        forward = self.home.machine.language.special(own, "forward")
        if forward is None:
            text = f'Module [{own.of.name}] is missing the required "forward" function'
            raise Raised("NotImplementedError", text)
        return self.home.machine.call(forward, args, dict(named))

    def hook(self, own: Instance, hook: Any, **_named: Any) -> Handle:
        """`register_forward_hook`: what is called after each call, and may change its value."""
        own.inner.hooks.append(hook)
        return Handle(own.inner.hooks, hook)

    def hook_before(self, own: Instance, hook: Any, **_named: Any) -> Handle:
        """`register_forward_pre_hook`: what is called before, and may change the arguments."""
        own.inner.before.append(hook)
        return Handle(own.inner.before, hook)

    def hook_backward(self, own: Instance, hook: Any, **_named: Any) -> Handle:
        """`register_full_backward_hook`: what sees the gradients of inputs and outputs."""
        own.inner.backward.append(hook)
        return Handle(own.inner.backward, hook)

    def hook_before_backward(self, own: Instance, hook: Any, **_named: Any) -> Handle:
        """`register_full_backward_pre_hook`: what sees the gradients of outputs."""
        own.inner.before_backward.append(hook)
        return Handle(own.inner.before_backward, hook)

    def zero_grad(self, own: Instance, set_to_none: bool = True) -> None:
        """Gradients start from nothing again."""
        for _, parameter in own.inner.named("parameters"):
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = self.home.filled(parameter, 0.0)

    def state_dict(self, own: Instance) -> dict[str, Any]:
        """Parameters and buffers by their paths, detached."""
        return OrderedDict((name, self.home.detached(x)) for name, x in own.inner.entries())

    def load(self, own: Instance, values: dict[str, Any], strict: bool = True) -> Any:
        """Gives parameters other numbers."""
        named = dict(own.inner.entries())
        missing = [name for name in named if name not in values]
        unexpected = [name for name in values if name not in named]
        said = []
        if strict and missing:
            said.append(f"Missing key(s) in state_dict: {_quoted(missing)}. ")
        if strict and unexpected:
            said.append(f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
        for name in named.keys() & values.keys():
            before, now = (list(x.shape) for x in (named[name], values[name]))
            if before != now:
                said.append(
                    f"size mismatch for {name}: copying a param with shape torch.Size({now}) from "
                    f"checkpoint, the shape in current model is torch.Size({before})."
                )
        if said:
            text = f"Error(s) in loading state_dict for {own.of.name}:\n\t"
            raise Raised("RuntimeError", text + "\n\t".join(said))
        for name in named.keys() & values.keys():
            self.home.write(named[name], values[name].node)
        if not (missing or unexpected):
            return MATCHED
        return Named.of(
            "_IncompatibleKeys", ["missing_keys", "unexpected_keys"], [missing, unexpected]
        )

    def train(self, own: Instance, mode: bool = True) -> Instance:
        """Sets whether it is in training."""
        for _, state in own.inner.inner():
            state.is_training = mode
        return own

    def to(self, own: Instance, *args: Any, **named: Any) -> Instance:
        """`module.to(…)`: parameters and buffers of floats get a type that is named."""
        wish = dtype_to(self.home, *args, **named)
        if wish is None:
            return own
        if not is_float(wish):
            text = "nn.Module.to only accepts floating point or complex dtypes, but got desired "
            raise Raised("TypeError", f"{text}dtype=torch.{wish.name}")
        return self.cast(own, wish)

    def cast(self, own: Instance, dtype: DType) -> Instance:
        """Parameters, in their places, and buffers as numbers of another type."""
        for _, parameter in own.inner.named("parameters"):
            tensors = [parameter] if parameter.grad is None else [parameter, parameter.grad]
            for tensor in tensors:
                self.home.retyped(tensor, dtype)
        for _, state in own.inner.inner(once=True):
            for name, value in state.buffers.items():
                if value is not None and is_float(value.dtype):
                    state.buffers[name] = self.home.cast(value, dtype)
                    state.instance.attributes[name] = state.buffers[name]
        return own

    def apply(self, own: Instance, function: Any) -> Instance:
        """Calls a function with each module, inner ones first."""
        with self.home.machine.deeper():
            for module in own.inner.modules.values():
                self.apply(module, function)
        self.home.machine.call(function, [own])
        return own

    def buffer(self, own: Instance, name: str, value: Any, persistent: bool = True) -> None:
        """A tensor that is no parameter; one that is not `persistent` is in no state."""
        if not persistent:
            own.inner.passing.add(name)
        own.inner.buffers[name] = value
        own.attributes[name] = value

    def set_parameter(self, own: Instance, name: str, value: Any) -> None:
        """A parameter under a name."""
        own.attributes[name] = value
        own.inner.parameters[name] = value

    def add(self, own: Instance, name: str, module: Any) -> Instance:
        """A module under a name."""
        own.attributes[name] = module
        own.inner.modules[name] = module
        return own

    def require(self, own: Instance, requires_grad: bool = True) -> Instance:
        """Whether parameters require gradients."""
        for _, parameter in own.inner.named("parameters"):
            self.home.require(parameter, requires_grad)
        return own

    def said(self, own: Instance) -> str:
        """What is said of a module itself: its options, or the parameters that it holds."""
        inner = own.inner
        if inner.holds != "parameters":
            return str(inner.shown)
        lines = []
        for name, x in inner.parameters.items():
            sizes = "x".join(map(str, x.shape))
            kind = f"torch.{SHOWN[x.dtype.name]}Tensor" if inner.is_keyed else f"torch.{x.dtype}"
            lines.append(f"  ({name}): Parameter containing: [{kind} of size {sizes}]")
        return "\n".join(lines)

    def show(self, own: Instance) -> str:
        """The modules in it, line by line."""
        inner = own.inner
        extra = self.home.machine.language.special(own, "extra_repr")
        said = self.said(own) if extra is None else self.home.machine.call(extra)
        lines = []
        represent = self.home.machine.language.represent
        with self.home.machine.deeper():
            rows = [(name, represent(module)) for name, module in inner.modules.items()]
        if own.of.name == "ModuleList":
            rows = _counted([text for _, text in rows])
        for name, text in rows:
            lines.append(f"({name}): " + text.replace("\n", "\n  "))
        if said and (lines or "\n" in said):
            lines = [*said.split("\n"), *lines]
        if not lines:
            return f"{own.of.name}({said})"
        return f"{own.of.name}(\n  " + joined(lines, "\n  ") + "\n)"


class Layers:
    """Modules that are made by their name, each a class of its own."""

    def __init__(self, home: Any, base: Base) -> None:
        self.home = home
        self.base = base

    def parameter(self, data: Any, requires_grad: bool = True) -> Tensor:
        """`nn.Parameter`: a leaf that modules know."""
        array = self.home.asarray(data)
        if requires_grad and not is_float(array.dtype):
            raise Raised("RuntimeError", NO_FLOATS, help="write 1.0 instead of 1")
        made: Tensor = self.home.made(self.home.recorder.settled(array.node), array.dtype)
        share(array, made, graph=object(), counter=object())
        made.is_parameter = True
        if requires_grad:
            self.home.require(made)
        return made

    def set_weight(self, own: Instance, name: str, array: Array) -> None:
        """A parameter of a module, which its first numbers were written into."""
        value = self.parameter(array)
        value.version = 1
        self.home.machine.language.set_attribute(own, name, value)

    def table(self) -> dict[str, Any]:
        """The classes by their names."""
        plain = {name: self.plain(name, row) for name, row in PLAIN.items()}
        kernels = Kernels(self)
        makers = {
            **kernels.table(),
            **Pools(self).table(),
            **Recurrent(self).table(),
            **Containers(self.home).table(),
        }
        made = {name: self.layer(name, make) for name, make in makers.items()}
        given = Native("from_pretrained", kernels.from_pretrained)
        made["Embedding"].names["from_pretrained"] = Wrapped("static", given)
        return {
            **plain,
            **made,
            "Linear": self.layer("Linear", self.linear),
            "Identity": self.layer("Identity", self.identity),
            "Flatten": self.layer("Flatten", self.flatten),
            "Dropout": self.layer("Dropout", self.dropout),
        }

    def layer(self, name: str, make: Callable[..., None]) -> ClassValue:
        """A class whose instances `make` prepares."""

        def forward(own: Instance, *args: Any, **named: Any) -> Any:
            if own.inner.compute is None:
                text = f'Module [{own.of.name}] is missing the required "forward" function'
                raise Raised("NotImplementedError", text)
            return own.inner.compute(own, *args, **named)

        def prepare(own: Instance, *args: Any, **named: Any) -> None:
            own.inner.has_begun = True
            make(own, *args, **named)

        names: dict[str, Any] = {
            "__init__": Method(make.__name__, prepare),
            "forward": Method("forward", forward),
        }
        return ClassValue(name, (self.base,), names)

    def call(self, path: str, *args: Any, **named: Any) -> Any:
        """A function of the framework."""
        return self.home.result_of(path, *args, **named)

    def plain(self, name: str, row: Plain) -> ClassValue:
        """A module that is a function with options."""
        order = row.options.split()

        def make(own: Instance, *args: Any, **named: Any) -> None:
            given = {**dict(zip(order, args, strict=False)), **named}
            own.attributes |= given
            own.inner.shown = row.shown(given, self.home.machine.language.represent)
            options = {name: value for name, value in given.items() if name != "inplace"}
            own.inner.compute = lambda _own, *inputs: self.call(row.path, *inputs, **options)

        return self.layer(name, make)

    def linear(
        self, own: Instance, in_features: int, out_features: int, bias: bool = True, **named: Any
    ) -> None:
        """`x @ weight.T + bias`, with PyTorch's first weights."""
        generator = self.home.generator
        dtype = self.home.default
        if named.get("dtype") is not None:
            dtype = self.home.dtype_of(named["dtype"])
        bound = 1 / math.sqrt(in_features) if in_features else 0.0
        shape = (out_features, in_features)
        gain = math.sqrt(2.0 / (1 + 5.0))
        limit = math.sqrt(3.0) * (gain / math.sqrt(in_features))
        weight = generator.uniform(shape, dtype, -limit, limit)

        def random(numbers: Any) -> Any:
            return self.home.random(numbers, dtype, is_seeded=generator.is_seeded)

        self.set_weight(own, "weight", random(weight))
        own.attributes["bias"] = None
        if bias:
            offset = generator.uniform((out_features,), dtype, -bound, bound)
            self.set_weight(own, "bias", random(offset))
        own.attributes |= {"in_features": in_features, "out_features": out_features}
        own.inner.shown = f"in_features={in_features}, out_features={out_features}, bias={bias}"
        own.inner.compute = lambda own, x: self.call(
            "nn.functional.linear", x, own.attributes["weight"], own.attributes["bias"]
        )

    def identity(self, own: Instance, *_args: Any, **_named: Any) -> None:
        """What comes goes."""
        own.inner.compute = lambda own, x: x

    def flatten(self, own: Instance, start_dim: int = 1, end_dim: int = -1) -> None:
        """Axes made one."""
        own.inner.shown = f"start_dim={start_dim}, end_dim={end_dim}"
        own.inner.compute = lambda own, x: self.call("flatten", x, start_dim, end_dim)

    def dropout(self, own: Instance, p: float = 0.5, inplace: bool = False) -> None:
        """Nothing, unless in training."""
        checks.share(p)
        own.inner.shown = f"p={p}, inplace={inplace}"

        own.inner.compute = lambda own, x: self.call(
            "nn.functional.dropout", x, p, own.inner.is_training
        )
