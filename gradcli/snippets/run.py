"""Runs a snippet: reads it, walks it, and says what there is to know about it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import Source, UsageError
from gradcli.snippets import tree
from gradcli.snippets.cells import Code, Notebook, notebook, script, show_last
from gradcli.snippets.errors import Anew
from gradcli.snippets.walk.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.engine.settings import Settings
    from gradcli.errors import Notice


LANGUAGES = {
    "python": "gradcli.snippets.languages.python",
    "tfjs": "gradcli.snippets.languages.javascript",
}
"""Languages, a folder each: `reader` makes the tree of a text, `language` is what differs then."""


class Snippet:
    """The text of a snippet in a language; `name` is how messages cite it."""

    def __init__(self, text: str, name: str, language: str) -> None:
        is_notebook = language == "notebook"
        if is_notebook:
            self.code, language = notebook(text, name), "python"
        else:
            self.code = script(text) if language == "python" else Code(text, [], [])
        if language not in LANGUAGES:
            raise UsageError(f"snippets of {language} cannot be read yet", help="--lang python")
        self.language = LANGUAGES[language]
        self.source = Notebook(self.code, name) if is_notebook else Source(self.code.text, name)

    def run(
        self,
        settings: Settings,
        write: Callable[[str], object],
        notices: list[Notice],
        *,
        seed: int | None = None,
    ) -> None:
        """Walks it; what it prints is written as it comes, what is to be told added to notices."""
        block: tree.Block = import_module(f"{self.language}.reader").read(self.source)
        show_last(block, self.code)
        language = import_module(f"{self.language}.language").LANGUAGE
        asked, once = asked_names(block), Once(write)
        fed: dict[int, tuple[int, ...]] = {}
        while True:
            machine = Machine(
                self.source, language, settings, once.write, asked=asked, seed=seed, fed=fed
            )
            machine.notices = notices
            try:
                with np.errstate(all="ignore"):
                    machine.run(block)
            except Anew as more:
                fed |= more.known
                once.begin()
                notices.clear()
            else:
                return


class Once:
    """What a snippet prints, written once, though it may be walked again from its beginning."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.inner = write
        self.written = self.left = 0

    def begin(self) -> None:
        """It is walked again: what was written will come again, and is left out."""
        self.left = self.written

    def write(self, text: str) -> None:
        """Writes what is new of a text."""
        left = min(self.left, len(text))
        self.left -= left
        if left < len(text):
            self.written += len(text) - left
            self.inner(text[left:])


# --- by which names derivatives are asked ---------------------------------------------------------

ASKING = frozenset(
    "gradient jacobian batch_jacobian gradients grad watch hessian vjp jvp backward".split()
)
"""Functions that take names to differentiate by."""

ASKED = frozenset("grad retain_grad register_hook requires_grad_".split())
"""Attributes of what is differentiated by."""


def asked_names(node: tree.Tree) -> frozenset[str]:
    """The names by which a snippet may ask for derivatives; "" for other things than names."""
    names: set[str] = set()
    stack: list[Any] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (tuple, list)):
            stack.extend(part)
        elif isinstance(part, tree.Tree):
            if isinstance(part, tree.Call) and _called(part) in ASKING:
                for argument in part.arguments:
                    names.update(_named(argument.value))
            elif isinstance(part, tree.Attribute) and part.id in ASKED:
                names.update(_named(part.value))
            stack.extend(vars(part).values())
    return frozenset(names)


def _called(node: tree.Call) -> str:
    function = node.function
    return getattr(function, "id", "")


def _named(node: tree.Tree) -> Iterator[str]:
    """The names in an argument."""
    if isinstance(node, (tree.Name, tree.Attribute)):
        yield node.id
    elif isinstance(node, tree.Items):
        for item in node.items:
            yield from _named(item)
    elif isinstance(node, tree.Mapping):
        for _, value in node.pairs:
            yield from _named(value)
    elif isinstance(node, tree.Subscript):
        yield ""
