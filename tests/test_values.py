"""Values and slopes at the edges of the range, against 50 digits or the limit that they have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.engine.api import Program

INF, NAN = math.inf, math.nan

# program, inputs, value, gradients, relative tolerance
# fmt: off
VALUES: list[tuple[str, dict[str, Any], Any, dict[str, Any], float]] = [
    # beside NaN and infinity
    ("l2_normalize(x)", {"x": [1, NAN, 3]}, [NAN] * 3, {"x": [NAN] * 3}, 0),
    ("F.normalize(x, dim=0)", {"x": [1, NAN, 3]}, [NAN] * 3, {"x": [NAN] * 3}, 0),
    ("log_softmax(x)", {"x": [1, INF]}, [-INF, 0], {"x": [1, -1]}, 0),
    ("log(softmax(x)[1])", {"x": [1, INF]}, 0, {"x": [0, 0]}, 0),
    ("log_softmax(x)", {"x": [INF, 1, INF]}, [-math.log(2), -INF, -math.log(2)],
     {"x": [-0.5, 1, -0.5]}, 1e-15),
    ("log_softmax(x)", {"x": [-INF, -INF]}, [-INF, -INF], {"x": [1, 1]}, 0),
]
# fmt: on


@pytest.mark.parametrize(
    ("text", "inputs", "value", "gradients", "tolerance"),
    VALUES,
    ids=[f"{text} {inputs}" for text, inputs, *_ in VALUES],
)
def test_value_and_slope(
    text: str, inputs: dict[str, Any], value: Any, gradients: dict[str, Any], tolerance: float
) -> None:
    arrays = {name: np.array(x, float) for name, x in inputs.items()}
    answer, slopes = Program(text).value_and_grads(arrays)
    np.testing.assert_allclose(answer, value, rtol=tolerance, atol=0)
    for name, slope in gradients.items():
        np.testing.assert_allclose(slopes[name], slope, rtol=tolerance, atol=0)
