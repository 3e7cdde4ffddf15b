"""Start programs for a measurement, wait until they answer, and stop all that they started."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.connection import Connection, UnexpectedAnswer

ROOT = Path(__file__).parent.parent
SCRATCH = ROOT / ".bench"


class NotStarted(Exception):
    """A program ended or did not answer in time; says where its output is."""


def scratch(name: str) -> Path:
    """Return a folder of ours that git ignores, made if it is missing."""
    folder = SCRATCH / name
    folder.mkdir(parents=True, exist_ok=True)
    (SCRATCH / ".gitignore").write_text("*\n")
    return folder


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def unique_name() -> str:
    """Return a name for a database or virtual host of this run alone."""
    return f"quits_bench_{secrets.token_hex(4)}"


@contextmanager
def started(
    name: str,
    command: Sequence[str],
    is_ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 60,
) -> Iterator[int]:
    """Run `command` from the project's root until the block ends and give its process id once `is_ready`.

    Raises NotStarted when it ends or is not ready within `timeout_s`. Its output is in `.bench/logs/<name>.log`.
    """
    log = scratch("logs") / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            _wait(process, is_ready, timeout_s, log)
            yield process.pid
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], timeout_s: float, log: Path) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_ready():
        if process.poll() is not None:
            raise NotStarted(f"{log.stem} ended with {process.returncode}: see {log}")
        if time.monotonic() > deadline:
            raise NotStarted(f"{log.stem} did not answer within {timeout_s:.0f} s: see {log}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes], patience_s: float = 20) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while _group_lives(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    if _group_lives(process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    # A program that starts others may end before them; the group was made with it and is ours alone.
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def accepts(host: str, port: int) -> bool:
    """Tell whether somebody accepts TCP connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def answers(port: int, path: str) -> bool:
    """Tell whether a server on 127.0.0.1 answers 200 there."""
    connection = Connection("127.0.0.1", port, timeout_s=5)
    try:
        connection.call("GET", path, {})
    except (OSError, UnexpectedAnswer):
        return False
    finally:
        connection.close()
    return True


def complete(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed; raises NotStarted with its last words when it fails."""
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotStarted(f"{command[0]} failed with {done.returncode}: {done.stderr.strip()[-1000:]}")
    return done.stdout
