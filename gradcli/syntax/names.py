"""What a name is, and when two spellings are the same name."""

from __future__ import annotations

import unicodedata

OTHER_SPELLINGS = {"True": "true", "False": "false", "None": "newaxis", "π": "pi"}
FIXED_NAMES = frozenset(("true", "false", "inf", "nan", "newaxis"))
"""Names that cannot be assigned."""


def canonical(name: str) -> str:
    """The one spelling under which a name is compared: NFKC, with `π`, `True` … as their equals."""
    if not name.isascii() and name not in OTHER_SPELLINGS:
        name = unicodedata.normalize("NFKC", name)
    return OTHER_SPELLINGS.get(name, name)


def is_name(text: str) -> bool:
    """Whether a text can be a name: a letter or `_`, then letters, ASCII digits and `_`.

    A letter and its accent may be two characters. Raised letters such as `ⁿ` are none here: `xⁿ` is
    meant as a power, as `x²` is.
    """
    return text[:1] not in "0123456789" and all(
        c in "_0123456789"
        or (c.isalpha() and not unicodedata.decomposition(c).startswith("<super>"))
        for c in unicodedata.normalize("NFC", text)
    )
