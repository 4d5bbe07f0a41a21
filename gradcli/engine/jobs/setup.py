"""What holds for all jobs of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Setup:
    """What is said for all jobs.

    `values` are inputs that jobs may use, `groups` those of `var`, `const` and `frozen`; `options`
    is what holds for jobs that do not say it themselves, by name. `used` collects the names of
    values, and the options as a shell spells them, that some job has used.
    """

    __slots__ = (
        "groups",
        "op",
        "options",
        "precision",
        "quiet",
        "settings",
        "timeout",
        "used",
        "values",
    )

    def __init__(
        self,
        op: str = "grads",
        settings: Settings | None = None,
        values: Mapping[str, Any] | None = None,
        *,
        groups: Mapping[str, Mapping[str, Any]] | None = None,
        options: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        precision: int | None = None,
        quiet: bool = False,
    ) -> None:
        self.op = op
        self.settings = settings or Settings()
        self.values = dict(values or {})
        self.groups = dict(groups or {})
        self.options = dict(options or {})
        self.timeout = timeout
        self.precision = precision
        self.quiet = quiet
        self.used: set[str] = set()
