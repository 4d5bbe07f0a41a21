"""What holds for all jobs of a run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradcli.engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MANY = 2**18
"""Bytes of jobs that are worth the start of further processes."""


@dataclass(slots=True, eq=False)
class Setup:
    """What is said for all jobs.

    `values` are inputs that jobs may use, `groups` those of `var`, `const` and `frozen`; `options`
    is what holds for jobs that do not say it themselves, by name. `used` collects the names of
    values, and the options as a shell spells them, that some job has used.
    """

    op: str = "grads"
    settings: Settings = field(default_factory=Settings)
    values: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    precision: int | None = None
    quiet: bool = False
    used: set[str] = field(default_factory=set)

    def workers_for(self, paths: Iterable[str]) -> int:
        """How many processes share the jobs of files: one, if they are few or come by a pipe."""
        paths = list(paths)
        lasting = all(map(os.path.isfile, paths))
        return self.settings.workers if lasting and sum(map(os.path.getsize, paths)) > MANY else 1
