"""The formats of an answer, a record each; what writes one is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from gradcli.data.file_kinds import FILE_KINDS, FileKind
from gradcli.data.report import Report
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.data.formats.page import Page


class Format:
    """A way to write answers: `module` has a function of its name, which takes answer and page.

    `kind` are the files that are written so unless another format is named.
    """

    def __init__(self, name: str, module: str, kind: FileKind | None = None) -> None:
        self.name = name
        self.module = module
        self.kind = kind

    @property
    def is_binary(self) -> bool:
        """Whether it is bytes, which are not for a terminal."""
        return self.kind is not None and bool(self.kind.magics)

    def write(self, answer: Answer | Report, page: Page) -> str | bytes:
        """The answer as text, or as the bytes of a file, which hold arrays only."""
        if self.is_binary and isinstance(answer, Report):
            textual = ", ".join(name for name, record in FORMATS.items() if not record.is_binary)
            raise UsageError(
                f"'{self.name}' holds arrays, and the answer is a table of texts", help=textual
            )
        writer = getattr(import_module(self.module), self.name)
        content: str | bytes = writer(answer, page)
        return content


_RECORDS = (
    Format("table", "gradcli.data.formats.table"),
    Format("plain", "gradcli.data.formats.plain", FILE_KINDS["txt"]),
    Format("json", "gradcli.data.formats.json_answers", FILE_KINDS["json"]),
    Format("jsonl", "gradcli.data.formats.json_answers", FILE_KINDS["jsonl"]),
    Format("csv", "gradcli.data.formats.separated", FILE_KINDS["csv"]),
    Format("tsv", "gradcli.data.formats.separated", FILE_KINDS["tsv"]),
    Format("npy", "gradcli.data.formats.numpy_files", FILE_KINDS["npy"]),
    Format("npz", "gradcli.data.formats.numpy_files", FILE_KINDS["npz"]),
)
FORMATS = {record.name: record for record in _RECORDS}
