"""A process that has imported what commands need, and answers each from a copy of itself.

Sessions run hundreds of commands, each of which would spend nearly all of its time on imports.
`serve` waits at a socket; `CLIENT` is a command that hands its arguments, folder, environment and
streams to it, and ends with the status of the copy. What is tested of a start itself, a signal or
an import, runs `python -m gradcli`.
"""

from __future__ import annotations

import atexit
import marshal
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WARM = (
    "gradcli.cli.main",
    "gradcli.engine.api",
    "numpy",
    "rich.table",
    "rich.console",
    "scipy",
    "orjson",
    "pyarrow",
    "pyarrow.compute",
    "pyarrow.csv",
    "pyarrow.parquet",
)

CLIENT = """#!{python} -ISs
import marshal, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({path!r})
asked = marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ)))
socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
server.sendall(asked)
status = server.recv(8)
os._exit(int.from_bytes(status, "big") if status else 70)
"""


@cache
def address() -> str:
    """The socket of a server for this process, which ends with it."""
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "socket")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("GRADCLI_", "PYTHON"))}
    server = subprocess.Popen(
        [sys.executable, "-c", f"from tests.served import serve; serve({path!r})"],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    atexit.register(_end, server, folder)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return path


def _end(server: subprocess.Popen[bytes], folder: str) -> None:
    server.kill()
    server.communicate()
    for path in Path(folder).iterdir():
        path.unlink()
    os.rmdir(folder)


def serve(path: str) -> None:
    """Answers commands until it is killed."""
    for module in WARM:
        __import__(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                _answer(connection)
            connection.close()


def _answer(connection: socket.socket) -> None:
    """Runs one command in a process of its own and tells its status."""
    size, streams, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as asked:
        arguments, folder, environ = marshal.loads(asked.read(int.from_bytes(size, "big")))
    child = os.fork()
    if child == 0:
        for i, stream in enumerate(streams):
            os.dup2(stream, i)
            os.close(stream)
        connection.close()
        _run(arguments, folder, environ)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    with suppress(OSError):
        connection.sendall((code if code >= 0 else 128 - code).to_bytes(8, "big"))
    os._exit(0)


def _run(arguments: list[str], folder: str, environ: dict[str, str]) -> Any:
    """What `python -m gradcli` does; it ends the process."""
    from gradcli.__main__ import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[1:] = arguments
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    status = 70
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)
