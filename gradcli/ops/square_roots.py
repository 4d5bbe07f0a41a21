"""sqrt(x^2 + c) and what x is beside it, which rules build that are loaded when they are needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.kinds import POLE, VERTICAL, at
from gradcli.ir.op import Elementwise, nothing
from gradcli.ops.compare import nowhere, repaired


def _beside_square(x: Any, c: Any) -> Any:
    z = np.sqrt(c + x * x)
    huge = np.isinf(z)
    return z if nowhere(huge) else repaired(z, huge, np.maximum(x, -x))


ROOT_SHARE = Elementwise(
    "root_share",
    lambda x, c, z: x / z,
    lambda x, c, z, share: ((c / z) / z) / z,
    nothing,
    nothing,
    notation=("{0:6}/{2:7}", 6),
    special=at(POLE, lambda x, c, z, share: z == 0),
    analytic=True,
)
"""x / sqrt(x^2 + c), beside that root, whose slope would cancel as that of a quotient."""


ROOT = Elementwise(
    "root_of_square_and",
    _beside_square,
    ROOT_SHARE,
    nothing,
    notation=("sqrt({1:5} + {0:9}^2)", 10),
    special=at(VERTICAL, lambda x, c, z: z == 0),
    analytic=True,
)
"""sqrt(x^2 + c) for a constant c."""
