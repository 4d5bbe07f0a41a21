"""Functions that TensorFlow makes of others, so that they round where it rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Array


def composites(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""

    def of(path: str, *args: Any, **named: Any) -> Array:
        made: Array = home.machine.call(home.member(tuple(path.split("."))), args, named)
        return made

    def over(name: str, x: Array, axis: Any, keepdims: Any = True) -> Array:
        return of(name, x, axis=axis, keepdims=keepdims)

    def norm(
        tensor: Any,
        ord: Any = "euclidean",
        axis: Any = None,
        keepdims: Any = None,
        name: Any = None,
    ) -> Array:
        del name
        x = home.asarray(tensor)
        of_matrices = isinstance(axis, (list, tuple))
        if ord not in ("euclidean", "fro") and (ord != 2 or of_matrices):
            given = {"axis": axis, "keepdims": keepdims}
            options = {name: value for name, value in given.items() if value is not None}
            library: Array = home.call(home.library_function(("norm",)), [x, ord], options)
            return library
        return of("sqrt", over("reduce_sum", home.operator("*", x, x), axis, bool(keepdims)))

    def l2_normalize(
        x: Any, axis: Any = None, epsilon: float = 1e-12, name: Any = None, dim: Any = None
    ) -> Array:
        del name
        array = home.asarray(x)
        total = over("reduce_sum", of("square", array), axis if dim is None else dim)
        inverse = of("math.rsqrt", of("maximum", total, epsilon))
        made: Array = home.operator("*", array, inverse)
        return made

    def log_sum_exp(
        input_tensor: Any, axis: Any = None, keepdims: bool = False, name: Any = None
    ) -> Array:
        del name
        x = home.asarray(input_tensor)
        top = of("stop_gradient", over("reduce_max", x, axis))
        top = of("where", of("math.is_finite", top), top, of("zeros_like", top))
        total = over("reduce_sum", of("exp", home.operator("-", x, top)), axis, keepdims)
        if not keepdims:
            top = of("reshape", top, list(total.shape))
        made: Array = home.operator("+", of("math.log", total), top)
        return made

    paths: dict[Callable[..., Any], str] = {
        norm: "norm linalg.norm",
        l2_normalize: "math.l2_normalize nn.l2_normalize linalg.l2_normalize",
        log_sum_exp: "reduce_logsumexp math.reduce_logsumexp",
    }
    return {path: function for function, words in paths.items() for path in words.split()}
