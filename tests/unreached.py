"""`python -m tests.unreached coverage.json`: branches that no test takes, beside their reasons.

`unreached.txt` has a line a branch: the file, the condition, and where it would go on. What stands
above is why. Lists branches without a reason, and reasons of branches that tests take by now.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]
PARTS = tuple(f"gradcli/{part}/" for part in ("lower", "passes", "exec", "data"))
END = "the end"


def explained() -> list[str]:
    """The branches that have a reason."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def shown(file: str, start: int, end: int) -> str:
    """A branch as it is listed; lines move, their text does not."""
    lines = (HOME / file).read_text(encoding="utf-8").splitlines()
    to = lines[end - 1].strip() if end > 0 else END
    return f"{file}: {lines[start - 1].strip()} → {to}"


def missed(report: Path) -> set[str]:
    """The branches that coverage.py has seen no test take."""
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    paths = {path[path.index("gradcli/") :]: whole for path, whole in files.items()}
    return {
        shown(path, *branch)
        for path, whole in paths.items()
        if path.startswith(PARTS)
        for branch in whole["missing_branches"]
    }


def main(report: str) -> int:
    """Prints what differs; 1 if a branch has no reason."""
    found, known = missed(Path(report)), set(explained())
    for title, branches in ("no reason", found - known), ("taken by now", known - found):
        for branch in sorted(branches):
            print(f"{title}: {branch}")
    print(f"{len(found)} branches that no test takes, {len(found & known)} of them with a reason")
    return 1 if found - known else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
