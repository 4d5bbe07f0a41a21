"""The jobs in a JSON array, which is read whole, as the texts that they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = re.compile(r"[ \t\r\n]*")


def jobs_of_array(text: str) -> Iterator[tuple[int, str]]:
    """The elements, each with the number of the line that it begins in.

    json.JSONDecodeError, which names line and column, where the text is no array.
    """
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    start = _behind_blanks(text, text.index("[") + 1)
    while text[start : start + 1] != "]":
        try:
            _, end = decoder.raw_decode(text, start)
        except RecursionError:
            raise json.JSONDecodeError("Nested too deeply", text, start) from None
        line += text.count("\n", counted, start)
        counted = start
        yield line, text[start:end]
        start = _behind_blanks(text, end)
        if text[start : start + 1] == ",":
            start = _behind_blanks(text, start + 1)
        elif text[start : start + 1] != "]":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, start)
    rest = _behind_blanks(text, start + 1)
    if rest < len(text):
        raise json.JSONDecodeError("Extra data", text, rest)


def _behind_blanks(text: str, start: int) -> int:
    found = _BLANKS.match(text, start)
    return found.end() if found else start
