"""Which argument of a call belongs to which parameter, of functions of snippets and of ours."""

from __future__ import annotations

from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcli.snippets import tree
    from gradcli.snippets.values import Closure


WITHOUT_EFFECT = frozenset(
    """name device layout pin_memory memory_format non_blocking copy order subok casting
    parallel_iterations back_prop swap_memory infer_shape shape_invariants num_parallel_calls
    deterministic buffer_size use_locking read_value clear_after_read dynamic_size element_shape
    tensor_array_name colocate_with_first_write_call flow handle fallback_to_while_loop warn
    stateful autograph jit_compile input_signature reduce_retracing experimental_relax_shapes
    experimental_implements experimental_compile experimental_follow_type_hints
    experimental_autograph_options validate_args validate_indices validate_shape caching_device
    synchronization aggregation import_scope collections use_resource config target graph
    gate_gradients aggregation_method colocate_gradients_with_ops strict expand_composites
    experimental_aggregate_gradients skip_gradients_aggregation partition_shape partition_offset
    inline keep_unused donate_argnums donate_argnames backend abstracted_axes in_shardings
    out_shardings compiler_options prevent_cse policy concrete unroll optimize_remat
    axis_name axis_size spmd_axis_name indices_are_sorted unique_indices
    fullgraph dynamic mode options example_inputs foreach error_if_nonfinite always_call chunk_size
    fast_mode nondet_tol check_undefined_grad check_grad_dtypes check_batched_grad masked
    check_forward_ad check_backward_ad assume_unique err_msg verbose otypes cache like
    batch_size""".split()
)
"""What functions take that changes nothing of what they give here: `**_named` takes no other."""


def bound_parameters(
    machine: Any, closure: Closure, args: Sequence[Any], named: Mapping[str, Any]
) -> list[tuple[tree.Tree, Any]]:
    """The targets of a function's parameters, each with its value."""
    language, left = machine.language, dict(named)
    rest = list(args)
    bound: list[tuple[tree.Tree, Any]] = []
    lacking: list[str] = []
    for i, parameter in enumerate(closure.function.parameters):
        name = getattr(parameter.target, "id", "")
        if parameter.spread == "*":
            value: Any = language.rest(rest)
            rest = []
        elif parameter.spread == "**":
            value, left = left, {}
        elif rest and not parameter.named:
            value = rest.pop(0)
            if name in left:
                raise Raised(
                    "TypeError", f"{closure.name}() got multiple values for argument '{name}'"
                )
        elif name in left:
            value = left.pop(name)
        else:
            value = language.default(closure, i)
            if value is None and not language.has_default(closure, i):
                lacking.append(name)
        bound.append((parameter.target, value))
    language.check_bound(closure, lacking, rest, left)
    return bound


def refuse_arguments(
    name: str, function: Any, args: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Refuses arguments that one of our functions does not take, as Python says it."""
    count = len(args)
    if not isinstance(function, FunctionType):
        count, function = count + _bound(function), _innermost(function)
        if not isinstance(function, FunctionType):
            return
    code = function.__code__
    takes_rest, takes_named = code.co_flags & 4, code.co_flags & 8
    positional = code.co_varnames[: code.co_argcount]
    by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    if count > len(positional) and not takes_rest:
        raise Raised(
            "TypeError", f"{name}() takes {len(positional)} arguments but {count} were given"
        )
    allowed = {*positional[code.co_posonlyargcount :], *by_name}
    for word in named:
        if word in positional[:count]:
            raise Raised("TypeError", f"{name}() got multiple values for argument '{word}'")
        if word not in allowed and not takes_named:
            text = f"{name}() got an unexpected keyword argument '{word}'"
            raise Raised("TypeError", text)
        if word not in allowed and "_named" in code.co_varnames:
            refuse_effects(name, word)
    for missing in _missing(function, positional, by_name, count, named):
        raise Raised("TypeError", f"{name}() missing 1 required argument: '{missing}'")


def _innermost(function: Any) -> Any:
    """The function behind a method, a class or one with some of its arguments."""
    while isinstance(function, (partial, MethodType)):
        function = function.func if isinstance(function, partial) else function.__func__
    return vars(function).get("__init__", function) if isinstance(function, type) else function


def _bound(function: Any) -> int:
    """How many arguments of the function behind it are there before a call."""
    if isinstance(function, partial):
        return len(function.args) + _bound(function.func)
    return int(isinstance(function, (MethodType, type)))


def refuse_effects(name: str, *words: str) -> None:
    """Refuses arguments by names that are not known to be without effect."""
    for word in words:
        if word not in WITHOUT_EFFECT:
            raise Refusal(f"`{word}` of `{name}` is not part of the subset")


def _missing(
    function: FunctionType,
    positional: Sequence[str],
    by_name: Sequence[str],
    count: int,
    named: Mapping[str, Any],
) -> Iterator[str]:
    """The parameters that have neither a value nor a default."""
    needed = positional[count : len(positional) - len(function.__defaults__ or ())]
    yield from (p for p in needed if p not in named)
    defaults = function.__kwdefaults__ or {}
    yield from (p for p in by_name if p not in named and p not in defaults)
