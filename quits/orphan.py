"""A database server whose parent was killed goes on alone: it is found by its `postmaster.pid` and stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from quits.errors import CannotStart

PID_FILE = "postmaster.pid"
SOCKET_FOLDER_LINE = 4
# Fast shutdown, then shutdown without a checkpoint, then the last resort; after each one the data is whole.
SIGNALS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
POLL_S = 0.01


def clear(cluster: Path, say: Callable[[str], None]) -> None:
    """Stop the server that an earlier run left behind on `cluster`, or what remains of its note of being there.

    Raises CannotStart when it does not go away.
    """
    lines = _pid_file(cluster)
    pid = int(lines[0]) if lines and lines[0].isdecimal() else None
    if pid is None:
        # Cut short by a crash while it was written: it says nothing, and PostgreSQL would not start beside it.
        (cluster / PID_FILE).unlink(missing_ok=True)
        return
    if not _serves(pid, cluster):
        say("The database was not shut down in order last time: recovering it.")
        _disown(cluster, lines)
        return
    say("Stopping the database server that an earlier run left behind.")
    for number, wait_s in SIGNALS:
        os.kill(pid, number)
        if _is_gone(pid, cluster, wait_s):
            return
    raise CannotStart(f"A database server of an earlier run (process {pid}) cannot be stopped: restart this machine.")


def socket_folder(cluster: Path) -> Path | None:
    """Return the folder of the sockets of the server that ran on `cluster` last, unless it was shut down in order."""
    lines = _pid_file(cluster)
    return Path(lines[SOCKET_FOLDER_LINE]) if len(lines) > SOCKET_FOLDER_LINE and lines[SOCKET_FOLDER_LINE] else None


def _pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / PID_FILE).read_text().splitlines()
    except FileNotFoundError:
        return []


def _disown(cluster: Path, lines: list[str]) -> None:
    """Tell PostgreSQL that the process noted in the file is no server: its number may be another program's by now.

    PostgreSQL knows that its own parent, this process, is none. The file itself must stay: by the memory segment noted
    in it PostgreSQL recognises remains of the former server that still write.
    """
    (cluster / PID_FILE).write_text("\n".join([str(os.getpid()), *lines[1:], ""]))


def _is_gone(pid: int, cluster: Path, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while _serves(pid, cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _serves(pid: int, cluster: Path) -> bool:
    """Return whether process `pid` is alive and a server on `cluster`; a server works in its data folder."""
    if not sys.platform.startswith("linux"):
        command = ("/bin/ps", "-o", "command=", "-p", str(pid))
        listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603, a number only
        return str(cluster) in listed.stdout
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False
