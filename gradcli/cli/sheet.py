"""Pages of the manual as Rich lays them out, samples as wide as the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.markdown import CodeBlock, Markdown
from rich.syntax import Syntax

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class Sample(CodeBlock):
    """A sample: pictures of 80 columns fit, which Rich's own margins would break."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        yield Syntax(code, "text", theme=self.theme, word_wrap=True, padding=(1, 0))


class Sheet(Markdown):
    """A page of Markdown."""

    elements: ClassVar = {**Markdown.elements, "fence": Sample, "code_block": Sample}
