"""What is around a computation: devices, what is logged, shapes and types of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.tensorflow.types import TensorShape
from gradcli.snippets.values import Kind, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50}
"""How much is logged."""


class Logger(Object):
    """`tf.get_logger()`, which is silent."""

    kind = "Logger"

    @exposed
    def setLevel(self, level: Any) -> None:  # noqa: N802
        """Nothing is logged anyway."""


def surroundings(home: Any) -> dict[str, Any]:
    """The functions and values by their paths."""

    def devices(device_type: Any = None) -> list[Any]:
        if device_type in (None, "CPU"):
            raise Refusal(
                "a list of devices is not part of the subset", help="there is no 'GPU' here"
            )
        return []

    def silent(*_args: Any, **_named: Any) -> None:
        return None

    rows: dict[str, Callable[..., Any]] = {
        "get_logger": Logger,
        "as_dtype": lambda type_value: home.shown_type(home.dtype_of(type_value)),
        "test.is_gpu_available": lambda *_args, **_named: False,
        "test.is_built_with_cuda": lambda: False,
        "test.gpu_device_name": lambda: "",
        "keras.utils.to_categorical": lambda x, num_classes=None: to_categorical(
            home, x, num_classes
        ),
        **dict.fromkeys(LISTS, devices),
        **dict.fromkeys(SILENT, silent),
    }
    table: dict[str, Any] = {
        path: Native(path.rpartition(".")[2], row) for path, row in rows.items()
    }
    shape = Kind("TensorShape", TensorShape, lambda value: isinstance(value, TensorShape))
    return table | {"TensorShape": shape} | {f"logging.{n}": x for n, x in LEVELS.items()}


LISTS = [
    f"config.{path}list_{kind}_devices"
    for path in ("", "experimental.")
    for kind in ("physical", "logical")
]
"""Functions that list devices of a kind."""

SILENT = """logging.set_verbosity autograph.set_verbosity keras.utils.set_random_seed
keras.utils.clear_session config.set_visible_devices config.set_soft_device_placement
config.experimental.set_memory_growth config.experimental.enable_op_determinism
config.experimental_run_functions_eagerly config.optimizer.set_jit
config.threading.set_intra_op_parallelism_threads
config.threading.set_inter_op_parallelism_threads""".split()
"""Functions that change no number that a snippet shows."""


def to_categorical(home: Any, x: Any, num_classes: Any) -> Any:
    """`tf.keras.utils.to_categorical`: a row of zeros and a one for each class, as NumPy's."""
    classes = home.recorder.array(home.asarray(x)).astype(int)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    count = int(classes.max()) + 1 if num_classes is None else num_classes
    return home.numpy.constant(np.eye(count)[classes])
