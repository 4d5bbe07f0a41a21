"""Types of the Python API; made from the records of the questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcli.data.answer import Answer
from gradcli.data.report import Report
from gradcli.errors import (
    DeadlineError as DeadlineError,
    DomainError as DomainError,
    GradcliError as GradcliError,
    GradcliWarning as GradcliWarning,
    InputError as InputError,
    InternalError as InternalError,
    LimitError as LimitError,
    OutOfMemoryError as OutOfMemoryError,
    ParseError as ParseError,
    ProgramNameError as ProgramNameError,
    ProgramTypeError as ProgramTypeError,
    ShapeError as ShapeError,
    UsageError as UsageError,
)

__version__: str

Array = NDArray[Any]
Values = ArrayLike

class Table(Protocol):
    """A table of pandas, Polars or PyArrow: its columns are values by name."""

    def __getitem__(self, name: str, /) -> Any: ...

class Program:
    @property
    def text(self) -> str: ...
    @property
    def wrt(self) -> tuple[str, ...] | None: ...
    @property
    def dtype(self) -> str: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    def __init__(self, text: str, *, wrt: str | Sequence[str] | None = None) -> None: ...
    def __call__(
        self, values: Mapping[str, Values] | Table | None = None, /, **inputs: Values
    ) -> Any: ...
    def plot(
        self,
        values: Mapping[str, Values | tuple[float, float] | str] | None = None,
        /,
        *,
        order: int = 1,
        over: Mapping[str, Sequence[Any]] | None = None,
        data: Any = None,
        **inputs: Values | tuple[float, float] | str,
    ) -> Any: ...
    def evaluate(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Any: ...
    def grad(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero", "none"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Array: ...
    def diff(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        order: int = ...,
        latex: bool = ...,
        unicode: bool = ...,
        shape: Mapping[str, str | Sequence[str | int]] | None = ...,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Report: ...
    @overload
    def grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["none"],
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array | None]: ...
    @overload
    def grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    def check(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        claim: Mapping[str, str] | None = None,
        eps: float | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        wrt: str | Sequence[str] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Report: ...
    def explain(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        dy: Values | None = None,
        element: str | Sequence[str] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Report: ...
    def graph(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        dy: Values | None = None,
        dot: bool = ...,
        mermaid: bool = ...,
        svg: str | PathLike[str] | None = None,
        png: str | PathLike[str] | None = None,
        html: str | PathLike[str] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Report: ...
    def run(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Any: ...
    def value_and_grad(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero", "none"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> tuple[Any, Array]: ...
    @overload
    def value_and_grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["none"],
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> tuple[Any, dict[str, Array | None]]: ...
    @overload
    def value_and_grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> tuple[Any, dict[str, Array]]: ...
    @overload
    def variable_grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        frozen: Mapping[str, Values] | None = None,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["none"],
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> tuple[Any, dict[str, Array | None]]: ...
    @overload
    def variable_grads(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        frozen: Mapping[str, Values] | None = None,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero"] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> tuple[Any, dict[str, Array]]: ...
    @overload
    def gradients(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        ys: str | Sequence[str] | None = None,
        xs: str | Sequence[str] | None = None,
        grad_ys: Values | Mapping[str, Values] | None = None,
        stop: str | Sequence[str] | None = None,
        unconnected: Literal["zero"],
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    @overload
    def gradients(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        ys: str | Sequence[str] | None = None,
        xs: str | Sequence[str] | None = None,
        grad_ys: Values | Mapping[str, Values] | None = None,
        stop: str | Sequence[str] | None = None,
        unconnected: Literal["none"] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array | None]: ...
    @overload
    def tape(
        self,
        ask: str | Sequence[str], values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        watch: str | Sequence[str] | None = None,
        unconnected: Literal["zero"],
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    @overload
    def tape(
        self,
        ask: str | Sequence[str], values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        watch: str | Sequence[str] | None = None,
        unconnected: Literal["none"] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array | None]: ...
    @overload
    def backward(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        retain: str | Sequence[str] | None = None,
        unconnected: Literal["none"],
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array | None]: ...
    @overload
    def backward(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        var: Mapping[str, Values] | None = None,
        const: Mapping[str, Values] | None = None,
        retain: str | Sequence[str] | None = None,
        unconnected: Literal["zero"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    def derivative(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        order: int = ...,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Array: ...
    def jacobian(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    def hessian(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, dict[str, Array]]: ...
    def jvp(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        tangent: Values | Mapping[str, Values] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Array: ...
    @overload
    def vjp(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["none"],
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array | None]: ...
    @overload
    def vjp(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
        strict: bool = ...,
        unconnected: Literal["zero"] | None = None,
        dy: Values | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    def hvp(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        tangent: Values | Mapping[str, Values] | None = None,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> dict[str, Array]: ...
    def directional(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        wrt: str | Sequence[str] | None = None,
        tangent: Values | Mapping[str, Values] | None = None,
        raw: bool = ...,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Array: ...
    def eval(
        self,
        values: Mapping[str, Values] | Table | None = None, /, *,
        dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
        max_steps: int = ...,
        max_elements: int = ...,
        threads: int | None = None,
        stabilize: bool = ...,
        timeout: float | None = None,
        **inputs: Values,
    ) -> Any: ...
def evaluate(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Any: ...
def grad(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero", "none"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Array: ...
def diff(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    order: int = ...,
    latex: bool = ...,
    unicode: bool = ...,
    shape: Mapping[str, str | Sequence[str | int]] | None = ...,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Report: ...
@overload
def grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["none"],
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array | None]: ...
@overload
def grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
def check(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    claim: Mapping[str, str] | None = None,
    eps: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    wrt: str | Sequence[str] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Report: ...
def explain(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    dy: Values | None = None,
    element: str | Sequence[str] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Report: ...
def graph(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    dy: Values | None = None,
    dot: bool = ...,
    mermaid: bool = ...,
    svg: str | PathLike[str] | None = None,
    png: str | PathLike[str] | None = None,
    html: str | PathLike[str] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Report: ...
def run(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Any: ...
def value_and_grad(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero", "none"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> tuple[Any, Array]: ...
@overload
def value_and_grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["none"],
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> tuple[Any, dict[str, Array | None]]: ...
@overload
def value_and_grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> tuple[Any, dict[str, Array]]: ...
@overload
def variable_grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    frozen: Mapping[str, Values] | None = None,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["none"],
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> tuple[Any, dict[str, Array | None]]: ...
@overload
def variable_grads(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    frozen: Mapping[str, Values] | None = None,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero"] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> tuple[Any, dict[str, Array]]: ...
@overload
def gradients(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    ys: str | Sequence[str] | None = None,
    xs: str | Sequence[str] | None = None,
    grad_ys: Values | Mapping[str, Values] | None = None,
    stop: str | Sequence[str] | None = None,
    unconnected: Literal["zero"],
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
@overload
def gradients(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    ys: str | Sequence[str] | None = None,
    xs: str | Sequence[str] | None = None,
    grad_ys: Values | Mapping[str, Values] | None = None,
    stop: str | Sequence[str] | None = None,
    unconnected: Literal["none"] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array | None]: ...
@overload
def tape(
    program: Program | str,
    ask: str | Sequence[str], values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    watch: str | Sequence[str] | None = None,
    unconnected: Literal["zero"],
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
@overload
def tape(
    program: Program | str,
    ask: str | Sequence[str], values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    watch: str | Sequence[str] | None = None,
    unconnected: Literal["none"] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array | None]: ...
@overload
def backward(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    retain: str | Sequence[str] | None = None,
    unconnected: Literal["none"],
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array | None]: ...
@overload
def backward(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    var: Mapping[str, Values] | None = None,
    const: Mapping[str, Values] | None = None,
    retain: str | Sequence[str] | None = None,
    unconnected: Literal["zero"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
def derivative(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    order: int = ...,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Array: ...
def jacobian(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
def hessian(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, dict[str, Array]]: ...
def jvp(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    tangent: Values | Mapping[str, Values] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Array: ...
@overload
def vjp(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["none"],
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array | None]: ...
@overload
def vjp(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    method: Literal["reverse", "forward", "numeric", "complex-step"] = ...,
    strict: bool = ...,
    unconnected: Literal["zero"] | None = None,
    dy: Values | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
def hvp(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    tangent: Values | Mapping[str, Values] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> dict[str, Array]: ...
def directional(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    wrt: str | Sequence[str] | None = None,
    tangent: Values | Mapping[str, Values] | None = None,
    raw: bool = ...,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Array: ...
def eval(
    program: Program | str,
    values: Mapping[str, Values] | Table | None = None, /, *,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = ...,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    stabilize: bool = ...,
    timeout: float | None = None,
    **inputs: Values,
) -> Any: ...

@overload
def ask(
    question: Literal["check"], program: Program | str, /, *values: Any, **keywords: Any
) -> Report: ...
@overload
def ask(question: str, program: Program | str, /, *values: Any, **keywords: Any) -> Any: ...
def plot(
    program: Program | str,
    values: Mapping[str, Values | tuple[float, float] | str] | None = None,
    /,
    *,
    order: int = 1,
    over: Mapping[str, Sequence[Any]] | None = None,
    data: Any = None,
    **inputs: Values | tuple[float, float] | str,
) -> Any: ...
def functions(name: str | None = None) -> list[dict[str, Any]]: ...
def compile(
    text: str,
    *,
    wrt: str | Sequence[str] | None = None,
    dtype: Literal["float64", "float32"] | type[np.floating[Any]] | np.dtype[Any] = "float64",
    method: Literal["reverse", "forward", "numeric", "complex-step"] = "reverse",
    unconnected: Literal["zero", "none"] | None = None,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    timeout: float | None = None,
    stabilize: bool = True,
    verdict: bool = False,
    strict: bool = False,
) -> Program: ...
def map(
    text: str, table: Any, values: Mapping[str, Any] | None = None, /, **options: Any
) -> Any: ...
def batch(
    jobs: str | PathLike[str] | Iterable[Mapping[str, Any]], /, **options: Any
) -> Iterator[dict[str, Any]]: ...
