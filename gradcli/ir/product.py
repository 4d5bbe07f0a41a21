"""What a product of two arrays adds up: their axes, and those of the result, by letters."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Product(NamedTuple):
    """A letter for each axis of both factors and of the result, as in einsum."""

    left: str
    right: str
    result: str

    @property
    def along(self) -> str:
        """The axes of a stack, which all have."""
        return "".join(c for c in self.result if c in self.left and c in self.right)

    @property
    def rows(self) -> str:
        """The axes of the result that only the left factor has."""
        return "".join(c for c in self.result if c not in self.right)

    @property
    def columns(self) -> str:
        """Those that only the right one has."""
        return "".join(c for c in self.result if c not in self.left)

    @property
    def terms(self) -> str:
        """The axes along which products are added up."""
        return "".join(c for c in self.left if c not in self.result)


@lru_cache(maxsize=1_024)
def product_of(left: str, right: str, result: str) -> Product | None:
    """The product that letters state, if it is one of matrices, or of a stack of them.

    The last axis of the result is one of the columns; factors may be exchanged for that.
    """
    whole = (left, right, result)
    if any(len(set(own)) < len(own) for own in whole):
        return None
    if set(left) ^ set(right) != set(result) - (set(left) & set(right)):
        return None
    found = Product(*whole)
    if not (found.rows and found.columns and found.terms):
        return None
    return found
