"""The kinds of points at which a derivative is not what it is elsewhere, from mild to bad."""

from __future__ import annotations

SMOOTH, EDGE, TIE, KINK, JUMP, VERTICAL, POLE, OVERFLOW, DEGENERATE, INDETERMINATE, DOMAIN, NAN = (
    range(12)
)

WORDS_OF_KINDS = (
    "smooth",
    "branch edge",
    "tie",
    "kink",
    "jump",
    "vertical tangent",
    "pole",
    "overflow",
    "degenerate",
    "indeterminate",
    "domain",
    "nan",
)
"""What each kind is called; of several that apply the last is said."""
