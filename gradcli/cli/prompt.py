"""The prompt of `gradcli repl` on a terminal: history, completion, colours, signatures."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from gradcli.engine.entry import called, is_open, pieces
from gradcli.engine.functions import names_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

STYLE = Style.from_dict(
    {
        "function": "ansicyan",
        "keyword": "ansimagenta",
        "number": "ansigreen",
        "string": "ansiyellow",
        "comment": "ansibrightblack",
        "command": "bold",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


def entries(
    names: Callable[[], Sequence[str]], commands: Sequence[str], prompt: Callable[[], str]
) -> Iterator[str]:
    """What is typed, entry by entry, until the end of the input."""
    session: PromptSession[str] = PromptSession(
        history=_history(os.environ),
        completer=Names(names, commands),
        lexer=Colours(),
        style=STYLE,
        multiline=True,
        key_bindings=_keys(),
        auto_suggest=AutoSuggestFromHistory(),
        bottom_toolbar=lambda: called(session.default_buffer.document.text_before_cursor),
        prompt_continuation=lambda width, *_: "…".rjust(width - 1) + " ",
        complete_while_typing=Condition(lambda: False),
    )
    while True:
        try:
            yield session.prompt(prompt)
        except KeyboardInterrupt:  # the line is given up, not the session
            continue
        except EOFError:
            return


def _history(environ: Mapping[str, str]) -> FileHistory | InMemoryHistory:
    """The entries of earlier sessions, where there is a place to keep them."""
    home = environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    folder = os.path.join(home, "gradcli")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "history"), "ab"):
            return FileHistory(os.path.join(folder, "history"))
    except OSError:
        return InMemoryHistory()


def _keys() -> KeyBindings:
    """Enter ends an entry, or its line where something is open; Alt-Enter ends its line.

    In a search of the history, Enter takes what was found, which may then be edited.
    """
    keys = KeyBindings()

    @keys.add("enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_open(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


class Names(Completer):
    """Names of the session and of functions, and commands behind a colon."""

    def __init__(self, names: Callable[[], Sequence[str]], commands: Sequence[str]) -> None:
        self.names = names
        self.commands = commands

    def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
        """What may stand where the cursor is."""
        before = document.text_before_cursor
        command = re.fullmatch(r":(\w*)", before)
        if command is not None:
            begun = (name for name in self.commands if name.startswith(command[1]))
            yield from (Completion(name, -len(command[1])) for name in begun)
            return
        word = re.search(r"[^\W\d]\w*$", before)
        if word is not None:
            own = [name for name in self.names() if name.startswith(word[0])]
            for name in dict.fromkeys([*own, *names_with(word[0])]):
                yield Completion(name, -len(word[0]))


class Colours(Lexer):
    """The words of a program in the colours of their kinds."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The pieces of each line."""
        return lambda number: [
            (f"class:{kind}" if kind else "", text) for kind, text in pieces(document.lines[number])
        ]
