"""What differs between the frameworks of which the language is Python, or like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.translation.spelling import Spelling


class Style:
    """What differs between the frameworks of Python.

    `lifted` is the template of an array made of a number, where functions take none; `arrays` and
    `stacked` those of an array of numbers and of one of arrays. `as_number` makes numbers of truth
    values, `matmul` names the helper of `@` where there is no such operator; `attributes` are
    templates, too.
    `backward_steps` says whether slices may go backward, `picks` is the template of elements by a
    list of indices, `compared` are the helpers that comparisons need, `remainder` is the one that
    stands for `%`, if it needs one. It `is_numeric` if it computes with numbers, which overflow;
    functions that are `inexact` there take the place of no formula. Those in `differs` have another
    slope than gradcli's at some points without a derivative. `roots` is the helper that takes roots
    of negative numbers for none; derivative rules are perhaps `rules_of_elements` alone.
    """

    __slots__ = (
        "arrays",
        "as_number",
        "attributes",
        "backward_steps",
        "compared",
        "differs",
        "inexact",
        "is_numeric",
        "lifted",
        "matmul",
        "picks",
        "remainder",
        "roots",
        "rules_of_elements",
        "spelling",
        "stacked",
    )

    def __init__(
        self,
        spelling: Spelling,
        *,
        lifted: str = "{0}",
        arrays: str,
        stacked: str = "",
        as_number: str,
        matmul: str = "",
        attributes: Mapping[str, str] = {},
        backward_steps: bool = True,
        picks: str = "{0}[{1}]",
        compared: Mapping[str, str] = {},
        remainder: str = "",
        is_numeric: bool = True,
        inexact: str = "",
        differs: str = "",
        roots: str = "",
        rules_of_elements: bool = False,
    ) -> None:
        self.spelling = spelling
        self.lifted = lifted
        self.arrays = arrays
        self.stacked = stacked or arrays
        self.as_number = as_number
        self.matmul = matmul
        self.attributes = {"T": "{0}.T", "mT": "{0}.mT", "shape": "{0}.shape", "ndim": "{0}.ndim"}
        self.attributes.update(attributes)
        self.backward_steps = backward_steps
        self.picks = picks
        self.compared = compared
        self.remainder = remainder
        self.is_numeric = is_numeric
        self.roots = roots
        self.rules_of_elements = rules_of_elements
        self.differs = frozenset(differs.split())
        self.inexact = frozenset(inexact.split())

    def has(self, name: str) -> bool:
        """Whether the target has a function that may take the place of a formula."""
        return name not in self.inexact and self.spelling.has(name)
