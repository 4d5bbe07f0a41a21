"""Writes `gradcli/load_order.py`: `python -m tests.load_order`, as imports change."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import fill

import gradcli

FOLDER = Path(gradcli.__file__).parent
FILE = FOLDER / "load_order.py"
QUESTION = 'from gradcli.cli.main import run; run(["grad", "atan(x)", "--x", "1"])'

HEAD = '''"""The modules behind a small question, each after those it needs: `tests.load_order`."""

ORDER = """
'''


def imported() -> list[str]:
    """The modules of gradcli that a small question imports, in the order in which they are done."""
    command = [sys.executable, "-X", "importtime", "-c", QUESTION]
    environ = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    report = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stderr
    return re.findall(r"^import time:.*\| *gradcli\.([\w.]+)$", report, re.MULTILINE)


def text() -> str:
    """The text of load_order.py."""
    paths = [name.replace(".", "/") for name in imported()]
    files = [f"{path}/__init__" if (FOLDER / path).is_dir() else path for path in paths]
    return HEAD + fill(" ".join(files), 100, break_on_hyphens=False) + '\n""".split()\n'


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
