"""Powers and bars of matrices, which go by elements here and have another meaning elsewhere."""

from __future__ import annotations

import re

from gradcli.errors import Notice, Span

_POWER = re.compile(r"(?s)(.+?)\s*(?:\^\s*\(?\s*(-\s*1|2|3)\s*\)?|(⁻¹|²|³))")
_EXPONENTS = {"⁻¹": -1, "²": 2, "³": 3}


def product_meant(text: str, shape: tuple[int, ...]) -> str | None:
    """What to write for a power of a square matrix as mathematics has it; None for any other.

    `A**2` is as NumPy has it.
    """
    written = _POWER.fullmatch(_bare(text))
    if written is None or len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        return None
    base, typed, raised = written.groups()
    exponent = _EXPONENTS[raised] if raised else int(re.sub(r"\s", "", typed))
    if exponent < 0:
        return f"for the inverse of the matrix write inv({_bare(base)})"
    return f"for the product of matrices write {' @ '.join([base] * exponent)}"


def _bare(text: str) -> str:
    """A text without brackets around all of it."""
    return text.strip()[1:-1] if re.fullmatch(r"\s*\([^()]*\)\s*", text) else text.strip()


def note_bars(span: Span) -> Notice:
    """The notice of `|A|`, which elsewhere is the determinant of a matrix."""
    text = span.source.text[span.start : span.end]
    message = f"`{text}` makes each element of the matrix positive"
    inner = text.strip("|").strip()
    help_ = f"for the determinant write det({inner}); if this is meant, abs({inner})"
    return Notice(message, span=span, help=help_)


def note_power(span: Span, shape: tuple[int, ...]) -> Notice | None:
    """The notice of `A^-1 @ b`, a power of elements beside a product of matrices."""
    text = span.source.text[span.start : span.end]
    help_ = product_meant(text, shape)
    if help_ is None:
        return None
    message = f"`{text}` raises each element of the matrix by itself"
    return Notice(message, span=span, help=help_)
