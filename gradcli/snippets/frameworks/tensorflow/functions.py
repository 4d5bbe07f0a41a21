"""What stands behind `tf.` and is no function of the library."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.values import Array, Native


def functions(home: Any) -> dict[str, Any]:
    """The functions by their paths."""

    def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = "Const") -> Array:
        del name
        array: Array = home.converted(value, None if dtype is None else home.dtype_of(dtype))
        if array is value:
            array = home.copied(array)
        if shape is not None:
            array = _filled(home, array, tuple(shape))
        return array

    def function(body: Any = None, **_named: Any) -> Any:
        return body if body is not None else Native("function", lambda own: own)

    rows = {
        "constant": constant,
        "convert_to_tensor": lambda value, dtype=None, name=None: constant(value, dtype),
        "cast": home.cast_value,
        "function": function,
        "gradients": home.graphs.gradients,
        "shape": lambda x, **_named: home.constant(list(home.asarray(x).shape), home.whole),
        "rank": lambda x, **_named: home.constant(len(home.asarray(x).shape), home.whole),
    }
    return {path: Native(path.rpartition(".")[2], function) for path, function in rows.items()}


def _filled(home: Any, array: Array, shape: tuple[int, ...]) -> Array:
    """The numbers of an array in a shape."""
    word = "reshape" if array.node.size > 1 else "broadcast_to"
    result: Array = home.machine.call(home.member((word,)), [array, list(shape)])
    return result
