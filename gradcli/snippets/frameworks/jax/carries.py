"""What loops of `jax.lax` carry: a turn leaves it as it was, in structure, shapes and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import shown
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.jax.paths import keystr, with_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.frameworks.jax.array import JaxArray

    Turn = Callable[[Sequence[Any]], Any]

DIFFER = "{} body function carry input and carry output must have {}, but they differ:\n\n{}"

TYPES = "The input carry {} has type {} but the corresponding output carry component has type {}, "

REVISED = (
    "so the {} do not match.\n\nRevise the function so that all output types match the "
    "corresponding input types."
)


def named_argument(function: Any, place: int) -> str:
    """What the body of a loop calls the argument at a place."""
    parameters = getattr(getattr(function, "function", None), "parameters", ())
    names = [getattr(p.target, "id", "") for p in parameters]
    return names[place] if place < len(names) else "carry"


class Carry:
    """What the loop of a `kind` carries, under the name that its body has for it."""

    def __init__(self, home: Any, kind: str, name: str) -> None:
        self.home = home
        self.kind = kind
        self.name = name

    def check(self, before: Any, after: Any) -> Any:
        """What a turn has left, if it is of the types that went in; weak ones may become others."""
        if shown(before) != shown(after):
            what = f"The input carry {self.name} has another structure than the output carry."
            text = DIFFER.format(self.kind, "the same pytree structure", what)
            raise Raised("TypeError", text)
        pairs = zip(with_paths(before, None), with_paths(after, None), strict=True)
        for (path, x), (_, y) in pairs:
            self.check_leaf(keystr(path), self.home.asarray(x), self.home.asarray(y))
        return after

    def check_leaf(self, path: str, x: JaxArray, y: JaxArray) -> None:
        """One array of it."""
        differs = "shapes" if x.shape != y.shape else "dtypes" if x.dtype != y.dtype else ""
        if not differs or (differs == "dtypes" and x.weak):
            return
        place = f"component {self.name}{path}" if path or "[" in self.name else self.name
        types = (a.described().lstrip("~") for a in (x, y))
        what = TYPES.format(place, *types) + REVISED.format(differs)
        raise Raised("TypeError", DIFFER.format(self.kind, "equal types", what))
