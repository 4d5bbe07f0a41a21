"""Errors as they leave for Python: options spelled as it does, and one frame of ours."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from gradcli.errors import GradcliWarning, UsageError, as_error, in_python

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def leaving(error: Exception) -> Exception:
    """An error without the frames below the one that raises it; a bug keeps them as its cause."""
    if isinstance(error, GradcliWarning):
        return error.with_traceback(None)
    ours = as_error(error)
    ours.spelling = in_python
    return ours.with_traceback(None)


def in_one_frame(function: Callable[P, R]) -> Callable[P, R]:
    """A public function whose errors show the call, and none of what is below."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if _is_of_call(error):
                raise UsageError(str(error)) from None
            raise leaving(error) from error.__cause__

    return called


def _is_of_call(error: Exception) -> bool:
    """Whether arguments did not fit a function, so that nothing of it was done."""
    frames = error.__traceback__
    return isinstance(error, TypeError) and frames is not None and frames.tb_next is None
